"""A lead comes in by page or REST: compared with what is there, registered, its likenesses pooled."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import Unit, User
from accounts.roles import Can
from cases.models import Enterprise
from kernel.refusals import Refused
from policies.rulebook import Rulebook, current
from projects.actions.pool import note_pairs
from projects.actions.register import EnterpriseData, next_codes, register
from projects.duplicates import Likeness, likenesses
from projects.likeness import Grade, Lead, points_of
from projects.models import FoundBy, Project


def lead_from(
    *, name: str, enterprise: Enterprise | EnterpriseData | None, total_fen: int | None = None, site: str = ""
) -> Lead:
    """A lead that is not yet registered, as it is compared; ``total_fen`` in 分."""
    return Lead(
        name=name.strip(),
        investor=enterprise.name if enterprise else "",
        credit_code=enterprise.credit_code.strip().upper() if enterprise else "",
        total_fen=total_fen,
        site=site,
    )


def check(*, lead: Lead, by: User, on: date) -> Likeness:
    """What a lead resembles under the rules in force on a day, as the user may learn of it.

    Raises Refused: forbidden for who may not register; unmet where no plan is in force.
    """
    require(by, Can.REGISTER_PROJECT)
    return likenesses(user=by, lead=lead, points=points_of(current(on)[1]))


@transaction.atomic
def register_lead(
    *,
    by: User,
    on: date,
    name: str,
    enterprise: Enterprise | EnterpriseData | None = None,
    introducing_unit: Unit | None = None,
    fields: dict[str, Any] | None = None,
    total_fen: int | None = None,
    distinct_reason: str = "",
    source: FoundBy = FoundBy.ENTRY,
) -> tuple[Project, Likeness]:
    """Register a lead unless it is surely there already; returns what it resembles.

    ``distinct_reason``: why it is another one all the same; the bureau reads it in the review pool. Two who
    register the same at once wait for each other on the series of numbers: the second is compared with the
    first. Raises Refused: conflict (``sure_duplicate``, 方案三(二)4) for a sure match without a reason, and
    as ``register`` does.
    """
    require(by, Can.REGISTER_PROJECT)
    rules = current(on)[1]
    next_codes(on, 0)
    lead = lead_from(
        name=name, enterprise=enterprise, total_fen=total_fen, site=str((fields or {}).get("site") or "")
    )
    alike = likenesses(user=by, lead=lead, points=points_of(rules))
    if alike.sure and not distinct_reason.strip():
        raise _known_already(alike, rules)
    if len(distinct_reason.strip()) > 300:
        raise Refused.invalid("distinct_reason", _("理由最多300字"))
    project = register(
        by=by, on=on, name=name, enterprise=enterprise, introducing_unit=introducing_unit, fields=fields
    )
    note_pairs(project=project, found=alike.all, source=source, on=on, note=distinct_reason.strip())
    return project, alike


def _known_already(alike: Likeness, rules: Rulebook) -> Refused:
    """It names what the user may see; of the rest only which unit has it."""
    rule = rules.likeness.get(Grade.SURE.value)
    clause = rule.clause if rule else ""
    seen = next((one for one in alike.rows if one.verdict.grade == Grade.SURE), None)
    if seen is None:
        text = _("%(units)s已登记同一项目，请先与其核对；确认不是同一项目的，请说明理由")
        words = {"units": "、".join(alike.holders) or _("其他单位")}
        return _refused(text % words, clause, "")
    text = _("与 %(code)s“%(name)s”是同一项目（%(why)s）；确认不是的，请说明理由")
    row = seen.project
    words = {"code": row.case.code, "name": row.name, "why": seen.verdict.text}
    return _refused(text % words, clause, f"/projects/{row.pk}/")


def _refused(text: str, clause: str, url: str) -> Refused:
    return Refused.because(
        "sure_duplicate", text, clause=clause, url=url, field="distinct_reason", status="conflict"
    )
