"""The scorecard: a hundred points in visible rows that add up. What was not measured has no points."""

from simulator.grading.call import Call
from simulator.grading.delivery_rows import delivery_rows
from simulator.grading.rubric_rules import STEP_TITLES, RubricRules, StepName
from simulator.records import CALMING, Behaviour, Levels, Scorecard, ScoreRow

_NO_OPPORTUNITY = "no opportunity in this call"
_NOT_UNDERSTOOD = "not measured: the recogniser was unsure of too many words"


def build_scorecard(call: Call, levels: Levels, rules: RubricRules) -> Scorecard:
    """The rows of a call."""
    steps: tuple[tuple[StepName, int | None], ...] = (
        ("calm", levels.calm),
        ("clarify", levels.clarify),
        ("options", levels.options),
    )
    return Scorecard(
        (
            _opening(call, rules),
            *(_step(call, name, level, rules) for name, level in steps),
            _ownership(call, rules),
            *delivery_rows(call, rules),
        )
    )


def _opening(call: Call, rules: RubricRules) -> ScoreRow:
    points = rules.points.opening
    first = call.in_turn(call.turns[0].index) if call.turns else ()
    checks = {
        "greets": (points.greets, any(said.does(Behaviour.COURTESY) for said in first)),
        "meets the upset": (points.meets_the_upset, any(said.does(*CALMING) for said in first)),
    }
    return _checked_row("opening", "Opening", checks, measured=bool(call.words))


def _step(call: Call, name: StepName, level: int | None, rules: RubricRules) -> ScoreRow:
    by_level = getattr(rules.points, name)
    if level is None:
        why = _NOT_UNDERSTOOD if call.doubted_share else _NO_OPPORTUNITY
        return ScoreRow(name, STEP_TITLES[name], None, round(by_level[-1]), why)
    return ScoreRow(name, STEP_TITLES[name], by_level[level], round(by_level[-1]), f"level {level} of 4")


def _ownership(call: Call, rules: RubricRules) -> ScoreRow:
    points = rules.points.ownership
    owns, commits, agrees = (
        call.that((behaviour,)) for behaviour in (Behaviour.OWN, Behaviour.COMMIT, Behaviour.CHECK_AGREEMENT)
    )
    checks = {
        "takes the case": (points.owns, bool(owns)),
        "says who does what by when": (points.commits, bool(commits)),
        "checks agreement": (points.checks_agreement, bool(agrees)),
    }
    enough = len(call.turns) >= rules.limits.clarify_turns or bool(owns or commits or agrees)
    return _checked_row("ownership", "Ownership and close", checks, measured=enough)


def _checked_row(name: str, title: str, checks: dict[str, tuple[float, bool]], *, measured: bool) -> ScoreRow:
    out_of = round(sum(points for points, _ in checks.values()))
    if not measured:
        return ScoreRow(name, title, None, out_of, _NO_OPPORTUNITY)
    done = [what for what, (_, met) in checks.items() if met]
    missing = [what for what, (_, met) in checks.items() if not met]
    parts = [", ".join(done)] if done else []
    parts += [f"missing: {', '.join(missing)}"] if missing else []
    why = "; ".join(parts)
    return ScoreRow(name, title, sum(points for points, met in checks.values() if met), out_of, why)
