from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deadlines.loading import load_calendar_year
from deadlines.recomputing import recompute_pending
from kernel.clock import today
from kernel.refusals import Refused


class Command(BaseCommand):
    help = (
        "Load one year's rest days from a TOML or CSV file, put them in force and recompute open deadlines."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            row = load_calendar_year(name=file.name, content=file.read_bytes(), by=None)
        except OSError as error:
            raise CommandError(
                _("读不了文件 %(file)s：%(error)s") % {"file": file, "error": error.strerror}
            ) from error
        except Refused as refused:
            raise CommandError(f"{file}: {refused}") from refused
        changed = recompute_pending(on=today())
        names = {"year": row.year, "version": row.version, "count": changed}
        self.stdout.write(_("%(year)s 年日历（%(version)s）已载入，%(count)s 个期限随之更新") % names)
