"""Asking a web server as fast as it answers, from a few clients at once, over plain sockets."""

import itertools
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import perf_counter

PATIENCE_SECONDS = 60


class Unexpected(RuntimeError):
    """An answer that is no answer: the figure would measure an error page."""


@dataclass
class Target:
    """Requests to ask in turn; every answer must have one of the statuses."""

    port: int
    requests: Sequence[bytes]
    once: bool = False  # each request only once: it changes something
    statuses: tuple[int, ...] = (200,)
    _turn: Iterator[bytes] = field(init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._turn = iter(self.requests) if self.once else itertools.cycle(self.requests)

    def next(self) -> bytes | None:
        with self._lock:
            return next(self._turn, None)

    def ask(self) -> bytes:
        """One answer with its headers. Raises Unexpected for another status, or when nothing is left to ask."""  # noqa: E501
        request = self.next()
        if request is None:
            raise Unexpected("nothing left to ask")
        return _ask(self.port, request, self.statuses)

    def per_second(self, clients: int, seconds: float) -> float:
        """Answers a second, from so many clients for so long, or until nothing is left to ask."""
        counts, faults = [0] * clients, list[Exception]()
        begun = perf_counter()

        def work(number: int) -> None:
            try:
                while perf_counter() - begun < seconds and (request := self.next()):
                    _ask(self.port, request, self.statuses)
                    counts[number] += 1
            except Exception as error:  # the thread's: raised below
                faults.append(error)

        threads = [Thread(target=work, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        return sum(counts) / (perf_counter() - begun)

    def milliseconds(self, times: int) -> float:
        """How long one client waits for an answer, on average."""
        begun = perf_counter()
        for _time in range(times):
            self.ask()
        return (perf_counter() - begun) / times * 1000


def request(path: str, headers: dict[str, str], method: str = "GET", body: bytes = b"") -> bytes:
    fields = {"Host": "127.0.0.1", "Connection": "close"} | headers
    if body:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _ask(port: int, request: bytes, statuses: tuple[int, ...]) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as link:
        link.sendall(request)
        parts = []
        while part := link.recv(65536):
            parts.append(part)
    answer = b"".join(parts)
    status = int(answer[9:12] or 0)
    if status not in statuses:
        raise Unexpected(f"{request[:120]!r} was answered {status}: {answer[:2000].decode(errors='replace')}")
    return answer


def header(answer: bytes, name: str) -> str:
    """A header of an answer, "" if it has none."""
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    found = (line.partition(": ") for line in head.split("\r\n")[1:])
    return next((value for key, _sep, value in found if key.lower() == name.lower()), "")


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]
