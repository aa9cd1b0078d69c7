"""What every call is joined from, whoever shows it: the customer by name and seed, and what the first answer needs.

Knows neither terminal nor browser.
"""

import random

from simulator.customer.caller import Caller
from simulator.grading.delivery import warm_up as warm_up_delivery
from simulator.grading.matching import CaseReader
from simulator.scenarios import find_scenario

_SEEDS = 10_000  # short enough to be typed again


def new_caller(scenario: str, difficulty: str, seed: int | None = None) -> Caller:
    """The customer of a new call; without a seed by a new one.

    Raises:
        ScenarioError: the scenario is unknown or faulty.
        UsageError: there is no such difficulty.
    """
    return Caller(find_scenario(scenario), difficulty, random.randrange(_SEEDS) if seed is None else seed)


def warm_up(case: CaseReader, *, spoken: bool) -> None:
    """Load what the first answer needs; meant for the background, while the customer speaks."""
    case.warm_up()
    if spoken:
        warm_up_delivery()
