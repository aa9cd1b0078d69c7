"""Mood: pure arithmetic from events to the customer's next state, every step with its cause.

Nothing moves the mood but what was graded. The numbers are in `mood.yaml`. Difficulty weighs what hurts;
kindness wears off when repeated; remedies reach a customer as far as they are calm and understood.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from simulator.customer.events import MoodEvent
from simulator.records import HEATING, Behaviour, Cause, Ending, Mood, Reaction, Turn
from simulator.rules import Checked, load_rules

_TOPS = Mood(anger=100.0, trust=100.0, patience=100.0, heard=1.0, understood=1.0, resolved=1.0)
_CLOSING = frozenset({Behaviour.COMMIT, Behaviour.CHECK_AGREEMENT, Behaviour.COURTESY})
_HURTING = HEATING | {Behaviour.DEFLECT, Behaviour.CITE_POLICY, Behaviour.REFUSE}


class EventRule(Checked):
    """What an event does to the mood."""

    kind: Literal["soothes", "asks", "settles", "hurts", "passes"]
    why: str
    anger: float = 0
    trust: float = 0
    patience: float = 0
    heard: float = 0
    understood: float = 0
    resolved: float = 0

    def change(self) -> Mood:
        """The change as it is written."""
        return Mood(self.anger, self.trust, self.patience, self.heard, self.understood, self.resolved)


class Difficulty(Checked):
    """Where a call starts, and how much more what hurts hurts."""

    anger: float
    trust: float
    patience: float
    hurt: float

    def start(self) -> Mood:
        """The mood before the first line."""
        return Mood(anger=self.anger, trust=self.trust, patience=self.patience)


class MoodLimits(Checked):
    """Bounds on how the mood may move."""

    turns: int
    anger_in_a_turn: float
    wears_off: Annotated[tuple[float, ...], Field(min_length=1)]
    heard_to_settle: float
    openness_least: float
    openness_unasked: float
    calm_enough: float


class Threshold(Checked):
    """A state at which a call ends."""

    anger: float = 100
    trust: float = 0
    patience: float = 0
    resolved: float = 0
    heard: float = 0


class EndingRules(Checked):
    """When a call ends how."""

    hostile_turns: int
    hostile_probability: float
    escalated: Threshold
    hang_up: Threshold
    satisfied: Threshold
    grudging: Threshold
    follow_up: Threshold


class MoodRules(Checked):
    """The file `mood.yaml`."""

    version: int
    difficulties: dict[str, Difficulty]
    events: dict[str, EventRule]
    limits: MoodLimits
    endings: EndingRules


def mood_rules() -> MoodRules:
    """The rules that come with the program.

    Raises:
        ScenarioError: the file is faulty.
    """
    rules: MoodRules = load_rules("mood", MoodRules)
    return rules


@dataclass(frozen=True)
class _Step:
    mood: Mood
    causes: tuple[Cause, ...]

    def then(self, event: str, rule: EventRule, quote: str | None, change: Mood) -> "_Step":
        """The step after a change, cut where a value would leave its range; no step where nothing moves."""
        moved = _within(self.mood + change)
        if moved == self.mood:
            return self
        cause = Cause(event, rule.why, quote, moved - self.mood)
        return _Step(moved, (*self.causes, cause))


def react(mood: Mood, events: Sequence[MoodEvent], before: Sequence[Turn], difficulty: Difficulty) -> _Step:
    """The next mood and its causes; `before` holds the turns so far, for what wears off."""
    rules = mood_rules()
    worn = Counter(cause.event for turn in before if turn.reaction for cause in turn.reaction.causes)
    step = _Step(mood, ())
    for event in events:
        rule = rules.events[event.id]
        scale = _scale(rule, event, step.mood, worn[event.id], difficulty, rules.limits)
        step = step.then(event.id, rule, event.quote, _scaled(rule.change(), scale))
        worn[event.id] += 1
    step = step.then("time_passes", rules.events["time_passes"], None, rules.events["time_passes"].change())
    hurt = any(rules.events[event.id].kind == "hurts" for event in events)
    if step.mood.heard >= rules.limits.heard_to_settle and not hurt:
        rule = rules.events["settles_down"]
        step = step.then("settles_down", rule, None, rule.change())
    return _held_back(step, mood, rules)


def ending_of(mood: Mood, turn: Turn, before: Sequence[Turn], difficulty: Difficulty) -> Ending | None:
    """How the call ends after a turn, if it does; the first that fits in the rubric's order."""
    rules = mood_rules()
    at, said = rules.endings, frozenset(b for s in turn.sentences for b in s.behaviours)
    hostile = _may_end_badly([*before, turn], rules)
    if hostile and mood.trust <= at.escalated.trust and mood.anger >= at.escalated.anger:
        return Ending.ESCALATED
    if mood.patience <= at.hang_up.patience or (hostile and mood.anger >= at.hang_up.anger):
        return Ending.HANG_UP
    # Who has just been asked to choose answers first.
    closing = not said.isdisjoint(_CLOSING) and said.isdisjoint(_HURTING | {Behaviour.GIVE_CHOICE})
    if closing and _reached(mood, at.satisfied):
        return Ending.SATISFIED
    last_turn = len(before) + 1 >= rules.limits.turns
    asked = bool(said & {Behaviour.CHECK_AGREEMENT, Behaviour.COURTESY})
    if (asked or last_turn) and closing and _reached(mood, at.grudging):
        return Ending.GRUDGING
    parting = Behaviour.COMMIT in said and Behaviour.COURTESY in said
    if (parting or (last_turn and Behaviour.COMMIT in said)) and _reached(mood, at.follow_up):
        return Ending.FOLLOW_UP
    return Ending.UNRESOLVED if last_turn else None


