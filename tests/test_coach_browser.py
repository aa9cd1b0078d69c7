"""The desk in a real Chromium: heard, followed, commented, corrected, undone, deleted, by mouse and by keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.records import Session
from simulator.store.sessions import Store
from tests.browser import chromium, problems_of, running_desk
from tests.spoken_call import spoken_call
from tests.test_store import save_call

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[1] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def call() -> Session:
    return spoken_call(Store(), turns=3)


@pytest.fixture
def home(call: Session) -> Iterator[str]:
    save_call(Store(), "20260101-120000-aaaa")
    with running_desk() as address:
        yield address


@pytest.fixture
def view(browser: "Browser", home: str) -> Iterator["Page"]:
    with browser.new_context(base_url=home) as context:
        page = context.new_page()
        problems = problems_of(page, home)
        yield page
        assert problems == []


def open_replay(view: "Page", call: Session) -> None:
    view.goto(f"/sessions/{call.head.id}")
    view.wait_for_selector(".own-wave")


def second(view: "Page") -> float:
    return float(view.evaluate("document.getElementById('sound').currentTime"))


def test_the_highlighted_word_follows_the_sound(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.click(".turn:nth-of-type(2) .sentence button.listen")
    seen = set()
    for _ in range(12):
        view.wait_for_timeout(150)
        at, word, start, following = view.evaluate(
            """() => {
                const words = [...document.querySelectorAll("[data-w]")], now = document.querySelector("span.now");
                const next = words[words.indexOf(now) + 1];
                const second = document.getElementById("sound").currentTime;
                return [second, now?.textContent, now?.dataset.w, next?.dataset.w];
            }"""
        )
        if word:
            seen.add(word)
            assert float(start) <= at + 0.05
            assert following is None or at < float(following) + 0.2
    assert len(seen) >= 4


def test_keys_play_and_jump(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.keyboard.press("f")
    view.wait_for_timeout(400)
    fault = view.evaluate("fetch(`/api/sessions/${location.pathname.split('/').pop()}/drawing`).then(r => r.json())")
    first = next(mark["start_s"] for mark in fault["marks"] if mark["kind"] == "fault")
    assert first <= second(view) < first + 2
    view.keyboard.press(" ")
    assert view.evaluate("document.getElementById('sound').paused")
    before = second(view)
    view.keyboard.press("ArrowRight")
    view.wait_for_timeout(100)
    assert second(view) == pytest.approx(before + 5, abs=0.1)


def test_speed_is_chosen(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.select_option("#speed", "1.5")
    assert view.evaluate("document.getElementById('sound').playbackRate") == 1.5
    view.keyboard.press("Escape")
    view.click("h1")
    view.keyboard.press("<")
    assert view.evaluate("document.getElementById('sound').playbackRate") == 1.25


def test_a_coach_corrects_a_sentence_and_undoes_it(view: "Page", call: Session) -> None:
    open_replay(view, call)
    total = "tfoot td:nth-of-type({})"
    machine = float(view.inner_text(total.format(1)))
    view.hover("#t1s0")
    view.click("#t1s0 .correct")
    view.fill("#author", "Ana")
    view.uncheck("#behaviours input[value=apologise]")
    view.fill("#comment", "That was no apology.")
    view.click("#save")
    view.wait_for_selector(".entries li")
    assert "Removed: apologise" in view.inner_text(".entries")
    assert "That was no apology." in view.inner_text(".entries")
    assert float(view.inner_text(total.format(1))) == machine
    assert float(view.inner_text(total.format(2))) <= machine
    view.click(".undo")
    view.wait_for_selector(".entries li.undone")
    assert view.locator(".scorecard thead th").count() == 3


def test_a_level_of_the_coach_moves_the_total(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.evaluate("document.cookie = 'calmline_name=Ana; path=/'")
    view.select_option("select[data-step=calm]", "0")
    view.click("#levels button[type=submit]")
    view.wait_for_selector(".scorecard .changed")
    assert "Calm: level 0" in view.inner_text(".entries")


def test_a_comment_stands_at_its_second(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.evaluate("document.getElementById('sound').currentTime = 12")
    view.wait_for_timeout(200)
    view.keyboard.press("c")
    view.fill("#author", "Ana")
    view.fill("#comment", "Breathe here.")
    view.click("#save")
    view.wait_for_selector(".entries li")
    assert re.search(r"Breathe here\.\s*0:12", view.inner_text(".entries"))


def test_nothing_is_saved_without_a_name(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.hover("#t0s0")
    view.click("#t0s0 .correct")
    view.fill("#comment", "Hm.")
    view.click("#save")
    assert "name" in view.inner_text("#problem")


def test_a_call_is_deleted_after_a_question(view: "Page", call: Session) -> None:
    asked: list[str] = []

    def agree(dialog: "Dialog") -> None:
        asked.append(dialog.message)
        dialog.accept()

    view.goto("/")
    view.on("dialog", agree)
    view.check(f"input[value='{call.head.id}']")
    view.click("#delete")
    view.wait_for_selector("tbody tr:only-child")
    assert "cannot be brought back" in asked[0]


def test_the_list_is_filtered_and_sorted(view: "Page", call: Session) -> None:
    view.goto("/")
    view.fill("input[name=search]", "nobody at all")
    view.press("input[name=search]", "Enter")
    view.wait_for_selector("text=No call fits")
    view.goto("/?sort=total")
    assert view.get_attribute("th[aria-sort]", "aria-sort") == "descending"


def test_what_if_is_answered_by_the_customer(view: "Page", call: Session) -> None:
    open_replay(view, call)
    view.click("#turn-0 .what-if")
    view.click("#what-if-try")
    assert "Type what you would say" in view.inner_text("#what-if-found")
    view.fill("#what-if-text", "I am so sorry, two trips with a machine that leaks.")
    view.click("#what-if-try")
    view.wait_for_selector("#what-if-found .customer", timeout=90_000)
    assert "apologise" in view.inner_text("#what-if-found")
    assert "instead of" in view.inner_text("#what-if-found")


def test_two_attempts_are_chosen_and_compared(view: "Page", call: Session) -> None:
    view.goto("/")
    view.check(f"input[value='{call.head.id}']")
    assert view.is_disabled("#compare")
    view.check("input[value='20260101-120000-aaaa']")
    view.click("#compare")
    view.wait_for_selector(".pair")
    assert view.locator(".pair").count() >= 3


def test_calls_leave_in_a_bundle_and_come_back(view: "Page", call: Session, tmp_path: Path) -> None:
    view.goto("/")
    view.check(f"input[value='{call.head.id}']")
    with view.expect_download() as download:
        view.click("#export")
    download.value.save_as(tmp_path / "bundle.zip")
    Store().delete(call.head.id)
    view.set_input_files("#bundle", tmp_path / "bundle.zip")
    view.wait_for_selector("text=1 calls added")
    assert Store().load(call.head.id)[0] == call


PAGES = [
    "/",
    "/welcome",
    "/sessions/{id}",
    "/nothing",
    "/practice",
    "/progress",
    "/class",
    "/agreement",
    "/compare?first={id}&second=20260101-120000-aaaa",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_serious(browser: "Browser", home: str, call: Session, address: str, scheme: str) -> None:
    assert AXE.exists(), "axe-core is not there: `make test-browser` fetches it"
    with browser.new_context(base_url=home, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address.format(id=call.head.id))
        if address.startswith("/sessions"):
            page.wait_for_selector(".own-wave")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    told = [f"{v['impact']}: {v['help']}: {v['nodes'][0]['html'][:120]}" for v in found]
    assert told == []


@pytest.mark.parametrize("width", [390, 1024, 1600])
@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_its_screen(
    browser: "Browser", home: str, call: Session, address: str, width: int
) -> None:
    with browser.new_context(base_url=home, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(address.format(id=call.head.id))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
