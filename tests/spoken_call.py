"""A call as it is saved after speaking: the demo's recordings through the real loop, with their true words and times.

The words come from the sidecars of the recordings, because a recogniser takes half a minute for them.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from simulator.audio.vad import VoiceDetector
from simulator.candidates import RecordedCandidate
from simulator.customer.caller import Caller
from simulator.grading.matching import CaseReader
from simulator.records import Audio, Session, Word
from simulator.roleplay import Ended, Parts, hold_call
from simulator.scenarios import find_scenario
from simulator.settings import fixtures_dir
from simulator.store.sessions import Store
from simulator.voice import Voice
from tests.word_grader import GRADER


class SidecarTranscriber:
    """Gives the words that stand beside the recordings, one recording after the other."""

    name, rough = "sidecar", False

    def __init__(self, paths: Sequence[Path]) -> None:
        self._sidecars = iter([json.loads(path.with_suffix(".json").read_text()) for path in paths])

    def transcribe(self, audio: Audio) -> tuple[Word, ...]:
        return tuple(Word(w["text"], w["start_s"], w["end_s"], 1.0) for w in next(self._sidecars)["words"])


def spoken_call(store: Store, seed: int = 7, turns: int = 8) -> Session:
    """The demo's call, saved."""
    scenario = find_scenario("refund_outside_policy")
    paths = sorted((fixtures_dir() / "demo").glob("*.flac"))[:turns]
    parts = Parts(
        Caller(scenario, "medium", seed),
        RecordedCandidate(paths, VoiceDetector()),
        GRADER,
        CaseReader(scenario.case, GRADER),
        store,
        SidecarTranscriber(paths),
        Voice(scenario.customer.voice),
    )
    *_, ended = hold_call(parts)
    assert isinstance(ended, Ended)
    return ended.session
