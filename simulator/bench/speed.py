"""How fast the program is: commands from a cold start, and each stage of a turn. `make bench`."""

import json
import subprocess
import sys
from typing import Any

from simulator.audio.files import Recording, read_audio
from simulator.audio.vad import VoiceDetector
from simulator.bench.figures import median_s, save_figures
from simulator.customer.caller import Caller
from simulator.grading.loading import TrainedGrader
from simulator.grading.matching import CaseReader
from simulator.grading.turns import grade_turn
from simulator.records import Transcript
from simulator.scenarios import find_scenario
from simulator.settings import fixtures_dir
from simulator.transcription.sphinx import SphinxTranscriber
from simulator.voice import Voice

_REPEATS = 7
_COMMANDS = (("--help",), ("scenarios",), ("sessions",), ("models",))
_REPLY = "I'm so sorry. Two trips to the shop for nothing. What is the number on the receipt?"


def main() -> None:
    """Measure, print and save; medians of several runs."""
    figures: dict[str, Any] = {
        "start_s": {" ".join(c): median_s(lambda c=c: _run(*c), _REPEATS) for c in _COMMANDS},  # type: ignore[misc]
        "stages": _stages(),
    }
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('speed', figures)}")


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, capture_output=True)


def _stages() -> dict[str, float]:
    scenario = find_scenario("refund_outside_policy")
    path = fixtures_dir() / "demo" / "2_makes_good.flac"
    audio, frames = read_audio(path), list(Recording(path).frames())
    detector, sphinx, voice = VoiceDetector(), SphinxTranscriber(), Voice(scenario.customer.voice)
    grader, words = TrainedGrader(), Transcript.typed(_REPLY)
    case = CaseReader(scenario.case, grader)
    opening = Caller(scenario, "medium", 1).opening().text
    voice.render(opening, 75)  # the first line also starts the engine
    return {
        "voice_detector_ms_per_frame": 1000
        * median_s(lambda: [detector.probability(f) for f in frames], _REPEATS)
        / len(frames),
        "pocketsphinx_real_time_factor": median_s(lambda: sphinx.transcribe(audio), _REPEATS) / audio.duration_s,
        "grading_a_turn_ms": 1000 * median_s(lambda: grade_turn(words, opening, set(), case, grader), _REPEATS),
        "rendering_a_line_ms": 1000 * median_s(lambda: voice.render(opening, 75), _REPEATS),
    }


if __name__ == "__main__":
    main()
