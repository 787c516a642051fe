"""Contacts with the enterprise: every one a trace."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from projects import cadences, claiming, stillness
from projects.actions.edit import set_parts
from projects.actions.enterprises import lock_investor
from projects.facts import rules_of
from projects.models import ContactPaper, ContactRecord, Project
from projects.models.records import Channel
from projects.permissions import lock, require_on

PHOTO = "contact_photo"
MOST_PAPERS, LONGEST_TOPIC = 20, 2000
MOST_PHOTO_BYTES = 15 * 1024 * 1024
"""A phone's photo is smaller; whoever sends more has not shrunk it, and it would be slow on every page."""


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
    next_step: str = "",
    next_on: date | None = None,
    topics: Mapping[str, str] | None = None,
    papers: Sequence[Attachment] = (),
    uploads: Sequence["File[bytes]"] = (),
    paper_kind: str = PHOTO,
    on_request: bool = False,
    client_id: UUID | None = None,
) -> ContactRecord:
    """Record who met whom, when, how, and what came of it. The first one fixes the first receiver (R024).

    ``next_on`` may be to come, but not before ``on``; ``topics``: what was said by topic code, at least one
    where the plan asks for any (R036); ``papers`` are of the case already, ``uploads`` become papers of
    ``paper_kind``. ``client_id``: the same one again gives the record that is there already. Raises Refused
    (invalid) for a day in the future, an unknown channel or topic, missing words, or a paper that is not
    taken; (conflict) where the same ``client_id`` was sent for another project.
    """
    if not ContactRecord.objects.filter(project=project).exists():
        lock_investor(project)
    project = lock(project)
    require_on(by, Can.RECORD_CONTACT, project)
    if sent := _sent_before(project, by, client_id, (on, channel, with_whom.strip(), matter.strip())):
        return sent
    _require_sense(channel, with_whom=with_whom, matter=matter)
    _require_days(on, next_on, today)
    rules = rules_of(project)
    words = {"with_whom": with_whom, "place": place, "matter": matter, "outcome": outcome}
    row = ContactRecord(project=project, by=by, on=on, channel=channel, next_on=next_on, client_id=client_id)
    for field, text in (words | {"next_step": next_step}).items():
        setattr(row, field, text.strip())
    row.topics, row.on_request = _topics(project, rules, channel, topics or {}), on_request
    _store(row)
    _keep_papers(row, papers, uploads, paper_kind)
    cadences.heard(project, rules, channel, by=by, on=on)
    stillness.moved(project, "contact", by=by, on=on)
    if row.is_first:
        _fix_first_receiver(project, rules, by, on)
    return row


def _sent_before(
    project: Project, by: User, client_id: UUID | None, said: tuple[date, str, str, str]
) -> ContactRecord | None:
    """What this phone has sent already. Raises Refused (conflict) where it said something else then."""
    if client_id is None:
        return None
    row = ContactRecord.objects.filter(by=by, client_id=client_id).first()
    if row is None:
        return None
    if row.project_id != project.pk or (row.on, row.channel, row.with_whom, row.matter) != said:
        message = _("同一编号的联系记录已登记，内容不同；须补充的，请另记一次")
        raise Refused.conflict(message, code="client_id_reused")
    return row


def _require_days(on: date, next_on: date | None, today: date) -> None:
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    if next_on and next_on < on:
        raise Refused.invalid("next_on", _("下一步日期不能早于联系日期"))


def _store(row: ContactRecord) -> None:
    """The row and its event. Raises Refused (conflict) where another was the first in the same moment."""
    row.is_first = not ContactRecord.objects.filter(project=row.project).exists()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("首次对接刚刚已由他人登记，请重新提交")) from error
    data = {
        "channel": Channel(row.channel).label,
        "with": row.with_whom,
        "matter": row.matter[:120],
        "contact": row.pk,
    }
    cases.record(case=row.project.case, kind="contact.recorded", by=row.by, on=row.on, data=data)


def _fix_first_receiver(project: Project, rules: Rulebook, by: User, on: date) -> None:
    """The first contact claims; the part follows the claim, unless it is contested or played already."""
    found, rule = claiming.by_contact(project, rules, by, on), rules.claim_rule
    held = rule and project.case.parts.filter(part=rule.part, valid_to__isnull=True).exists()
    if found is None or rule is None or held:
        return
    day = max(on, project.case.opened_on)
    set_parts(project=project, part=rule.part, unit=found.unit, user=found.by, by=by, on=day, produced=True)


def _require_sense(channel: str, **words: str) -> None:
    if channel not in Channel.values:
        raise Refused.invalid("channel", _("未知的联系方式：%(channel)s") % {"channel": channel})
    for field, text in words.items():
        if not text.strip():
            raise Refused.invalid(field, _("请填写对方人员和洽谈内容"))


def _topics(project: Project, rules: Rulebook, channel: str, said: Mapping[str, str]) -> dict[str, str]:
    """What was said on the plan's topics. Raises Refused where one is unknown, or none is filled in of those
    that this channel asks for in this phase."""
    asked, known = rules.topics_of(project.phase, channel), {row.code for row in rules.topics}
    if strange := sorted(set(said) - known):
        message = _("制度中没有洽谈要点“%(code)s”") % {"code": strange[0]}
        raise Refused.invalid("topics", message)
    found = {code: text.strip() for code, text in said.items() if text.strip()}
    for code, text in found.items():
        if len(text) > LONGEST_TOPIC:
            raise Refused.invalid(f"topic_{code}", _("最多 %(most)s 字") % {"most": LONGEST_TOPIC})
    if asked and not found:
        names = "、".join(row.name for row in asked)
        message = _("请至少填写一项洽谈要点：%(names)s") % {"names": names}
        item = Unmet("topics_missing", message, asked[0].clause, field=f"topic_{asked[0].code}")
        raise Refused([item], "invalid")
    return found


def _keep_papers(
    row: ContactRecord, papers: Sequence[Attachment], uploads: Sequence["File[bytes]"], kind: str
) -> None:
    """Tie the papers to the contact. Raises Refused (invalid) for one of another case, or withdrawn."""
    if len(papers) + len(uploads) > MOST_PAPERS:
        raise Refused.invalid("uploads", _("一次最多附 %(most)s 份材料") % {"most": MOST_PAPERS})
    for one in papers:
        require_of_case(one, row.project_id, "papers")
    kept = [_attach(row, kind, one) for one in uploads]
    found = {one.pk: one for one in [*papers, *kept]}
    ContactPaper.objects.bulk_create(ContactPaper(contact=row, attachment=one) for one in found.values())


def _attach(row: ContactRecord, kind: str, upload: "File[bytes]") -> Attachment:
    """One upload as a paper. Raises Refused (invalid) naming the file: of several, the one not taken."""
    name = str(upload.name or "")
    if kind == PHOTO and upload.size > MOST_PHOTO_BYTES:
        words = {"name": name, "size": -(-upload.size // 1_048_576), "most": MOST_PHOTO_BYTES // 1_048_576}
        message = _("照片“%(name)s”有 %(size)s MB，超过 %(most)s MB；请用较低的像素重拍，或截图后再传")
        raise Refused.invalid("uploads", message % words, code="too_large")
    try:
        return attach(case=row.project.case, kind=kind, upload=upload, by=row.by, on=row.on)
    except Refused as refused:
        if refused.status != "invalid":
            raise
        said = "；".join(item.message for item in refused.unmet)
        message = _("“%(name)s”：%(said)s") % {"name": name, "said": said}
        raise Refused.invalid("uploads", message, code=refused.unmet[0].code) from refused
