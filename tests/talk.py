"""Short ways to write calls for tests of rules: a sentence is its text with its labels."""

from simulator.grading.delivery import measure_delivery
from simulator.records import (
    Behaviour,
    CustomerLine,
    EndedBy,
    GradedSentence,
    Label,
    Mood,
    Reaction,
    Transcript,
    Turn,
)

B = Behaviour


def says(text: str = "So.", *labels: Behaviour, probability: float = 1.0, **case: object) -> GradedSentence:
    """A graded sentence; `case` sets specific, facts, re_asked, options and over_promises."""
    found = tuple(Label(label, probability) for label in labels)
    return GradedSentence(text=text, labels=found, **case)  # type: ignore[arg-type]


def turn(
    index: int,
    *sentences: GradedSentence,
    customer: str = "It leaks!",
    told: tuple[str, ...] = (),
    anger: float | None = None,
) -> Turn:
    """A turn of typed words; `anger` is the customer's after it."""
    transcript = Transcript.typed(" ".join(sentence.text for sentence in sentences))
    return Turn(
        index=index,
        customer=CustomerLine(customer, "given", told),
        transcript=transcript,
        sentences=sentences,
        delivery=measure_delivery(transcript, None),
        ended_by=EndedBy.END_OF_INPUT if sentences else EndedBy.NOBODY_SPOKE,
        reaction=None if anger is None else Reaction(Mood(anger=anger), ()),
    )
