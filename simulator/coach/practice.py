"""Practice in the browser: the page, the calls as JSON, and the socket of each call.

The socket `/api/calls/{id}/line?seen=N` is opened by the page; N is the number of the last message that it saw.

To the browser go JSON messages, each with `number` and `type`:
    call       title, customer, difficulty, seed, typed, watch,    at first; `notice` says what the transcriber lacks
               briefing, may_offer, may_not_promise, notice
    line       text, anger, mood                                  what the customer says
    state      state: speaking, listening, hearing, thinking
    stop                                                          stop the sound that is playing
    heard      text, rough, nobody_spoke                          what was written down
    notice     text
    ended      session, ending, total, out_of, levels, rows, ...   the scorecard; the socket is then closed
    broke_off  text                                               there is no scorecard
and binary messages, each a sound: its number (4 bytes, little-endian), the speaker (1 byte: 0 customer, 1 candidate),
and samples of 16 bits at 16 kHz. Two messages belong to one socket only and have no number: `problem` (text) answers
a message that cannot be taken, `taken_over` says that another page holds the call now.

From the browser come binary messages of 1024 bytes, a frame of 512 samples of 16 bits at 16 kHz each, and JSON:
    say  text      an answer that is typed
    played  number     a sound was heard to its end
    pause, resume, end
"""

import asyncio
from collections.abc import Awaitable, MutableMapping
from contextlib import suppress
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Cookie, Path, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from simulator.coach.api import PROBLEMS, Problem
from simulator.coach.calls import Calls, HeldCall, Wish
from simulator.coach.desk import Desk
from simulator.coach.guard import Door
from simulator.coach.line import FRAME_BYTES, Connection, Line
from simulator.coach.rendering import Rendering
from simulator.customer.mood import mood_rules
from simulator.errors import NotFoundError
from simulator.scenarios import Scenario, find_scenario

_LONGEST_TEXT = 8192
_MOST_FAULTS = 20
_FIRST = "refund_outside_policy"
_GONE, _TAKEN_OVER, _FAULTY = 4404, 4409, 4400

CallId = Annotated[str, Path(description="The id of a call that is held now.", max_length=32)]


class ScenarioView(BaseModel):
    """What a candidate may read before a call."""

    id: str
    title: str
    pack: str
    customer: str
    briefing: str
    may_offer: list[str]
    may_not_promise: list[str]


class NewCall(BaseModel):
    """How somebody wants a call. `watch`: with recorded answers, which leaves nothing behind."""

    scenario: Annotated[str, Field(max_length=80, pattern="^[a-z0-9_]+$")] = _FIRST
    difficulty: Annotated[str, Field(max_length=20)] = "medium"
    seed: Annotated[int | None, Field(ge=0, le=1_000_000_000)] = None
    candidate: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    typed: bool = False
    watch: bool = False


class BegunCall(BaseModel):
    """The id of a call; it starts when its line is opened."""

    call: str


class Say(BaseModel):
    """A typed answer."""

    type: Literal["say"]
    text: Annotated[str, Field(max_length=2000)]


class WasPlayed(BaseModel):
    """A sound was heard to its end."""

    type: Literal["played"]
    number: int


class Press(BaseModel):
    """A button."""

    type: Literal["pause", "resume", "end"]


_FROM_BROWSER: TypeAdapter[Say | WasPlayed | Press] = TypeAdapter(
    Annotated[Say | WasPlayed | Press, Field(discriminator="type")]
)


