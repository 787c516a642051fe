"""Guidance before acceptance: only when it is asked for, free, and without a clock (三(五)11; 003 二(5))."""

from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import require, units_with
from accounts.models import Unit, UnitKind, User
from accounts.roles import Can
from approvals.rules import answering
from cases.actions import assign_part_to_many, record
from cases.models import Part
from cases.permissions import wide_on
from kernel.language import house_language
from kernel.refusals import Refused
from notices.actions import post
from policies.rulebook import Rulebook
from policies.schema import GuidanceRule
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project
from projects.permissions import lock, require_running, require_sight, require_unmerged
from service.models import Guidance
from service.portal.access import speaks_for

ASKED = "asked"


@transaction.atomic
def ask_guidance(*, project: Project, rule: str, unit: Unit, matter: str, by: User, on: date) -> Guidance:
    """Ask a body that will take part in the acceptance for guidance, on the firm's wish or as its agent.

    No clock starts and nothing is charged. Raises Refused: forbidden for whom the plan does not name;
    invalid for an unknown rule, another unit, or without a matter; unmet before the milestone that the plan
    waits for; conflict while the same unit has been asked already.
    """
    project = lock(project)
    rules, found = find_rule(project, rule)
    firm = require_asker(project, found, by, on)
    require_running(project)
    _require_time(project, rules, found)
    if unit not in answering(found.units, (), project.pk, on):
        raise Refused.invalid("unit", _("%(unit)s不提供此项指导") % {"unit": unit.name})
    if not matter.strip():
        raise Refused.invalid("matter", _("请写明请求指导的事项"))
    row = Guidance(
        project=project, rule=found.code, name=found.name, clause=found.clause, unit=unit,
        matter=matter.strip()[:500], asked_on=on, asked_by=by, by_enterprise=firm,
    )  # fmt: skip
    _put(row)
    if ASKED in rules.parts and unit.kind != UnitKind.BUREAU:
        assign_part_to_many(case=project.case, units=[unit], part=ASKED, by=by, on=on)
    data = {"name": row.name, "unit": unit.name, "matter": row.matter[:120], "clause": row.clause}
    record(case=project.case, kind="guidance.asked", by=by, on=on, data=data)
    with house_language():
        words = {"project": project.name, "name": row.name, "matter": row.matter[:80]}
        text = _("“%(project)s”请求%(name)s：%(matter)s") % words
    post(
        key=f"guidance:{row.pk}:asked", topic="guidance.asked", case=project.case, text=text,
        url=f"/guidance/{row.pk}/give/", units=[unit],
    )  # fmt: skip
    return row


def find_rule(project: Project, code: str) -> tuple[Rulebook, GuidanceRule]:
    """Raises Refused (invalid) for guidance that the plan does not have."""
    rules = rules_of(project)
    if code not in rules.guidance:
        raise Refused.invalid(
            "rule", _("制度中没有“%(code)s”这项指导") % {"code": code[:64]}, code="not_in_plan"
        )
    return rules, rules.guidance[code]


def require_asker(project: Project, rule: GuidanceRule, by: User, on: date) -> bool:
    """Whether the firm itself asks. Raises Refused (forbidden) for whom the plan does not name."""
    if rule.by_enterprise and project.merged_into_id is None and speaks_for(by, project, on):
        return True
    require(by, Can.RECORD_CONTACT)
    require_unmerged(by, project)
    require_sight(by, project)
    if wide_on(by, Can.RECORD_CONTACT, project.case):
        return False
    mine = units_with(by, Can.RECORD_CONTACT)
    parts = Part.objects.filter(case_id=project.pk, part__in=rule.parts, valid_to__isnull=True)
    if not any(user == by.pk or unit in mine for unit, user in parts.values_list("unit_id", "user_id")):
        message = _("“%(name)s”须由制度指定的单位提出（%(clause)s）")
        words = {"name": rule.name, "clause": rule.clause}
        raise Refused.forbidden(message % words, code="not_asking")
    return False


