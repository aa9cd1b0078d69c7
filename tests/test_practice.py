"""Practice in the browser, held as a page holds it: typed and spoken, lost and found, taken over, abused."""

import html
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from simulator.audio.files import read_audio
from simulator.coach.desk import Desk
from simulator.coach.line import FRAME_BYTES, MOST_FRAMES, Line
from simulator.store.listing import list_sessions
from simulator.store.sessions import Speaker, Store
from simulator.transcription.aside import TranscriberAside
from tests.practice import Deaf, begin, desk_with_calls, on_the_line

GOOD = (
    "I am so sorry, a wedding present that leaks is awful. I will stay with you until it is solved.",
    "What exactly is wrong with the machine?",
    "I can send you a replacement tomorrow or ask my manager for a refund. Which would you rather have?",
    "I will send it tomorrow.",
)


def test_a_typed_call_goes_to_its_scorecard_and_is_saved_under_its_name() -> None:
    with desk_with_calls() as (client, _):
        with on_the_line(client, begin(client, typed=True, candidate="Ana")) as page:
            for text in GOOD:
                page.until_state("listening")
                page.say("say", text=text)
                assert page.until_type("heard")["text"] == text
            page.until_state("listening")
            page.say("end")
            result = page.until_type("ended")
        assert result["out_of"] > 0
        assert result["turns"] == len(GOOD)
        session, _ = Store().load(result["session"])
        assert session.head.candidate == "Ana"
        assert session.assessment
        assert len(page.sounds) >= len(GOOD), "the customer is heard"


def test_a_spoken_answer_is_heard_and_kept(fixtures: Path) -> None:
    samples = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    with desk_with_calls() as (client, _):
        with on_the_line(client, begin(client)) as page:
            page.until_state("listening")
            page.speak_and_wait(samples)
            page.until_state("hearing")
            page.until_state("thinking")
            page.until_type("heard")
            page.until_state("listening")
            page.say("end")
            result = page.until_type("ended")
        session, _ = Store().load(result["session"])
        assert session.turns[0].delivery.measured
        assert session.turns[0].delivery.response_gap_s == pytest.approx(0.45, abs=0.2)
        assert Store().recording(result["session"], 0, Speaker.CANDIDATE)
        assert Store().recording(result["session"], 0, Speaker.CUSTOMER)


def test_two_recordings_are_written_down_by_the_real_recogniser(fixtures: Path) -> None:
    transcriber = TranscriberAside()
    with desk_with_calls(transcriber=transcriber) as (client, _), on_the_line(client, begin(client)) as page:
        for name, word in (("5_asks_when", "machine"), ("4_asks_fault", "water")):
            page.until_state("listening")
            page.speak_and_wait(read_audio(fixtures / "demo" / f"{name}.flac").samples)
            assert word in page.until_type("heard")["text"]
        page.until_state("listening")
        page.say("end")
        assert page.until_type("ended")["turns"] == 2


def test_whoever_speaks_over_the_customer_is_heard_from_the_first_word(fixtures: Path) -> None:
    samples = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    with desk_with_calls() as (client, calls), on_the_line(client, begin(client)) as page:
        page.until_state("speaking")
        page.speak_and_wait(samples)
        page.until_type("stop", plays=False)
        page.until_type("heard", plays=False)
        page.say("end")
        page.until_type("ended", plays=False)
        transcriber = calls.equipment.transcriber()
        assert isinstance(transcriber, Deaf)
        assert transcriber.heard[0].duration_s == pytest.approx(len(samples) / 16_000, abs=0.8)


def test_a_typed_answer_stops_the_customer_and_counts_in_a_spoken_call() -> None:
    with desk_with_calls() as (client, _), on_the_line(client, begin(client)) as page:
        page.until_state("speaking")
        page.say("say", text="I am so sorry.")
        page.until_type("stop", plays=False)
        assert page.until_type("heard", plays=False)["text"] == "I am so sorry."


