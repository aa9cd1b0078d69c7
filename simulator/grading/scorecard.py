"""The scorecard: a hundred points in visible rows that add up. What was not measured has no points."""

from collections.abc import Iterable

from simulator.grading.call import Call
from simulator.grading.rubric_rules import RubricRules, StepName
from simulator.records import CALMING, Behaviour, Levels, Scorecard, ScoreRow

_TITLES = {"calm": "Calm", "clarify": "Clarify", "options": "Create Options"}
_NO_OPPORTUNITY = "no opportunity in this call"
_NOT_UNDERSTOOD = "not measured: the recogniser was unsure of too many words"
_NOT_HEARD = "not measured: the words were not spoken aloud"


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
            _pace(call, rules),
            ScoreRow("tone", "Tone of voice", None, round(rules.points.tone), "not measured yet"),
            _pauses(call, rules),
            _fillers(call, rules),
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
        return ScoreRow(name, _TITLES[name], None, round(by_level[-1]), why)
    return ScoreRow(name, _TITLES[name], by_level[level], round(by_level[-1]), f"level {level} of 4")


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


def _pace(call: Call, rules: RubricRules) -> ScoreRow:
    paced = [turn.delivery for turn in call.turns if turn.delivery.words_per_minute and turn.delivery.speaking_s]
    speaking_s = sum(delivery.speaking_s or 0 for delivery in paced)
    out_of = round(rules.points.pace.quiet)
    if not paced:
        return ScoreRow("pace", "Pace", None, out_of, _NOT_HEARD)
    wpm = 60 * sum(delivery.words for delivery in paced) / speaking_s
    norm = rules.norms.pace_wpm
    low, high = norm.quiet
    why = f"{wpm:.0f} words a minute of speaking time (comfortable: {low:.0f} to {high:.0f})"
    return ScoreRow("pace", "Pace", getattr(rules.points.pace, norm.zone(wpm)), out_of, why)


def _pauses(call: Call, rules: RubricRules) -> ScoreRow:
    measured = [turn.delivery for turn in call.turns if turn.delivery.pauses is not None]
    out_of = round(rules.points.pauses.quiet)
    if not measured:
        return ScoreRow("pauses", "Pauses and turn-taking", None, out_of, _NOT_HEARD)
    pause = max((span.duration_s for delivery in measured for span in delivery.pauses or ()), default=0.0)
    gaps = [delivery.response_gap_s for delivery in measured if delivery.response_gap_s is not None]
    zones = [rules.norms.pause_s.zone(pause), *(rules.norms.response_gap_s.zone(gap) for gap in gaps)]
    why = f"longest pause inside a turn {pause:.1f} s"
    if gaps:
        why += f", longest wait before answering {max(gaps):.1f} s"
    return ScoreRow("pauses", "Pauses and turn-taking", getattr(rules.points.pauses, _worst(zones)), out_of, why)


def _fillers(call: Call, rules: RubricRules) -> ScoreRow:
    measured = [turn.delivery for turn in call.turns if turn.delivery.measured]
    out_of = round(rules.points.fillers.quiet)
    minutes = sum(delivery.duration_s or 0 for delivery in measured) / 60
    words = sum(delivery.words for delivery in measured)
    if not minutes or not words:
        return ScoreRow("fillers", "Fillers", None, out_of, _NOT_HEARD)
    ums = sum(len(delivery.filled_pauses) for delivery in measured) / minutes
    fillers = 100 * sum(len(delivery.filler_words) for delivery in measured) / words
    norms = rules.norms
    zone = _worst([norms.filled_pauses_per_minute.zone(ums), norms.filler_words_per_100.zone(fillers)])
    why = f"{ums:.0f} ums a minute, {fillers:.0f} filler words in a hundred"
    return ScoreRow("fillers", "Fillers", getattr(rules.points.fillers, zone), out_of, why)


def _worst(zones: Iterable[str]) -> str:
    return max(zones, key=("quiet", "note", "work").index)
