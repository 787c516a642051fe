from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from deadlines import calendars
from deadlines.calendar import CalendarError, Limit, LimitUnit
from deadlines.wording import error_text, lines


class Command(BaseCommand):
    help = (
        "Count a limit from the day of an event: the arithmetic first, the due date (ISO) on the last line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("start", help="the day of the event, YYYY-MM-DD (not counted)")
        parser.add_argument("count", help="how many days or months, from 1")
        parser.add_argument(
            "--unit", choices=[unit.value for unit in LimitUnit], default=LimitUnit.WORKING_DAY.value
        )
        parser.add_argument(
            "--roll-forward", action="store_true", help="an end on a rest day moves to the next working day"
        )

    def handle(
        self, *args: Any, start: str, count: str, unit: str, roll_forward: bool, **options: Any
    ) -> None:
        limit = Limit(_whole(count), unit, roll_forward=roll_forward)
        try:
            told = calendars.current().explain(_day(start), limit)
        except CalendarError as error:
            raise CommandError(error_text(error)) from error
        for line in lines(told):
            self.stdout.write(line)
        self.stdout.write(told.due.on.isoformat())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("“%(text)s”不是日期，请写作 2026-02-13") % {"text": text}) from error


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise CommandError(_("“%(text)s”不是整数") % {"text": text}) from error
