"""``manage.py load_policy FILE … [--publish]``: packs into the database, in force from their own date."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.clock import today
from kernel.refusals import Refused
from policies import actions
from policies.packs import shipped


class Command(BaseCommand):
    help = "Load policy packs as drafts; with --publish put them in force from their effective date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="paths, or names of shipped packs")
        parser.add_argument("--publish", action="store_true")

    def handle(self, *args: Any, files: list[str], publish: bool, **options: Any) -> None:
        with transaction.atomic():  # all or none
            for file in files:
                self._one(file, publish)

    def _one(self, file: str, publish: bool) -> None:
        try:
            text = (shipped(file) or Path(file)).read_text(encoding="utf-8-sig")
            version = actions.load(text=text, by=None, on=today(), file=file)
            if publish:
                version = actions.publish(version=version, by=None, on=today())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("无法读取 %(file)s：%(error)s") % {"file": file, "error": error}) from error
        except Refused as refused:
            raise CommandError("\n".join(f"{file}: {item.message}" for item in refused.unmet)) from refused
        words = {"version": version, "status": version.get_status_display(), "on": version.effective_from}
        self.stdout.write(_("%(version)s：%(status)s，施行日期 %(on)s") % words)
