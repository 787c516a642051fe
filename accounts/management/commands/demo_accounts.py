"""Make the demo accounts (DEMO=1 only) and print them."""

from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.demo import DEMO_PASSWORD, enterprises, listed, make_demo_accounts
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
            self._write(row.user.username, row.user.name, str(row.get_role_display()), row.unit.name)
        for person in enterprises():
            self._write(person.username, person.name, _("企业账号"), "")
        if main:
            self.stdout.write(_("各部门审核人：r-<单位代码>，如 r-finance"))
        self.stdout.write(f"\npassword: {DEMO_PASSWORD}")

    def _write(self, *cells: str) -> None:
        """One account a line, in columns."""
        widths = zip(cells, (30, 10, 18, 0), strict=True)
        self.stdout.write("  ".join(_padded(cell, width) for cell, width in widths).rstrip())


def _padded(text: str, width: int) -> str:
    """Chinese characters take two columns of a terminal."""
    return text + " " * (width - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))
