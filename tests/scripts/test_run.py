"""What `make run` starts, it also stops: on Ctrl-C, and when one part dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.console import ROOT, Stamp, fingerprint
from scripts.services import free_port

SERVE = "[sys.executable, '-m', 'http.server', str(port), '--bind', '127.0.0.1']"
DRIVER = """
import sys
from scripts import run
run.commands = lambda port: {{"web": {web}, "worker": [sys.executable, "-c", {worker!r}]}}
raise SystemExit(run.main())
"""
STAY = "import time; time.sleep(60)"


def start(tmp_path: Path, worker: str, port: int) -> subprocess.Popen[str]:
    driver = DRIVER.format(web=SERVE, worker=worker)
    environment = os.environ | {"PORT": str(port), "DATA_DIR": str(tmp_path), "DEMO": "0"}
    return subprocess.Popen(
        [sys.executable, "-c", driver], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, f"it ended without saying {words!r}: {said}"
        said += line
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_everything_and_is_no_error(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    process = start(tmp_path, STAY, port)
    read_until(process, f"http://127.0.0.1:{port}")
    process.send_signal(number)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "stopped." in rest
    assert not answers(port)


def test_a_part_that_dies_takes_the_rest_with_it_and_shows_its_log(tmp_path: Path) -> None:
    port = free_port()
    dying = "import time; time.sleep(1.5); print('no broker', flush=True); raise SystemExit(3)"
    said, _ = start(tmp_path, dying, port).communicate(timeout=30)
    assert "worker ended with 3" in said
    assert "no broker" in said
    assert not answers(port)


def test_a_taken_port_is_told_at_once(tmp_path: Path) -> None:
    port = free_port()
    first = start(tmp_path / "a", STAY, port)
    read_until(first, "http://")
    try:
        said, _ = start(tmp_path / "b", STAY, port).communicate(timeout=20)
        assert f"port {port} is in use" in said
    finally:
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=20)


def answers(port: int) -> bool:
    import socket

    time.sleep(0.1)
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_step_is_done_again_only_when_its_inputs_changed(tmp_path: Path) -> None:
    source = tmp_path / "inputs" / "a.txt"
    source.parent.mkdir()
    source.write_text("one")
    before = Stamp(tmp_path / "stamp", fingerprint(source.parent))
    assert not before.fresh()
    before.write()
    assert Stamp(tmp_path / "stamp", fingerprint(source.parent)).fresh()
    source.write_text("two")
    assert not Stamp(tmp_path / "stamp", fingerprint(source.parent)).fresh()
