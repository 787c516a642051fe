"""``manage.py restore FILE.tar.gz``: an archive into an empty, migrated deployment; all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from kernel.refusals import Refused
from lifecycle.backup.restoring import restore


class Command(BaseCommand):
    help = (
        "Restore FILE (made by backup) into an empty database after migrate; recounts and compares every row."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.tar.gz")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = restore(file)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for label, table in manifest.tables.items():
            if table.rows:
                self.stdout.write(f"{label:<44}{table.rows:>12,}")
        words = {"rows": f"{manifest.rows:,}", "files": f"{len(manifest.files):,}", "at": manifest.made_at}
        self.stdout.write(_("已恢复并逐行核对：%(rows)s 行，%(files)s 个文件（备份于 %(at)s）") % words)
