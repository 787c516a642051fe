"""What the scripts share: where things lie, how a step is announced, how a command is run.

Standard library only: `make setup` runs this with the system's Python, before there is an environment.
"""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"


def data_dir() -> Path:
    """Where the database, uploads, the broker's folder and the collected static files lie (DATA_DIR)."""
    path = (ROOT / (os.environ.get("DATA_DIR") or "var")).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        die(f"DATA_DIR={path}: {error.strerror}")
    if not os.access(path, os.W_OK | os.X_OK):
        die(f"DATA_DIR={path}: this folder cannot be written")
    return path


def port() -> int:
    """The port to listen on (PORT); as in settings, an empty one is the usual one."""
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        die(f"PORT must be a whole number from 1 to 65535; got {text!r}")
    return int(text)


def say(text: str) -> None:
    print(text, flush=True)


def die(text: str, code: int = 1) -> NoReturn:
    print(f"error: {text}", file=sys.stderr, flush=True)
    raise SystemExit(code)


def refuse_taken_port(port: int) -> None:
    """Stop where something listens on this port already."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            die(f"port {port} is in use; stop what runs there, or choose another: PORT={port + 1}")


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, quiet: bool = False) -> None:
    """Run a command in the project's folder; stop with its output when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        if done.stdout:
            print(done.stdout, file=sys.stderr)
        die(f"`{' '.join(str(part) for part in command)}` ended with {done.returncode}", done.returncode)


def fingerprint(*paths: Path, extra: str = "") -> str:
    """A hash over the names and contents of files; folders count with every file in them."""
    digest = hashlib.sha256(extra.encode())
    for path in sorted(set(_files(paths))):
        digest.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        elif path.is_file():
            yield path


class Stamp:
    """Remembers that a step was done for given inputs; lies beside what the step makes and goes with it."""

    def __init__(self, path: Path, inputs: str) -> None:
        self.path, self.inputs = path, inputs

    def fresh(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.inputs

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.inputs)
