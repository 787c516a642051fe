"""Settings come from the environment and nowhere else; a wrong value stops the start with one line."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

T = TypeVar("T")
# A wrong value of these is not shown: it may be a secret, or hold a password.
_SECRET = {"SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL"}
_HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
_ORIGIN = re.compile(r"https?://(\*\.)?([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")

VARIABLES: dict[str, str] = {
    "SECRET_KEY": "Signing key, at least 32 characters. Required unless DEMO=1.",
    "DEBUG": "0 or 1. Never 1 in production.",
    "DEMO": "0 or 1: demo accounts and data, never in production.",
    "ALLOWED_HOSTS": "Comma-separated host names this site answers to.",
    "CSRF_TRUSTED_ORIGINS": "Comma-separated origins (https://…) behind a TLS proxy.",
    "BEHIND_TLS": "0 or 1: secure cookies and HSTS, behind a proxy that sets X-Forwarded-Proto.",
    "DATABASE_URL": "sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME.",
    "CELERY_BROKER_URL": "redis://HOST:PORT/DB, or filesystem:// (no server, one machine).",
    "PORT": "Port that the web server listens on, 1–65535.",
    "DATA_DIR": "Folder for the embedded database, uploads and the file broker.",
    "DIVISION": "Own division code (GB/T 2260, six digits), e.g. 500102.",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR.",
    "PASSWORD_DAYS": "Days until a password must be changed; 0 never.",
    "IDLE_MINUTES": "Minutes without a click until a session ends.",
    "SWEEP_SECONDS": "Seconds between two looks for what has fallen due.",
    "LOCK_AFTER": "Failed sign-ins until an account is locked.",
    "LOCK_SECONDS": "Seconds an account stays locked.",
}


class EnvError(SystemExit):
    """One clear line on standard error, exit code 2."""

    def __init__(self, name: str, problem: str) -> None:
        self.line = f"lifecycle: environment variable {name}: {problem} ({VARIABLES.get(name, '')})"
        sys.stderr.write(self.line + "\n")
        super().__init__(2)


def read(name: str, convert: Callable[[str], T], default: str | None) -> T:
    """Read one variable. Raises EnvError when it is missing without a default, or malformed."""
    assert name in VARIABLES, name
    text = os.environ.get(name, "")
    text = default if text == "" and default is not None else text
    if text == "" and default is None:
        raise EnvError(name, "missing")
    try:
        return convert(text)
    except ValueError as error:
        raise EnvError(name, str(error) if name in _SECRET else f"{error}; got {text!r}") from None


def flag(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError("must be 0 or 1")
    return text == "1"


def whole(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return convert


def hosts(text: str) -> list[str]:
    """Host names as a browser sends them: without scheme, port and path."""
    return _all_like(_HOST, text, "must be host names without scheme, port and path, at least one")


def origins(text: str) -> list[str]:
    return _all_like(_ORIGIN, text, "must be origins such as https://example.com") if text else []


def _all_like(pattern: re.Pattern[str], text: str, otherwise: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(pattern.fullmatch(part) for part in parts):
        raise ValueError(otherwise)
    return parts


def division(text: str) -> str:
    if len(text) != 6 or not text.isascii() or not text.isdigit():
        raise ValueError("must be six digits")
    return text


def folder(text: str) -> Path:
    """A folder that is there, or was just made, and can be written."""
    path = Path(text).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"must be a folder that can be made: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ValueError("must be a folder that can be written")
    return path


def within(name: str, path: Path) -> None:
    """Make a folder below the one that a variable names. Raises EnvError as reading the variable would."""
    try:
        folder(str(path))
    except ValueError as error:
        raise EnvError(name, f"{path}: {error}") from None


def one_of(*choices: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in choices:
            raise ValueError("must be one of " + ", ".join(choices))
        return text

    return convert


def secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    return text


def broker(text: str) -> str:
    url, wrong = _url(text), "must be redis://HOST:PORT/DB or filesystem://"
    if url is None or url.scheme not in {"redis", "rediss", "filesystem"}:
        raise ValueError(wrong)
    if url.scheme != "filesystem" and not (url.hostname and re.fullmatch(r"/?[0-9]*", url.path)):
        raise ValueError(wrong)
    return text


def _url(text: str) -> SplitResult | None:
    """The parts of a URL; None for one that is malformed. urllib's own words would repeat pieces of it."""
    try:
        url = urlsplit(text)
        return url if url.port != 0 else None
    except ValueError:
        return None


def database(text: str) -> dict[str, object]:
    """A Django database configuration from a URL."""
    url = _url(text)
    if url and url.scheme == "sqlite" and url.path.strip("/"):
        pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.path[1:], "OPTIONS": options}
    if url and url.scheme in {"postgres", "postgresql"} and url.hostname is not None and url.path.strip("/"):
        return _postgres(url)
    raise ValueError("must be sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")


def _postgres(url: SplitResult) -> dict[str, object]:
    options = {"options": "-c jit=off", **dict(parse_qsl(url.query))}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or 5432),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
