"""``manage.py check_policy FILE …``: is the pack sound? Every fault, or a summary of what it holds."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.organisation import read_units
from kernel.refusals import Refused
from policies.bites import kind_name
from policies.errors import PackError, PackRefused
from policies.loader import parse_pack
from policies.packs import shipped
from policies.schema import RULE_TABLES, Pack


class Command(BaseCommand):
    help = "Check policy packs: prints every fault with file, table and key, or a summary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--organisation", metavar="FILE", help="check units against this file")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        units = _units(options["organisation"])
        if units is None and not options["json"]:
            self.stderr.write(_("尚无单位，未核对单位代码"))
        faults: list[PackError] = []
        packs: list[Pack] = []
        for file in files:
            try:
                packs.append(parse_pack(shipped(file) or Path(file), file=file, units=units, beside=packs))
            except PackRefused as refused:
                faults += refused.errors
            except OSError as error:
                faults.append(_unreadable(file, error))
        self._report(packs, faults, as_json=options["json"])

    def _report(self, packs: list[Pack], faults: list[PackError], *, as_json: bool) -> None:
        if as_json:
            found = {
                "ok": not faults,
                "errors": [f.as_dict() for f in faults],
                "packs": [_counts(p) for p in packs],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            for fault in faults:
                self.stdout.write(str(fault))
            for pack in packs:
                self.stdout.write(_summary(pack))
        if faults:
            raise CommandError(_("发现%(n)s处错误") % {"n": len(faults)})


def _units(file: str | None) -> set[str] | None:
    """Unit codes from the file or the database; None where neither knows any."""
    try:
        if file:
            return {row.code for row in read_units(Path(file).read_text(encoding="utf-8-sig"))}
        return set(Unit.objects.values_list("code", flat=True)) or None
    except DatabaseError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from error
    except Refused as refused:
        raise CommandError("\n".join(item.message for item in refused.unmet)) from refused


def _unreadable(file: str, error: OSError) -> PackError:
    reason = error.strerror or str(error)
    return PackError(file, "", "", f"无法读取文件：{reason}", f"cannot read the file: {reason}")


def _counts(pack: Pack) -> dict[str, object]:
    rows = {table: len(pack.rows(table)) for table in RULE_TABLES}
    head = {"code": pack.policy.code, "version": pack.policy.version, "clauses": len(pack.clauses)}
    return head | {table: count for table, count in rows.items() if count}


def _summary(pack: Pack) -> str:
    counted = "，".join(f"{kind_name(t)} {len(pack.rows(t))}" for t in RULE_TABLES if pack.rows(t))
    text = _("%(title)s（%(code)s %(version)s）：条款 %(clauses)s，%(counted)s，自定事项 %(choices)s。无错误")
    words = {"title": pack.policy.title, "code": pack.policy.code, "version": pack.policy.version}
    return text % {**words, "clauses": len(pack.clauses), "counted": counted, "choices": len(pack.choices)}
