"""``manage.py reset_password USERNAME``: the way back in for an administrator, from the server's console."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts import actions
from accounts.models import User


class Command(BaseCommand):
    help = "Give an account a one-time password, printed once. Administrators can be reset only here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(_("没有用户“%(name)s”") % {"name": username})
        password = actions.reset_password(user=user, by=None)
        words = {"name": username, "password": password}
        self.stdout.write(_("%(name)s 的一次性密码（首次登录须修改）：%(password)s") % words)
