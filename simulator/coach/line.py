"""The line between one call and one browser: numbered messages out, frames and typed words in, and who holds it.

The call's thread sends and takes; the socket's side puts in and fetches. Knows nothing of sockets or of what is said.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from simulator.records import FRAME_SAMPLES, Audio, Samples

FRAME_BYTES = 2 * FRAME_SAMPLES
PATIENCE_S = 10.0  # how long a call waits for a browser that was lost
MOST_FRAMES = 1024  # 33 s: more than a decode takes
IDLE_S = 900.0  # in which nothing is said or typed: somebody went away and left the page open
_TICK_S = 0.25
_LOUDEST = 32767
_STEP = np.float32(1 / 32768)


@dataclass(frozen=True)
class Message:
    """One message to the browser: JSON, or the bytes of a sound."""

    number: int
    content: str | bytes


@dataclass(frozen=True)
class Typed:
    """A typed answer."""

    text: str


@dataclass(frozen=True)
class Played:
    """The browser has played a sound to its end."""


@dataclass(frozen=True)
class HungUp:
    """Nobody is there any more, or the call was ended; nothing comes after it."""


Taken: TypeAlias = "Samples | Typed | Played | HungUp | None"


@dataclass(eq=False)
class Connection:
    """One browser that holds the line; `wake` is called from any thread when there is something to fetch."""

    wake: Callable[[], None]


class Line:
    """The line of one call. Every method may be called from any thread."""

    def __init__(self, patience_s: float = PATIENCE_S, idle_s: float = IDLE_S) -> None:
        self._patience_s, self._idle_s = patience_s, idle_s
        self._changed = threading.Condition()
        self._sent: list[Message] = []
        self._sound: Message | None = None  # only the latest is kept: whoever comes back needs no other
        self._number = self._played = 0
        self._frames: deque[Samples] = deque()
        self._typed: str | None = None
        self._holder: Connection | None = None
        self._lost_at = self._touched_at = time.monotonic()
        self._open = self._paused = self._over = self._finished = False
        self.why = ""
        self.refused_frames = 0

    # --- the call's side ---

    def send(self, kind: str, **fields: Any) -> int:
        """Tell the browser something; gives the number of the message."""
        with self._changed:
            self._number += 1
            content = json.dumps({"number": self._number, "type": kind, **fields}, ensure_ascii=False)
            self._sent.append(Message(self._number, content))
            return self._announced()

    def send_sound(self, speaker: str, audio: Audio) -> int:
        """Let the browser play a sound; gives the number of the message, which comes back when it was played.

        The bytes are the number (4, little-endian), the speaker (1: customer or candidate) and 16-bit samples.
        """
        pcm = (np.clip(audio.samples, -1, 1) * _LOUDEST).astype("<i2").tobytes()
        with self._changed:
            self._number += 1
            head = self._number.to_bytes(4, "little") + (b"\x00" if speaker == "customer" else b"\x01")
            self._sound = Message(self._number, head + pcm)
            return self._announced()

    def open(self) -> None:
        """From now on an answer is awaited: frames and typed words are taken."""
        with self._changed:
            self._open = True

    def close(self) -> None:
        """No answer is awaited; what comes now is dropped."""
        with self._changed:
            self._open, self._typed = False, None
            self._frames.clear()

    def take(self, within_s: float | None = None, *, sound: int | None = None) -> Taken:
        """The next that comes in; None when nothing did in time. `sound` is the number of one that is being played.

        While the browser is away nothing comes in, so that what is heard has no gap and the answer does not end.
        """
        until = None if within_s is None else time.monotonic() + within_s
        with self._changed:
            while True:
                if self._typed is not None:
                    text, self._typed, self._open = self._typed, None, False
                    self._frames.clear()
                    return Typed(text)
                if sound is not None and self._played >= sound:
                    return Played()
                if self._frames and not self._paused:
                    return self._frames.popleft()
                if self._is_over():
                    return HungUp()
                left_s = _TICK_S if until is None else min(_TICK_S, until - time.monotonic())
                if left_s <= 0:
                    return None
                self._changed.wait(left_s)

    def finish(self) -> None:
        """Nothing more will be sent."""
        with self._changed:
            self._end("")
            self._finished = True
            if self._holder:
                self._holder.wake()

    @property
    def is_live(self) -> bool:
        """Whether a browser is there and the call is not paused."""
        with self._changed:
            return self._holder is not None and not self._paused

    @property
    def is_over(self) -> bool:
        """Whether the call is to end."""
        with self._changed:
            return self._is_over()

    @property
    def is_finished(self) -> bool:
        """Whether everything was sent that ever will be."""
        with self._changed:
            return self._finished

    # --- the browser's side ---

    def connect(self, wake: Callable[[], None]) -> Connection:
        """Hold the line; whoever held it is woken and finds that they do not any more."""
        with self._changed:
            former, self._holder = self._holder, Connection(wake)
            if former:
                former.wake()
            self._changed.notify_all()
            return self._holder

    def disconnect(self, connection: Connection) -> None:
        """The browser is gone; the call waits for it."""
        with self._changed:
            if self._holder is connection:
                self._holder, self._lost_at = None, time.monotonic()
                self._changed.notify_all()

    def is_held_by(self, connection: Connection) -> bool:
        """Whether nobody else has taken the call over."""
        with self._changed:
            return self._holder is connection

    def after(self, seen: int) -> list[Message]:
        """What a browser has not seen yet, in order."""
        with self._changed:
            missed = [message for message in self._sent if message.number > seen]
            if self._sound and self._sound.number > seen and self._sound.number > self._played:
                missed.append(self._sound)
            return sorted(missed, key=lambda message: message.number)

    def put_frame(self, pcm: bytes) -> None:
        """Take a frame of 512 samples of 16 bits; beyond what can be held it is refused and counted."""
        with self._changed:
            if not self._open or self._paused or self._over:
                return
            if len(self._frames) >= MOST_FRAMES:
                self.refused_frames += 1
                return
            self._frames.append(np.frombuffer(pcm, "<i2").astype(np.float32) * _STEP)
            self._changed.notify_all()

    def put_typed(self, text: str) -> bool:
        """Take a typed answer; False where none is awaited."""
        with self._changed:
            if not self._open or self._typed is not None or self._is_over():
                return False
            self._typed, self._paused = text, False
            self._touch()
            return True

    def put_played(self, number: int) -> None:
        """A sound has been played to its end."""
        with self._changed:
            if self._sound and number == self._sound.number:
                self._played = number
                self._touch()

    def pause(self, *, paused: bool) -> None:
        """Let the customer wait, or go on."""
        with self._changed:
            self._paused = paused
            self._touch()

    def hang_up(self, why: str = "") -> None:
        """End the call; what was said until now still counts."""
        with self._changed:
            self._end(why)

    # --- inside, with the lock held ---

    def _announced(self) -> int:
        self._touch()
        if self._holder:
            self._holder.wake()
        return self._number

    def _touch(self) -> None:
        self._touched_at = time.monotonic()
        self._changed.notify_all()

    def _is_over(self) -> bool:
        now = time.monotonic()
        if self._holder is None and now - self._lost_at > self._patience_s:
            self._end("The connection was lost, so the call ended.")
        elif now - self._touched_at > self._idle_s:
            self._end("Nothing was said for a long time, so the call ended.")
        return self._over

    def _end(self, why: str) -> None:
        if not self._over:
            self._over, self.why = True, why
        self._changed.notify_all()
