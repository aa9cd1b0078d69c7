"""The rows of the scorecard that rest on sound: pace, tone of voice, pauses and turn-taking, fillers."""

from collections.abc import Iterable

from simulator.grading.call import Call
from simulator.grading.rubric_rules import RubricRules
from simulator.records import (
    STEADY,
    TONE_NOT_MEASURED,
    Delivery,
    Evidence,
    FilledPause,
    FillerWord,
    PaceStretch,
    ScoreRow,
    Span,
    Turn,
    VoiceTone,
)

_NOT_HEARD = "not measured: the words were not spoken aloud"
_TOO_UNCERTAIN = "not measured: too little voice, or too much noise in it"
_ENOUGH_TURNS, _ENOUGH_S = 3, 15.0  # for a talk share: one answer to one line says nothing


def delivery_rows(call: Call, rules: RubricRules) -> tuple[ScoreRow, ...]:
    """The four rows; each names the place to listen to, where points were lost."""
    return _pace(call, rules), _tone(call, rules), _pauses(call, rules), _fillers(call, rules)


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
    points = getattr(rules.points.pace, norm.zone(wpm))
    return ScoreRow("pace", "Pace", points, out_of, why, _off_pace(call, "rushed" if wpm > high else "dragging"))


def _off_pace(call: Call, kind: str) -> Evidence | None:
    stretches = [(turn, s) for turn in call.turns for s in turn.delivery.pace_stretches if s.kind == kind]
    if not stretches:
        return None
    turn, longest = max(stretches, key=lambda item: item[1].end_s - item[1].start_s)
    return _evidence(turn, longest)


def _tone(call: Call, rules: RubricRules) -> ScoreRow:
    out_of = round(rules.points.tone.quiet)
    heard = [(turn, turn.delivery.voice) for turn in call.turns if turn.delivery.voice]
    voices = [(turn, voice) for turn, voice in heard if voice.verdict != TONE_NOT_MEASURED]
    if not voices:
        return ScoreRow("tone", "Tone of voice", None, out_of, _TOO_UNCERTAIN if heard else _NOT_HEARD)
    raised = [(turn, voice) for turn, voice in voices if "raised" in voice.verdict]
    others = [voice for _, voice in voices if voice.verdict != STEADY and "raised" not in voice.verdict]
    if len(raised) >= rules.tone.raised_turns_work:
        zone = "work"
    else:
        zone = "note" if raised or len(others) * 2 > len(voices) else "quiet"
    place = None
    if raised:
        turn, _ = max(raised, key=lambda item: item[1].raised or 0.0)
        place = _whole_turn(turn)
    why = _tones(voices)
    if not any(voice.against_baseline for _, voice in voices):
        why += "; roughly, for want of your own baseline (`simulator doctor --voice`)"
    return ScoreRow("tone", "Tone of voice", getattr(rules.points.tone, zone), out_of, why, place)


def _tones(voices: list[tuple[Turn, VoiceTone]]) -> str:
    """ "steady in 3 of 5 turns, raised in turn 2 and 4"."""
    steady = sum(voice.verdict == STEADY for _, voice in voices)
    said = [f"steady in {steady} of {len(voices)} turns"] if steady else []
    for word in ("raised", "hurried", "flat", "quiet"):
        turns = [str(turn.index + 1) for turn, voice in voices if word in voice.verdict]
        if turns:
            said.append(f"{word} in turn {' and '.join([', '.join(turns[:-1]), turns[-1]] if turns[1:] else turns)}")
    return ", ".join(said)


