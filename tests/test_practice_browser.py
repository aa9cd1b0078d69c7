"""Practice in a real Chromium: a call by microphone, a call by keyboard, a lost connection, a second tab."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from simulator.audio.files import read_audio
from simulator.coach.desk import Desk
from simulator.records import Samples
from simulator.store.listing import list_sessions
from simulator.store.sessions import Speaker, Store
from tests.browser import chromium, problems_of, running_desk
from tests.sounds import silence

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[1] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
ANSWERS = ("5_asks_when", "4_asks_fault")
LOADING_MS = 90_000  # the models, on a busy machine


@pytest.fixture
def voice(fixtures: Path, tmp_path: Path) -> Path:
    """Two answers with long silences, as a microphone would hear them."""
    said = [read_audio(fixtures / "demo" / f"{name}.flac").samples for name in ANSWERS]
    return written(tmp_path, silence(12), said[0], silence(16), said[1], silence(60))


def written(folder: Path, *parts: Samples) -> Path:
    """A recording for the browser to take for its microphone."""
    path = folder / "voice.wav"
    soundfile.write(path, np.concatenate(parts), 16_000, subtype="PCM_16")
    return path


@pytest.fixture
def home() -> Iterator[str]:
    with running_desk() as address:
        yield address


@contextmanager
def page_at(home: str, *arguments: str, excused: str = "nothing") -> Iterator["Page"]:
    """A page whose console stays empty and that asks nobody else; `excused` is what it may complain of."""
    media = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    with chromium(*media, *arguments) as browser, browser.new_context(base_url=home) as context:
        page = context.new_page()
        problems = problems_of(page, home)
        yield page
        assert [problem for problem in problems if excused not in problem] == []


def barriers(page: "Page") -> list[str]:
    """What axe-core finds on the page as it stands."""
    assert AXE.exists(), "axe-core is not there: `make test-browser` fetches it"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    return [f"{v['impact']}: {v['help']}: {v['nodes'][0]['html'][:120]}" for v in found]


def begin_typed(page: "Page") -> None:
    page.goto("/practice")
    page.check("input[name=typed][value=yes]")
    page.click("#wish button[type=submit]")


def answer(page: "Page", text: str) -> None:
    """Type an answer when the customer waits for one, and wait until it has been taken."""
    before = page.locator("#captions li.own").count()
    page.wait_for_selector("#state[data-state=listening]", timeout=LOADING_MS)
    page.fill("#text", text)
    page.keyboard.press("Enter")
    page.locator("#captions li.own").nth(before).wait_for(timeout=LOADING_MS)


def end(page: "Page") -> None:
    page.click("#end")
    page.wait_for_selector("#result:not([hidden])", timeout=LOADING_MS)


def test_a_call_is_held_by_microphone_and_heard(home: str, voice: Path) -> None:
    with page_at(home, f"--use-file-for-fake-audio-capture={voice}%noloop") as page:
        page.goto("/practice")
        page.fill("#name", "Ana")
        page.click("#wish button[type=submit]")
        page.click("#allow")
        page.click("#begin")
        page.locator("#captions li.own").nth(1).wait_for(timeout=LOADING_MS)
        assert "machine" in page.locator("#captions li.own").nth(0).inner_text()
        assert float(page.locator("#call").get_attribute("data-played-s") or 0) > 3, "the customer was heard"
        end(page)
        assert "of 100" in page.inner_text("#scores")
        page.click("#replay")
        page.wait_for_selector(".own-wave")
    [row] = list_sessions(Desk().database)
    assert row.candidate == "Ana"
    assert Store().recording(row.id, 1, Speaker.CANDIDATE)
    assert Store().recording(row.id, 1, Speaker.CUSTOMER)


def test_a_call_is_held_by_keyboard_alone_and_no_step_has_barriers(home: str) -> None:
    with page_at(home) as page:
        page.goto("/practice")
        assert barriers(page) == []
        page.focus("input[name=typed]:checked")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        answer(page, "I am so sorry that your machine leaks.")
        assert barriers(page) == []
        page.keyboard.press("Tab")
        for _ in range(12):
            if page.evaluate("document.activeElement.id") == "end":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#result:not([hidden])", timeout=LOADING_MS)
        assert barriers(page) == []


def test_the_check_says_whether_it_hears(home: str, fixtures: Path, tmp_path: Path) -> None:
    said = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    voice = written(tmp_path, silence(4), said, silence(20))
    with page_at(home, f"--use-file-for-fake-audio-capture={voice}%noloop") as page:
        page.goto("/practice")
        page.click("#wish button[type=submit]")
        page.click("#allow")
        page.get_by_text("Too quiet").wait_for()
        page.get_by_text("We hear you.").wait_for()
        page.click("#test-sound")
        page.click("#heard-it")
        assert barriers(page) == []


def test_captions_and_mood_can_be_switched(home: str) -> None:
    with page_at(home) as page:
        begin_typed(page)
        page.locator("#captions li").first.wait_for(timeout=LOADING_MS)
        assert not page.is_visible("#mood")
        page.click("#mood-key")
        assert "anger" in page.inner_text("#mood")
        page.click("#captions-key")
        assert not page.is_visible("#captions")
        end(page)


def test_a_call_goes_on_after_three_seconds_without_a_connection(home: str) -> None:
    with cable(home) as (address, pull), page_at(address, excused="WebSocket") as page:
        begin_typed(page)
        answer(page, "I am so sorry that your machine leaks.")
        with pull():
            page.wait_for_selector("#state[data-state=lost]", timeout=5000)
            page.wait_for_timeout(3000)
        answer(page, "What exactly is wrong with the machine?")
        end(page)
    [row] = list_sessions(Desk().database)
    assert len(Store().load(row.id)[0].turns) == 2


def test_a_second_tab_takes_the_call_over_and_the_first_says_so(home: str) -> None:
    with page_at(home) as page:
        begin_typed(page)
        page.locator("#captions li").first.wait_for(timeout=LOADING_MS)
        second = page.context.new_page()
        second.goto(page.url)
        page.get_by_text("Another page has taken this call over.").wait_for()
        second.click("#go-on")
        answer(second, "I am so sorry that your machine leaks.")
        end(second)


@contextmanager
def cable(home: str) -> Iterator[tuple[str, "Pull"]]:
    """A way to the desk that can be pulled: a plain TCP relay."""
    listener = socket.create_server(("127.0.0.1", 0))
    pull = Pull(int(home.rsplit(":", 1)[1]))
    threading.Thread(target=pull.serve, args=(listener,), daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", pull
    listener.close()


class Pull:
    """Relays every connection to a port, until it is called: then none passes inside the `with`."""

    def __init__(self, port: int) -> None:
        self._port, self._open, self._pulled = port, set[socket.socket](), False

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                if self._pulled:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._port))
                self._open |= {here, there}
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    def _relay(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end_ in (one, other):
            with suppress(OSError):
                end_.shutdown(socket.SHUT_RDWR)
            end_.close()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self._pulled = True
        for end_ in self._open:
            with suppress(OSError):
                end_.shutdown(socket.SHUT_RDWR)
        yield
        self._pulled = False
