"""What if the candidate had said something else: other answers typed into a saved call, by the same rules and seed.

The turns before stay as they were saved; from there on the customer is played again. Loads and keeps nothing.
What was typed has no voice: a spoken turn typed again word for word lacks what its pace, pauses and tone did.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.attempts import WORD_ROWS, SharedPoints, shared_points
from simulator.customer.caller import Caller
from simulator.customer.events import facts_told
from simulator.errors import NotFoundError, UsageError
from simulator.grading.matching import CaseReader
from simulator.grading.rubric import assess
from simulator.grading.turns import BehaviourGrader, grade_turn
from simulator.records import Assessment, Cause, CustomerLine, Ending, Mood, Session, Transcript, Turn
from simulator.roleplay import rule_versions
from simulator.scenarios import Scenario
from simulator.typed_turn import typed_turn


@dataclass(frozen=True)
class OtherAnswer:
    """One typed answer and what came of it.

    `turn` has its grade and reaction, `before` is the mood that it met, `reply` what the customer says then, which
    closes the call where it ends. `real` is the turn of the same number as it was, None after the real end, and
    `real_reply` what was said to it, None where the session does not hold it: the candidate ended the call there.
    """

    turn: Turn
    before: Mood
    reply: CustomerLine
    real: Turn | None
    real_reply: str | None

    @property
    def mood(self) -> Mood:
        """The customer's mood after the answer."""
        return _mood_after(self.turn) or self.before

    @property
    def real_mood(self) -> Mood | None:
        """The mood after the turn as it really was."""
        return _mood_after(self.real)

    @property
    def gained(self) -> tuple[Cause, ...]:
        """What moved the mood now and did not then."""
        return _causes_only_in(self.turn, self.real)

    @property
    def lost(self) -> tuple[Cause, ...]:
        """What moved the mood then and does not now."""
        return _causes_only_in(self.real, self.turn)


@dataclass(frozen=True)
class WhatIf:
    """The other answers, and the call up to there as it would have been and as it was.

    Both assessments are of equally many turns and by today's rubric, the real one of fewer where the call was over.
    `unsaid` are the texts for which the call did not last. `changed` names what has another version today than when
    the call was held: `scenario`, `rubric`, `mood`, `grader`.
    """

    answers: tuple[OtherAnswer, ...]
    assessment: Assessment
    real_assessment: Assessment
    unsaid: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def rules_changed(self) -> bool:
        """Whether today's rules were used where the call was held by others."""
        return bool(self.changed)

    @property
    def ending(self) -> Ending | None:
        """How the call would have ended with the last answer, if it had."""
        reaction = self.answers[-1].turn.reaction
        return reaction.ending if reaction else None

    @property
    def was_spoken(self) -> bool:
        """Whether a real answer was spoken: then its voice, too, is in the difference."""
        return any(answer.real is not None and answer.real.delivery.measured for answer in self.answers)

    @property
    def points(self) -> SharedPoints:
        """The real points first, then the new ones, over the rows of words that were measured in both."""
        return shared_points(self.real_assessment.scorecard, self.assessment.scorecard, WORD_ROWS)


def what_if(
    session: Session,
    scenario: Scenario,
    number: int,
    texts: str | Sequence[str],
    grader: BehaviourGrader,
    case_reader: CaseReader,
) -> WhatIf:
    """Say something else at turn `number` (from 0), and one text after the other from there on.

    `scenario` as it was played. `case_reader` reads its case.

    Raises:
        UsageError: no such turn, an empty text, or another scenario.
    """
    said = _checked((texts,) if isinstance(texts, str) else tuple(texts))
    _check_session(session, scenario, number)
    caller = Caller(scenario, session.head.difficulty, session.head.seed)
    real = {turn.index: turn for turn in session.turns}
    line, turns = real[number].customer, [turn for turn in session.turns if turn.index < number]
    mood = (_mood_after(turns[-1]) if turns else None) or caller.start
    answers: list[OtherAnswer] = []
    for text in said:
        transcript = Transcript.typed(text)
        sentences = grade_turn(transcript, line.text, facts_told(turns, line), case_reader, grader)
        turn, reply = typed_turn(caller, turns, line, transcript, sentences)
        answer = OtherAnswer(turn, mood, reply, real.get(turn.index), _reply_to(session, turn.index))
        answers.append(answer)
        turns.append(turn)
        line, mood = reply, answer.mood
        if turn.reaction and turn.reaction.ending:
            break
    as_it_was = tuple(turn for turn in session.turns if turn.index < len(turns))
    case = case_reader.case
    return WhatIf(
        answers=tuple(answers),
        assessment=assess(tuple(turns), case, line.text),
        real_assessment=assess(as_it_was, case, _reply_to(session, as_it_was[-1].index)),
        unsaid=said[len(answers) :],
        changed=_changed(session, scenario, grader),
    )


def _checked(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not texts:
        raise UsageError("There is no other answer.", advice="Type what you would have said.")
    for place, text in enumerate(texts, 1):
        if not text.strip():
            which = f"Answer {place} of {len(texts)}" if len(texts) > 1 else "The answer"
            raise UsageError(f"{which} is empty.", advice="Type what you would have said.")
    return texts


def _check_session(session: Session, scenario: Scenario, number: int) -> None:
    head = session.head
    if head.scenario != scenario.id:
        raise UsageError(f"Call {head.id} is of {head.scenario}; it cannot be played with {scenario.id}.")
    known = [turn.index for turn in session.turns]
    if number not in known:
        there = f"its turns are {known[0]} to {known[-1]}" if known else "it has no graded turn"
        raise NotFoundError(f"Call {head.id} has no turn {number}; {there}.")


def _changed(session: Session, scenario: Scenario, grader: BehaviourGrader) -> tuple[str, ...]:
    head = session.head
    then = {**head.versions, "grader": head.grader}
    now = {**rule_versions(scenario), "grader": grader.name}
    return tuple(name for name, version in now.items() if then.get(name) != version)


def _reply_to(session: Session, number: int) -> str | None:
    """What the customer really said after a turn, as far as it was saved."""
    following = next((turn.customer.text for turn in session.turns if turn.index == number + 1), None)
    is_last = bool(session.turns) and session.turns[-1].index == number
    return session.closing if is_last else following


def _mood_after(turn: Turn | None) -> Mood | None:
    return turn.reaction.mood if turn and turn.reaction else None


def _causes_only_in(turn: Turn | None, other: Turn | None) -> tuple[Cause, ...]:
    """The causes of one turn that the other has not, or has less often; by event, since the words always differ."""
    left = Counter(cause.event for cause in _causes(other))
    only = []
    for cause in _causes(turn):
        if left[cause.event]:
            left[cause.event] -= 1
        else:
            only.append(cause)
    return tuple(only)


def _causes(turn: Turn | None) -> tuple[Cause, ...]:
    return turn.reaction.causes if turn and turn.reaction else ()