def practice_routes(desk: Desk, calls: Calls, door: Door) -> APIRouter:
    """The page `/practice`, and what it asks for."""
    routes = APIRouter(responses=PROBLEMS)
    rendering = Rendering(door)

    @routes.get("/practice", include_in_schema=False)
    def page(
        request: Request,
        author: Annotated[str, Cookie(alias="calmline_name")] = "",
        scenario_id: Annotated[str, Query(alias="scenario")] = "",
        difficulty: str = "medium",
        watch: bool = False,
    ) -> HTMLResponse:
        """Choose, check, talk, see."""
        calls.equipment.prepare()
        wanted = next((one for one in desk.scenarios if one.id == scenario_id), None) or find_scenario(_FIRST)
        packs: dict[str, list[ScenarioView]] = {wanted.pack: []}  # what is chosen stands at the top
        for scenario in desk.scenarios:
            packs.setdefault(scenario.pack, []).append(_view(scenario))
        levels = list(mood_rules().difficulties)
        known = difficulty if difficulty in levels else NewCall().difficulty  # of an address typed by hand
        chosen = {"scenario": wanted.id, "difficulty": known, "watch": watch}
        return rendering.page("practice.html", request, author, packs=packs, difficulties=levels, **chosen)

    @routes.get("/api/scenarios", tags=["practice"])
    def scenarios() -> list[ScenarioView]:
        """Every customer who can call."""
        return [_view(scenario) for scenario in desk.scenarios]

    @routes.post(
        "/api/calls",
        tags=["practice"],
        status_code=201,
        responses={409: {"model": Problem, "description": "There are as many calls as the server bears."}},
    )
    def begin(wanted: NewCall) -> BegunCall:
        """Prepare a call; it starts when its line is opened."""
        if wanted.scenario not in {scenario.id for scenario in desk.scenarios}:
            raise NotFoundError(f"There is no scenario called {wanted.scenario}.", advice="See /api/scenarios.")
        return BegunCall(call=calls.begin(Wish(**wanted.model_dump())).id)

    @routes.delete("/api/calls/{call_id}", tags=["practice"], status_code=204)
    def end(call_id: CallId) -> None:
        """End a call; what was said is saved with its scorecard."""
        calls.find(call_id).line.hang_up()

    @routes.websocket("/api/calls/{call_id}/line")
    async def line(socket: WebSocket, call_id: str, seen: Annotated[int, Query(ge=0)] = 0) -> None:
        """The socket of a call, as the head of this file describes it."""
        await socket.accept()
        try:
            call = calls.find(call_id)
        except NotFoundError as error:
            await socket.send_json({"type": "broke_off", "text": str(error)})
            await socket.close(_GONE)
            return
        await _hold(socket, call, calls, seen)

    return routes


async def _hold(socket: WebSocket, call: HeldCall, calls: Calls, seen: int) -> None:
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(woken.set)

    connection = call.line.connect(wake)
    calls.start(call)
    try:
        async with anyio.create_task_group() as ways:

            async def until_one_ends(way: Awaitable[None]) -> None:
                with suppress(WebSocketDisconnect):
                    await way
                ways.cancel_scope.cancel()

            ways.start_soon(until_one_ends, _outward(socket, call.line, connection, woken, seen))
            ways.start_soon(until_one_ends, _inward(socket, call.line, connection))
    finally:
        call.line.disconnect(connection)


async def _outward(socket: WebSocket, line: Line, connection: Connection, woken: asyncio.Event, seen: int) -> None:
    """Send what there is to send, until the call is over or another browser holds it."""
    while True:
        woken.clear()
        if not line.is_held_by(connection):
            await socket.send_json({"type": "taken_over"})
            await socket.close(_TAKEN_OVER)
            return
        finished = line.is_finished  # asked before, or the last message might come in between
        for message in line.after(seen):
            if isinstance(message.content, str):
                await socket.send_text(message.content)
            else:
                await socket.send_bytes(message.content)
            seen = message.number
        if finished:
            await socket.close()
            return
        await woken.wait()


async def _inward(socket: WebSocket, line: Line, connection: Connection) -> None:
    """Take what comes, until the browser is gone."""
    faults = 0
    while faults <= _MOST_FAULTS:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect" or not line.is_held_by(connection):
            return
        problem = _take(line, message)
        if problem:
            faults += 1
            await socket.send_json({"type": "problem", "text": problem})
    await socket.close(_FAULTY)


def _take(line: Line, message: MutableMapping[str, Any]) -> str:
    """Give the line one message; what is wrong with it, or nothing."""
    pcm, text = message.get("bytes"), message.get("text") or ""
    if pcm is not None:
        if len(pcm) != FRAME_BYTES:
            return f"A frame has {FRAME_BYTES} bytes, this one {len(pcm)}."
        line.put_frame(pcm)
        return ""
    if len(text) > _LONGEST_TEXT:
        return f"A message has at most {_LONGEST_TEXT} characters, this one {len(text)}."
    try:
        said = _FROM_BROWSER.validate_json(text)
    except ValidationError:
        return "That message is not understood: expected say, played, pause, resume or end, as JSON."
    if isinstance(said, Say):
        return "" if line.put_typed(said.text) else "Wait until the customer has spoken, then answer."
    if isinstance(said, WasPlayed):
        line.put_played(said.number)
    elif said.type == "end":
        line.hang_up()
    else:
        line.pause(paused=said.type == "pause")
    return ""


def _view(scenario: Scenario) -> ScenarioView:
    return ScenarioView(
        id=scenario.id,
        title=scenario.title,
        pack=scenario.pack,
        customer=scenario.customer.name,
        briefing=scenario.briefing.strip(),
        may_offer=[option.label for option in scenario.authority],
        may_not_promise=[promise.label for promise in scenario.beyond_authority],
    )
