"""``manage.py prepare_demo``: everything a demo starts with. Run again, it adds only what is missing."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.demo import make_demo_accounts
from accounts.models import Unit
from kernel.clock import today
from policies.models import PolicyVersion
from projects.models import Project

ORGANISATION = "fuling-units"
PACKS = ("fuling-lifecycle-2024", "fuling-promotion-2021")


class Command(BaseCommand):
    help = "Prepare a demo (DEMO=1 only): organisation, calendar, packs, accounts, demo data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, default=200, metavar="N")

    def handle(self, *args: Any, projects: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("演示环境只能在演示模式（DEMO=1）下建立；正式部署请用 manage.py init"))
        if not Unit.objects.exists():
            call_command("load_organisation", ORGANISATION, stdout=self.stdout)
        call_command("seed_calendar", stdout=self.stdout)
        if not PolicyVersion.objects.in_force(today()).exists():
            call_command("load_policy", *PACKS, publish=True, stdout=self.stdout)
        make_demo_accounts(today())
        if not Project.objects.exists():
            call_command("demo_data", projects=projects, stdout=self.stdout)
