"""What is measured over HTTP: the list, the ledger page, the case file, a phase change."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from statistics import median

from scripts.bench.load import Target, body, header, request
from scripts.bench.places import Place
from scripts.bench.table import Figure, interleaved, ratio

CLIENTS = 4
LIST = "/api/v1/projects/"
FAR = 1000  # pages on
BIGGEST_PAGE = 200
WARM = 12
WALL = 500
MOST_FOR_INBOX = 15  # statements, however many questions
FOREVER = float("inf")


@dataclass(frozen=True)
class Site:
    """A served database, and who asks: the bureau's clerk by token and by session."""

    place: Place
    port: int
    token: str
    session: str

    @classmethod
    def of(cls, place: Place, port: int) -> "Site":
        return cls(place, port, **place.ask("callers"))

    def rest(self, path: str, method: str = "GET") -> bytes:
        return request(
            path, {"Authorization": f"Bearer {self.token}"}, method, b"{}" if method == "POST" else b""
        )

    def page(self, path: str) -> bytes:
        return request(path, {"Cookie": f"sessionid={self.session}"})

    def queries(self, asking: bytes) -> int:
        """How many statements an answer takes, once the process is warm."""
        counted = asking.replace(b"\r\n", b"\r\nX-Count: 1\r\n", 1)
        target = Target(self.port, [counted])
        return min(int(header(target.ask(), "X-Queries")) for _time in range(6))


@dataclass(frozen=True)
class Effort:
    rounds: int
    seconds: float
    changes: int


