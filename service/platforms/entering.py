"""The one write of platform entries: a project stands in another office's platform, under a number there.

``on`` is the business date in Asia/Shanghai.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases.actions import record
from kernel.refusals import Refused
from policies.schema import OutsidePlatform
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_on
from service.platforms.models import PlatformEntry

MOST_LETTERS = 60


def platform_of(project: Project, code: str) -> OutsidePlatform:
    """The platform by the project's own plan. Raises Refused (invalid) where the plan knows none such."""
    rule: OutsidePlatform | None = rules_of(project).platforms.get(code)
    if rule is None:
        raise Refused.invalid("platform", _("该项目的制度中没有“%(code)s”这一平台") % {"code": code})
    return rule


@transaction.atomic
def enter(*, project: Project, platform: str, number: str, by: User, on: date, today: date) -> PlatformEntry:
    """登记平台录入 (R226). What was entered before is superseded; the same again is refused.

    Raises Refused: forbidden; invalid for an unknown platform, a phase in which nothing is entered, a day to
    come, too long a number; conflict where another project has the number, or where this one was entered
    under it and nothing has changed since.
    """
    project = lock(project)
    require_on(by, Can.RECORD_MILESTONE, project)
    rule = platform_of(project, platform)
    number = number.strip()
    _check(project, rule, number, on, today)
    entries = PlatformEntry.objects.in_force().filter(project=project, platform=rule.code)
    before = entries.first()
    if before and before.number == number and not entries.behind().exists():
        message = _("该项目已于 %(day)s 录入，此后没有变动") % {"day": before.on}
        raise Refused.conflict(message, code="entered")
    entries.update(in_force=False)
    row = PlatformEntry(
        project=project, platform=rule.code, number=number, on=on, version=project.version, by=by
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # another project was given the number at the same moment
        raise _taken(number) from error
    said = {"name": rule.name, "number": number, "clause": rule.clause}
    record(case=project.case, kind="platform.entered", by=by, on=on, data=said)
    return row


def _check(project: Project, rule: OutsidePlatform, number: str, on: date, today: date) -> None:
    if project.phase not in rule.phases:
        message = _("“%(phase)s”阶段的项目不录入%(name)s")
        words = {"phase": project.get_phase_display(), "name": rule.name}
        raise Refused.because("phase", message % words, clause=rule.clause)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    if len(number) > MOST_LETTERS:
        raise Refused.invalid("number", _("平台编号不超过 %(most)s 个字") % {"most": MOST_LETTERS})
    taken = PlatformEntry.objects.filter(platform=rule.code, number=number, in_force=True)
    if number and taken.exclude(project=project).exists():
        raise _taken(number)


def _taken(number: str) -> Refused:
    message = _("平台编号 %(number)s 已登记在另一个项目名下") % {"number": number}
    return Refused.because("number_taken", message, field="number", status="conflict")
