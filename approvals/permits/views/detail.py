"""One permit: application, material, notices, clocks with arithmetic, and what the reader may do next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Permit
from approvals.permits import queries
from approvals.permits.models import Stage
from approvals.permits.permissions import may_act
from approvals.permits.rules import lacking
from approvals.permits.views.base import OnePermit
from deadlines.models import Decision
from deadlines.permissions import may_stop
from deadlines.showing import light_of
from policies.wording import limit_text

Button = tuple[str, str, bool]
"""Words, address, and whether it carries the application on."""
ONWARD = {"permit-supplement", "permit-complete", "permit-resume", "permit-result"}


class PermitPage(OnePermit):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, told = self.permit, queries.trail(self.permit)
        materials = list(row.materials.all())
        clocks = queries.overall(row)
        own = row.step.deadline
        sums = queries.sums([*clocks, *([own] if own else [])])
        may = may_act(self.project, row, self.user)
        context = {
            "permit": row,
            "step": row.step,
            "project": self.project,
            "plan": self.plan,
            "rule": self.rule,
            "crumbs": self.trail,
            "stage": row.stage,
            "stage_name": Stage(row.stage).label,
            "materials": materials,
            "lacking": lacking(materials),
            "clock": {"row": own, "light": light_of(own, self.today), "sum": sums[own.pk]} if own else None,
            "overall": [(one, light_of(one, self.today), sums[one.pk]) for one in clocks],
            "legal": limit_text(self.rule.legal) if self.rule.legal else "",
            "promised": limit_text(self.plan.limit) if self.plan.limit else "",
            "may": may,
            "buttons": self._buttons(may, told),
            **told,
        }
        return render(request, "approvals/permits/permit.html", context)

    def _buttons(self, may: dict[str, bool], told: dict[str, Any]) -> list[Button]:
        """What the reader may do next, the likeliest first."""
        row = self.permit
        if not row.is_open:
            granted = row.step.concluded_on is not None
            return [self._to(_("登记证照"), "permit-result")] if granted and may["authority"] else []
        found = _agent(row) if may["agent"] else []
        found += self._authority(told) if may["authority"] else []
        clock = row.step.deadline
        if clock is not None and clock.is_open and may_stop(self.user, clock):
            if clock.paused_from:
                found.append(("permit-resume", _("恢复计时")))
            elif self.rule.stops:
                found.append(("permit-stop", _("申请停表")))
        return [self._to(words, name) for name, words in found]

    def _authority(self, told: dict[str, Any]) -> list[tuple[str, str]]:
        row = self.permit
        found = []
        if row.applied_on is not None:
            if row.complete_on is None:
                found.append(("permit-complete", _("材料已齐备")))
            found.append(("permit-notice", _("一次告知")))
        settled = any(one.state in (Decision.PENDING, Decision.APPROVED) for one in told["specials"])
        if self.rule.special and row.complete_on and not settled:
            found.append(("permit-special", _("申请特殊情况")))
        return found

    def _to(self, words: str, name: str) -> Button:
        return words, reverse(name, args=[self.permit.pk]), name in ONWARD


def _agent(row: Permit) -> list[tuple[str, str]]:
    found = [("permit-supplement", _("补交材料"))] if row.complete_on is None else []
    return [*found, ("permit-withdraw", _("撤回材料"))] if row.applied_on is not None else found
