"""What coaches corrected, as turns of the corpus that the grader learns from. Reads no store and writes no file."""

from collections.abc import Iterable, Iterator

from simulator.records import GradedSentence, Session, Turn
from simulator.review import Reading
from simulator.scenarios import Scenario
from simulator.training.corpus import UNKNOWN, CorpusTurn, Pack, Sentence

_PACKS: dict[str, Pack] = {
    "contact centre": "contact_centre",
    "retail": "retail",
    "hospitality": "hospitality",
    "saas and technical support": "saas",
    "remote": "remote",
}


def corrected_corpus(session: Session, scenario: Scenario, readings: Iterable[Reading]) -> list[CorpusTurn]:
    """The turns in which a coach changed a sentence; all turns, where they heard the whole call.

    In a turn that was changed, a sentence that was not touched keeps the labels of the program. Sentences that the
    recogniser doubted and no coach understood are left out. Where coaches differ, the turn comes once for each.
    """
    turns: list[CorpusTurn] = []
    of_coaches = list(readings)
    for number, original in enumerate(session.turns):
        heard = [r.turns[number] for r in of_coaches if r.complete or r.turns[number] != original]
        turns += _as_corpus(original, heard, session.head.id, scenario)
    return turns


def _as_corpus(original: Turn, heard: Iterable[Turn], session_id: str, scenario: Scenario) -> Iterator[CorpusTurn]:
    hearings = dict.fromkeys(tuple(_sentences(turn.sentences)) for turn in heard)
    hearings.pop((), None)
    for number, sentences in enumerate(hearings, start=1):
        yield CorpusTurn(
            id=f"{session_id}-{original.index}" + (f"-{number}" if number > 1 else ""),
            pack=_PACKS.get(scenario.pack.lower(), UNKNOWN),
            grievance=scenario.grievance.summary,
            english=UNKNOWN,
            speaker=UNKNOWN,
            customer=original.customer.text,
            sentences=sentences,
        )


def _sentences(graded: Iterable[GradedSentence]) -> Iterator[Sentence]:
    for sentence in graded:
        if not sentence.doubted and sentence.text.strip():
            yield Sentence(text=sentence.text, labels=tuple(sorted(sentence.behaviours)))
