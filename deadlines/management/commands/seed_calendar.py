from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from deadlines.loading import seed


class Command(BaseCommand):
    help = "Load the rest days of every year that chinesecalendar knows and the database does not."

    def handle(self, *args: Any, **options: Any) -> None:
        years = seed()
        if years:
            self.stdout.write(
                _("已载入 %(first)s–%(last)s 年日历") % {"first": min(years), "last": max(years)}
            )
        else:
            self.stdout.write(_("日历已齐，无需载入"))
