"""The system's Chromium, and a desk for it to look at."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextmanager
def chromium(*arguments: str) -> Iterator["Browser"]:
    """A browser that may play sound without being touched."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("The browser tests need Debian's chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", *arguments]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


def problems_of(page: "Page", home: str) -> list[str]:
    """A list that fills with whatever a page says on its console, and with every request to anywhere else."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.on(
        "request",
        lambda request: None if request.url.startswith((home, "data:", "blob:")) else problems.append(request.url),
    )
    return problems


@contextmanager
def running_desk() -> Iterator[str]:
    """A desk that serves the sessions of the test's data folder; gives its address."""
    from simulator.coach.app import build_app
    from simulator.coach.desk import Desk
    from simulator.coach.guard import Door
    from simulator.coach.server import running

    with running(build_app(Desk(), Door())) as port:
        yield f"http://127.0.0.1:{port}"
