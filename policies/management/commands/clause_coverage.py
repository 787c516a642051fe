"""``manage.py clause_coverage``: which rules carry each clause of each pack, and which clauses have none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from policies.bites import ReadClause, read, unit_names
from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.models import PolicyVersion
from policies.packs import shipped
from policies.rulebook import pack_of
from policies.schema import Pack
from policies.wording import Names


class Command(BaseCommand):
    help = "Clause by clause: the rules that carry it, or 暂无规则. Files, or else everything published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        packs = _from_files(files) if files else _published()
        if not packs:
            raise CommandError(_("没有已发布的制度"))
        names = Names.of(packs, unit_names())
        for pack in packs:
            self._print(pack, read(pack, names))

    def _print(self, pack: Pack, clauses: list[ReadClause]) -> None:
        self.stdout.write(f"{pack.policy.title}（{pack.policy.version}）")
        for clause in clauses:
            carried = "；".join(f"{bite.kind} {bite.name}" for bite in clause.bites) or _("暂无规则")
            self.stdout.write(f"  {clause.no}\t{clause.gist}\n\t→ {carried}")
        carried_by = sum(1 for clause in clauses if clause.bites)
        words = {"all": len(clauses), "some": carried_by, "none": len(clauses) - carried_by}
        self.stdout.write(_("共%(all)s条：%(some)s条已有规则，%(none)s条暂无规则") % words)


def _from_files(files: list[str]) -> list[Pack]:
    packs: list[Pack] = []
    for file in files:
        try:
            packs.append(parse_pack(shipped(file) or Path(file), file=file, beside=packs))
        except (PackRefused, OSError) as error:
            raise CommandError(str(error)) from error
    return packs


def _published() -> list[Pack]:
    versions = PolicyVersion.objects.published().order_by("policy__code", "effective_from")
    return [pack_of(version.body) for version in versions]
