"""``manage.py load_organisation FILE``: units from a TOML file, again and again without doubling."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.organisation import SHIPPED, load_units
from kernel.refusals import Refused


class Command(BaseCommand):
    help = "Load or update the units of the organisation from a TOML file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="path of the file, or the name of a shipped one (fuling-units)")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            text = _path(file).read_text(encoding="utf-8-sig")
            done = load_units(text=text, by=None)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("无法读取 %(file)s：%(error)s") % {"file": file, "error": error}) from error
        except Refused as refused:
            lines = [f"{file}: {item.field}: {item.message}" for item in refused.unmet]
            raise CommandError("\n".join(lines)) from refused
        words = {"created": done.created, "changed": done.changed, "unchanged": done.unchanged}
        self.stdout.write(_("单位：新增 %(created)s，变更 %(changed)s，未变 %(unchanged)s") % words)


def _path(name: str) -> Path:
    shipped = SHIPPED / f"{name}.toml"
    return shipped if shipped.exists() else Path(name)
