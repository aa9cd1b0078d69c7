"""How many candidates one server bears: many calls at once over real sockets, in fast replay. Saves its figures.

In fast replay nobody plays the customer's lines, and answers are sent as fast as the socket takes them, so that all
candidates wait for the server all the time. In real calls somebody talks for most of it: what the server gets through
in a second, times the length of a turn, is the number of real calls that it bears.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from simulator.audio.files import read_audio
from simulator.bench.figures import save_figures
from simulator.coach.app import build_app
from simulator.coach.calls import Calls, Wish
from simulator.coach.desk import Desk
from simulator.coach.equipment import Equipment
from simulator.coach.guard import Door
from simulator.coach.line import FRAME_BYTES
from simulator.coach.server import running
from simulator.records import SAMPLE_RATE_HZ
from simulator.settings import DATA_DIR_VARIABLE, fixtures_dir
from simulator.store.sessions import Store

_ANSWERS = ("5_asks_when", "4_asks_fault", "2_makes_good")
_SILENCE_S = 1.5  # after an answer, so that it ends
_ROOM = 5e-4  # loudness of a quiet room; a microphone is never wholly silent
_LONGEST_S = 900.0
_MIXTURE = (20, 10)  # typed and spoken
_ALONE = 6  # of one kind, to find what the server gets through
_START_S = 30.0


@dataclass
class Candidate:
    """One candidate of the crowd: what they sent, what came back, and how long each answer took, in seconds."""

    call: str
    spoken: bool
    answers: int = 0
    session: str = ""
    waits_s: list[float] = field(default_factory=list)
    customer_s: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Crowd:
    """What became of a crowd."""

    candidates: tuple[Candidate, ...]
    lost: int
    seconds: float

    @property
    def turns_per_second(self) -> float:
        """How many answers were heard, graded and answered in a second."""
        return sum(candidate.answers for candidate in self.candidates) / self.seconds

    def figures(self) -> dict[str, Any]:
        """The figures to keep."""
        waits = sorted(wait for candidate in self.candidates for wait in candidate.waits_s)
        return {
            "typed": sum(not candidate.spoken for candidate in self.candidates),
            "spoken": sum(candidate.spoken for candidate in self.candidates),
            "answers": sum(candidate.answers for candidate in self.candidates),
            "lost": self.lost,
            "seconds": round(self.seconds, 1),
            "turns_per_second": round(self.turns_per_second, 2),
            "wait_median_s": round(statistics.median(waits), 2),
            "wait_longest_s": round(waits[-1], 2),
        }


def main() -> None:
    """Measure, print and save."""
    with tempfile.TemporaryDirectory(prefix="calmline-load-") as folder:
        os.environ[DATA_DIR_VARIABLE] = folder
        with serving(most=sum(_MIXTURE)) as (calls, port):
            hold_many(calls, port, typed=1, spoken=1)  # loads the models
            typed, spoken = hold_many(calls, port, typed=_ALONE), hold_many(calls, port, spoken=_ALONE)
            both = hold_many(calls, port, typed=_MIXTURE[0], spoken=_MIXTURE[1])
            figures = {
                "transcriber": calls.equipment.transcriber().name,
                "at_once": both.figures(),
                "typed_alone": typed.figures(),
                "spoken_alone": spoken.figures(),
                "limit": _limit(typed, spoken),
            }
    print(json.dumps(figures, indent=2))
    print(f"Saved in {save_figures('practice_load', figures)}")


def _limit(typed: Crowd, spoken: Crowd) -> dict[str, float]:
    """How many real calls the server bears of either kind: it gets through as many turns as they have."""
    lengths = [s for crowd in (typed, spoken) for candidate in crowd.candidates for s in candidate.customer_s]
    answers = [read_audio(_recording(name)).duration_s for name in _ANSWERS]
    turn_s = statistics.mean(lengths) + statistics.mean(answers) + 1.0
    return {
        "turn_s": round(turn_s, 1),
        "typed_calls": round(typed.turns_per_second * turn_s),
        "spoken_calls": round(spoken.turns_per_second * turn_s),
    }


@contextmanager
def serving(most: int) -> Iterator[tuple[Calls, int]]:
    """A server in this process; gives its calls and its port."""
    desk = Desk()
    calls = Calls(desk.store, Equipment(desk.grader), most=most)
    with running(build_app(desk, Door(), calls)) as port:
        yield calls, port


def hold_many(calls: Calls, port: int, *, typed: int = 0, spoken: int = 0) -> Crowd:
    """Let a crowd hold its calls at once; counts the answers that are missing from the saved calls."""
    candidates = [
        Candidate(calls.begin(_wish(number, typed=number < typed)).id, spoken=number >= typed)
        for number in range(typed + spoken)
    ]
    began = time.perf_counter()
    asyncio.run(_hold_all(candidates, port))
    seconds = time.perf_counter() - began
    store = Store()
    lost = sum(candidate.answers - len(store.load(candidate.session)[0].turns) for candidate in candidates)
    return Crowd(tuple(candidates), lost, seconds)


def _wish(number: int, *, typed: bool) -> Wish:
    return Wish("refund_outside_policy", "easy", seed=number, candidate=f"Candidate {number}", typed=typed)


async def _hold_all(candidates: list[Candidate], port: int) -> None:
    async with asyncio.timeout(_LONGEST_S):
        await asyncio.gather(*(_hold(candidate, port) for candidate in candidates))


async def _hold(candidate: Candidate, port: int) -> None:
    """One call: an answer whenever the customer waits for one, then the end."""
    from websockets.asyncio.client import connect
    from websockets.typing import Origin

    address, origin = f"ws://127.0.0.1:{port}/api/calls/{candidate.call}/line", Origin(f"http://127.0.0.1:{port}")
    sent_at: float | None = None
    async with connect(address, origin=origin, max_size=None) as socket:
        async for message in socket:
            if isinstance(message, bytes):
                candidate.customer_s.append((len(message) - 5) / 2 / SAMPLE_RATE_HZ)
                await socket.send(json.dumps({"type": "played", "number": int.from_bytes(message[:4], "little")}))
                continue
            told = json.loads(message)
            if told["type"] == "broke_off":
                raise RuntimeError(told["text"])
            if told["type"] == "ended":
                candidate.session = told["session"]
            if told["type"] == "line" and sent_at is not None:
                candidate.waits_s.append(time.perf_counter() - sent_at)
                sent_at = None
            if told.get("state") == "listening" and sent_at is None:
                if candidate.answers == len(_ANSWERS):
                    await socket.send(json.dumps({"type": "end"}))
                    continue
                for part in _answer(_ANSWERS[candidate.answers], spoken=candidate.spoken):
                    await socket.send(part)
                candidate.answers += 1
                sent_at = time.perf_counter()


@cache
def _answer(name: str, *, spoken: bool) -> tuple[str | bytes, ...]:
    """An answer as messages: its words, or its frames with the silence that ends it."""
    if not spoken:
        text = json.loads(_recording(name).with_suffix(".json").read_text(encoding="utf-8"))["text"]
        return (json.dumps({"type": "say", "text": text}),)
    room = np.random.default_rng(1).normal(0, _ROOM, round(_SILENCE_S * SAMPLE_RATE_HZ))
    samples = np.concatenate([read_audio(_recording(name)).samples, room])
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    return tuple(pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES))


def _recording(name: str) -> Path:
    return fixtures_dir() / "demo" / f"{name}.flac"


if __name__ == "__main__":
    main()
