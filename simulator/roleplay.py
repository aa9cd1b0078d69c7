"""The one loop of a call. Each step takes the last step's result and never calls back.

    customer ─line─► voice ─audio─► loudspeaker
        ▲                               │
     reaction ◄─ grading ◄─ words ◄─ listening

Parts arrive as arguments. What happens is given out as events, for whoever shows them; each result is
saved before the next sound is played.
"""

import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from simulator import __version__
from simulator.audio.files import encode_flac
from simulator.candidates import Answer, Candidate
from simulator.customer.caller import Caller
from simulator.customer.events import facts_told
from simulator.customer.mood import mood_rules
from simulator.errors import CalmlineError, DeviceError, VoiceError
from simulator.grading.delivery import measure_delivery
from simulator.grading.matching import CaseReader
from simulator.grading.rubric import assess
from simulator.grading.rubric_rules import rubric_rules
from simulator.grading.turn_sound import sound_of
from simulator.grading.turns import Grader, grade_turn
from simulator.grading.voice_profile import ENOUGH_VOICE_S, joined_profiles
from simulator.listening import Level
from simulator.records import (
    Audio,
    CustomerLine,
    Ending,
    Mood,
    Session,
    SessionHead,
    Transcript,
    Turn,
    VoiceProfile,
    Word,
)
from simulator.scenarios import Scenario
from simulator.store.sessions import Speaker, Store
from simulator.transcription import Transcriber
from simulator.voice import Voice


@dataclass(frozen=True)
class Parts:
    """Everything a call is made of.

    Without `voice` the customer writes; without `play` nothing sounds. `baseline` is the candidate's ordinary voice,
    `candidate_name` what they go by, or empty.
    """

    caller: Caller
    candidate: Candidate
    grader: Grader
    case: CaseReader
    store: Store
    transcriber: Transcriber | None = None
    voice: Voice | None = None
    play: Callable[[Audio], None] | None = None
    baseline: VoiceProfile | None = None
    candidate_name: str = ""


@dataclass(frozen=True)
class Notice:
    """Something the person should know, in one sentence."""

    text: str


@dataclass(frozen=True)
class CustomerSpeaks:
    """The customer says a line, in a mood."""

    line: CustomerLine
    mood: Mood


@dataclass(frozen=True)
class Listening:
    """The candidate may speak now."""


@dataclass(frozen=True)
class Thinking:
    """The answer is safe and is being written down and graded."""


@dataclass(frozen=True)
class Graded:
    """A turn with its reaction; `mood` is the mood before it, `voice` what the voice was like, where it was heard."""

    turn: Turn
    mood: Mood
    voice: VoiceProfile | None = None


@dataclass(frozen=True)
class Ended:
    """The call is over and saved."""

    session: Session


CallEvent = Notice | CustomerSpeaks | Listening | Level | Thinking | Graded | Ended


def begin_session(parts: Parts) -> SessionHead:
    """The head of a new session, with every version that its grades rest on."""
    scenario, transcriber = parts.caller.scenario, parts.transcriber
    started = datetime.now(UTC)
    return SessionHead(
        id=f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
        started_at=started.isoformat(timespec="seconds"),
        scenario=scenario.id,
        difficulty=parts.caller.difficulty,
        seed=parts.caller.seed,
        transcriber=transcriber.name if transcriber else "typed",
        rough=bool(transcriber and transcriber.rough),
        grader=parts.grader.name,
        versions={"calmline": __version__, **rule_versions(scenario)},
        candidate=parts.candidate_name,
    )


def rule_versions(scenario: Scenario) -> dict[str, str]:
    """Today's versions of everything that decides what a call becomes."""
    return {
        "scenario": str(scenario.version),
        "rubric": str(rubric_rules().version),
        "mood": str(mood_rules().version),
    }


def hold_call(parts: Parts) -> Generator[CallEvent, None, None]:
    """Hold one call from the customer's first line to the scorecard.

    An interrupt (Ctrl-C) or a lost device ends the call cleanly, with its report.

    Raises:
        DeviceError: a device was lost; after the session has been saved and `Ended` given.
        StoreError: nothing more can be saved; what was saved before is safe.
    """
    head = begin_session(parts)
    parts.store.begin(head, parts.caller.scenario)
    call = _CallSoFar(head)
    failure: CalmlineError | None = None
    try:
        yield from _talk(parts, call)
    except KeyboardInterrupt:
        yield Notice("You ended the call.")
    except DeviceError as error:
        failure = error
    ending = call.ending or Ending.UNRESOLVED
    turns = tuple(call.turns)
    assessment = assess(turns, parts.case.case, call.closing)
    session = Session(head, turns, assessment, ending, call.closing)
    parts.store.finish(session)
    yield Ended(session)
    if failure:
        raise failure


