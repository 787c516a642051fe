"""Importing the office's own Excel: the batch, its rows as staged and checked, mappings kept by name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from projects.models.choices import Phase
from projects.models.project import Project


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("已上传")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("待确认")
    COMMITTING = "committing", _("导入中")
    DONE = "done", _("已导入")
    FAILED = "failed", _("失败")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")


class Outcome(models.TextChoices):
    NEW = "created", _("新增")
    CHANGED = "updated", _("更新")
    SAME = "unchanged", _("无变化")
    SUSPECT = "suspect", _("疑似重复")
    REJECTED = "rejected", _("拒绝")
    SKIPPED = "skipped", _("跳过")


class Decision(models.TextChoices):
    """What a person says of a staged row; "" leaves it to the check."""

    CREATE = "create", _("作为新项目导入")
    SKIP = "skip", _("不导入")


class ImportMapping(models.Model):
    """Which column means what, kept by name so that next month's ledger maps itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("方案名称"), max_length=60)
    columns = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="import_mapping_name_once")]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One upload of one sheet: staged and checked first, committed in one short transaction, undoable.

    A worker that takes it up counts ``attempts`` up and stamps ``heartbeat_at``: whoever comes back with
    an older count has lost it. ``tries`` count from the last request on, so that what kills every worker
    ends. ``counts`` are by outcome; skipped lines count one by one. ``codes_given``: known enterprises
    that it gave a credit code, by key, with the code and why they had none.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="imports")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=200)
    filename = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    mapping = models.JSONField(default=dict)
    header = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    on = models.DateField(_("导入日期"))
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)
    undone_on = models.DateField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_report = models.JSONField(default=dict)
    codes_given = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(state__in=["checking", "committing", "undoing"]),
                name="import_running",
            )
        ]
        verbose_name = _("导入批次")

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """One ledger row as staged: what was read, what will happen, why not."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    excel_row = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    raw = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    decision = models.CharField(max_length=12, blank=True, choices=Decision.choices)
    decided_phase = models.CharField(max_length=16, blank=True, choices=Phase.choices)
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    before = models.JSONField(null=True)
    version_after = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["batch", "excel_row"]
        constraints = [models.UniqueConstraint(fields=["batch", "excel_row"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "excel_row"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.excel_row} {self.outcome}"
