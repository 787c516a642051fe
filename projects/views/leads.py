"""线索库: every lead with its channel, its last movement and its next step; explaining one, waking one."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import can
from accounts.roles import Can
from kernel.clock import today
from projects import actions, leads, queries, stillness
from projects.columns import COLUMNS, Shown, newest_rules, still_state
from projects.form_fields import Day, Words
from projects.forms import ReasonForm
from projects.models import Batch
from projects.permissions import among
from projects.pressing import clocks_of
from projects.queries import LedgerFilter
from projects.views.base import ActionPage
from projects.views.ledger import business, filters, with_query

STILLEST_FIRST = "moved_on"
_ASKED = ("batch", "channel", "target", "tag", "stillness", "still_days", "unit", "park", "state")


@login_required
@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """The leads, those longest without movement first; shelved and given-up ones when asked for."""
    user, rules = business(request), newest_rules()
    wanted = replace(LedgerFilter.read(request.GET), leads="1")
    if "state" not in request.GET:
        wanted = replace(wanted, state="running")
    order, cursor = request.GET.get("order") or STILLEST_FIRST, request.GET.get("cursor", "")
    page = queries.ledger_page(user, wanted, order=order, cursor=cursor)
    shown = filters(request, wanted, rules, _ASKED)
    context = shown | {
        "active": shown["active"] - ("state" not in request.GET),
        "lines": _lines(user, page.rows, rules),
        "page": page,
        "order": order,
        "orders": _orders(request),
        "next_url": with_query(request, cursor=page.next) if page.next else "",
        "previous_url": with_query(request, cursor=page.prev) if page.prev else "",
        "may_register": can(user, Can.REGISTER_PROJECT),
    }
    return render(request, "projects/leads.html", context)


@login_required
@require_GET
def channel_yields(request: HttpRequest) -> HttpResponse:
    """Which channel yields what: counted over all projects, so only when somebody looks."""
    rows = leads.yields(business(request), newest_rules())
    context = {
        "yields": [_linked(row) for row in rows],
        "crumbs": [(_("线索库"), reverse("lead-library"))],
    }
    part = "projects/_yields.html" if request.headers.get("HX-Request") else "projects/yields.html"
    return render(request, part, context)


def _orders(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Code, words, address of each order of the list."""
    words = {STILLEST_FIRST: _("最久无进展"), "-id": _("最新登记"), "-total_fen": _("总投资")}
    return [(code, text, with_query(request, order=code, cursor="")) for code, text in words.items()]


def _lines(user: Any, rows: list[dict[str, Any]], rules: Any) -> list[dict[str, Any]]:
    keys = [row["id"] for row in rows]
    shown = Shown.of(clocks_of(keys, today()), rules, today())
    steps, received = leads.next_steps(keys), leads.receivers(keys, rules)
    still = [row["id"] for row in rows if still_state(row, shown.today) in ("dormant", "warned")]
    mine = among(user, Can.RECORD_CONTACT, still) if still else set()
    cells = {name: COLUMNS[code].cell for name, code in _CELLS.items()}
    return [
        {name: cell(row, shown) for name, cell in cells.items()}
        | {"name": COLUMNS["name"].cell(row | {"dormant_on": None}, shown)}  # the last column says it
        | {"row": row, "next": steps.get(row["id"]), "receiver": received.get(row["id"], "")}
        | {"explain": row["id"] in mine}
        for row in rows
    ]


_CELLS = {
    "channel": "channel", "targets": "targets", "tags": "tags", "batch": "batch",
    "moved": "moved", "clock": "clock",
}  # fmt: skip


def _linked(row: leads.Yield) -> dict[str, Any]:
    """A channel's figures, each leading to its projects."""
    ledger = reverse("project-list")
    numbers = [
        (count, f"{ledger}?{urlencode({'channel': row.code, 'batch': batch})}" if batch else "")
        for count, batch in (
            (row.reserve, Batch.RESERVE),
            (row.negotiating, Batch.NEGOTIATING),
            (row.signed, ""),
        )
    ]
    return {"row": row, "numbers": numbers, "url": f"{ledger}?{urlencode({'channel': row.code})}"}


class ExplainForm(forms.Form):
    reason = Words(label=gettext_lazy("停滞原因"), max_length=300)
    until = Day(future=True, label=gettext_lazy("有效至"), required=False, initial=None)
    on = Day(label=gettext_lazy("说明日期"))


class Explain(ActionPage):
    """Why a lead does not move. What was said before stands beside the form."""

    needs = Can.RECORD_CONTACT
    title = gettext_lazy("停滞说明")
    lead = gettext_lazy("说明在有效期内视同有进展，到期仍无进展的再次提醒；每次说明都留在档案中。")
    button = gettext_lazy("提交说明")
    done = gettext_lazy("已提交停滞说明")
    template = "projects/stillness.html"

    def make_form(self, data: Any = None, files: Any = None) -> ExplainForm:
        form, rule = ExplainForm(data), stillness.rule_of(self.project)
        if rule is not None:
            words = {"day": stillness.longest(rule, self.today), "clause": rule.clause}
            form.fields["until"].help_text = _("最迟 %(day)s；不填即按最迟日期（%(clause)s）") % words
        return form

    def act(self, form: forms.Form) -> Any:
        return actions.explain_stillness(
            project=self.project, by=self.user, today=self.today, **form.cleaned_data
        )

    def also(self, form: forms.Form) -> dict[str, Any]:
        rule = stillness.rule_of(self.project)
        return {
            "standing": stillness.standing(self.project, self.today),
            "cited": rule,
            "explanations": self.project.explanations.select_related("by", "unit"),
        }


class Wake(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("恢复休眠线索")
    lead = gettext_lazy("登记对接、办理程序等任何进展都会自动恢复；没有可登记的进展时，在此写明原因恢复。")
    button = gettext_lazy("恢复")
    done = gettext_lazy("已由休眠恢复")

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return actions.wake(project=self.project, by=self.user, on=self.today, **form.cleaned_data)
