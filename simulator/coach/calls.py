"""The calls held now: begins them, keeps them findable for a browser that comes back, ends them all.

Each call is the one loop of `roleplay` in a thread of its own, which no call outlives. Knows nothing of sockets.
"""

import asyncio
import secrets
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from simulator.audio.files import recordings_in
from simulator.audio.vad import VoiceDetector
from simulator.call_parts import new_caller
from simulator.candidates import RecordedCandidate
from simulator.coach.browser_candidate import BrowserCandidate, WatchedCandidate, play_to_the_end
from simulator.coach.equipment import Equipment
from simulator.coach.line import PATIENCE_S, Line
from simulator.coach.telling import Telling
from simulator.customer.caller import Caller
from simulator.errors import CalmlineError, DeviceError, NotFoundError
from simulator.roleplay import Ended, Parts, Thinking, hold_call
from simulator.settings import fixtures_dir
from simulator.store.database import Database
from simulator.store.sessions import Store
from simulator.voice import Voice

MOST_CALLS = 40
_WATCHED = ("refund_outside_policy", "medium", 7)  # what the recorded answers were written for
_FORGOTTEN_AFTER_S = 120.0  # a browser that comes back later finds the call among the saved ones
_FIRST_WORD_S = 60.0  # from the beginning to the first browser on the line
_END_S = 30.0  # a decode under way at the end


@dataclass(frozen=True)
class Wish:
    """How somebody wants a call. `watch`: they only watch one with recorded answers, which is not kept."""

    scenario: str
    difficulty: str
    seed: int | None = None
    candidate: str = ""
    typed: bool = False
    watch: bool = False


@dataclass(eq=False)
class HeldCall:
    """One call: its line, and the thread that holds it once a browser is there."""

    id: str
    caller: Caller
    wish: Wish
    line: Line
    begun_at: float = field(default_factory=time.monotonic)
    thread: threading.Thread | None = None
    ended_at: float | None = None


