"""A lead is registered: the case opens under the rules in force, its first parts are given."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from accounts.access import acting_unit, require
from accounts.models import Unit, User
from accounts.roles import Can
from cases import actions as cases
from cases.models import CaseKind, Enterprise
from kernel.refusals import Refused
from kernel.text import normal
from policies.rulebook import Rulebook, current
from projects import claiming, coded
from projects.actions import saving
from projects.actions.enterprises import lock_investor
from projects.facts import batch_of, derive
from projects.models import Project
from projects.planning import require_year
from projects.reserved import check_fields


@dataclass(frozen=True, slots=True)
class EnterpriseData:
    """An investor as it was written down; a known credit code or name finds the one already kept."""

    name: str
    credit_code: str = ""
    no_code_reason: str = ""
    division_code: str = ""
    country: str = "CN"
    origin_text: str = ""
    contact_name: str = ""
    contact_phone: str = ""


def find_or_create_enterprise(*, data: EnterpriseData, by: User) -> Enterprise:
    """Find by credit code, else by normalised name, else create (GB 32100-2015; optional with a reason).

    Raises Refused (invalid) for a code whose check digit is wrong, or a missing code without reason.
    """
    code = data.credit_code.strip().upper()
    if code and not uscc.is_valid(code):
        raise Refused.invalid(
            "credit_code", _("统一社会信用代码校验不通过：%(code)s，请核对营业执照") % {"code": code}
        )
    found = Enterprise.objects.filter(credit_code=code).first() if code else None
    if found is None:
        same = Enterprise.objects.filter(normalized_name=normal(data.name)[:200])
        found = same.filter(credit_code__in=("", code)).order_by("id").first()
    if found is None:
        return _create(data, code, by)
    if code and not found.credit_code:
        return _complete(found, code, by)
    return found


def _complete(found: Enterprise, code: str, by: User) -> Enterprise:
    """An enterprise known by name alone gets its code, unless another one got it at this moment."""
    found.credit_code, found.no_code_reason = code, ""
    found._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        return _made_meanwhile(code)
    return found


def _create(data: EnterpriseData, code: str, by: User) -> Enterprise:
    if not data.name.strip():
        raise Refused.invalid("enterprise", _("请填写企业名称"))
    if not code and not data.no_code_reason:
        raise Refused.invalid(
            "no_code_reason", _("没有统一社会信用代码时，请说明原因（如境外投资者、尚未注册）")
        )
    row = Enterprise(**asdict(data) | {"credit_code": code})
    row._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return _made_meanwhile(code)
    return row


def _made_meanwhile(code: str) -> Enterprise:
    """The enterprise that another registration made at this moment: its code is there once."""
    found = Enterprise.objects.filter(credit_code=code).first() if code else None
    if found is None:
        raise Refused.conflict(_("该企业刚刚已由他人建档，请重新提交"))
    return found


def next_codes(on: date, count: int = 1) -> list[str]:
    """Project codes of the office: division, year, running number ("500102-2026-00017")."""
    series = f"{settings.DIVISION}-{on:%Y}"
    return [f"{series}-{number:05d}" for number in cases.take_numbers(series, count)]


@transaction.atomic
def register(
    *,
    by: User,
    on: date,
    name: str,
    enterprise: Enterprise | EnterpriseData | None = None,
    introducing_unit: Unit | None = None,
    fields: dict[str, Any] | None = None,
) -> Project:
    """Register a lead in the planning phase (谋划生成); whoever registers introduces, unless said otherwise.

    Raises Refused: forbidden without the capability; invalid for an empty name, unknown or reserved
    fields, a wrong credit code, a planning year out of the plan's reach.
    """
    require(by, Can.REGISTER_PROJECT)
    name = name.strip()
    if not name:
        raise Refused.invalid("name", _("请填写项目名称"))
    unit = introducing_unit or acting_unit(by)
    if unit is None:
        raise Refused.forbidden(_("您今天没有任职单位，不能登记项目"))
    policy_set, rules = current(on)
    plain = check_fields(coded.settled(rules, fields or {}))
    require_year(rules, plain.get("planning_year"), on)
    if isinstance(enterprise, EnterpriseData):
        enterprise = find_or_create_enterprise(data=enterprise, by=by)
    case = cases.open_case(
        kind=CaseKind.PROJECT,
        code=next_codes(on)[0],
        title=name,
        division=settings.DIVISION,
        policy_set=policy_set,
        on=on,
    )
    project = Project(case=case, name=name, enterprise=enterprise, introducing_unit=unit, **plain)
    _finish(project, rules, by, on)
    lock_investor(project)
    claiming.by_registering(project, rules, by, on)
    cases.assign_part(case=case, unit=unit, part="introducing", by=by, on=on, event=False)
    data = {"name": name, "unit": unit.name, "enterprise": enterprise.name if enterprise else ""}
    cases.record(case=case, kind="project.registered", by=by, on=on, data=data)
    return project


def _finish(project: Project, rules: Rulebook, by: User, on: date) -> None:
    derive(project, rules)
    project.division = project.case.division
    project.batch = batch_of((), rules)
    project.version, project.moved_on = 0, on
    saving.save(project, by)
