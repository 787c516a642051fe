"""``manage.py init --organisation FILE --policy FILE …``: a real deployment, empty, three administrators."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import Unit, UnitKind, User
from accounts.roles import Role
from kernel.clock import today

ADMINISTRATORS = (
    ("sysadmin", Role.SYSTEM_ADMIN),
    ("secadmin", Role.SECURITY_ADMIN),
    ("auditadmin", Role.AUDIT_ADMIN),
)


class Command(BaseCommand):
    help = (
        "Start a real deployment: organisation, policy packs, working calendar and three separated "
        "administrators, whose one-time passwords are printed once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", required=True, metavar="FILE", help="units, as TOML")
        parser.add_argument("--policy", nargs="+", default=[], metavar="FILE", help="packs to publish")
        parser.add_argument("--unit", default="", metavar="CODE", help="unit of the administrators")

    def handle(self, *args: Any, organisation: str, policy: list[str], unit: str, **options: Any) -> None:
        self._refuse_unready()
        with transaction.atomic():
            call_command("load_organisation", organisation, stdout=self.stdout)
            if policy:
                call_command("load_policy", *policy, publish=True, stdout=self.stdout)
            call_command("seed_calendar", stdout=self.stdout)
            passwords = self._administrators(self._home(unit))
            audit.record(kind="system.initialised", by=None, target=organisation)
        self.stdout.write(_("三名管理员的一次性密码，只显示这一次；请分别交给三个人，首次登录须修改："))
        for username, label, password in passwords:
            self.stdout.write(f"  {username:<12}{password}  {label}")

    def _refuse_unready(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_("数据库结构不是最新，请先运行 manage.py migrate"))
        if User.objects.exists():
            raise CommandError(_("已有账号：init 只用于全新的空库"))

    def _home(self, code: str) -> Unit:
        """The unit that runs the system: the one named, or the investment bureau."""
        units = Unit.objects.in_force(today())
        home = units.filter(code=code).first() if code else units.filter(kind=UnitKind.BUREAU).first()
        if home is None:
            raise CommandError(_("组织机构中没有管理员所属的单位；请用 --unit 指定单位代码"))
        return home

    def _administrators(self, home: Unit) -> list[tuple[str, str, str]]:
        made = []
        for username, role in ADMINISTRATORS:
            person, password = actions.create_user(username=username, name=str(role.label), by=None)
            actions.grant_role(user=person, unit=home, role=role, by=None, on=today())
            made.append((username, str(role.label), password))
        return made
