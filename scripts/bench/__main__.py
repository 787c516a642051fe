"""`make bench` (`make bench ARGS=--quick` for a short one): servers of its own, two databases, one table."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from scripts.bench import places, table, web
from scripts.bench.inner import clocks, doubles, ledgers, seeding
from scripts.bench.places import Place
from scripts.bench.table import Figure
from scripts.bench.web import Effort, Site
from scripts.console import say
from scripts.services import servers


def main() -> None:
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument(
        "--quick", action="store_true", help="few projects and short runs: does it work at all?"
    )
    asked.add_argument("--small", type=int, default=10_000, help="projects of the small database")
    asked.add_argument("--large", type=int, default=1_000_000, help="projects of the large database")
    asked.add_argument("--rows", type=int, default=100_000, help="rows of the ledger to import")
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--seconds", type=float, default=3.0, help="how long each run lasts")
    said = asked.parse_args()
    if said.quick:
        said.small, said.large, said.rows, said.rounds, said.seconds = 400, 1_200, 300, 2, 0.3
    with servers(**places.POSTGRES) as server, tempfile.TemporaryDirectory(prefix="lifecycle-bench-") as data:
        print(table.printed(figures(dict(server), Path(data), said)))


def figures(server: dict[str, str], data: Path, said: argparse.Namespace) -> list[Figure]:
    """Every figure of the bench, in the order of the table."""
    data.chmod(0o755)
    small, _rate = places.make(server, "small", said.small, data)
    large, rate = places.make(server, "large", said.large, data)
    effort = Effort(said.rounds, said.seconds, changes=min(300, said.large // 50))
    found = list(seeding(said.large, rate))
    for part in (
        over_http(small, large, effort),
        doubles(large, said.large),
        ledgers(large, said.rows, data),
        clocks(large, said.large, said.rounds),
    ):
        for figure in part:
            say("  ".join(figure.cells()[:4]))
            found.append(figure)
    return found


def over_http(small: Place, large: Place, effort: Effort) -> Iterator[Figure]:
    with ExitStack() as stack:
        sites = [Site.of(place, stack.enter_context(places.web(place))) for place in (small, large)]
        yield from web.lists(sites[0], sites[1], effort)
        yield from web.depth(sites[1], effort)
        yield from web.case_file(sites[1])
        yield from web.inbox(sites[1])
        yield from web.wall(sites[1], effort)
        yield from web.phase_change(sites[1], effort)


if __name__ == "__main__":
    main()
