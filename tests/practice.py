"""A browser's side of a call for tests: holds the socket, plays nothing, and answers as it is told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from simulator.coach.app import build_app
from simulator.coach.calls import Calls
from simulator.coach.desk import Desk
from simulator.coach.equipment import Equipment
from simulator.coach.guard import TOKEN_HEADER, Door
from simulator.coach.line import FRAME_BYTES
from simulator.records import Audio, Samples, Word
from tests.sounds import silence
from tests.word_grader import GRADER

HOME = "http://127.0.0.1:8765"


class Deaf:
    """Writes down the same words whatever is said: a recogniser takes seconds for them."""

    name, rough, notice = "deaf", False, "Only for tests."
    heard: list[Audio]

    def __init__(self, text: str = "I am sorry that your machine leaks") -> None:
        self._text, self.heard = text, []

    def transcribe(self, audio: Audio) -> tuple[Word, ...]:
        self.heard.append(audio)
        return tuple(Word(word, i * 0.2, i * 0.2 + 0.2) for i, word in enumerate(self._text.split()))

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def desk_with_calls(**settings: Any) -> Iterator[tuple[TestClient, Calls]]:
    """A desk whose calls are graded by rules and written down by `Deaf`."""
    transcriber = settings.pop("transcriber", None) or Deaf()
    desk = Desk()
    calls = Calls(desk.store, Equipment(GRADER, lambda: transcriber), **settings)
    app = build_app(desk, Door(token="token"), calls)
    with TestClient(app, base_url=HOME, headers={TOKEN_HEADER: "token"}) as client:
        yield client, calls


def begin(client: TestClient, **wish: Any) -> str:
    """The id of a new call."""
    answer = client.post("/api/calls", json={"seed": 4, **wish})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["call"])


@contextmanager
def on_the_line(client: TestClient, call: str, seen: int = 0) -> Iterator["Page"]:
    """The page of a call."""
    headers = {"origin": HOME, "host": HOME.removeprefix("http://")}
    with client.websocket_connect(f"/api/calls/{call}/line?seen={seen}", headers=headers) as socket:
        yield Page(socket, seen)


@dataclass
class Page:
    """What a page does with what it is sent; `answer` is asked whenever the customer waits for one."""

    socket: WebSocketTestSession
    seen: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)

    def say(self, kind: str, **fields: Any) -> None:
        self.socket.send_text(json.dumps({"type": kind, **fields}))

    def speak(self, samples: Samples) -> None:
        """Send a sound as the microphone would, faster than it."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        for start in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
            self.socket.send_bytes(pcm[start : start + FRAME_BYTES])

    def speak_and_wait(self, samples: Samples) -> None:
        """Speak, and be silent until the answer ends."""
        self.speak(np.concatenate([samples, silence(1.3)]))

    def until(self, wanted: Callable[[dict[str, Any]], bool], *, plays: bool = True) -> dict[str, Any]:
        """Read on until a message is the wanted one; sounds are played in no time."""
        while True:
            raw = self.socket.receive()
            if raw["type"] == "websocket.close":
                raise AssertionError(f"closed: {raw}; the last: {self.messages[-3:]}")
            if raw.get("bytes") is not None:
                self.sounds.append(raw["bytes"])
                self.seen = int.from_bytes(raw["bytes"][:4], "little")
                if plays:
                    self.say("played", number=self.seen)
                continue
            message: dict[str, Any] = json.loads(raw["text"])
            self.seen = message.get("number", self.seen)
            self.messages.append(message)
            if wanted(message):
                return message

    def until_type(self, kind: str, **options: Any) -> dict[str, Any]:
        return self.until(lambda message: message["type"] == kind, **options)

    def until_state(self, state: str, **options: Any) -> dict[str, Any]:
        return self.until(lambda message: message.get("state") == state, **options)
