"""``manage.py seed_scale --projects N``: a district of any size, for measuring and for trying things out."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from kernel.clock import today
from kernel.refusals import Refused
from lifecycle.scale.seeding import seed, settle
from projects.models import Project


class Command(BaseCommand):
    help = (
        "Add N made-up projects with parts, opinions, clocks, events and money (PostgreSQL, demo mode only)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, required=True, metavar="N")
        parser.add_argument("--yes", action="store_true", help="also beside projects that are there already")

    def handle(self, *args: Any, projects: int, yes: bool, verbosity: int, **options: Any) -> None:
        self._check(projects, yes)
        say = self.stdout.write if verbosity > 1 else lambda line: None
        try:
            made = seed(projects=projects, on=today(), say=say)
            if not connection.in_atomic_block:
                settle()
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        words = {"count": f"{made.projects:,}", "seconds": f"{made.seconds:.1f}", "rate": f"{made.rate:,.0f}"}
        self.stdout.write(_("已生成 %(count)s 个项目，用时 %(seconds)s 秒（每秒 %(rate)s 个）") % words)

    def _check(self, projects: int, yes: bool) -> None:
        if projects < 1:
            raise CommandError(_("--projects 应为正整数"))
        if not settings.DEMO:
            raise CommandError(_("模拟数据只能在演示模式（DEMO=1）下生成"))
        if settings.DEBUG and not yes:
            raise CommandError(_("DEBUG=1 时每条语句都会留在内存中；请关闭 DEBUG，或加 --yes"))
        if Project.objects.exists() and not yes:
            raise CommandError(_("数据库中已有项目；确认要在其中加入模拟数据，请加 --yes"))
