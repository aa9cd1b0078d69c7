"""Corrections of coaches become turns of the corpus, and training refuses what it is tested by."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.corrections import corrected_corpus
from simulator.errors import UsageError
from simulator.records import Behaviour, LabelChange, LevelChange, Review, ReviewEntry, Session, WholeCallHeard
from simulator.review import readings
from simulator.store.reviews import Reviews
from simulator.store.sessions import Store
from simulator.training.corpus import CorpusTurn, load_turns, read_extra
from tests.conftest import Run
from tests.test_store import SCENARIO, head, save_call

HOSTILE = LabelChange(0, 0, Behaviour.HOSTILE, present=True)


@pytest.fixture
def session() -> Session:
    return save_call(Store())


def corpus(session: Session, *reviews: tuple[str, Review]) -> list[CorpusTurn]:
    entries = [ReviewEntry(str(n), author, "2026-01-01", review) for n, (author, review) in enumerate(reviews)]
    return corrected_corpus(session, SCENARIO, readings(session, SCENARIO.case, entries))


def test_a_turn_with_a_corrected_sentence_is_a_turn_of_the_corpus(session: Session) -> None:
    [turn] = corpus(session, ("Ana", HOSTILE))
    spoken = session.turns[0]
    assert (turn.id, turn.pack, turn.english, turn.speaker) == (
        f"{head().id}-0",
        "contact_centre",
        "unknown",
        "unknown",
    )
    assert (turn.customer, turn.grievance) == (spoken.customer.text, SCENARIO.grievance.summary)
    assert [sentence.text for sentence in turn.sentences] == [sentence.text for sentence in spoken.sentences]
    assert set(turn.sentences[0].labels) == spoken.sentences[0].behaviours | {Behaviour.HOSTILE}


def test_a_level_alone_teaches_no_sentence(session: Session) -> None:
    assert corpus(session, ("Ana", LevelChange("calm", 1))) == []


def test_of_a_call_that_was_heard_to_the_end_every_turn_teaches(session: Session) -> None:
    assert len(corpus(session, ("Ana", WholeCallHeard()))) == len(session.turns)


def test_where_coaches_agree_a_turn_comes_once_and_where_they_differ_for_each(session: Session) -> None:
    assert len(corpus(session, ("Ana", HOSTILE), ("Ben", HOSTILE))) == 1
    other = LabelChange(0, 0, Behaviour.DISMISS, present=True)
    assert [turn.id for turn in corpus(session, ("Ana", HOSTILE), ("Ben", other))] == [
        f"{head().id}-0",
        f"{head().id}-0-2",
    ]


def test_what_nobody_understood_teaches_nothing(session: Session) -> None:
    first = session.turns[0]
    doubted = replace(first, sentences=tuple(replace(sentence, doubted=True) for sentence in first.sentences))
    unclear = replace(session, turns=(doubted, *session.turns[1:]))
    assert len(corpus(unclear, ("Ana", WholeCallHeard()))) == len(session.turns) - 1
    assert len(corpus(unclear, ("Ana", HOSTILE))) == 1


def test_the_exported_file_is_what_training_reads(run: Run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "extra.jsonl"
    nothing = run("corrections", "export", file)
    assert nothing.returncode == 2
    assert "nothing that a coach corrected" in nothing.stderr
    Reviews().add(session.head.id, "Ana", HOSTILE)
    unknown = run("corrections", "export", file, "--author", "Ben")
    assert "Ben corrected yet (there are corrections of Ana)" in unknown.stderr
    assert not file.exists()
    assert run("corrections", "export", file, "--author", "Ana").returncode == 0
    assert read_extra(file) == corpus(session, ("Ana", HOSTILE))


def test_what_tests_the_grader_is_never_learnt(tmp_path: Path) -> None:
    file = tmp_path / "extra.jsonl"
    tested = next(turn for turn in load_turns("test") if len(turn.sentences[0].text.split()) > 5)
    file.write_text(f"\n{tested.model_dump_json()}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 2.*dev or test hands"):
        read_extra(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "holds no turns"), ('{"id": "x"}', "line 1, pack: Field required"), ("nonsense", "line 1, the whole line")],
)
def test_a_file_that_is_no_corpus_is_refused(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "extra.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_extra(file)
    with pytest.raises(UsageError, match="cannot be read"):
        read_extra(tmp_path / "absent.jsonl")
