"""The customer's voice is rendered, and anger is heard in it."""

import subprocess
import sys
import time

import numpy as np
import pytest

from simulator.errors import VoiceError
from simulator.scenarios import VoiceSpec
from simulator.voice import Voice, manner_of

SPEC = VoiceSpec(gender="female", variant="f3")
LINE = "I have been waiting for three weeks, and nobody calls me back."


def test_anger_speaks_faster_louder_and_higher() -> None:
    calm, furious = manner_of(SPEC, 0), manner_of(SPEC, 100)
    assert furious.rate_wpm > calm.rate_wpm
    assert furious.volume > calm.volume
    assert furious.pitch > calm.pitch


def test_a_line_becomes_sound_and_anger_shortens_it() -> None:
    calm, furious = Voice(SPEC).render(LINE, anger=0), Voice(SPEC).render(LINE, anger=100)
    assert 1.5 < furious.duration_s < calm.duration_s < 6
    assert np.sqrt(np.mean(furious.samples**2)) > np.sqrt(np.mean(calm.samples**2)) > 0.01


def test_many_lines_in_a_row_keep_their_length() -> None:
    voice = Voice(SPEC)
    first = voice.render(LINE, anger=30).duration_s
    for anger in (90, 30, 60, 30, 100, 30):
        length = voice.render(LINE, anger).duration_s
        if anger == 30:
            assert length == pytest.approx(first, abs=0.1)


def test_a_line_sounds_the_same_whenever_the_program_is_started() -> None:
    prints_its_sound = (
        "from simulator.voice import Voice; from tests.test_voice import LINE, SPEC; import zlib; "
        "print(zlib.crc32(Voice(SPEC).render(LINE, 50).samples.tobytes()))"
    )

    def sound_of_a_new_program() -> str:
        return subprocess.run(
            [sys.executable, "-c", prints_its_sound], capture_output=True, text=True, check=True
        ).stdout

    first = sound_of_a_new_program()
    time.sleep(1.1)  # the engine's own seed is the second of the clock
    assert sound_of_a_new_program() == first


def test_two_customers_have_two_voices() -> None:
    man = VoiceSpec(gender="male", variant="m3", pitch=30)
    assert Voice(man).render(LINE, 50).duration_s != Voice(SPEC).render(LINE, 50).duration_s


def test_the_driver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    Voice(SPEC).render("Hello.", anger=50)
    assert capfd.readouterr().out == ""


def test_an_engine_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator import voice

    engine = voice._SpeechEngine()
    monkeypatch.setattr(voice, "_START_TIMEOUT_S", 0.05)
    monkeypatch.setattr(voice, "_start_engine", object)  # the real one is busy in the program's own thread
    monkeypatch.setattr(voice, "_render", lambda *_: time.sleep(0.5))
    line = voice._Line("Hello.", SPEC, manner_of(SPEC, 50))
    with pytest.raises(VoiceError, match="did not answer"):
        engine.render(line)
    with pytest.raises(VoiceError, match="stopped answering"):
        engine.render(line)
