"""Make the demo accounts (DEMO=1 only) and print them."""

from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.demo import DEMO_PASSWORD, listed, make_demo_accounts
from kernel.clock import today
from kernel.refusals import Refused


class Command(BaseCommand):
    help = "Make the demo accounts where they are missing, and print them with their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--main", action="store_true", help="print one account for every role only")

    def handle(self, *args: Any, main: bool, **options: Any) -> None:
        try:
            make_demo_accounts(today())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for row, is_main in listed():
            if main and not is_main:
                continue
            cells = (row.user.username, row.user.name, row.get_role_display(), row.unit.name)
            self.stdout.write(
                "  ".join(
                    _padded(str(cell), width) for cell, width in zip(cells, (30, 10, 18, 0), strict=True)
                )
            )
        if main:
            self.stdout.write(_("各部门审核人：r-<单位代码>，如 r-finance"))
        self.stdout.write(f"\npassword: {DEMO_PASSWORD}")


def _padded(text: str, width: int) -> str:
    """Chinese characters take two columns of a terminal."""
    return text + " " * (width - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))
