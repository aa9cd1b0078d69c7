"""One typed answer in a call: felt and answered by the customer. Hears nothing, so delivery is not measured."""

from collections.abc import Sequence
from dataclasses import replace

from simulator.customer.caller import Caller
from simulator.grading.delivery import measure_delivery
from simulator.records import CustomerLine, EndedBy, GradedSentence, Transcript, Turn


def typed_turn(
    caller: Caller,
    before: Sequence[Turn],
    line: CustomerLine,
    transcript: Transcript,
    sentences: tuple[GradedSentence, ...],
) -> tuple[Turn, CustomerLine]:
    """The graded answer to a line with its reaction, and what the customer says to it.

    `before` holds the turns so far. A transcript without words is silence.
    """
    turn = Turn(
        index=len(before),
        customer=line,
        transcript=transcript,
        sentences=sentences,
        delivery=measure_delivery(transcript, None),
        ended_by=EndedBy.END_OF_INPUT if transcript.words else EndedBy.NOBODY_SPOKE,
    )
    turn = replace(turn, reaction=caller.react(turn, before))
    return turn, caller.answer(turn, before)
