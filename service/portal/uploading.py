"""Papers that the enterprise hands in, and those it may read."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from documents.actions import ENTERPRISE_PAPER, attach, kinds_of, withdraw_attachment
from documents.content import HEIF
from documents.models import Attachment
from kernel.refusals import Refused
from projects.facts import rules_of
from projects.models import Project
from service.portal import telling
from service.portal.access import Speaker, take

MOST_A_DAY = 100
"""Papers that an enterprise may hand in on one day: more is a mistake or an attack."""


def kinds_to_upload(project: Project) -> dict[str, str]:
    """The kinds of paper that the enterprise may hand in: its own, then those the plan opens to it."""
    names, portal = kinds_of(project.case), rules_of(project).portal
    opened = portal.uploads if portal else ()
    return {code: names[code] for code in (ENTERPRISE_PAPER, *opened)}


@transaction.atomic
def upload_paper(
    *, project: Project, upload: Any, by: User, on: date, kind: str = ENTERPRISE_PAPER, note: str = ""
) -> Attachment:
    """The enterprise hands in a paper of its own.

    Raises Refused: forbidden; invalid for a kind not open to it, an empty, too large or unreadable file, a
    program; conflict for a project that ended, or too many papers in a day.
    """
    project = take(by, project, on)
    if kind not in kinds_to_upload(project):
        raise Refused.invalid("kind", _("这类材料由工作人员归档，请选“企业提交的材料”"), code="kind_not_open")
    _check_photo(upload)
    rows = Attachment.objects.filter(case_id=project.pk, uploaded_by=by, uploaded_at__date=on)
    if rows.count() >= MOST_A_DAY:
        message = _("今天已上传 %(n)s 份材料，请明天再传，或打成一个 ZIP 文件") % {"n": MOST_A_DAY}
        raise Refused.because("too_many_papers", message, status="conflict")
    paper = attach(case=project.case, kind=kind, upload=upload, by=by, on=on, note=note[:300], produced=True)
    telling.handed_in(project, paper, on)
    return paper


def _check_photo(upload: Any) -> None:
    """A photo that most offices cannot open is refused with advice: the enterprise can take another at once,
    a commissioner at the site cannot."""
    upload.seek(0)
    head = upload.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in HEIF:
        message = _(
            "HEIC 照片在多数电脑上打不开：请在手机“设置—相机—格式”中选“兼容性最佳”，或另存为 JPG 后再上传"
        )
        raise Refused.invalid("file", message, code="heic")


@transaction.atomic
def take_back_paper(*, paper: Attachment, project: Project, by: User, on: date, reason: str) -> Attachment:
    """The enterprise takes back what it handed in; the file stays in the case, marked.

    Raises Refused: forbidden for another's paper; invalid without a reason; conflict when it is withdrawn.
    """
    project = take(by, project, on)
    if paper.case_id != project.pk or paper.uploaded_by_id != by.pk:
        raise Refused.forbidden(_("只能撤回自己上传的材料"), code="not_own_paper")
    return withdraw_attachment(attachment=paper, by=by, on=on, reason=reason, asked=False)


def visible_papers(speaker: Speaker) -> QuerySet[Attachment]:
    """What the enterprise may read: what an enterprise handed in, and the kinds that the plan opens."""
    portal = speaker.rules.portal
    kinds = (ENTERPRISE_PAPER, *(portal.documents if portal else ()))
    rows = Attachment.objects.filter(case_id=speaker.project.pk, withdrawn_on__isnull=True)
    return rows.filter(Q(kind__in=kinds) | Q(uploaded_by__is_enterprise=True)).order_by("-id")
