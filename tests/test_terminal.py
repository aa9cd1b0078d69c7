"""The program in a terminal, driven as a person would: by a pseudo-terminal, with keys and Ctrl-C."""

import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run

pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.process, self._screen = self._start(arguments)
        self.seen = ""

    @staticmethod
    def _start(arguments: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], int]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - or Ctrl-C is a mere character
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(theirs)
        return process, ours

    def wait_for(self, text: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while text not in self.seen:
            if time.monotonic() > end or not self._read(0.2):
                assert text in self.seen, f"{text!r} did not come; the screen says:\n{self.seen}"

    def _read(self, seconds: float) -> bool:
        """Read what is there; False when the program has closed the terminal."""
        if select.select([self._screen], [], [], seconds)[0]:
            try:
                piece = os.read(self._screen, 65536)
            except OSError:
                return False
            self.seen += piece.decode(errors="replace")
            return bool(piece)
        return self.process.poll() is None

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def close(self) -> int:
        while self._read(0.2):
            pass
        os.close(self._screen)
        return self.process.wait(timeout=30)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()


def test_a_typed_call_is_seen_as_it_goes(terminals: list[Terminal]) -> None:
    terminal = Terminal("practice", "--text", "--quiet", "--seed", "3")
    terminals.append(terminal)
    terminal.wait_for("> ")
    terminal.type("I'm so sorry, two trips to the shop for a leaking machine.\n")
    terminal.wait_for("apologised for the harm")
    terminal.type("\x04")
    terminal.wait_for("Saved as session")
    assert terminal.close() == 0
    assert "anger 75" in terminal.seen


def test_ctrl_c_ends_a_call_with_its_report(terminals: list[Terminal], run: Run) -> None:
    terminal = Terminal("practice", "--text", "--quiet")
    terminals.append(terminal)
    terminal.wait_for("> ")
    terminal.type("I'm so sorry.\n")
    terminal.wait_for("anger 75 →")
    terminal.type("\x03")
    terminal.wait_for("You ended the call.")
    terminal.wait_for("Scorecard")
    assert terminal.close() == 0
    assert "Traceback" not in terminal.seen
    assert "unresolved" in run("sessions").stdout


def test_ctrl_c_in_a_recorded_call_ends_it_too(terminals: list[Terminal]) -> None:
    terminal = Terminal("demo", "--quiet")
    terminals.append(terminal)
    terminal.wait_for("anger 75")
    terminal.type("\x03")
    terminal.wait_for("Scorecard")
    assert terminal.close() == 0
    assert "Traceback" not in terminal.seen


def finished_turns(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        count = connection.execute("SELECT count(*) FROM turn WHERE graded IS NOT NULL").fetchone()[0]
    connection.close()
    return int(count)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [2.0, 3.1, 4.3, 5.2, 6.4, 7.5, 8.7, 9.9, 11.3, 13.0])
def test_a_killed_call_keeps_every_finished_turn(
    terminals: list[Terminal], run: Run, own_data_folder: Path, seconds: float
) -> None:
    terminal = Terminal("demo", "--quiet")
    terminals.append(terminal)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal._read(0.05)
    os.killpg(terminal.process.pid, signal.SIGKILL)
    terminal.close()
    listed = run("sessions")
    assert listed.returncode == 0, listed.stderr
    if not (own_data_folder / "sessions.db").exists() or "No calls yet" in listed.stdout:
        assert "the call goes on" not in terminal.seen
        return
    assert "interrupted" in listed.stdout
    assert finished_turns(own_data_folder / "sessions.db") >= terminal.seen.count("the call goes on")
    report = run("report", "last")
    assert report.returncode == 0, report.stderr
    assert "The call was interrupted." in report.stdout
