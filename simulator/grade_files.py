"""Grading what was recorded or written elsewhere: one file becomes a session of one turn or more.

A recording is streamed utterance by utterance, so that three hours cost no more memory than a minute.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from simulator.audio.files import Recording
from simulator.cases import Case
from simulator.errors import TranscriptError
from simulator.grading.delivery import measure_delivery
from simulator.grading.matching import CaseReader
from simulator.grading.rubric import assess
from simulator.grading.turn_sound import SHORTEST_PAUSE_S, SoundMeter, closed
from simulator.grading.turns import Grader, grade_turn
from simulator.listening import utterances_in
from simulator.records import (
    CustomerLine,
    Delivery,
    EndedBy,
    Session,
    SessionHead,
    Span,
    Transcript,
    Turn,
    VoiceProfile,
    Word,
)
from simulator.roleplay import shifted
from simulator.scenarios import Scenario
from simulator.transcription import Transcriber

TRANSCRIPT_SUFFIXES = frozenset({".txt", ".md"})
_SPEAKER = re.compile(r"^\s*(customer|caller|client|you|agent|candidate|me)\s*:\s*", re.IGNORECASE)
_CUSTOMERS = frozenset({"customer", "caller", "client"})


@dataclass(frozen=True)
class Grading:
    """The graded file, and a sentence about what of it could not be read, or an empty one."""

    session: Session
    damage: str = ""


def grade_recording(
    path: Path,
    scenario: Scenario | None,
    transcriber: Transcriber,
    grader: Grader,
    baseline: VoiceProfile | None = None,
    customer: Path | None = None,
) -> Grading:
    """Grade a recording of any length as one turn.

    `baseline` is the speaker's ordinary voice, `customer` a recording of the other side, begun at the same moment.

    Raises:
        AudioError: there is no sound to be read.
    """
    recording = Recording(path)
    words: list[Word] = []
    meter = SoundMeter()
    for heard in utterances_in(recording.frames()):
        grader.prepare()  # loads while the first words are written down
        words += shifted(transcriber.transcribe(heard.audio), heard.start_s)
        meter.add(heard)
    transcript = Transcript(tuple(words), transcriber.name, transcriber.rough)
    other = _speech_in(customer) if customer else None
    delivery = measure_delivery(transcript, meter.result(), baseline=baseline, other=other)
    turn = _turn(0, "", transcript, delivery, CaseReader(_case(scenario), grader), grader)
    return Grading(_session(path, (turn,), scenario, transcript, grader), recording.damage)


def _speech_in(path: Path) -> list[Span]:
    """Where somebody speaks in a recording."""
    heard = utterances_in(Recording(path).frames())
    return closed([span for utterance in heard for span in utterance.speech], SHORTEST_PAUSE_S)


def grade_transcript(path: Path, scenario: Scenario | None, grader: Grader) -> Grading:
    """Grade written words: plain text is one turn; lines that begin `Customer:` and `You:` make a call.

    Raises:
        TranscriptError: it cannot be read or holds no words of the candidate.
    """
    case = CaseReader(_case(scenario), grader)
    turns = tuple(
        _typed_turn(number, customer, said, case, grader)
        for number, (customer, said) in enumerate(_exchanges(_read_text(path)))
    )
    if not turns:
        raise TranscriptError(
            f"{path} holds no words of the candidate.",
            advice="Write what was said, or lines that begin with `Customer:` and `You:`.",
        )
    return Grading(_session(path, turns, scenario, turns[0].transcript, grader))


def _case(scenario: Scenario | None) -> Case:
    return scenario.case if scenario else Case()


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TranscriptError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TranscriptError(f"{path} is not a text in UTF-8 (byte {error.start}).") from error


def _exchanges(text: str) -> list[tuple[str, str]]:
    """Pairs of the customer's line and the candidate's answer to it."""
    pairs: list[tuple[str, str]] = []
    speaker, customer, said = "you", [], []  # type: str, list[str], list[str]
    for line in text.splitlines():
        if match := _SPEAKER.match(line):
            now = match[1].lower()
            if now in _CUSTOMERS and said:
                pairs.append((" ".join(customer), " ".join(said)))
                customer, said = [], []
            speaker, line = now, line[match.end() :]  # noqa: PLW2901 - the rest of the same line
        (customer if speaker in _CUSTOMERS else said).append(line.strip())
    if any(said):
        pairs.append((" ".join(customer), " ".join(said)))
    return [(customer.strip(), said.strip()) for customer, said in pairs if said.strip()]


def _typed_turn(number: int, customer: str, said: str, case: CaseReader, grader: Grader) -> Turn:
    transcript = Transcript.typed(said)
    return _turn(number, customer, transcript, measure_delivery(transcript, None), case, grader)


def _turn(
    number: int, customer: str, transcript: Transcript, delivery: Delivery, case: CaseReader, grader: Grader
) -> Turn:
    return Turn(
        index=number,
        customer=CustomerLine(customer, "given"),
        transcript=transcript,
        sentences=grade_turn(transcript, customer, frozenset(), case, grader),
        delivery=delivery,
        ended_by=EndedBy.END_OF_INPUT if transcript.words else EndedBy.NOBODY_SPOKE,
    )


def _session(
    path: Path, turns: tuple[Turn, ...], scenario: Scenario | None, transcript: Transcript, grader: Grader
) -> Session:
    head = SessionHead(
        id=path.name,
        started_at="",
        scenario=scenario.id if scenario else "",
        difficulty="",
        seed=0,
        transcriber=transcript.transcriber,
        rough=transcript.rough,
        grader=grader.name,
        versions={},
    )
    return Session(head, turns, assess(turns, _case(scenario)), ending=None)
