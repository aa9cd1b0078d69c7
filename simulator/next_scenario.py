"""Which scenario to practise next, how hard, and why: for the step with the most to gain.

From the rows of one candidate's calls and the scenarios that there are; the same calls give the same advice.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from simulator.customer.mood import mood_rules
from simulator.errors import ScenarioError
from simulator.grading.rubric_rules import STEP_TITLES, StepName
from simulator.progress import ENDS_BADLY, ENDS_WELL, weakest_step
from simulator.scenarios import Scenario
from simulator.store.listing import SessionRow

_LATELY = 5  # calls in which a scenario counts as just played
_IN_A_ROW = 2  # endings that change the difficulty
_BROKE_OFF = "interrupted"
_WORTH_OFFERING = 0.5  # how far a remedy settles the matter


@dataclass(frozen=True)
class Suggestion:
    """What to practise next; `reason` is spoken to the candidate."""

    scenario: str
    title: str
    difficulty: str
    step: StepName | None
    reason: str


@dataclass(frozen=True)
class _Demand:
    """How much a scenario asks of a step, and the words that tell the candidate so."""

    amount: Callable[[Scenario], float]
    words: Callable[[Scenario], str]


def _to_find_out(scenario: Scenario) -> int:
    return sum(not fact.identity for fact in scenario.facts)


def _to_choose_from(scenario: Scenario) -> int:
    return sum(option.settles >= _WORTH_OFFERING for option in scenario.authority)


_DEMANDS: dict[StepName, _Demand] = {
    "calm": _Demand(
        lambda scenario: scenario.customer.voice.rate_wpm,
        lambda scenario: f"{scenario.customer.name} talks quickly when cross, good practice in staying unhurried",
    ),
    "clarify": _Demand(
        _to_find_out,
        lambda scenario: f"there are {_to_find_out(scenario)} things about the matter to find out",
    ),
    "options": _Demand(
        _to_choose_from,
        lambda scenario: f"{_to_choose_from(scenario)} remedies are worth offering: a real choice to give",
    ),
}


def suggest(rows: Sequence[SessionRow], scenarios: Sequence[Scenario]) -> Suggestion:
    """The next call of one candidate, whose rows come oldest first.

    Raises:
        ScenarioError: there are no scenarios.
    """
    if not scenarios:
        raise ScenarioError("There is no scenario to suggest.", advice="`simulator scenarios` lists those there are.")
    if not rows:
        return _first(scenarios)
    step = weakest_step(rows)
    scenario = _chosen(rows, scenarios, step)
    difficulty, change = _difficulty(rows)
    reason = f"{_why(rows, scenario, scenarios, step)} {change}".strip()
    return Suggestion(scenario.id, scenario.title, difficulty, step, reason)


def _first(scenarios: Sequence[Scenario]) -> Suggestion:
    plainest = min(scenarios, key=lambda s: (_to_find_out(s), s.customer.voice.rate_wpm, s.id))
    easiest = next(iter(mood_rules().difficulties))
    reason = (
        f"An easy one to begin with: {plainest.customer.name} is upset, but patient with you. "
        "Nothing hangs on a first call, and you can hold it again as often as you like."
    )
    return Suggestion(plainest.id, plainest.title, easiest, None, reason)


def _chosen(rows: Sequence[SessionRow], scenarios: Sequence[Scenario], step: StepName | None) -> Scenario:
    """Of those not played lately one that asks much of the step: the least played, then the most demanding."""
    last_first = list(dict.fromkeys(row.scenario for row in reversed(rows[-_LATELY:])))
    choice: list[Scenario] = []
    # Where all were played lately, those played longest ago are let in again; the last one only if it is all alone.
    for kept_out in range(len(last_first), -1, -1):
        choice = choice or [s for s in scenarios if s.id not in last_first[:kept_out]]
    played = Counter(row.scenario for row in rows)

    def merit(scenario: Scenario) -> tuple[bool, int, float, str]:
        amount = _DEMANDS[step].amount(scenario) if step else 0.0
        return not _asks_much(scenario, scenarios, step), played[scenario.id], -amount, scenario.id

    return min(choice, key=merit)


def _asks_much(scenario: Scenario, scenarios: Sequence[Scenario], step: StepName | None) -> bool:
    if step is None:
        return False
    amount = _DEMANDS[step].amount
    return amount(scenario) >= median(amount(each) for each in scenarios)


def _why(rows: Sequence[SessionRow], chosen: Scenario, scenarios: Sequence[Scenario], step: StepName | None) -> str:
    if chosen.id == rows[-1].scenario:
        met = "the same customer again, since there is no other"
    elif any(row.scenario == chosen.id for row in rows):
        met = "a customer whom you have not met for a while"
    else:
        met = "a customer who is new to you"
    if step is None:
        return f"So far no step could be measured; here is {met}."
    words = f"; {_DEMANDS[step].words(chosen)}" if _asks_much(chosen, scenarios, step) else ""
    return f"{STEP_TITLES[step]} is where you can gain most just now. Here is {met}{words}."


def _difficulty(rows: Sequence[SessionRow]) -> tuple[str, str]:
    """The difficulty, and a sentence where it changes; calls that broke off have no say."""
    order = list(mood_rules().difficulties)
    ended = [row for row in rows if row.status != _BROKE_OFF]
    known = [row.difficulty for row in ended or rows if row.difficulty in order]
    if not known:
        return order[0], ""
    now = known[-1]
    place, recent = order.index(now), ended[-_IN_A_ROW:]
    if len(recent) < _IN_A_ROW:
        return now, ""
    if all(row.status in ENDS_BADLY for row in recent) and place > 0:
        return order[place - 1], "The last two calls were hard going, so this one starts a little calmer."
    # Both at this difficulty: else one good call a step would be enough to climb.
    if all(row.status in ENDS_WELL and row.difficulty == now for row in recent) and place + 1 < len(order):
        return order[place + 1], "Your last two calls ended well, so this customer starts a little angrier."
    return now, ""
