"""Files in and out: what was uploaded as evidence of what, and what was issued under which number."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
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


class IssuedDocument(models.Model):
    """A document that went out under a number of its series; it is never changed, only voided with a reason.

    ``text_number`` is the number as it stands in the head (涪招专报〔2026〕3号). ``year`` is 0 in a series
    that does not start again each year. A voided document keeps its number, which is not given
    out again.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="issued_documents")
    kind = models.CharField(_("材料类别"), max_length=48)
    series = models.CharField(_("文号系列"), max_length=20)
    division = models.CharField(_("行政区划"), max_length=6)
    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.PositiveIntegerField(_("序号"))
    text_number = models.CharField(_("文号"), max_length=80)
    title = models.CharField(_("标题"), max_length=200)
    on = models.DateField(_("印发日期"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("印发单位")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("印发人"))
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="issued")
    issued_at = models.DateTimeField(auto_now_add=True)
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    voided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    voided_reason = models.CharField(_("作废原因"), max_length=300, blank=True)

    objects = HangsOnCase.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "division", "year", "number"], name="issued_number_once"
            ),
            models.CheckConstraint(
                condition=Q(voided_on__isnull=True, voided_by__isnull=True, voided_reason="")
                | (Q(voided_on__isnull=False, voided_by__isnull=False) & ~Q(voided_reason="")),
                name="issued_voided_whole",
            ),
        ]
        verbose_name = _("编号文件")

    def __str__(self) -> str:
        return self.text_number