@dataclass
class _CallSoFar:
    head: SessionHead
    turns: list[Turn] = field(default_factory=list)
    voices: list[VoiceProfile] = field(default_factory=list)
    ending: Ending | None = None
    closing: str | None = None


def _talk(parts: Parts, call: _CallSoFar) -> Iterator[CallEvent]:
    line, mood = parts.caller.opening(), parts.caller.start
    while True:
        said = yield from _say(parts, line, mood)
        if call.ending:
            return
        answer = yield from _hear(parts.candidate)
        if answer is None:
            return
        _keep(parts.store, call, line, said, answer)
        if answer.notice:
            yield Notice(answer.notice)
        yield Thinking()
        turn, voice = _grade(parts, call, line, said, answer)
        parts.store.save_turn(call.head.id, turn)
        yield Graded(turn, mood, voice)
        if voice and is_ordinary(turn):
            call.voices.append(voice)
        next_line = parts.caller.answer(turn, call.turns)
        call.turns.append(turn)
        if turn.reaction is None:
            raise AssertionError("a graded turn has its reaction")
        mood, line = turn.reaction.mood, next_line
        if turn.reaction.ending:
            call.ending, call.closing = turn.reaction.ending, next_line.text


def _say(parts: Parts, line: CustomerLine, mood: Mood) -> Generator[CallEvent, None, Audio | None]:
    """Speak a line; gives back its sound, if there is a voice."""
    sound = None
    if parts.voice:
        try:
            sound = parts.voice.render(line.text, mood.anger)
        except VoiceError as error:
            yield Notice(str(error))
    yield CustomerSpeaks(line, mood)
    if sound and parts.play:
        parts.play(sound)
    return sound


def _hear(candidate: Candidate) -> Generator[CallEvent, None, Answer | None]:
    """Hear one answer; gives it back, or None when there are no more."""
    yield Listening()
    for heard in candidate.answer():
        if isinstance(heard, Answer):
            return heard
        yield heard
    return None


def _keep(store: Store, call: _CallSoFar, line: CustomerLine, said: Audio | None, answer: Answer) -> None:
    sounds = {Speaker.CUSTOMER: said, Speaker.CANDIDATE: answer.audio}
    flacs = {speaker: encode_flac(audio) for speaker, audio in sounds.items() if audio is not None}
    store.save_heard(call.head.id, len(call.turns), line, flacs)


def _grade(
    parts: Parts, call: _CallSoFar, line: CustomerLine, said: Audio | None, answer: Answer
) -> tuple[Turn, VoiceProfile | None]:
    """The graded answer with its reaction, and what the voice was like."""
    before = call.turns
    told = facts_told(before, line)
    transcript = transcribe_answer(answer, parts.transcriber)
    sound = None if answer.text is not None else sound_of(answer.utterances)
    turn = Turn(
        index=len(before),
        customer=line,
        transcript=transcript,
        sentences=grade_turn(transcript, line.text, told, parts.case, parts.grader),
        delivery=measure_delivery(
            transcript,
            sound,
            response_gap_s=answer.response_gap_s,
            customer_s=said.duration_s if said else None,
            baseline=parts.baseline or _first_voice(call.voices),
        ),
        ended_by=answer.ended_by,
    )
    return replace(turn, reaction=parts.caller.react(turn, before)), sound.voice if sound else None


def is_ordinary(turn: Turn) -> bool:
    """Whether the voice of a turn may stand for the candidate's ordinary one."""
    voice = turn.delivery.voice
    return voice is not None and voice.raised is not None and not {"raised", "quiet"} & set(voice.verdict.split(", "))


def _first_voice(voices: Sequence[VoiceProfile]) -> VoiceProfile | None:
    """The candidate's voice in the first turns of the call, as soon as there is enough to be a baseline."""
    heard_s = 0.0
    for number, voice in enumerate(voices, 1):
        heard_s += voice.voiced_s
        if heard_s >= ENOUGH_VOICE_S:
            return joined_profiles(voices[:number])
    return None


def transcribe_answer(answer: Answer, transcriber: Transcriber | None) -> Transcript:
    """The words of an answer, with times in the seconds of its input."""
    if answer.text is not None or transcriber is None:
        return Transcript.typed(answer.text or "")
    words = tuple(
        word for u in answer.utterances if u.speech for word in shifted(transcriber.transcribe(u.audio), u.start_s)
    )
    return Transcript(words, transcriber.name, transcriber.rough)


def shifted(words: tuple[Word, ...], by_s: float) -> Iterator[Word]:
    """Words that begin later by some seconds."""
    for word in words:
        if word.start_s is None or word.end_s is None:
            yield word
        else:
            yield replace(word, start_s=round(word.start_s + by_s, 3), end_s=round(word.end_s + by_s, 3))