class Calls:
    """Every call of one server."""

    def __init__(
        self, store: Store, equipment: Equipment, *, most: int = MOST_CALLS, patience_s: float = PATIENCE_S
    ) -> None:
        self.equipment = equipment
        self._store, self._most, self._patience_s = store, most, patience_s
        self._lock = threading.Lock()
        self._calls: dict[str, HeldCall] = {}

    def begin(self, wish: Wish) -> HeldCall:
        """Prepare a call; it starts when the first browser is on its line.

        Raises:
            CalmlineError: there are as many as the server bears.
            ScenarioError, UsageError: there is no such scenario or difficulty.
        """
        scenario, difficulty, seed = _WATCHED if wish.watch else (wish.scenario, wish.difficulty, wish.seed)
        caller = new_caller(scenario, difficulty, seed)
        with self._lock:
            self._forget()
            running = sum(call.ended_at is None for call in self._calls.values())
            if running >= self._most:
                raise CalmlineError(
                    f"{running} calls are being held, as many as this server bears.",
                    advice="Try again when one has ended.",
                )
            call = HeldCall(secrets.token_urlsafe(12), caller, wish, Line(self._patience_s))
            self._calls[call.id] = call
        self.equipment.prepare(spoken=not wish.typed)
        self.equipment.case(caller.scenario)
        return call

    def find(self, call_id: str) -> HeldCall:
        """A call that is held, or ended a moment ago.

        Raises:
            NotFoundError: there is none.
        """
        with self._lock:
            if call_id not in self._calls:
                raise NotFoundError("This call is over.", advice="If it was saved, it stands in the list of calls.")
            return self._calls[call_id]

    def start(self, call: HeldCall) -> None:
        """Let a call begin, unless it has begun."""
        with self._lock:
            if call.thread is None:
                call.thread = threading.Thread(target=self._hold, args=(call,), name=f"call {call.id}", daemon=True)
                call.thread.start()

    def close(self) -> None:
        """End every call, wait until each is saved, and let go of the transcriber."""
        with self._lock:
            calls = list(self._calls.values())
        for call in calls:
            call.line.hang_up("The program was ended, and the call with it.")
        until = time.monotonic() + _END_S
        for call in calls:
            if call.thread:
                call.thread.join(max(0.0, until - time.monotonic()))
        self.equipment.close()

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """For the web application: at its end all calls end."""
        yield
        await asyncio.to_thread(self.close)

    def _forget(self) -> None:
        now = time.monotonic()
        self._calls = {
            call_id: call
            for call_id, call in self._calls.items()
            if (call.ended_at is None or now - call.ended_at < _FORGOTTEN_AFTER_S)
            and (call.thread or now - call.begun_at < _FIRST_WORD_S)
        }

    def _hold(self, call: HeldCall) -> None:
        """The whole life of a call, in its own thread."""
        line = call.line
        telling = Telling(line, kept=not call.wish.watch)
        try:
            _, warm = self.equipment.case(call.caller.scenario)
            with self._parts(call) as parts:
                _hold_and_tell(parts, telling, line, warm)
        except DeviceError as error:
            telling.notice(str(error))  # the call was saved before
        except CalmlineError as error:
            telling.broke_off(str(error))
        finally:
            if not telling.ended:
                telling.broke_off("A fault of the program ended the call. What was said before is saved.")
            line.finish()
            call.ended_at = time.monotonic()

    @contextmanager
    def _parts(self, call: HeldCall) -> Iterator[Parts]:
        line, caller, wish = call.line, call.caller, call.wish
        reader, _ = self.equipment.case(caller.scenario)
        transcriber = None if wish.typed else self.equipment.transcriber()
        _introduce(line, caller, wish, transcriber.notice if transcriber else "")
        candidate = BrowserCandidate(line, VoiceDetector())
        parts = Parts(
            caller,
            candidate,
            self.equipment.grader,
            reader,
            self._store,
            transcriber,
            Voice(caller.scenario.customer.voice),
            candidate.play,
            candidate_name=wish.candidate,
        )
        if not wish.watch:
            yield parts
            return
        with tempfile.TemporaryDirectory(prefix="calmline-", ignore_cleanup_errors=True) as folder:
            store = Store(Database(f"sqlite:///{Path(folder) / 'watched.db'}"))
            yield replace(
                parts, candidate=_recorded(line), play=partial(play_to_the_end, line, "customer"), store=store
            )


def _recorded(line: Line) -> WatchedCandidate:
    """The demo's answers, to be heard by somebody who only watches."""
    heard = partial(play_to_the_end, line, "candidate")
    return WatchedCandidate(line, RecordedCandidate(recordings_in(fixtures_dir() / "demo"), VoiceDetector(), heard))


def _introduce(line: Line, caller: Caller, wish: Wish, notice: str) -> None:
    scenario = caller.scenario
    line.send(
        "call",
        title=scenario.title,
        customer=scenario.customer.name,
        difficulty=caller.difficulty,
        seed=caller.seed,
        typed=wish.typed,
        watch=wish.watch,
        briefing=scenario.briefing.strip(),
        may_offer=[option.label for option in scenario.authority],
        may_not_promise=[promise.label for promise in scenario.beyond_authority],
        notice=notice,
    )


def _hold_and_tell(parts: Parts, telling: Telling, line: Line, warm: Future[None]) -> None:
    for event in hold_call(parts):
        if isinstance(event, Ended):
            _say_what_went_wrong(telling, line)
        telling.tell(event)
        if isinstance(event, Thinking):
            warm.result()  # or many calls of one scenario would each read its case at once


def _say_what_went_wrong(telling: Telling, line: Line) -> None:
    if line.why:
        telling.notice(line.why)
    if line.refused_frames:
        telling.notice(f"{line.refused_frames} pieces of your voice came faster than they could be taken.")
