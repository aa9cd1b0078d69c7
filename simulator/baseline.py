"""A person's ordinary voice, measured from some talk: at the microphone or in a recording."""

from collections.abc import Generator, Iterable
from pathlib import Path

from simulator.audio.endpointing import RECORDED
from simulator.audio.files import Recording
from simulator.audio.vad import VoiceDetector
from simulator.errors import AudioError, DeviceError
from simulator.grading.acoustics import acoustics_of
from simulator.grading.voice_profile import ProfileMeter
from simulator.listening import Level, listen, utterances_in
from simulator.records import FRAME_S, Samples, Utterance, VoiceProfile

ORDINARY_TALK_S = 20.0
_LONGEST_WAIT_S = 60.0
_LEAST_TALK_S = 5.0


def record_baseline(frames: Iterable[Samples]) -> Generator[Level, None, VoiceProfile]:
    """Listen until there were twenty seconds of talk, or a minute is over; gives levels, and the voice at the end.

    Raises:
        DeviceError: too little was said to tell a voice by.
    """
    meter, talk_s = ProfileMeter(), 0.0
    for heard in listen(_limited(frames), VoiceDetector(), RECORDED):
        if isinstance(heard, Level):
            yield heard
            continue
        _add(meter, heard)
        talk_s += sum(span.duration_s for span in heard.speech)
        if talk_s >= ORDINARY_TALK_S:
            break
    profile = meter.profile()
    if profile is None or talk_s < _LEAST_TALK_S:
        raise DeviceError(
            f"Only {talk_s:.0f} s of talk were heard; {ORDINARY_TALK_S:.0f} s were expected.",
            advice="Look at the microphone with `simulator doctor`, then try again and keep talking.",
        )
    return profile


def baseline_in(path: Path) -> VoiceProfile:
    """The voice of a recording.

    Raises:
        AudioError: it cannot be read, or holds too little voice.
    """
    meter = ProfileMeter()
    for heard in utterances_in(Recording(path).frames()):
        _add(meter, heard)
    profile = meter.profile()
    if profile is None:
        raise AudioError(
            f"{path} holds too little voice for a baseline.", advice="Give some seconds of ordinary talk."
        )
    return profile


def _add(meter: ProfileMeter, heard: Utterance) -> None:
    if heard.speech:
        meter.add(acoustics_of(heard.audio), heard.start_s, heard.speech)


def _limited(frames: Iterable[Samples]) -> Iterable[Samples]:
    for number, frame in enumerate(frames):
        if number * FRAME_S >= _LONGEST_WAIT_S:
            return
        yield frame
