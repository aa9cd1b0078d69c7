"""A coach's corrections: another reading of the same call, kept beside the machine's and never over it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.errors import UsageError
from simulator.records import Behaviour, Comment, LabelChange, LevelChange, Review, ReviewEntry, WholeCallHeard
from simulator.review import Reading, readings
from simulator.store.reviews import Reviews
from simulator.store.sessions import Store
from tests.test_store import SCENARIO, save_call


def entry(author: str, review: Review, undone_at: str | None = None) -> ReviewEntry:
    return ReviewEntry("1", author, "2026-01-01T12:00:00+00:00", review, undone_at=undone_at)


def read(*entries: ReviewEntry) -> tuple[Reading, ...]:
    return readings(save_call(Store()), SCENARIO.case, entries)


def test_without_corrections_there_is_no_reading() -> None:
    assert read(entry("Ana", Comment("Well done.", 0))) == ()


def test_a_level_of_the_coach_moves_the_row_and_the_total() -> None:
    coach, machine = read(entry("Ana", LevelChange("calm", 0)), entry("Ben", WholeCallHeard()))
    assert machine.assessment.levels.calm
    assert coach.assessment.levels.calm == 0
    lost = machine.assessment.scorecard.total - coach.assessment.scorecard.total
    assert lost == next(row.points for row in machine.assessment.scorecard.rows if row.id == "calm")


def test_a_removed_apology_is_gone_from_the_rules_too() -> None:
    session = save_call(Store())
    calming = {Behaviour.APOLOGISE, Behaviour.ACKNOWLEDGE, Behaviour.OWN}
    removed = [
        entry("Ana", LabelChange(turn.index, number, label.id, present=False))
        for turn in session.turns
        for number, sentence in enumerate(turn.sentences)
        for label in sentence.labels
        if label.id in calming
    ]
    [reading] = readings(session, SCENARIO.case, removed)
    assert session.assessment
    assert session.assessment.levels.calm
    assert reading.assessment.levels.calm in {0, 1}


def test_an_added_behaviour_is_the_coachs() -> None:
    [reading] = read(entry("Ana", LabelChange(0, 0, Behaviour.HOSTILE, present=True)))
    assert Behaviour.HOSTILE in reading.turns[0].sentences[0].behaviours
    assert "heat" in {fault.id for fault in reading.assessment.faults}


def test_what_was_undone_does_not_count() -> None:
    assert read(entry("Ana", LevelChange("calm", 0), undone_at="2026-01-02")) == ()


def test_each_coach_has_a_reading() -> None:
    ana, ben = read(entry("Ben", LevelChange("calm", 1)), entry("Ana", LevelChange("calm", 3)))
    assert (ana.author, ana.assessment.levels.calm) == ("Ana", 3)
    assert (ben.author, ben.assessment.levels.calm) == ("Ben", 1)


REVIEWS: list[Review] = [
    Comment("Slower.", 1, start_s=2.5, private=True),
    LabelChange(0, 0, Behaviour.OWN, present=True),
    LevelChange("options", None),
    WholeCallHeard(),
]


@pytest.mark.parametrize("review", REVIEWS, ids=lambda review: review.kind)
def test_every_kind_of_entry_comes_back_as_it_was(review: Review) -> None:
    session = save_call(Store())
    written = Reviews().add(session.head.id, "Ana", review, "because")
    assert Reviews().of(session.head.id) == (written,)
    assert Reviews().by_session() == {session.head.id: (written,)}


def test_an_entry_is_undone_once_and_by_its_author() -> None:
    session, reviews = save_call(Store()), Reviews()
    written = reviews.add(session.head.id, "Ana", LevelChange("calm", 1))
    with pytest.raises(UsageError, match="Ben has nothing"):
        reviews.undo(session.head.id, written.id, "Ben")
    reviews.undo(session.head.id, written.id, "Ana")
    assert reviews.of(session.head.id)[0].undone_at
    with pytest.raises(UsageError, match="Ana has nothing"):
        reviews.undo(session.head.id, written.id, "Ana")


def test_two_coaches_at_once_lose_nothing() -> None:
    session = save_call(Store())

    def correct(author: str) -> None:
        reviews = Reviews()
        for turn in range(20):
            reviews.add(session.head.id, author, Comment("Slower.", turn))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(correct, ["Ana", "Ben"]))
    assert len(Reviews().of(session.head.id)) == 40


def test_no_entry_without_a_session() -> None:
    with pytest.raises(UsageError, match="no session"):
        Reviews().add("20990101-000000-0000", "Ana", WholeCallHeard())
