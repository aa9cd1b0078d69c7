"""Short ways to write the rows of the list of sessions, for tests of what is made from them."""

from simulator.store.listing import SessionRow


def row(
    number: int = 0,
    levels: tuple[int | None, int | None, int | None] | None = (2, 2, 2),
    status: str = "grudging",
    difficulty: str = "medium",
    scenario: str = "refund_outside_policy",
    candidate: str = "Kim",
    **figures: object,
) -> SessionRow:
    """A call; those with a higher number are later."""
    return SessionRow(
        id=f"s{number}",
        started_at=f"2026-01-{number + 1:02d}T12:00:00+00:00",
        candidate=candidate,
        scenario=scenario,
        title=scenario,
        difficulty=difficulty,
        turns=6,
        status=status,
        levels=dict(zip(("calm", "clarify", "options"), levels, strict=True)) if levels else None,
        **figures,  # type: ignore[arg-type]
    )
