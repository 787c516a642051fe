"""Files in: what was uploaded, by whom, as evidence of what."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.visibility import HangsOnCase


def _path(attachment: "Attachment", filename: str) -> str:
    """Stored by content, never by the name a stranger chose."""
    return f"cases/{attachment.case_id}/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    """One version of one paper of a case: its kind is a document code of the pack, or "other"."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    kind = models.CharField(_("材料类别"), max_length=48)
    name = models.CharField(_("文件名"), max_length=200)
    file = models.FileField(_("文件"), upload_to=_path, max_length=200)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    version = models.PositiveIntegerField(_("版本"), default=1)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    on = models.DateField(_("材料日期"))
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = HangsOnCase.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["case", "kind"], name="attachment_by_case_kind")]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "version"], name="attachment_version_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="attachment_withdrawn_whole",
            ),
        ]
        verbose_name = _("材料")

    def __str__(self) -> str:
        return self.name
