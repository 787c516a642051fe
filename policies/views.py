"""Pages: what is in force, one version clause by clause, two versions side by side, loading, publishing."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import can
from accounts.guard import needs, signed_in
from accounts.models import User
from accounts.roles import Can
from kernel.clock import today
from kernel.refusals import Refused
from policies import actions
from policies.bites import read_version
from policies.compare import compare as compared
from policies.forms import PackForm
from policies.models import PolicyVersion, Status
from policies.rulebook import pack_of


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every version: in force, still to come, past; drafts for those who prepare them."""
    on = today()
    versions = PolicyVersion.objects.select_related("policy").defer("body")
    groups: dict[str, list[PolicyVersion]] = {"force": [], "coming": [], "past": [], "draft": []}
    for version in versions.order_by("policy__code", "-effective_from"):
        groups[_standing(version, on)].append(version)
    if not _prepares(request):
        groups["draft"] = []
    context = {"groups": groups, "on": on, "prepares": _prepares(request)}
    return render(request, "policies/index.html", context)


def _standing(version: PolicyVersion, on: date) -> str:
    if version.status == Status.DRAFT:
        return "draft"
    if version.effective_from > on:
        return "coming"
    return "past" if version.effective_to and version.effective_to < on else "force"


def _prepares(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and (can(user, Can.LOAD_POLICIES) or can(user, Can.PUBLISH_POLICIES))


def _find(request: HttpRequest, code: str, version: str) -> PolicyVersion:
    rows = PolicyVersion.objects.select_related("policy", "published_by")
    found = get_object_or_404(rows, policy__code=code, version=version)
    if found.status == Status.DRAFT and not _prepares(request):
        raise Http404
    return found


@login_required
@require_safe
def version(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """One version clause by clause, each with the rules that carry it."""
    found = _find(request, code, version)
    clauses = read_version(found)
    siblings = PolicyVersion.objects.filter(policy=found.policy_id).exclude(pk=found.pk).defer("body")
    if not _prepares(request):
        siblings = siblings.exclude(status=Status.DRAFT)
    pack = pack_of(found.body)
    context = {
        "version": found,
        "head": pack.policy,
        "clauses": clauses,
        "open_choices": pack.choices,
        "carried": sum(1 for clause in clauses if clause.bites),
        "siblings": siblings.order_by("-effective_from"),
        "may_publish": found.status == Status.DRAFT and can(request.user, Can.PUBLISH_POLICIES),
        "standing": _standing(found, today()),
    }
    return render(request, "policies/version.html", context)


@login_required
@require_safe
def compare(request: HttpRequest, code: str, version: str, other: str) -> HttpResponse:
    """What the newer of two versions changes against the older."""
    pair = [_find(request, code, version), _find(request, code, other)]
    old, new = sorted(pair, key=lambda one: (one.effective_from, one.pk))
    return render(request, "policies/compare.html", {"old": old, "new": new, "changes": compared(old, new)})


@needs(Can.LOAD_POLICIES)
def load(request: HttpRequest) -> HttpResponse:
    """Take in a pack as a draft, or show every fault in it."""
    form = PackForm(request.POST or None, request.FILES or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            loaded = actions.load(text=sent.text, by=signed_in(request), on=today(), file=sent.name)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("已载入%(version)s") % {"version": loaded})
            return redirect("policies:version", loaded.policy.code, loaded.version)
    status = 400 if refused or form.errors else 200
    return render(request, "policies/load.html", {"form": form, "refused": refused}, status=status)


@needs(Can.PUBLISH_POLICIES)
@require_POST
def publish(request: HttpRequest, code: str, version: str) -> HttpResponse:
    found = actions.publish(version=_find(request, code, version), by=signed_in(request), on=today())
    words = {"version": found, "on": found.effective_from}
    messages.success(request, _("%(version)s已发布，自%(on)s起施行") % words)
    return redirect("policies:version", code, version)