def full_reaction(
    mood: Mood, events: Sequence[MoodEvent], turn: Turn, before: Sequence[Turn], difficulty: Difficulty
) -> Reaction:
    """Mood, causes and ending of a turn."""
    step = react(mood, events, before, difficulty)
    return Reaction(step.mood, step.causes, ending_of(step.mood, turn, before, difficulty))


def _scale(
    rule: EventRule, event: MoodEvent, mood: Mood, worn: int, difficulty: Difficulty, limits: MoodLimits
) -> float:
    if rule.kind == "soothes":
        return event.strength * limits.wears_off[min(worn, len(limits.wears_off) - 1)]
    if rule.kind == "settles":
        return event.strength * openness(mood, limits)
    if rule.kind == "hurts":
        return event.strength * difficulty.hurt * event.probability
    return event.strength


def openness(mood: Mood, limits: MoodLimits) -> float:
    """How far remedies reach the customer, 0 to 1: as far as they are calm and understood."""
    calm = min(1.0, (100 - mood.anger) / (100 - limits.calm_enough))
    return max(
        limits.openness_least, calm * (limits.openness_unasked + (1 - limits.openness_unasked) * mood.understood)
    )


def _held_back(step: _Step, start: Mood, rules: MoodRules) -> _Step:
    most = rules.limits.anger_in_a_turn
    moved = step.mood.anger - start.anger
    excess = moved - max(-most, min(most, moved))
    if not excess:
        return step
    return step.then("most_in_a_turn", rules.events["most_in_a_turn"], None, Mood(anger=-excess))


def _may_end_badly(turns: Sequence[Turn], rules: MoodRules) -> bool:
    hurts = [[label for s in turn.sentences for label in s.labels if label.id in _HURTING] for turn in turns]
    sure = [label for label in hurts[-1] if label.probability >= rules.endings.hostile_probability]
    several = sum(bool(labels) for labels in hurts) >= rules.endings.hostile_turns
    # One turn alone ends a call only by open hostility that is sure.
    return (several and bool(hurts[-1])) or any(label.id is Behaviour.HOSTILE for label in sure)


def _reached(mood: Mood, wanted: Threshold) -> bool:
    enough = mood.resolved >= wanted.resolved and mood.heard >= wanted.heard
    return enough and mood.anger <= wanted.anger and mood.trust >= wanted.trust


def _within(mood: Mood) -> Mood:
    return Mood(*(_clamp(value, top) for value, top in zip(mood.values(), _TOPS.values(), strict=True)))


def _clamp(value: float, top: float) -> float:
    # Six decimals keep 0.1 + 0.2 from showing in saved sessions.
    return round(min(top, max(0.0, value)), 6)


def _scaled(change: Mood, scale: float) -> Mood:
    return Mood(*(value * scale for value in change.values()))


def total_change(causes: Iterable[Cause]) -> Mood:
    """The sum of the causes' changes."""
    return sum((cause.change for cause in causes), Mood())
