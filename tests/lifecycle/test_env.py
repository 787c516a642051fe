"""A malformed setting stops the start with one line that names it, and never shows a secret."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from lifecycle import env
from scripts import console

BAD = {
    "ALLOWED_HOSTS": [",", " , ", "https://example.com", "example.com/", "example.com:8000", "a b", "例.com"],
    "CSRF_TRUSTED_ORIGINS": ["example.com", "//example.com", "ftp://example.com", "https://", ",",
                             "https://example.com/path", "https://example.com:port", "https://a,b"],
    "CELERY_BROKER_URL": ["redis://h:notaport/0", "redis://h:99999/0", "redis://", "redis://h/first", "amqp://h",
                          "redis", "redis://[::1/0"],
    "DATABASE_URL": ["postgres://u:p@h:notaport/n", "postgres://u:p@h:0x1/n", "postgres://h", "mysql://h/n",
                     "sqlite://", "postgres://[::1/n"],
    "DIVISION": ["５００１０２", "50010", "5001022", "50010a", "²²²²²²"],
    "PORT": ["abc", "0", "65536", "-1", "８０００", "80 00", "8000.0"],
    "DEMO": ["yes", "true", "2"],
    "LOG_LEVEL": ["LOUD", "info"],
    "PASSWORD_DAYS": ["-1", "ninety", "9999"],
    "LOCK_SECONDS": ["0", "1e3"],
    "SECRET_KEY": ["short"],
}  # fmt: skip
CONVERTERS = {
    "ALLOWED_HOSTS": env.hosts,
    "CSRF_TRUSTED_ORIGINS": env.origins,
    "CELERY_BROKER_URL": env.broker,
    "DATABASE_URL": env.database,
    "DIVISION": env.division,
    "PORT": env.whole(1, 65535),
    "DEMO": env.flag,
    "LOG_LEVEL": env.one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    "PASSWORD_DAYS": env.whole(0, 3650),
    "LOCK_SECONDS": env.whole(1, 86_400),
    "SECRET_KEY": env.secret,
}


def refusal(name: str, text: str, monkeypatch: Any) -> str:
    monkeypatch.setenv(name, text)
    with pytest.raises(env.EnvError) as stopped:
        env.read(name, CONVERTERS[name], None)
    assert stopped.value.code == 2
    return stopped.value.line


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_malformed_value_is_refused_in_one_line_that_names_it(
    name: str, text: str, monkeypatch: Any
) -> None:
    line = refusal(name, text, monkeypatch)
    assert f"environment variable {name}:" in line and "must" in line and "\n" not in line


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "postgres://u:GEHEIM@h:notaport/n"),
        ("DATABASE_URL", "postgres://u:GEHEIM/x@h/n"),  # a slash in the password: the rest looks like a port
        ("DATABASE_URL", "mysql://u:GEHEIM@h/n"),
        ("DATABASE_URL", "GEHEIM"),
        ("CELERY_BROKER_URL", "redis://:GEHEIM/x@h:6379/0"),
        ("CELERY_BROKER_URL", "amqp://u:GEHEIM@h"),
        ("SECRET_KEY", "GEHEIM"),
    ],
)
def test_a_value_that_may_hold_a_password_is_never_shown(name: str, text: str, monkeypatch: Any) -> None:
    assert "GEHEIM" not in refusal(name, text, monkeypatch)


def test_other_values_are_shown_as_they_came(monkeypatch: Any) -> None:
    assert "'５００１０２'" in refusal("DIVISION", "５００１０２", monkeypatch)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ALLOWED_HOSTS", "example.com, .gov.cn,[::1],10.0.0.1,*,a_b", 6),
        ("CSRF_TRUSTED_ORIGINS", "https://example.com,https://*.gov.cn:8443", 2),
        ("CSRF_TRUSTED_ORIGINS", "", 0),
        ("CELERY_BROKER_URL", "redis://:p%40ss@h:6379/0", None),
        ("CELERY_BROKER_URL", "rediss://h/1?ssl_cert_reqs=required", None),
        ("CELERY_BROKER_URL", "filesystem://", None),
        ("DIVISION", "500102", None),
    ],
)
def test_well_formed_values_pass(name: str, text: str, value: int | None, monkeypatch: Any) -> None:
    monkeypatch.setenv(name, text)
    read: Any = env.read(name, CONVERTERS[name], "")
    assert len(read) == value if value is not None else read == text


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "var"))
    with pytest.raises(env.EnvError) as stopped:
        env.read("DATA_DIR", env.folder, None)
    assert "DATA_DIR" in stopped.value.line and "must be a folder" in stopped.value.line


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(env.EnvError):
        env.read("DATA_DIR", env.folder, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [("ALLOWED_HOSTS", ","), ("DIVISION", "５００１０２"), ("DATA_DIR", "/dev/null/x"), ("PORT", "abc")],
)
def test_the_start_ends_with_that_line_and_no_traceback(name: str, text: str) -> None:
    given = os.environ | {"DJANGO_SETTINGS_MODULE": "lifecycle.settings", name: text}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], env=given, cwd=settings.BASE_DIR,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and f"environment variable {name}:" in done.stderr


@pytest.mark.parametrize("text", ["abc", "0", "70000", "-1", "８０００"])
def test_make_run_and_make_setup_refuse_a_port_that_is_none(text: str, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(SystemExit):
        console.port()
    told = capsys.readouterr().err
    assert "PORT" in told and told.count("\n") == 1


def test_an_empty_port_is_the_usual_one_as_in_settings(monkeypatch: Any) -> None:
    monkeypatch.setenv("PORT", "")
    assert console.port() == env.read("PORT", env.whole(1, 65535), "8000") == 8000


def test_make_run_refuses_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "var"))
    with pytest.raises(SystemExit):
        console.data_dir()
    assert "DATA_DIR" in capsys.readouterr().err


def test_an_empty_data_dir_is_the_usual_one_and_not_the_checkout(monkeypatch: Any) -> None:
    monkeypatch.setenv("DATA_DIR", "")
    assert console.data_dir() == console.ROOT / "var"
