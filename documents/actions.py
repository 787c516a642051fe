"""All writes to papers: a file comes in as a version of its kind, or is withdrawn; none is deleted."""

from datetime import date
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from cases.actions import record
from cases.models import Case
from cases.permissions import may_on
from cases.visibility import sees
from documents.content import content_type
from documents.models import Attachment, IssuedDocument
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import rulebook

__all__ = ["ENTERPRISE_PAPER", "INSTRUCTION_SCAN", "SCAN", "attach", "kinds_of", "withdraw_attachment"]

SCAN = "opinion_scan"
ENTERPRISE_PAPER = "enterprise_paper"
INSTRUCTION_SCAN = "instruction_scan"
_OWN_KINDS = {
    "other": gettext_lazy("其他材料"),
    ENTERPRISE_PAPER: gettext_lazy("企业提交的材料"),
    SCAN: gettext_lazy("书面意见扫描件"),
    INSTRUCTION_SCAN: gettext_lazy("领导批示扫描件"),
}
_LONGEST_NAME = 200


def kinds_of(case: Case) -> dict[str, str]:
    """The kinds of paper a case may hold, with their names: the plan's own, then the program's."""
    own = {code: str(name) for code, name in _OWN_KINDS.items()}
    return own | {code: rule.name for code, rule in rulebook(case.policy_set_id).documents.items()}


@transaction.atomic
def attach(
    *,
    case: Case,
    kind: str,
    upload: "File[bytes]",
    by: User,
    on: date,
    note: str = "",
    produced: bool = False,
) -> Attachment:
    """Keep a file as the next version of its kind; the same content again gives the version already there.

    ``on`` is the paper's own date (Asia/Shanghai); ``produced``: another action makes the file, which has
    checked its own rights. Raises Refused: forbidden; invalid for an unknown kind, an empty or too large file
    (``MAX_ATTACHMENT_BYTES``; a picture ``MAX_PHOTO_BYTES``), or a content that is not taken.
    """
    if not produced:
        require(by, Can.ATTACH)
        if not may_on(by, Can.ATTACH, case):
            raise Refused.forbidden(_("您看不到该档案"), code="not_visible")
    if kind not in kinds_of(case):
        raise Refused.invalid("kind", _("没有“%(kind)s”这一类材料") % {"kind": kind})
    _check_size(upload)
    row = Attachment(case=case, kind=kind, size=upload.size, content_type=content_type(upload))
    _check_photo(row)
    row.sha256 = _digest(upload)
    # Versions of one case are counted one after the other; inserts that only refer to the case go on.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    same = Attachment.objects.filter(
        case=case, kind=kind, sha256=row.sha256, withdrawn_on__isnull=True
    ).first()
    if same:
        return same
    _keep(row, upload, by, on, note)
    with house_language():
        name = kinds_of(case)[kind]
    data = {"name": row.name, "kind": name, "version": row.version, "attachment": row.pk}
    record(case=case, kind="document.attached", by=by, on=on, data=data)
    return row


def _check_photo(row: Attachment) -> None:
    """A picture far beyond what a camera makes is a mistake: a scan of many sheets is a PDF."""
    most = settings.MAX_PHOTO_BYTES
    if row.content_type.startswith("image/") and row.size > most:
        data = {"size": f"{row.size / 1_048_576:.0f}", "most": most // 1_048_576}
        message = _("照片有 %(size)s MB，超过 %(most)s MB：请用手机的“压缩”或“小图”发送，或改传 PDF")
        raise Refused.invalid("file", message % data, code="photo_too_large")


def _check_size(upload: "File[bytes]") -> None:
    most: int = settings.MAX_ATTACHMENT_BYTES
    if not upload.size:
        raise Refused.invalid("file", _("文件是空的"), code="empty")
    if upload.size > most:
        raise Refused.invalid(
            "file", _("文件超过 %(most)s MB") % {"most": most // 1_048_576}, code="too_large"
        )


def _digest(upload: "File[bytes]") -> str:
    found = sha256()
    for piece in upload.chunks():
        found.update(piece)
    return found.hexdigest()


def _keep(row: Attachment, upload: "File[bytes]", by: User, on: date, note: str) -> None:
    versions = Attachment.objects.filter(case=row.case, kind=row.kind).order_by("-version")
    row.version = (versions.values_list("version", flat=True).first() or 0) + 1
    row.name = _tidy(upload.name)
    row.on, row.note, row.uploaded_by = on, note.strip(), by
    twin = Attachment.objects.filter(case=row.case, sha256=row.sha256).first()
    if twin:
        row.file.name = twin.file.name
    else:
        upload.seek(0)
        row.file.save(row.name, upload, save=False)
    row.save()


def _tidy(name: Any) -> str:
    """The last part of the name, without control characters; a long one keeps its ending."""
    plain = "".join(letter for letter in str(name or "") if letter.isprintable())
    plain = PurePath(plain.replace("\\", "/")).name or _("未命名")
    ending = PurePath(plain).suffix[:20]
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - len(ending)] + ending


@transaction.atomic
def withdraw_attachment(
    *, attachment: Attachment, by: User, on: date, reason: str, asked: bool = True
) -> Attachment:
    """Withdraw a paper with a reason; the file stays, marked. For its uploader, or who may correct projects.

    ``asked``: False where the caller has asked who may.

    Raises Refused: forbidden; invalid without a reason; conflict when it is withdrawn already.
    """
    rows = Attachment.objects.select_for_update(of=("self",)).select_related("case", "withdrawn_by")
    row = rows.get(pk=attachment.pk)
    mine = row.uploaded_by_id == by.pk and sees(by, row.case_id)
    if asked and not (mine or may_on(by, Can.CORRECT_PROJECT, row.case)):
        raise Refused.forbidden(_("只有上传人或有更正权限的人员可以撤回材料"))
    if row.withdrawn_by is not None:
        raise Refused.conflict(
            _("材料已由%(who)s于 %(day)s 撤回") % {"who": row.withdrawn_by.name, "day": row.withdrawn_on}
        )
    _require_not_issued(row)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤回原因"))
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason.strip()
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
    data = {"name": row.name, "reason": row.withdrawn_reason, "attachment": row.pk}
    record(case=row.case, kind="document.withdrawn", by=by, on=on, data=data)
    return row


def _require_not_issued(row: Attachment) -> None:
    """What went out under a number is voided there, which withdraws its file."""
    issued = IssuedDocument.objects.filter(attachment=row, voided_on__isnull=True).first()
    if issued is not None:
        message = _("“%(name)s”已以%(number)s印发，不能单独撤回；须作废的，请作废该文件")
        words = {"name": row.name, "number": issued.text_number}
        raise Refused.conflict(message % words, code="issued_document")
