"""The customer of one call: scenario, difficulty and seed together. Holds no state of its own.

Given the same turns it says and feels the same, which is what lets a call be replayed from its seed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.customer.dialogue import opening_line, reply
from simulator.customer.events import events_of
from simulator.customer.mood import Difficulty, full_reaction, mood_rules
from simulator.errors import UsageError
from simulator.records import CustomerLine, Mood, Reaction, Turn
from simulator.scenarios import Scenario


@dataclass(frozen=True)
class Caller:
    """A simulated customer.

    Raises:
        UsageError: there is no such difficulty.
    """

    scenario: Scenario
    difficulty: str
    seed: int

    def __post_init__(self) -> None:
        known = mood_rules().difficulties
        if self.difficulty not in known:
            raise UsageError(f"There is no difficulty called {self.difficulty}; there are: {', '.join(known)}.")

    @property
    def start(self) -> Mood:
        """The mood before the first line."""
        return self._difficulty.start()

    def opening(self) -> CustomerLine:
        """The customer's first line."""
        return opening_line(self.scenario, self._rng(-1), self.start.anger)

    def react(self, turn: Turn, before: Sequence[Turn]) -> Reaction:
        """How a turn moves the mood, given the turns before it, and whether the call ends."""
        mood = before[-1].reaction.mood if before and before[-1].reaction else self.start
        return full_reaction(mood, events_of(turn, before, self.scenario), turn, before, self._difficulty)

    def answer(self, turn: Turn, before: Sequence[Turn]) -> CustomerLine:
        """The next line after a turn that has its reaction."""
        if turn.reaction is None:
            raise ValueError("the customer answers after reacting")
        return reply(self.scenario, turn, before, turn.reaction, self._rng(turn.index))

    @property
    def _difficulty(self) -> Difficulty:
        return mood_rules().difficulties[self.difficulty]

    def _rng(self, turn: int) -> random.Random:
        # A generator for each turn, so that a call that goes on later goes on as it would have.
        return random.Random(f"{self.seed}/{turn}")