def _pauses(call: Call, rules: RubricRules) -> ScoreRow:
    measured = [(turn, turn.delivery) for turn in call.turns if turn.delivery.pauses is not None]
    out_of = round(rules.points.pauses.quiet)
    if not measured:
        return ScoreRow("pauses", "Pauses and turn-taking", None, out_of, _NOT_HEARD)
    norms = rules.norms
    pauses = [(turn, pause) for turn, delivery in measured for pause in delivery.pauses or ()]
    turn, longest = max(pauses, key=lambda item: item[1].duration_s, default=(call.turns[0], Span(0, 0)))
    gaps = [delivery.response_gap_s for _, delivery in measured if delivery.response_gap_s is not None]
    zones = [norms.pause_s.zone(longest.duration_s), *(norms.response_gap_s.zone(gap) for gap in gaps)]
    why = f"longest pause inside a turn {longest.duration_s:.1f} s"
    if gaps:
        why += f", longest wait before answering {max(gaps):.1f} s"
    share = talk_share([delivery for _, delivery in measured])
    if share is not None:
        zones.append(norms.talk_share.zone(share))
        why += f", you spoke {100 * share:.0f}% of the time"
    overlaps = sum(len(delivery.overlaps or ()) for _, delivery in measured)
    if overlaps:
        why += f", {overlaps} times both at once"
    place = _evidence(turn, longest) if norms.pause_s.zone(longest.duration_s) != "quiet" else None
    points = getattr(rules.points.pauses, _worst(zones))
    return ScoreRow("pauses", "Pauses and turn-taking", points, out_of, why, place)


def talk_share(deliveries: Iterable[Delivery]) -> float | None:
    """The candidate's share of all speech, 0 to 1; None where the customer's was not heard often enough."""
    both = [(d.speaking_s, d.customer_s) for d in deliveries if d.speaking_s is not None and d.customer_s is not None]
    own, other = sum(own for own, _ in both), sum(other for _, other in both)
    enough = len(both) >= _ENOUGH_TURNS or other >= _ENOUGH_S
    return own / (own + other) if enough and own + other else None


def _fillers(call: Call, rules: RubricRules) -> ScoreRow:
    measured = [turn for turn in call.turns if turn.delivery.measured]
    out_of = round(rules.points.fillers.quiet)
    minutes = sum(turn.delivery.duration_s or 0 for turn in measured) / 60
    words = sum(turn.delivery.words for turn in measured)
    if not minutes:
        return ScoreRow("fillers", "Fillers", None, out_of, _NOT_HEARD)
    ums = sum(len(turn.delivery.filled_pauses) for turn in measured) / minutes
    fillers = 100 * sum(len(turn.delivery.filler_words) for turn in measured) / words if words else 0.0
    norms = rules.norms
    zone = _worst([norms.filled_pauses_per_minute.zone(ums), norms.filler_words_per_100.zone(fillers)])
    why = f"{ums:.0f} ums a minute, {fillers:.0f} filler words in a hundred"
    place = _first_filler(measured) if zone != "quiet" else None
    return ScoreRow("fillers", "Fillers", getattr(rules.points.fillers, zone), out_of, why, place)


def _first_filler(turns: list[Turn]) -> Evidence | None:
    """The first filler of the turn that has the most."""
    turn = max(turns, key=lambda t: len(t.delivery.filled_pauses) + len(t.delivery.filler_words))
    found: list[FilledPause | FillerWord] = [*turn.delivery.filled_pauses, *turn.delivery.filler_words]
    timed = [Span(f.start_s, f.end_s) for f in found if f.start_s is not None and f.end_s is not None]
    return _evidence(turn, min(timed, key=lambda span: span.start_s)) if timed else None


def _whole_turn(turn: Turn) -> Evidence:
    times = [(s.start_s, s.end_s) for s in turn.sentences if s.start_s is not None]
    return Evidence(turn.index, turn.transcript.text, times[0][0] if times else None, times[-1][1] if times else None)


def _evidence(turn: Turn, place: Span | PaceStretch) -> Evidence:
    """A place with the words that were said around it."""
    near = [
        word.text
        for word in turn.transcript.words
        if word.start_s is not None and word.end_s is not None
        if word.end_s > place.start_s - 1 and word.start_s < place.end_s + 1
    ]
    return Evidence(turn.index, " ".join(near), round(place.start_s, 3), round(place.end_s, 3))


def _worst(zones: Iterable[str]) -> str:
    return max(zones, key=("quiet", "note", "work").index)
