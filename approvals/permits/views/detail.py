"""One permit: application, material, notices, clocks with arithmetic, and what the reader may do next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Material, Permit
from approvals.permits import queries
from approvals.permits.models import Stage
from approvals.permits.owed import owed, waits
from approvals.permits.permissions import may_act
from approvals.permits.rules import lacking
from approvals.permits.views.base import OnePermit
from deadlines.models import Decision
from deadlines.permissions import may_stop
from deadlines.showing import light_of
from kernel.refusals import Unmet
from policies.wording import limit_text

Button = tuple[str, str, bool]
"""Words, address, and whether it carries the application on."""
ONWARD = {"permit-supplement", "permit-complete", "permit-resume", "permit-result"}


class PermitPage(OnePermit):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, told = self.permit, queries.trail(self.permit)
        materials = list(row.materials.all())
        waiting = self._waiting(materials)
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
            "lines": [(one, waiting.get(one.name)) for one in materials],
            "clock": {"row": own, "light": light_of(own, self.today), "sum": sums[own.pk]} if own else None,
            "overall": [(one, light_of(one, self.today), sums[one.pk]) for one in clocks],
            "legal": limit_text(self.rule.legal) if self.rule.legal else "",
            "promised": limit_text(self.plan.limit) if self.plan.limit else "",
            "may": may,
            "buttons": self._buttons(may, told, {one.name for one in lacking(materials)} - set(waiting)),
            **told,
        }
        return render(request, "approvals/permits/permit.html", context)

    def _waiting(self, materials: list[Material]) -> dict[str, Unmet]:
        """What another permit has still to give, by name of the material."""
        absent = {one.name for one in materials if not one.there}
        if not absent or not self.permit.is_open:
            return {}
        rows = [one for name, one in owed(self.plan, self.project).items() if name in absent]
        return {one.name: item for one, item in zip(rows, waits(rows, self.plan, self.project), strict=True)}

    def _buttons(self, may: dict[str, bool], told: dict[str, Any], lacks: set[str]) -> list[Button]:
        """What the reader may do next, the likeliest first."""
        row = self.permit
        if not row.is_open:
            granted = row.step.concluded_on is not None
            return [self._to(_("登记证照"), "permit-result")] if granted and may["authority"] else []
        found = _agent(row, lacks) if may["agent"] else []
        found += self._authority(told, lacks) if may["authority"] else []
        clock = row.step.deadline
        if clock is not None and clock.is_open and may_stop(self.user, clock):
            if clock.paused_from:
                found.append(("permit-resume", _("恢复计时")))
            elif self.rule.stops:
                found.append(("permit-stop", _("申请停表")))
        return [self._to(words, name) for name, words in found]

    def _authority(self, told: dict[str, Any], lacks: set[str]) -> list[tuple[str, str]]:
        row = self.permit
        found = []
        if row.applied_on is not None:
            if row.complete_on is None and lacks:
                found.append(("permit-complete", _("材料已齐备")))
            found.append(("permit-notice", _("一次告知")))
        settled = any(one.state in (Decision.PENDING, Decision.APPROVED) for one in told["specials"])
        if self.rule.special and row.complete_on and not settled:
            found.append(("permit-special", _("申请特殊情况")))
        return found

    def _to(self, words: str, name: str) -> Button:
        return words, reverse(name, args=[self.permit.pk]), name in ONWARD


def _agent(row: Permit, lacks: set[str]) -> list[tuple[str, str]]:
    """``lacks``: what is needed and not there, save what another permit gives."""
    applies = row.complete_on is None and (lacks or row.applied_on is None)
    found = [("permit-supplement", _("补交材料"))] if applies else []
    return [*found, ("permit-withdraw", _("撤回材料"))] if row.applied_on is not None else found
