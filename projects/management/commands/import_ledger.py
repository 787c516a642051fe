"""``manage.py import_ledger FILE``: the office's Excel as it is, through the same door as the page."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from accounts.access import can
from accounts.models import Membership, User
from accounts.roles import Can
from kernel.clock import today
from kernel.refusals import Refused
from projects.actions import imports
from projects.importing.claims import RUNNING
from projects.importing.results import report
from projects.ledgers.errors import LedgerError
from projects.ledgers.mapping import Mapping
from projects.models import ImportBatch, ImportMapping
from projects.models.imports import ImportState


class Command(BaseCommand):
    help = (
        "Import a ledger (.xlsx, .xls, .csv). With --dry-run only check it and say what would happen: the "
        "checked import stays in the list of imports and can be committed there. Exit code 1 and one line "
        "on standard error when the file cannot be imported; rows that are rejected are no failure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sheet", default="", help="name of the sheet; the one that looks like a ledger")
        parser.add_argument("--mapping", default="", help="a saved mapping's name, or a JSON file")
        parser.add_argument("--user", default="", help="who imports; the first clerk of the bureau")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._run(options)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(_("读不了文件：%(why)s") % {"why": error.strerror or error}) from error
        if batch.error:
            raise CommandError(batch.error)
        found = report(batch)
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else _lines(found))

    def _run(self, options: dict[str, Any]) -> ImportBatch:
        by = _user(options["user"])
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("没有这个文件：%(path)s") % {"path": path})
        mapping = _mapping(options["mapping"], by)
        with path.open("rb") as stream:
            file = File(stream, name=path.name)
            batch = imports.upload(by=by, file=file, on=today(), sheet=options["sheet"], mapping=mapping)
        imports.check(batch=batch, by=by, enqueue=False)
        _finish(batch)
        if batch.state == ImportState.CHECKED and not options["dry_run"]:
            imports.commit(batch=batch, by=by, on=today(), enqueue=False)
            _finish(batch)
        return batch


def _finish(batch: ImportBatch) -> None:
    """Work until the batch is done or failed; the same tries that beat would give it."""
    batch.refresh_from_db()
    while batch.state in RUNNING:
        try:
            imports.run(batch.pk)
        except DatabaseError as error:
            batch.refresh_from_db()
            if batch.tries >= imports.MOST_TRIES:
                raise CommandError(_("数据库出错：%(why)s") % {"why": str(error).splitlines()[0]}) from error
        batch.refresh_from_db()


def _user(name: str) -> User:
    if name:
        found = User.objects.filter(username=name, is_active=True).first()
    else:
        clerks = Membership.objects.filter(role__in=("bureau_clerk", "bureau_head"), user__is_active=True)
        first = clerks.in_force(today()).order_by("role", "pk").select_related("user").first()
        found = first.user if first else None
    if found is None or not can(found, Can.IMPORT_LEDGER):
        raise CommandError(_("没有可以导入台账的用户，请用 --user 指定"))
    return found


def _mapping(name: str, by: User) -> Mapping | None:
    if not name:
        return None
    saved = ImportMapping.objects.filter(user=by, name=name).first()
    try:
        if saved is not None:
            return Mapping.from_json(saved.columns)
        if Path(name).is_file():
            return Mapping.from_json(Path(name).read_text(encoding="utf-8"))
    except LedgerError as error:
        raise CommandError(imports.said(error)) from error
    except UnicodeDecodeError as error:
        raise CommandError(_("列对应方案文件应为 UTF-8 编码的 JSON：%(name)s") % {"name": name}) from error
    raise CommandError(_("没有名为“%(name)s”的列对应方案，也没有这个文件") % {"name": name})


def _lines(found: dict[str, Any]) -> str:
    rows = [
        f"{item['row']:>6}  {item['outcome']:<10} {item['project'] or '':<18} {item['message']}".rstrip()
        for item in found["items"]
        if item["message"]
    ]
    counts = "  ".join(f"{name} {value}" for name, value in found.items() if name != "items")
    return "\n".join([*rows, counts])
