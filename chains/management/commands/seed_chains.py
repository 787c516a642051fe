"""Open the industry chains that the plans in force name."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chains.actions import ensure_presets
from kernel.clock import today
from kernel.refusals import Refused


class Command(BaseCommand):
    help = "Open the industry chains named by the policies in force; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = ensure_presets(on=today())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for chain in made:
            self.stdout.write(f"{chain.code}  {chain.name}")
        self.stdout.write(f"{len(made)} opened")
