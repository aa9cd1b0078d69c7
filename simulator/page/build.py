"""The page of one call: a single HTML file with picture, sound and words in it, which loads nothing from anywhere."""

import base64
from dataclasses import dataclass
from pathlib import Path

from simulator.audio.files import encode_flac
from simulator.errors import UsageError
from simulator.grading.rubric_rules import STEP_TITLES
from simulator.page.charts import call_picture
from simulator.page.templates import templates
from simulator.page.timeline import PlacedTurn, Sounds, second_of, sign_of, timeline_of
from simulator.records import Assessment, Delivery, Session, Turn
from simulator.terminal import ending_words

_FOLDER = Path(__file__).parent


def write_page(path: Path, session: Session, assessment: Assessment, title: str, sounds: Sounds) -> None:
    """Write the page of a call.

    Raises:
        UsageError: the file cannot be written.
    """
    page = call_page(session, assessment, title, sounds)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def call_page(session: Session, assessment: Assessment, title: str, sounds: Sounds) -> str:
    """The page as HTML; `title` is the scenario's."""
    timeline = timeline_of(session, sounds)
    start = session.start_anger
    flac = encode_flac(timeline.audio) if timeline.has_sound else b""
    return (
        templates(_FOLDER)
        .get_template("call.html")
        .render(
            session=session,
            head=session.head,
            title=title,
            ending=ending_words(session),
            assessment=assessment,
            card=assessment.scorecard,
            picture=call_picture(timeline, start) if session.turns else None,
            duration_s=timeline.duration_s,
            audio=base64.b64encode(flac).decode() if flac else "",
            turns=[_TurnView(placed) for placed in timeline.turns],
            start_anger=start,
            place=lambda evidence: second_of(timeline.turns, evidence) if timeline.has_sound else None,
            step=STEP_TITLES.__getitem__,
            sign=sign_of,
        )
    )


@dataclass(frozen=True)
class _TurnView:
    """What the template shows of a turn."""

    placed: PlacedTurn

    @property
    def turn(self) -> Turn:
        return self.placed.turn

    @property
    def delivery(self) -> list[tuple[str, str]]:
        """Name and value of what was measured in the sound."""
        return _delivery_rows(self.placed.turn.delivery)

    @property
    def events(self) -> list[tuple[float, str]]:
        """Long pauses, filled pauses and filler words with their second of the call."""
        delivery = self.placed.turn.delivery
        found = [(p.start_s, f"pause of {p.duration_s:.1f} s") for p in delivery.pauses or ()]
        found += [
            (um.start_s, f"filled pause ({um.source})") for um in delivery.filled_pauses if um.start_s is not None
        ]
        found += [(word.start_s, f"“{word.text}”") for word in delivery.filler_words if word.start_s is not None]
        found += [(s.start_s, f"{s.kind} for {s.end_s - s.start_s:.0f} s") for s in delivery.pace_stretches]
        return [(self.placed.at(at), what) for at, what in sorted(found)]


def _delivery_rows(delivery: Delivery) -> list[tuple[str, str]]:
    rows = [
        ("pace", delivery.words_per_minute, "{:.0f} words a minute"),
        ("syllables", delivery.syllables_per_second, "{:.1f} a second"),
        ("waited before answering", delivery.response_gap_s, "{:.1f} s"),
        ("longest stretch without a breath", delivery.longest_run_s, "{:.0f} s"),
    ]
    shown = [(name, form.format(value)) for name, value, form in rows if value is not None]
    if voice := delivery.voice:
        shown.append(("voice", voice.verdict))
        if voice.pitch_median_hz:
            shown.append(
                ("pitch", f"around {voice.pitch_median_hz:.0f} Hz, over {voice.pitch_range_semitones:.0f} semitones")
            )
    return shown
