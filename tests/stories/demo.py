"""The demo built small, once for a module, and taken back when the module ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from accounts.demo import make_demo_accounts
from lifecycle.demo import tell
from policies.rulebook import forget
from tests.factories import TODAY

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
"""Noon of the test's day in Asia/Shanghai."""
PROJECTS = 45
"""Enough for every fate that comes at least three times in two hundred."""


@contextmanager
def told(blocker: Any, files: Path, projects: int = PROJECTS, seed: str = "tests") -> Iterator[None]:
    """A district with organisation, packs, accounts and demo data, at noon of the test's day."""
    with (
        blocker.unblock(),
        override_settings(MEDIA_ROOT=files),
        time_machine.travel(NOON, tick=False),
        transaction.atomic(),
    ):
        forget()
        call_command("load_organisation", "fuling-units", verbosity=0)
        call_command("seed_calendar")
        call_command("load_policy", "fuling-lifecycle-2024", "fuling-promotion-2021", publish=True)
        make_demo_accounts(TODAY)
        tell(today=TODAY, count=projects, seed=seed)
        yield
        transaction.set_rollback(True)
    forget()
