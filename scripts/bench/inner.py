"""What is measured below HTTP: seeding, the sweep, working days, ledgers in and out."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from scripts.bench.places import Place
from scripts.bench.table import Figure, ratio


def seeding(projects: int, rate: float) -> Iterator[Figure]:
    yield Figure(f"seed_scale, {projects:,} projects", rate, "projects/s", least=5_000)


def clocks(place: Place, count: int, rounds: int) -> Iterator[Figure]:
    """The sweep over so many open clocks, a hundredth of them due; and the calendar's arithmetic."""
    made = place.ask("clocks", str(count))
    found = place.ask("sweeps", str(rounds))
    note = f"{made:,} open, {median(found['due']):,.0f} due: {median(found['sweep']) * 1000:.0f} ms"
    yield Figure(
        "sweep ÷ one statement, time", ratio(found["sweep"], found["statement"]), "×", most=2.0, note=note
    )
    yield Figure("sweep with nothing due", median(found["idle"]) * 1000, "ms", most=20)
    yield Figure("seven working days from a date", place.ask("workdays", "100000"), "µs", most=1.0)


def ledgers(place: Place, rows: int, data: Path) -> Iterator[Figure]:
    """A ledger written and read as Excel."""
    out = place.ask("export", "construction")
    note = f"{out['rows']:,} rows"
    yield Figure("export of the ledger", out["rows"] / out["seconds"], "rows/s", least=15_000, note=note)
