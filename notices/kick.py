"""Waking the delivery after a commit, so that a notice does not wait for the next beat.

Only a hint: beat finds every waiting message anyway, so a broker that is down costs time, not messages.
"""

import logging
import time

from celery import current_app
from django.db import transaction

WINDOW_SECONDS = 1.0
log = logging.getLogger(__name__)
_quiet_until = 0.0


def on_commit() -> None:
    """Ask for a delivery once the running transaction is committed."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    """One delayed task a second and process: it comes after everything committed in that second."""
    global _quiet_until  # noqa: PLW0603 - a throttle is by nature one per process
    moment = time.monotonic()
    if moment < _quiet_until:
        return
    if not current_app.conf.task_always_eager:
        _quiet_until = moment + WINDOW_SECONDS
    _send()


def _send() -> None:
    from kombu.exceptions import OperationalError

    from notices.tasks import deliver_outbox

    try:
        deliver_outbox.apply_async(countdown=WINDOW_SECONDS, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("no broker to wake the delivery, beat will: %s", error)