def test_while_paused_nothing_is_heard(fixtures: Path) -> None:
    samples = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    with desk_with_calls() as (client, calls), on_the_line(client, call := begin(client)) as page:
        page.until_state("listening")
        page.say("pause")
        page.speak_and_wait(samples)
        page.say("resume")
        page.say("say", text="Hello.")
        assert page.until_type("heard")["text"] == "Hello."
        assert calls.find(call).line.refused_frames == 0
        assert "hearing" not in [message.get("state") for message in page.messages]


def test_a_page_that_comes_back_gets_what_it_missed_and_the_answer_goes_on(fixtures: Path) -> None:
    samples = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    middle = len(samples) // 2 // 512 * 512
    with desk_with_calls() as (client, calls):
        call = begin(client)
        with on_the_line(client, call) as page:
            page.until_state("listening")
            page.speak(samples[:middle])
            page.until_state("hearing")
        time.sleep(0.3)
        with on_the_line(client, call, page.seen) as back:
            back.speak_and_wait(samples[middle:])
            back.until_type("heard")
            back.say("end")
            result = back.until_type("ended")
        assert result["turns"] == 1
        numbers = [m["number"] for m in (*page.messages, *back.messages)]
        assert numbers == sorted(set(numbers)), "nothing comes twice and nothing is out of order"
        transcriber = calls.equipment.transcriber()
        assert isinstance(transcriber, Deaf)
        assert transcriber.heard[0].duration_s == pytest.approx(len(samples) / 16_000, abs=0.8)


