"""Asking a worker to recompute after a calendar was loaded; without a broker the next sweep does it."""

import logging

from django.db import transaction

log = logging.getLogger(__name__)


def recompute_on_commit() -> None:
    transaction.on_commit(_send, robust=True)


def _send() -> None:
    from kombu.exceptions import OperationalError

    from deadlines.tasks import recompute_deadlines

    try:
        recompute_deadlines.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        log.warning("no broker to recompute deadlines, the next sweep will: %s", error)
