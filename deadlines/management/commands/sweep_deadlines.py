from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deadlines.sweep import sweep
from kernel.clock import today


class Command(BaseCommand):
    help = "Raise every alarm that is due. Safe to run again, late, or beside another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today", help="the business date (YYYY-MM-DD); today in Asia/Shanghai if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        result = sweep(_day(options["today"]) if options["today"] else today())
        levels = _("、").join(f"{level} {count}" for level, count in sorted(result.raised.items()))
        numbers = {"raised": result.total, "handed": result.handed, "recomputed": result.recomputed}
        text = _("发出预警 %(raised)s 条，开出督办 %(handed)s 件，更新期限 %(recomputed)s 个") % numbers
        self.stdout.write(f"{text}（{levels}）" if levels else text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("“%(text)s”不是日期，请写作 2026-02-13") % {"text": text}) from error