def lists(small: Site, large: Site, effort: Effort) -> list[Figure]:
    """The REST list and the ledger's page against the bare view, and the large database against the small."""
    wanted = small.place.ask("filters", str(min(51, small.place.projects // 200)))
    asked = {
        "bare": Target(large.port, [request(f"/bare/projects/?{one}", {}) for one in wanted]),
        "rest": Target(large.port, [large.rest(f"{LIST}?{one}") for one in wanted]),
        "page": Target(large.port, [large.page(f"/projects/?{one}") for one in wanted]),
        "rest small": Target(small.port, [small.rest(f"{LIST}?{one}") for one in wanted]),
        "bare small": Target(small.port, [request(f"/bare/projects/?{one}", {}) for one in wanted]),
    }
    for target in asked.values():
        target.milliseconds(len(wanted) * 2)
    busy = partial(_busy, effort)
    found = interleaved(effort.rounds, {name: busy(target) for name, target in asked.items()})
    alone = interleaved(
        effort.rounds, {name: partial(target.milliseconds, 4 * len(wanted)) for name, target in asked.items()}
    )
    queries = max(large.queries(large.rest(f"{LIST}?{one}")) for one in wanted)
    note = f"{median(found['rest']):.0f} of {median(found['bare']):.0f} a second"
    return [
        Figure("REST list of 50 ÷ bare view", ratio(found["rest"], found["bare"]), "×", least=0.65, note=note),  # noqa: E501
        Figure("REST list: statements", queries, least=None, most=8),
        Figure("REST list: large ÷ small database, time", ratio(alone["rest"], alone["rest small"]), "×", most=1.3,  # noqa: E501
               note=f"{median(alone['rest']):.1f} ms; the bare view: {ratio(alone['bare'], alone['bare small']):.2f} ×"),  # noqa: E501
        Figure("ledger page ÷ bare view", ratio(found["page"], found["bare"]), "×", least=0.35,
               note=f"{median(found['page']):.0f} a second"),
        Figure("ledger page: statements", max(large.queries(large.page(f"/projects/?{one}")) for one in wanted)),  # noqa: E501
    ]  # fmt: skip


def _busy(effort: Effort, target: Target) -> Callable[[], float]:
    return partial(target.per_second, CLIENTS, effort.seconds)


def depth(large: Site, effort: Effort) -> list[Figure]:
    """A page far down by cursor against the first."""
    path = f"{LIST}?phase=planning"
    pages = min(FAR, large.place.projects // 400)
    cursor = _cursor(large, path, pages * 50)
    first, far = (Target(large.port, [large.rest(one)]) for one in (path, f"{path}&cursor={cursor}"))
    found = interleaved(
        effort.rounds, {"first": partial(first.milliseconds, 30), "far": partial(far.milliseconds, 30)}
    )
    name = f"REST list: page {pages:,} ÷ page 1, time"
    return [
        Figure(
            name, ratio(found["far"], found["first"]), "×", most=1.1, note=f"{median(found['far']):.1f} ms"
        )
    ]


def _cursor(site: Site, path: str, rows: int) -> str:
    """The cursor so many rows on, taken in big steps."""
    cursor = ""
    for _step in range(max(rows // BIGGEST_PAGE, 1)):
        size = min(BIGGEST_PAGE, rows)
        answer = json.loads(
            body(Target(site.port, [site.rest(f"{path}&page_size={size}&cursor={cursor}")]).ask())
        )
        cursor = answer["next"].rpartition("cursor=")[2]
    return cursor


def case_file(large: Site) -> list[Figure]:
    """How many statements a case file takes, with a short and with a long past."""
    found = large.place.ask("histories", "2", "2000")
    return [
        Figure(
            f"case file with {int(length):,} of everything: statements",
            large.queries(large.page(f"/projects/{pk}/")),
            most=25,
        )
        for length, pk in found.items()
    ]


def wall(large: Site, effort: Effort) -> list[Figure]:
    """The wall chart of a park with 500 running projects: one page as the server answers it."""
    park = large.place.ask("hung", str(WALL))
    asking = large.page(f"/plans/wall/?park={park}")
    target = Target(large.port, [asking])
    target.milliseconds(3)
    spent = [target.milliseconds(5) for _round in range(effort.rounds)]
    name = f"wall chart of a park with {WALL} projects"
    return [
        Figure(name, median(spent), "ms", most=1_000, note=f"{large.queries(asking)} statements"),
    ]


def inbox(large: Site) -> list[Figure]:
    """The review inbox of a unit that is asked little and of one that is asked much."""
    figures = []
    for waiting, session in large.place.ask("inboxes").items():
        asking = request("/inbox/", {"Cookie": f"sessionid={session}"})
        spent = Target(large.port, [asking]).milliseconds(20)
        name = f"review inbox of {int(waiting):,} questions: statements"
        figures.append(Figure(name, large.queries(asking), most=MOST_FOR_INBOX, note=f"{spent:.1f} ms"))
    return figures


def phase_change(large: Site, effort: Effort) -> list[Figure]:
    """Entering the next phase over REST against a bare save of the state machine with one event."""
    ids = iter(large.place.ask("advancing", str(WARM + 2 * effort.rounds * effort.changes)))
    # Counting them warms the server up as well.
    queries = min(_once(large, pk) for pk in islice(ids, WARM))

    def changes(asking: Callable[[int], bytes]) -> Callable[[], float]:
        """A round of changes, each to a project of its own."""

        def work() -> float:
            target = Target(large.port, [asking(pk) for pk in islice(ids, effort.changes)], once=True)
            return target.per_second(CLIENTS, FOREVER)

        return work

    found = interleaved(effort.rounds, {
        "rest": changes(lambda pk: large.rest(f"{LIST}{pk}/advance/", "POST")),
        "bare": changes(lambda pk: request(f"/bare/projects/{pk}/advance/", {}, "POST", b"{}")),
    })  # fmt: skip
    note = f"{median(found['rest']):.0f} of {median(found['bare']):.0f} a second"
    return [
        Figure(
            "phase change over REST ÷ bare save",
            ratio(found["rest"], found["bare"]),
            "×",
            least=0.5,
            note=note,
        ),
        Figure("phase change over REST: statements", queries, most=20),
    ]


def _once(site: Site, pk: int) -> int:
    asking = site.rest(f"{LIST}{pk}/advance/", "POST").replace(b"\r\n", b"\r\nX-Count: 1\r\n", 1)
    return int(header(Target(site.port, [asking]).ask(), "X-Queries"))
