"""How fast the desk shows much: two thousand calls in the list, and a call of fifteen minutes.

`python -m simulator.bench.desk`: a server in this process, asked over HTTP as a browser asks it.
"""

import json
import tempfile
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator.audio.files import Recording, encode_flac, read_audio
from simulator.bench.figures import median_s, save_figures
from simulator.coach.app import build_app
from simulator.coach.desk import Desk
from simulator.coach.guard import Door
from simulator.coach.server import running
from simulator.customer.caller import Caller
from simulator.grading.delivery import measure_delivery
from simulator.grading.rubric import assess
from simulator.grading.turn_sound import sound_of
from simulator.listening import utterances_in
from simulator.records import EndedBy, Ending, GradedSentence, Session, SessionHead, Transcript, Turn, Word
from simulator.scenarios import find_scenario
from simulator.settings import fixtures_dir
from simulator.store.database import Database
from simulator.store.sessions import Speaker, Store

_CALLS, _LONG_CALL_S, _REPEATS = 2000, 900.0, 9
_RECORDING = fixtures_dir() / "demo" / "7_two_ways.flac"
_LATE_BYTES = 20_000_000  # of the WAV file: the eleventh minute


def main() -> None:
    """Measure, print and save; medians of several requests."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Database(f"sqlite:///{Path(folder) / 'sessions.db'}"))
        long_call = _fill(desk.store)
        with running(build_app(desk, Door())) as port:
            figures = _measured(f"http://127.0.0.1:{port}", f"/sessions/{long_call}", f"/api/sessions/{long_call}")
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('desk', figures)}")


def _measured(home: str, page: str, api: str) -> dict[str, Any]:
    turns = iter(range(1, 1 + _REPEATS))
    late = {"Range": f"bytes={_LATE_BYTES}-{_LATE_BYTES + 100_000}"}
    return {
        "calls": _CALLS,
        "list_s": _asked(home + "/"),
        "list_searched_and_sorted_s": _asked(home + "/?search=refund&sort=total"),
        "progress_s": _asked(home + "/progress"),
        "class_s": _asked(home + "/class"),
        "call_of_s": _LONG_CALL_S,
        "replay_s": _asked(home + page),
        "drawing_s": _asked(home + api + "/drawing"),
        "sound_in_the_eleventh_minute_s": _asked(home + api + "/sound", late),
        "curves_of_a_turn_first_s": median_s(lambda: _get(f"{home}{api}/curves/{next(turns)}"), _REPEATS),
        "curves_of_a_turn_again_s": _asked(f"{home}{api}/curves/0"),
    }


def _asked(address: str, headers: dict[str, str] | None = None) -> float:
    return median_s(lambda: _get(address, headers), _REPEATS, warm_up=1)


def _get(address: str, headers: dict[str, str] | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {})) as answer:
        return bytes(answer.read())


def _fill(store: Store) -> str:
    """The id of a long call, among many without sound."""
    scenario = find_scenario("refund_outside_policy")
    caller = Caller(scenario, "hard", 1)
    turns = _long_turns(caller)
    for number in range(_CALLS):
        head = _head(number)
        store.begin(head, scenario)
        store.finish(Session(head, (), assess(turns[:3], scenario.case), Ending.GRUDGING, "Fine."))
    head = _head(_CALLS)
    store.begin(head, scenario)
    sound = {Speaker.CANDIDATE: encode_flac(read_audio(_RECORDING))}
    for turn in turns:
        store.save_heard(head.id, turn.index, turn.customer, sound)
        store.save_turn(head.id, turn)
    store.finish(Session(head, turns, assess(turns, scenario.case), Ending.GRUDGING, "Fine."))
    return head.id


def _head(number: int) -> SessionHead:
    day = f"2026-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}T12:00:00+00:00"
    names = {"rubric": "0"}
    return SessionHead(
        f"{number:08d}", day, "refund_outside_policy", "hard", 1, "sidecar", False, "none", names, "Ana"
    )


def _long_turns(caller: Caller) -> tuple[Turn, ...]:
    """Spoken turns of fifteen minutes: one recording again and again, with its true words."""
    sidecar = json.loads(_RECORDING.with_suffix(".json").read_text(encoding="utf-8"))
    words = tuple(Word(w["text"], w["start_s"], w["end_s"], 1.0) for w in sidecar["words"])
    transcript = Transcript(words, "sidecar", False)
    sound = sound_of(utterances_in(Recording(_RECORDING).frames()))
    sentences = tuple(GradedSentence(s["text"], s["start_s"], s["end_s"]) for s in sidecar["sentences"])
    delivery = measure_delivery(transcript, sound)
    first = Turn(0, caller.opening(), transcript, sentences, delivery, EndedBy.SILENCE)
    count = round(_LONG_CALL_S / read_audio(_RECORDING).duration_s)
    turns: list[Turn] = []
    for number in range(count):
        turn = replace(first, index=number)
        turns.append(replace(turn, reaction=caller.react(turn, turns)))
    return tuple(turns)


if __name__ == "__main__":
    main()