def _require_time(project: Project, rules: Rulebook, rule: GuidanceRule) -> None:
    code = rule.from_milestone
    if code and code not in reached_codes(project):
        url = reverse("project-milestone", args=[project.pk, code])
        message = _("尚未完成“%(name)s”") % {"name": rules.milestone(code).name}
        raise Refused.because(f"milestone:{code}", message, clause=rule.clause, url=url)


def _put(row: Guidance) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        message = _("已向%(unit)s提出，尚待指导") % {"unit": row.unit.name}
        raise Refused.conflict(message, code="already_asked") from error


@transaction.atomic
def give_guidance(*, guidance: Guidance, words: str, by: User, on: date, day: date | None = None) -> Guidance:
    """The unit asked writes down what it advised, on ``day`` (today by default). Once, and final.

    Raises Refused: forbidden for another unit; invalid without words, or for a day before the request or to
    come; conflict when it was given or withdrawn before.
    """
    row = _locked(guidance)
    require_giver(row, by)
    _require_waiting(row)
    day = day or on
    if not words.strip():
        raise Refused.invalid("words", _("请填写指导意见"))
    if not row.asked_on <= day <= on:
        message = _("指导日期应在 %(asked)s 至 %(today)s 之间") % {"asked": row.asked_on, "today": on}
        raise Refused.invalid("day", message)
    row.given_on, row.given_by, row.words = day, by, words.strip()
    row.save(update_fields=["given_on", "given_by", "words"])
    data = {"name": row.name, "unit": row.unit.name, "words": row.words[:120]}
    record(case=row.project.case, kind="guidance.given", by=by, on=day, data=data)
    with house_language():
        said = {"project": row.project.name, "unit": row.unit.name, "name": row.name}
        text = _("“%(project)s”：%(unit)s已提供%(name)s") % said
    post(
        key=f"guidance:{row.pk}:given", topic="guidance.given", case=row.project.case, text=text,
        url=_answer_url(row), users=[row.asked_by],
    )  # fmt: skip
    return row


def _answer_url(row: Guidance) -> str:
    """Where whoever asked reads the answer: the enterprise on its own pages."""
    return reverse("portal-guidance" if row.by_enterprise else "acceptance", args=[row.project_id])


def require_giver(row: Guidance, by: User) -> None:
    """Raises Refused (forbidden) unless the user answers for the unit that was asked."""
    require_sight(by, row.project)
    if row.unit_id not in units_with(by, Can.GIVE_OPINION):
        message = _("此项指导由%(unit)s提供") % {"unit": row.unit.name}
        raise Refused.forbidden(message, code="not_asked")


@transaction.atomic
def withdraw_guidance(*, guidance: Guidance, by: User, on: date, reason: str) -> Guidance:
    """Whoever asked takes the request back. Raises Refused: forbidden; invalid without a reason; conflict
    when it was given or withdrawn before."""
    row = _locked(guidance)
    if row.asked_by_id != by.pk:
        raise Refused.forbidden(_("只有提出人可以撤回"), code="not_asker")
    _require_waiting(row)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤回原因"))
    row.withdrawn_on, row.withdrawn_reason = on, reason.strip()[:300]
    row.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    data = {"name": row.name, "unit": row.unit.name, "reason": row.withdrawn_reason}
    record(case=row.project.case, kind="guidance.withdrawn", by=by, on=on, data=data)
    return row


def _locked(guidance: Guidance) -> Guidance:
    lock(Project(pk=guidance.project_id))
    rows = Guidance.objects.select_for_update(of=("self",))
    return rows.select_related("project__case", "unit", "asked_by").get(pk=guidance.pk)


def _require_waiting(row: Guidance) -> None:
    if row.given_on:
        raise Refused.conflict(_("已于 %(day)s 提供指导") % {"day": row.given_on}, code="already_given")
    if row.withdrawn_on:
        raise Refused.conflict(_("已于 %(day)s 撤回") % {"day": row.withdrawn_on}, code="withdrawn")
