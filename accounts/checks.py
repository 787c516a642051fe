"""System checks that read the database: ``manage.py migrate`` and ``manage.py check --database default``."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from accounts.demo import leftover_line


@register(Tags.database)
def demo_accounts_left_over(databases: Any = None, **options: Any) -> list[CheckMessage]:
    """Names demo accounts in a database that is no demo; silent before the tables are there."""
    try:
        line = leftover_line() if databases else ""
    except DatabaseError:
        return []
    hint = "manage.py disable_demo_accounts; a real deployment starts with manage.py init in a new database"
    return [Warning(line, hint=hint, id="accounts.W001")] if line else []
