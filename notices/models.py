"""The outbox and the inbox."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case


class Message(models.Model):
    """The outbox: something to tell, written in the transaction in which it came about.

    ``key`` makes it once only. ``tells`` names whom: ``{"users": [ids], "units": [ids], "heads": [ids
    of units]}``; who these are is looked up when it is delivered.
    """

    key = models.CharField(max_length=120, unique=True)
    topic = models.CharField(_("主题"), max_length=48)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="messages")
    text = models.TextField(_("内容"))
    url = models.CharField(max_length=300, blank=True)
    tells = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(delivered_at__isnull=True), name="message_waiting")
        ]
        verbose_name = _("消息")

    def __str__(self) -> str:
        return self.text


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User) -> "NoticeQuerySet":
        """The inbox of one person, newest first."""
        return self.filter(user=user).select_related("message__case")

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """The inbox: a message as one person got it. Exactly one per message and person."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="notices", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    read_at = models.DateTimeField(_("已读时间"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="notice_once_per_person")]
        verbose_name = _("通知")

    def __str__(self) -> str:
        return f"{self.user}: {self.message}"