def test_a_call_whose_page_stays_away_ends_and_keeps_what_was_said(fixtures: Path) -> None:
    samples = read_audio(fixtures / "demo" / "5_asks_when.flac").samples
    with desk_with_calls(patience_s=0.3) as (client, calls):
        call = begin(client)
        with on_the_line(client, call) as page:
            page.until_state("listening")
            page.speak(samples[: len(samples) * 2 // 3])
            page.until_state("hearing")
        thread = calls.find(call).thread
        assert thread
        thread.join(20)
        [row] = list_sessions(Desk().database)
        assert row.status == "unresolved"
        session, _ = Store().load(row.id)
        assert len(session.turns) == 1
        with on_the_line(client, call, page.seen) as back:
            back.until_type("ended")
        assert any("connection was lost" in m.get("text", "") for m in back.messages)


def test_a_second_page_takes_the_call_over_and_the_first_is_told() -> None:
    with desk_with_calls() as (client, _):
        call = begin(client, typed=True)
        with on_the_line(client, call) as first:
            first.until_state("listening")
            with on_the_line(client, call) as second:
                assert first.until_type("taken_over")
                second.until_state("listening")
                second.say("say", text="I am sorry.")
                assert second.until_type("heard")["text"] == "I am sorry."


def test_a_message_that_cannot_be_taken_is_answered_by_a_sentence_and_the_call_goes_on() -> None:
    table: list[tuple[str | bytes, str]] = [
        ("{", "not understood"),
        ('{"type": "dance"}', "not understood"),
        ('{"type": "say"}', "not understood"),
        ('{"type": "say", "text": 5}', "not understood"),
        (json.dumps({"type": "say", "text": "x" * 2001}), "not understood"),
        ('{"type": "played", "number": "one"}', "not understood"),
        ("[]", "not understood"),
        ("", "not understood"),
        ("x" * 9000, "at most"),
        (b"", "has 1024 bytes"),
        (b"x" * 1023, "has 1024 bytes"),
        (b"x" * 90_000, "has 1024 bytes"),
    ]
    with desk_with_calls() as (client, _), on_the_line(client, begin(client, typed=True)) as page:
        page.until_state("listening")
        for sent, said in table:
            page.socket.send_bytes(sent) if isinstance(sent, bytes) else page.socket.send_text(sent)
            assert said in page.until_type("problem")["text"], sent
        page.say("say", text="I am sorry.")
        assert page.until_type("heard")["text"] == "I am sorry."


def test_a_page_that_talks_nonsense_for_long_loses_the_line() -> None:
    with desk_with_calls() as (client, _), on_the_line(client, begin(client, typed=True)) as page:
        for _ in range(30):
            page.socket.send_text("nonsense")
        with pytest.raises(AssertionError, match="4400"):
            page.until_type("never")


def test_an_answer_that_nobody_awaits_is_refused() -> None:
    with desk_with_calls() as (client, _), on_the_line(client, begin(client, typed=True)) as page:
        page.until_state("listening")
        for _ in range(2):
            page.say("say", text="I am sorry.")
        assert "Wait" in page.until_type("problem")["text"]


def test_frames_beyond_what_is_held_are_refused_and_counted() -> None:
    line = Line()
    line.open()
    for _ in range(MOST_FRAMES + 5):
        line.put_frame(bytes(FRAME_BYTES))
    assert line.refused_frames == 5


def test_beyond_the_most_calls_another_is_refused_with_a_sentence() -> None:
    with desk_with_calls(most=1) as (client, _):
        call = begin(client, typed=True)
        refused = client.post("/api/calls", json={"typed": True})
        assert refused.status_code == 409
        assert "as many as" in refused.json()["error"]
        with on_the_line(client, call) as page:
            page.until_state("listening")
            assert client.delete(f"/api/calls/{call}").status_code == 204
            page.until_type("ended")
        begin(client, typed=True)


def test_at_the_end_of_the_program_every_call_is_saved() -> None:
    with desk_with_calls() as (client, calls):
        held = [begin(client, typed=True) for _ in range(3)]
        for call in held:
            with on_the_line(client, call) as page:
                page.until_state("listening")
        threads = [calls.find(call).thread for call in held]
    assert all(thread and not thread.is_alive() for thread in threads)
    assert [row.status for row in list_sessions(Desk().database)] == ["unresolved"] * 3


def test_a_watched_call_is_heard_from_both_sides_and_leaves_nothing() -> None:
    with desk_with_calls() as (client, _):
        with on_the_line(client, begin(client, watch=True)) as page:
            for _ in range(2):
                page.until_type("heard")
            page.say("end")
            assert page.until_type("ended")["session"] is None
        assert {sound[4] for sound in page.sounds} == {0, 1}
        assert list_sessions(Desk().database) == ()


@pytest.mark.parametrize("wish", [{"scenario": "nobody"}, {"difficulty": "brutal"}, {"scenario": "../secrets"}])
def test_a_call_that_cannot_be_is_refused(wish: dict[str, Any]) -> None:
    with desk_with_calls() as (client, _):
        assert client.post("/api/calls", json=wish).status_code in {404, 422}


def test_a_line_of_no_call_says_so() -> None:
    with desk_with_calls() as (client, _), on_the_line(client, "nothing") as page:
        assert "over" in page.until_type("broke_off")["text"]


def test_another_page_gets_no_line() -> None:
    with desk_with_calls() as (client, _):
        call = begin(client, typed=True)
        headers = {"origin": "http://evil.example"}
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"/api/calls/{call}/line", headers=headers):
            pass


def test_the_page_shows_every_scenario_with_what_may_be_offered() -> None:
    with desk_with_calls() as (client, _):
        page = html.unescape(client.get("/practice?scenario=double_booked_room&difficulty=hard").text)
        for scenario in client.get("/api/scenarios").json():
            assert scenario["title"] in page
            assert scenario["may_offer"][0] in page
        assert re.search(r'value="double_booked_room"[^>]* checked', page)
        assert re.search(r'value="hard" checked', page)


def test_an_address_typed_by_hand_still_offers_a_call() -> None:
    with desk_with_calls() as (client, _):
        page = client.get("/practice", params={"scenario": "nonsense", "difficulty": "furious"}).text
    assert re.search(r'value="medium"\s+checked', page)
    assert re.search(r'value="refund_outside_policy"[^>]*\schecked', page)
