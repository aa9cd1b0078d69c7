"""Thirty candidates practise at once on one server."""

import pytest

from simulator.bench.practice_load import hold_many, serving

TYPED, SPOKEN = 20, 10


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_thirty_candidates_at_once_lose_no_answer_in_bounded_time() -> None:
    with serving(most=TYPED + SPOKEN) as (calls, port):
        crowd = hold_many(calls, port, typed=TYPED, spoken=SPOKEN)
    assert crowd.lost == 0
    assert all(candidate.answers == 3 for candidate in crowd.candidates)
    assert crowd.seconds < 600
