"""Contacts with the enterprise: every one a trace."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from kernel.refusals import Refused
from projects.models import ContactRecord, Project
from projects.models.records import Channel
from projects.permissions import lock, require_on


@transaction.atomic
def record_contact(
    *,
    project: Project,
    by: User,
    on: date,
    today: date,
    channel: str,
    with_whom: str,
    matter: str,
    outcome: str = "",
    place: str = "",
) -> ContactRecord:
    """Record who met whom, when, how, and what came of it. The first one fixes the first receiver (R024).

    Raises Refused (invalid) for a day in the future, an unknown channel, or missing words.
    """
    project = lock(project)
    require_on(by, Can.RECORD_CONTACT, project)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    _require_sense(channel, with_whom=with_whom, matter=matter)
    first = not ContactRecord.objects.filter(project=project).exists()
    row = ContactRecord(
        project=project,
        on=on,
        channel=channel,
        with_whom=with_whom.strip(),
        place=place.strip(),
        matter=matter.strip(),
        outcome=outcome.strip(),
        is_first=first,
        by=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("首次对接刚刚已由他人登记，请重新提交")) from error
    data = {
        "channel": Channel(channel).label,
        "with": row.with_whom,
        "matter": row.matter[:120],
        "contact": row.pk,
    }
    cases.record(case=project.case, kind="contact.recorded", by=by, on=on, data=data)
    return row


def _require_sense(channel: str, **words: str) -> None:
    if channel not in Channel.values:
        raise Refused.invalid("channel", _("未知的联系方式：%(channel)s") % {"channel": channel})
    for field, text in words.items():
        if not text.strip():
            raise Refused.invalid(field, _("请填写对方人员和洽谈内容"))
