"""The page of a call: whole in itself, readable without eyes or colours, playable in a real browser."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simulator.audio.files import read_audio
from simulator.page.build import call_page
from simulator.page.timeline import timeline_of
from simulator.records import (
    Assessment,
    Audio,
    Ending,
    Evidence,
    Levels,
    Scorecard,
    ScoreRow,
    Session,
    SessionHead,
    Span,
)
from tests.browser import chromium
from tests.talk import B, says, turn

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEAD = SessionHead(
    "20260101-1200-abcd", "2026-01-01T12:00:00+00:00", "refund", "medium", 1, "test", False, "test", {}
)
ROWS = (ScoreRow("tone", "Tone of voice", 1, 5, "raised in turn 2", Evidence(1, "Shut up.", 0.5, 1.0)),)
ASSESSMENT = Assessment(Levels(2, None, 1), (), Scorecard(ROWS), (), "You took the call.", ())


def session() -> Session:
    first = turn(0, says("I'm <b>so</b> sorry & I mean it.", B.APOLOGISE, probability=0.9), anger=70)
    second = turn(1, says("Shut up.", B.HOSTILE), customer="And now?", anger=90)
    timed = tuple(replace(s, start_s=0.5, end_s=1.0) for s in second.sentences)
    delivery = replace(
        second.delivery, measured=True, speech=(Span(0.5, 2.0), Span(3.5, 4.0)), pauses=(Span(2.0, 3.5),)
    )
    second = replace(second, sentences=timed, delivery=delivery)
    return Session(HEAD, (first, second), ASSESSMENT, Ending.HANG_UP, "Goodbye!")


@pytest.fixture
def page(fixtures: Path) -> str:
    said = read_audio(fixtures / "demo" / "1_policy_first.flac")
    return call_page(session(), ASSESSMENT, "A refund", lambda _: (Audio(said.samples[:16_000]), said))


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def __iter__(self) -> Iterator[tuple[str, dict[str, str | None]]]:
        return iter(self.found)


def test_the_page_loads_nothing(page: str) -> None:
    for tag, attributes in Elements(page):
        for name in ("src", "href", "xlink:href"):
            address = attributes.get(name) or ""
            assert address.startswith(("data:", "#")) or not address, (tag, name, address[:60])
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_words_are_shown_as_words_not_as_markup(page: str) -> None:
    assert "I&#39;m &lt;b&gt;so&lt;/b&gt; sorry &amp; I mean it." in page


def test_everything_can_be_reached_without_eyes(page: str) -> None:
    elements = list(Elements(page))
    ids = {attributes["id"] for _, attributes in elements if "id" in attributes}
    assert ("html", {"lang": "en"}) in elements
    for tag, attributes in elements:
        if tag == "button":
            assert attributes["aria-label"]
        for name in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(name) is None or attributes[name] in ids
    headings = [int(tag[1]) for tag, _ in elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(headings))


def test_evidence_is_played_at_its_second_of_the_call(page: str) -> None:
    # One second of the customer, the first answer, a breath, one second of the customer, half a second of the turn.
    timeline = timeline_of(session(), lambda _: (Audio(_seconds(1)), Audio(_seconds(3))))
    placed = timeline.turns[1]
    assert placed.at(0.5) == pytest.approx(1 + 3 + 0.4 + 1 + 0.5)
    assert re.search(r'data-at="\d+\.\d\d"[^>]*aria-label="Listen at \d:\d\d: Tone of voice"', page)


def test_marks_are_told_apart_without_colour(page: str) -> None:
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert "<pattern" in svg, "the customer's bars are hatched"
    assert "stroke-dasharray" in svg, "the customer's curves are dashed"
    assert "− hostile" in svg
    assert "+ apologise" not in svg, "a sentence without a time has no place in the picture"


def test_the_same_call_gives_the_same_page(fixtures: Path, page: str) -> None:
    said = read_audio(fixtures / "demo" / "1_policy_first.flac")
    assert call_page(session(), ASSESSMENT, "A refund", lambda _: (Audio(said.samples[:16_000]), said)) == page


def test_a_typed_call_has_a_page_without_sound() -> None:
    page = call_page(session(), ASSESSMENT, "A refund", lambda _: (None, None))
    assert "<audio" not in page
    assert "data-at=" not in page
    assert "customer's" in page


def test_an_interrupted_call_without_a_turn_has_a_page() -> None:
    empty = replace(session(), turns=(), ending=None, closing=None)
    assert "interrupted" in call_page(empty, ASSESSMENT, "A refund", lambda _: (None, None))


@pytest.fixture
def browser_page(page: str, tmp_path: Path) -> Iterator["Page"]:
    file = tmp_path / "call.html"
    file.write_text(page, encoding="utf-8")
    with chromium() as browser:
        view = browser.new_page()
        problems: list[str] = []
        view.on("pageerror", lambda error: problems.append(str(error)))
        view.on("console", lambda message: problems.append(message.text))
        view.goto(file.as_uri())
        yield view
        assert problems == []


def state(view: "Page") -> dict[str, Any]:
    found: dict[str, Any] = view.evaluate(
        "(() => { const a = document.querySelector('audio'); return {at: a.currentTime, paused: a.paused}; })()"
    )
    return found


@pytest.mark.browser
def test_a_listen_button_plays_the_sound_from_there(browser_page: "Page") -> None:
    button = browser_page.locator("button[data-at]").first
    button.click()
    browser_page.wait_for_function(
        "document.querySelector('audio').currentTime > 0 && !document.querySelector('audio').paused"
    )
    at = float(button.get_attribute("data-at") or "nan")
    assert at <= state(browser_page)["at"] < at + 3
    assert browser_page.locator(".playhead").is_visible()


@pytest.mark.browser
def test_a_click_into_the_picture_listens_there(browser_page: "Page") -> None:
    chart = browser_page.locator(".chart")
    box = chart.bounding_box()
    assert box is not None
    left, right, seconds = (
        float(chart.get_attribute(f"data-{name}") or "nan") for name in ("left", "right", "seconds")
    )
    share = left + (right - left) * 2.0 / seconds
    chart.click(position={"x": box["width"] * share, "y": 150})
    assert state(browser_page)["at"] == pytest.approx(2.0, abs=0.6)


@pytest.mark.browser
def test_the_keyboard_reaches_every_button(browser_page: "Page") -> None:
    count = browser_page.locator("button[data-at]").count()
    reached = set()
    for _ in range(count + 12):
        browser_page.keyboard.press("Tab")
        at = browser_page.evaluate("document.activeElement.getAttribute('aria-label')")
        reached.add(at)
    labels = {b.get_attribute("aria-label") for b in browser_page.locator("button[data-at]").all()}
    assert labels <= reached


def _seconds(count: float) -> Any:
    import numpy as np

    return np.full(round(count * 16_000), 0.1, np.float32)
