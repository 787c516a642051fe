"""``manage.py backup FILE.tar.gz``: the whole deployment, database and files, in one archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from lifecycle.backup.saving import backup


class Command(BaseCommand):
    help = "Save database and files to FILE, also while people work. It holds personal data: keep it safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.tar.gz")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(_("文件已存在：%(file)s") % {"file": file})
        try:
            manifest = backup(file)
        except OSError as error:
            raise CommandError(_("无法写入 %(file)s：%(error)s") % {"file": file, "error": error}) from error
        words = {
            "tables": len(manifest.tables),
            "rows": f"{manifest.rows:,}",
            "files": f"{len(manifest.files):,}",
        }
        self.stdout.write(_("已备份：%(tables)s 张表，%(rows)s 行，%(files)s 个文件") % words)
