"""Writing a scenario: asks for what only the author knows, and takes plain lines for the rest.

What it gives is a whole, valid file; the lines in it wait to be rewritten in the customer's own voice.
"""

import re
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import UsageError
from simulator.rules import read_yaml
from simulator.scenarios import PlainLines, Scenario
from simulator.settings import rules_dir

Ask = Callable[[str], str]  # shows a question, gives back what was typed

_YES = frozenset({"y", "yes"})
_WAYS = 3  # wordings of a question or an offer
_SHAPES = {"female": "f3", "male": "m3"}


def new_scenario(ask: Ask, taken: Container[str] = ()) -> dict[str, Any]:
    """Ask for a scenario, part by part; its name is none of those that are taken."""
    name = _id(_asked(ask, "A short name for the file, such as broken_kettle"))
    while name in taken:
        name = _id(_asked(ask, f"{name} is taken; another name"))
    return {
        "id": name,
        "version": 1,
        "title": _asked(ask, "Title"),
        "pack": _asked(ask, "Pack, such as retail or hospitality"),
        "briefing": _asked(ask, "Briefing: who is the candidate, who calls, what may they offer and what not"),
        "customer": _customer(ask),
        "grievance": {
            "summary": _asked(ask, "What went wrong, in one sentence"),
            "details": _several(ask, "Details by which one hears that this case is meant, such as `two trips`", 5),
        },
        "facts": _items(ask, "fact that the candidate must find out", _fact, 3),
        "authority": _items(ask, "remedy that the candidate may offer", _option, 2),
        "beyond_authority": _items(ask, "promise that the candidate may not make", _beyond, 1),
        "model_answers": {
            "calm": _asked(ask, "Model answer: name the hardship and apologise"),
            "own": _asked(ask, "Model answer: take the case on"),
            "clarify": _asked(ask, "Model answer: ask for the first fact, with the reason"),
            "summary": _asked(ask, "Model answer: say it all back and ask whether that is right"),
            "options": _asked(ask, "Model answer: two remedies with what speaks for each, and which one?"),
            "close": _asked(ask, "Model answer: who does what by when, what if it fails, is that all right?"),
        },
        "lines": plain_lines(),
    }


def plain_lines() -> dict[str, Any]:
    """The lines that fit any customer.

    Raises:
        ScenarioError: the file is faulty.
    """
    lines: dict[str, Any] = read_yaml(rules_dir() / "plain_lines.yaml", PlainLines).model_dump(mode="json")
    return lines


def write_scenario(content: dict[str, Any], path: Path) -> Scenario:
    """Check a scenario and write it.

    Raises:
        UsageError: there is such a file, or it cannot be written.
    """
    scenario = Scenario.model_validate(content)
    if path.exists():
        raise UsageError(f"{path} exists.", advice="Choose another name, or move it away.")
    head = "# yaml-language-server: $schema=scenario.schema.json\n"
    try:
        path.write_text(
            head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8"
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    return scenario


def _customer(ask: Ask) -> dict[str, Any]:
    gender = ""
    name = _asked(ask, "The customer's name")
    while gender not in _SHAPES:
        gender = _asked(ask, "The customer's voice: female or male").lower()
    return {
        "name": name,
        "voice": {"accent": "en-us", "gender": gender, "variant": _SHAPES[gender]},
        "situation": _asked(ask, "Who they are, what they wish for, what they fear"),
    }


def _items(ask: Ask, what: str, one: Callable[[Ask, str], dict[str, Any]], least: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while len(items) < least or ask(f"Another {what}? (y, or Enter for no)").strip().lower() in _YES:
        label = _asked(ask, f"A {what}, in a few words ({len(items) + 1})")
        items.append({"id": _free_id(label, items), "label": label, **one(ask, label)})
        if len(items) == 6:
            break
    return items


def _fact(ask: Ask, label: str) -> dict[str, Any]:
    return {
        "ask": _several(ask, f"Ways to ask for {label}", _WAYS),
        "answer": _told(ask, "The customer's answer"),
        "identity": ask("Is it a mere check of who calls? (y, or Enter for no)").strip().lower() in _YES,
        "impact": ask("Is it what the matter means for them? (y, or Enter for no)").strip().lower() in _YES,
    }


def _option(ask: Ask, label: str) -> dict[str, Any]:
    return {
        "say": _several(ask, f"Ways to offer {label}", _WAYS),
        "settles": _share(ask, "How much of the matter does it settle, from 0 to 1"),
        "trade_off": _asked(ask, "What speaks for it, and what against"),
        "answer": _told(ask, "The customer's answer to the offer"),
        "chosen": _asked(ask, "What they say when they choose it"),
    }


def _beyond(ask: Ask, label: str) -> dict[str, Any]:
    return {
        "say": _several(ask, f"Ways to promise {label}", _WAYS),
        "answer": _told(ask, "The customer's answer"),
        "challenge": _asked(ask, "What they say later, when they hold the candidate to it"),
    }


def _told(ask: Ask, what: str) -> dict[str, str]:
    return {"angry": _asked(ask, f"{what}, in anger"), "calm": _asked(ask, f"{what}, calmly")}


def _asked(ask: Ask, question: str) -> str:
    """What was typed, asked again while it is empty."""
    while not (typed := ask(question).strip()):
        pass
    return typed


def _several(ask: Ask, what: str, least: int) -> list[str]:
    found: list[str] = []
    while True:
        more = f"Enter ends; {len(found)} so far" if len(found) >= least else f"{len(found) + 1} of at least {least}"
        typed = ask(f"{what} ({more})").strip()
        if typed:
            found.append(typed)
        elif len(found) >= least:
            return found


def _share(ask: Ask, question: str) -> float:
    while True:
        try:
            value = float(_asked(ask, question).replace(",", "."))
        except ValueError:
            continue
        if 0 <= value <= 1:
            return value


def _id(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"scenario_{plain}".rstrip("_")


def _free_id(label: str, items: list[dict[str, Any]]) -> str:
    wanted = "_".join(_id(label).split("_")[:4])
    taken = {item["id"] for item in items}
    return next(name for n in range(1, 9) if (name := wanted if n == 1 else f"{wanted}_{n}") not in taken)
