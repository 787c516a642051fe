"""Pages of an agreement: drafted, revised with a preview of what reopens, compared, printed, given up."""

import hashlib
from dataclasses import replace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from approvals import actions
from approvals.agreement_forms import AgreementForm, term_field
from approvals.agreement_models import Agreement, AgreementVersion
from approvals.binding import current_versions
from approvals.comparing import compare
from approvals.forms import ReasonForm
from approvals.models import Step
from approvals.terms import clauses, commitment_lines, grade_name, shown
from approvals.views import base
from kernel.numbers import whole
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import may_on
from projects.views.base import STATUS, ActionPage, crumbs, project_of


def agreement_of(request: HttpRequest, pk: int) -> Agreement:
    """The agreement, if the user sees its case; else 404."""
    rows = Agreement.objects.visible_to(request.user).select_related("case", "opened_by", "ended_by")
    return get_object_or_404(rows, pk=pk)


class AgreementPage(base.Page):
    """GET: where it stands, what it fixes, its versions, the reviews bound to them."""

    agreement: Agreement
    project: Project
    template = "approvals/agreement.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.agreement = agreement_of(request, kwargs["pk"])
            self.project = project_of(request, self.agreement.case_id)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, self.template, self.context())

    def context(self) -> dict[str, Any]:
        rules, version = rules_of(self.project), self.version()
        steps = Step.objects.filter(case_id=self.project.pk, agreement_version__agreement=self.agreement)
        return {
            "agreement": self.agreement,
            "project": self.project,
            "crumbs": crumbs(self.project),
            "version": version,
            "kind": rules.agreements.get(self.agreement.kind),
            "grade": grade_name(rules, version.grade),
            "terms": [(term, shown(term, version.values.get(term.code))) for term in rules.terms],
            "commitments": commitment_lines(version.commitments),
            "page": page_of(self.request, self._versions()),
            "steps": steps.select_related("agreement_version").order_by("-pk")[:20],
            "may": self._may(),
        }

    def _may(self) -> bool:
        signed = self.agreement.signed_on is not None or self.agreement.ended_on is not None
        return not signed and self.project.is_running and may_on(self.user, Can.EDIT_PROJECT, self.project)

    def _versions(self) -> Any:
        rows = AgreementVersion.objects.filter(agreement=self.agreement)
        return rows.select_related("file", "drafted_by").order_by("-number")

    def version(self) -> AgreementVersion:
        """The one asked for by number, else the newest."""
        rows = self._versions()
        asked = self.request.GET.get("v", "")
        if asked:
            rows = rows.filter(number=min(whole(asked) or 0, 30000))
        found: AgreementVersion | None = rows.first()
        if found is None:
            raise Http404
        found.agreement = self.agreement
        return found


class PrintAgreement(AgreementPage):
    """协议条款: the clauses of the pack with the values put in, to copy and to print."""

    template = "approvals/agreement_print.html"

    def context(self) -> dict[str, Any]:
        version = self.version()
        found = clauses(version, self.project, rules_of(self.project))
        return super().context() | {"clauses": found, "today": self.today}


class CompareAgreement(AgreementPage):
    """Two versions side by side, what differs marked, with the aspects that it touches."""

    template = "approvals/agreement_compare.html"

    def context(self) -> dict[str, Any]:
        numbers = [whole(self.request.GET.get(name, "")) for name in ("a", "b")]
        rows = {row.number: row for row in self._versions()[:50]}
        newest = max(rows, default=1)
        b = numbers[1] or newest
        a = numbers[0] or max(1, b - 1)
        if a not in rows or b not in rows:
            raise Http404
        rules = rules_of(self.project)
        return {
            "agreement": self.agreement,
            "project": self.project,
            "crumbs": [
                *crumbs(self.project),
                (str(self.agreement), reverse("agreement", args=[self.agreement.pk])),
            ],
            "a": rows[a],
            "b": rows[b],
            "versions": list(rows.values()),
            "lines": compare(rows[a], rows[b], self.agreement.kind, rules),
        }


