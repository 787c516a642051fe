"""``manage.py demo_data [--projects N]``: a district at work, made up, around today's date (DEMO=1 only)."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from kernel.clock import today
from kernel.refusals import Refused
from lifecycle.demo import tell


class Command(BaseCommand):
    help = "Make the demo data: projects in every phase, walked there through the real actions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, default=200, metavar="N")

    def handle(self, *args: Any, projects: int, **options: Any) -> None:
        begun = time.monotonic()
        try:
            told = tell(today=today(), count=projects)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        words = {"projects": told.projects, "moves": told.moves, "seconds": f"{time.monotonic() - begun:.0f}"}
        self.stdout.write(_("演示数据：项目 %(projects)s 个，办理 %(moves)s 次，用时 %(seconds)s 秒") % words)
