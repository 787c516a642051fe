"""A process of our own on the test's database that is killed with -9 at a chosen moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def run_until_killed(code: str) -> None:
    """Run ``code`` after ``django.setup()``; it has to kill itself by calling ``die()``."""
    script = (
        "import os, signal, django\n"
        "django.setup()\n"
        "def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)\n" + code
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": _url()},
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL


def _url() -> str:
    at = connection.settings_dict
    return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