class _Editing(ActionPage):
    """What drafting and revising share: the form made from the pack, its objections at their fields."""

    needs = Can.EDIT_PROJECT
    template = "approvals/agreement_form.html"
    saved: AgreementVersion
    moves: list[str] | None = None

    def after(self) -> str:
        return reverse("agreement", args=[self.saved.agreement_id])

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"moves": self.moves}

    def page(self, form: forms.Form, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        if refused is not None:
            named = {"paper": "upload"}
            items = [
                replace(
                    item,
                    field=term_field(item.field)
                    if term_field(item.field) in form.fields
                    else named.get(item.field, item.field),
                )
                for item in refused.unmet
            ]
            refused = Refused(items, refused.status)
        return super().page(form, refused, status)


class NewAgreement(_Editing):
    title = gettext_lazy("登记投资协议")
    lead = gettext_lazy("协议文本和约定的条款；联合预审和审议针对其中一个版本，签订后部门承诺转为交办。")
    button = gettext_lazy("保存")
    done = gettext_lazy("协议已登记")

    def make_form(self, data: Any = None, files: Any = None) -> AgreementForm:
        rules = rules_of(self.project)
        kind = next(iter(rules.agreements), "")
        if not kind:
            raise Http404
        under_way = kind in current_versions(self.project.pk)
        return AgreementForm(self.project, rules, data, files, replaces=under_way, kind=kind)

    def act(self, form: forms.Form) -> None:
        assert isinstance(form, AgreementForm)
        self.saved = actions.draft_agreement(
            project=self.project,
            title=form.cleaned_data["title"],
            draft=form.draft(),
            by=self.user,
            on=self.today,
            kind=next(iter(rules_of(self.project).agreements), ""),
            supersede=form.cleaned_data.get("supersede", ""),
        )


class ReviseAgreement(_Editing):
    """A further version: saved only once what it reopens has been shown."""

    title = gettext_lazy("登记新版本")
    lead = gettext_lazy("旧版本原样保留；改动触及的审议事项重新征求意见，其余沿用。")
    button = gettext_lazy("保存新版本")
    done = gettext_lazy("新版本已登记")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.agreement = agreement_of(request, kwargs["pk"])
            kwargs["pk"] = self.agreement.case_id
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, data: Any = None, files: Any = None) -> AgreementForm:
        versions = AgreementVersion.objects.filter(agreement=self.agreement).select_related("agreement")
        before = versions.order_by("-number")[0]
        return AgreementForm(
            self.project, rules_of(self.project), data, files, before=before, kind=self.agreement.kind
        )

    def also(self, form: forms.Form) -> dict[str, Any]:
        return super().also(form) | {"agreement": self.agreement, "subject": self.agreement.title}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        form = self.make_form(request.POST, request.FILES)
        if not form.is_valid():
            return super().post(request, **kwargs)
        try:
            found = actions.preview_agreement(
                agreement=self.agreement, draft=form.draft(), by=self.user, on=self.today
            )
        except Refused as refused:
            return self.page(form, refused, STATUS[refused.status])
        if (found.lines and form.cleaned_data["seen"] != _seal(found.lines)) or "preview" in request.POST:
            data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            data["seen"] = _seal(found.lines)
            form.data = data
            self.moves = found.lines
            return self.page(form)
        return super().post(request, **kwargs)

    def act(self, form: forms.Form) -> None:
        assert isinstance(form, AgreementForm)
        self.saved = actions.revise_agreement(
            agreement=self.agreement,
            draft=form.draft(),
            by=self.user,
            on=self.today,
            expected=form.cleaned_data["version"],
        )


def _seal(lines: list[str]) -> str:
    """Names the consequences that were shown; others are shown anew."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


class GiveUpAgreement(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("放弃协议")
    lead = gettext_lazy("正在办理的审议随之撤销，已通过的审议撤回；文本和意见留存。")
    button = gettext_lazy("放弃协议")
    done = gettext_lazy("协议已放弃")
    danger = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.agreement = agreement_of(request, kwargs["pk"])
            kwargs["pk"] = self.agreement.case_id
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self.agreement.title, "back": reverse("agreement", args=[self.agreement.pk])}

    def act(self, form: forms.Form) -> None:
        actions.give_up_agreement(
            agreement=self.agreement, by=self.user, on=self.today, reason=form.cleaned_data["reason"]
        )

    def after(self) -> str:
        return reverse("agreement", args=[self.agreement.pk])
