"""``manage.py disable_demo_accounts``: after a demo, its accounts are disabled for good."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.actions import disable_demo_accounts


class Command(BaseCommand):
    help = "Disable every demo account and withdraw its token (DEMO=0 only). What they did stays theirs."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError(_("演示模式（DEMO=1）正在使用这些账号；请以 DEMO=0 运行"))
        for user in disable_demo_accounts():
            self.stdout.write(f"{user.username}  {user.name}")
