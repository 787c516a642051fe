"""Sealing a draft side by side; sealed by all it stands, is kept as a paper and filed."""

from datetime import date

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Part
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.schema import PlanSealRule
from service.plans import telling
from service.plans.actions import particulars
from service.plans.actions.base import Opened, draft_of, note, open_plan, settle
from service.plans.actions.editing import doubts_now
from service.plans.doubts import require_accepted
from service.plans.models import Plan, PlanSeal, PlanVersion
from service.plans.papers import word_of
from service.plans.permissions import require_planner, require_sealer, unit_of_side


@transaction.atomic
def seal_plan(
    *,
    plan: Plan,
    side: str,
    by: User,
    on: date,
    signatory: str,
    paper: Attachment | None = None,
    upload: "File[bytes] | None" = None,
    today: date | None = None,
    accept_late: str = "",
    expected: int | None = None,
) -> PlanSeal:
    """签章: one side agrees to the draft; with the last one it is in force, immutable, and filed (R185,
    R262).

    ``paper`` (or ``upload``, kept as one) is the scanned page, needed where the seal is entered for the side.
    The first seal on a draft that contradicts itself needs ``accept_late``, as a day set by hand does.
    Raises Refused: forbidden for another unit; invalid without signatory or paper, or for a day to come;
    unmet where nobody plays the side; conflict where the side has sealed, or nothing is open to seal.
    """
    found = open_plan(plan, expected)
    rule = found.rule.seal(side)
    if rule is None:
        raise Refused.invalid("side", _("没有这一方：%(code)s") % {"code": side})
    on_behalf = require_sealer(by, found.project, rule, on if today is None else today)
    draft = draft_of(found, sealing=True)
    if upload is not None:
        paper = attach(case=found.project.case, kind=found.rule.document, upload=upload, by=by, on=on)
    row = PlanSeal(
        version=draft, side=side, unit=unit_of_side(found.project, rule), signatory=signatory.strip()[:60],
        on=on, by=by, on_behalf=on_behalf, paper=paper,
    )  # fmt: skip
    _check(found, rule, row, today)
    first = not draft.seals.filter(voided_on__isnull=True).exists()
    if first:
        _first(found, draft, accept_late, on if today is None else today)
    _insert(row, rule)
    marked = gettext_lazy("（代为登记）") if on_behalf else ""
    note(found, "side_sealed", by, on, side=rule.name, number=draft.number, who=row.signatory, behalf=marked)
    if _complete(found, draft):
        _put_in_force(found, draft, by, on)
    elif first:
        telling.begun(found, row, on if today is None else today)
    settle(found.plan)
    return row


def _first(found: Opened, draft: PlanVersion, accept_late: str, today: date) -> None:
    """Before the first seal: no contradiction without a reason, and the head as it is on that day."""
    require_accepted(found.rule, draft, doubts_now(found, draft, today), accept_late)
    particulars.put(found, draft, (), {})


def _check(found: Opened, rule: PlanSealRule, row: PlanSeal, today: date | None) -> None:
    if today is not None and row.on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today}, code="future")
    if row.on < row.version.drafted_on:
        message = _("签章日期不能早于本版起草日期 %(day)s") % {"day": row.version.drafted_on}
        raise Refused.invalid("on", message)
    if not row.signatory:
        raise Refused.invalid("signatory", _("请填写%(who)s姓名") % {"who": rule.signer})
    if rule.part and row.unit is None:
        url = reverse("project-parts", args=[found.project.pk])
        message = _("尚未确定%(side)s，无法签章") % {"side": rule.name}
        raise Refused.because("nobody_plays", message, clause=found.rule.clause, url=url)
    _check_paper(found, row)


def _check_paper(found: Opened, row: PlanSeal) -> None:
    paper = row.paper
    if row.on_behalf and paper is None:
        raise Refused.invalid("upload", _("代为登记签章的，须上传签章页扫描件"), code="needs_paper")
    require_of_case(paper, found.project.pk)


def _insert(row: PlanSeal, rule: PlanSealRule) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        message = _("%(side)s已在第%(n)s版上签章") % {"side": rule.name, "n": row.version.number}
        raise Refused.conflict(message, code="already_sealed") from error


def _complete(found: Opened, draft: PlanVersion) -> bool:
    sides = set(draft.seals.filter(voided_on__isnull=True).values_list("side", flat=True))
    return {side.code for side in found.rule.seals} <= sides


def _put_in_force(found: Opened, draft: PlanVersion, by: User, on: date) -> None:
    """The last seal: the paper is kept, the version closed, and whoever files it is told."""
    draft.sealed_on = max(draft.seals.filter(voided_on__isnull=True).values_list("on", flat=True))
    with house_language():
        words = {"plan": found.rule.name, "n": draft.number}
        title = _("%(plan)s（第%(n)s版）") % words
        file = ContentFile(word_of(found.plan, draft, found.rule), name=f"{title}.docx")
    case, kind = found.project.case, found.rule.document
    draft.filed = attach(case=case, kind=kind, upload=file, by=by, on=on, note=title, produced=True)
    draft.save(update_fields=["sealed_on", "filed"])
    note(found, "in_force", by, on, number=draft.number, reason=draft.reason)
    _file(found, draft)


def _file(found: Opened, draft: PlanVersion) -> None:
    """报存档: a notice to whoever keeps it (R185), with the paper on file in the case."""
    parts = Part.objects.filter(
        case_id=found.project.pk, part__in=found.rule.filed_with_parts, valid_to__isnull=True
    )
    text = gettext_lazy("“%(project)s”的%(plan)s第%(n)s版已由各方签章，报你单位存档")
    with house_language():
        words = str(text) % {"project": found.project.name, "plan": found.rule.name, "n": draft.number}
    notices.post(
        key=f"plan:{found.plan.pk}:v{draft.number}",
        topic="service.plan",
        case=found.project.case,
        text=words,
        url=f"/projects/{found.project.pk}/plan/",
        units=sorted(set(parts.values_list("unit_id", flat=True))),
    )


@transaction.atomic
def take_back(*, plan: Plan, by: User, on: date, reason: str, expected: int | None = None) -> PlanVersion:
    """收回重改: the draft may be changed again; the seals given on it are void, with the reason.

    Raises Refused: forbidden; invalid without a reason; conflict once it is in force, or where nobody has
    sealed.
    """
    found = open_plan(plan, expected)
    require_planner(by, found.project, found.rule)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写收回原因"))
    draft = draft_of(found, sealing=True)
    words = {"voided_on": on, "voided_by": by, "voided_reason": reason.strip()[:300]}
    given = list(draft.seals.filter(voided_on__isnull=True))
    if not draft.seals.filter(voided_on__isnull=True).update(**words):
        raise Refused.conflict(_("还没有一方签章，可直接修改"), code="nothing_sealed")
    settle(found.plan)
    note(found, "taken_back", by, on, number=draft.number, reason=reason.strip()[:300])
    telling.voided(found, given, reason.strip()[:300], on)
    return draft
