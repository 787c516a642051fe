"""All writes to outbox and inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.models import Case
from kernel.clock import now
from kernel.refusals import Refused
from notices import kick, recipients
from notices.models import Message, Notice
from notices.recipients import Tells

__all__ = ["Draft", "deliver", "mark_all_read", "mark_read", "post", "post_many"]

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be: ``key`` makes it once only, whoever posts it again."""

    key: str
    topic: str
    text: str
    case_id: int | None = None
    url: str = ""
    users: Sequence[int] = ()
    units: Sequence[int] = ()
    heads: Sequence[int] = ()
    roles: Sequence[str] = ()

    def tells(self) -> Tells:
        found = Tells()
        for key in ("users", "units", "heads", "roles"):
            if values := list(getattr(self, key)):
                found[key] = values
        return found


def post(
    *,
    key: str,
    topic: str,
    text: str,
    case: Case | None = None,
    url: str = "",
    users: Sequence[User | int] = (),
    units: Sequence[Unit | int] = (),
    heads: Sequence[Unit | int] = (),
    roles: Sequence[str] = (),
) -> None:
    """Put one message into the outbox, in the caller's transaction; a key already there changes nothing.

    ``units``: everybody who works there; ``heads``: those who answer for the unit; ``roles``: their holders
    in whose district the case lies. Delivery follows on commit.
    """
    draft = Draft(
        key=key,
        topic=topic,
        text=text,
        case_id=case.pk if case else None,
        url=url,
        users=_ids(users),
        units=_ids(units),
        heads=_ids(heads),
        roles=roles,
    )
    post_many(drafts=[draft])


def post_many(*, drafts: Sequence[Draft]) -> None:
    """Put many messages into the outbox with one statement a thousand; keys already there are left alone."""
    if not drafts:
        return
    rows = [
        Message(key=d.key, topic=d.topic, case_id=d.case_id, text=d.text, url=d.url, tells=d.tells())
        for d in drafts
    ]
    Message.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    kick.on_commit()


@transaction.atomic
def deliver(*, on: date, limit: int = BATCH) -> int:
    """Bring up to ``limit`` waiting messages into the inboxes; returns how many. Safe in parallel.

    Inbox rows and the mark on the message are one transaction, and a person has a message once only:
    killed at any moment, nothing is lost and nothing comes twice. ``on`` is the day whose memberships count.
    """
    waiting = Message.objects.filter(delivered_at__isnull=True).order_by("id").select_related("case")
    skip = connection.features.has_select_for_update_skip_locked
    rows = list(waiting.select_for_update(skip_locked=skip, of=("self",), no_key=True)[:limit])
    told = recipients.of_many(rows, on)
    notices = [Notice(message_id=pk, user_id=user) for pk, users in told.items() for user in sorted(users)]
    Notice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
    Message.objects.filter(pk__in=list(told)).update(delivered_at=now())
    return len(rows)


def mark_read(*, notice: Notice, by: User) -> None:
    """Mark one's own notice as read. Raises Refused (forbidden) for another person's."""
    if notice.user_id != by.pk:
        raise Refused.forbidden(_("这不是您的通知"))
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=now())


def mark_all_read(*, by: User, until: int) -> int:
    """Mark one's own notices as read up to the one last shown (its id); returns how many were unread."""
    return Notice.objects.of(by).unread().filter(pk__lte=until).order_by().update(read_at=now())


def _ids(rows: Sequence[Model | int]) -> list[int]:
    return [row if isinstance(row, int) else row.pk for row in rows]
