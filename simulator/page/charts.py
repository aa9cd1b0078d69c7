"""The picture of a call, drawn as SVG. The only room that imports matplotlib.

Every kind of mark has a shape or a pattern of its own, so that it reads in black and white.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.grading.rubric_rules import rubric_rules
from simulator.page.timeline import Curve, Timeline, sign_of
from simulator.records import Span

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INCHES_PER_S, _LEAST_INCHES, _MOST_INCHES = 0.16, 10.0, 90.0
_LEFT_INCHES, _RIGHT_INCHES = 1.5, 0.2
_CUSTOMER, _CANDIDATE = "#b35900", "#0b4f8a"  # told apart in grey, too: 0.40 and 0.27 of full brightness
_HEIGHTS = (1.5, 1.3, 1.1, 1.1, 1.1, 1.1)


@dataclass(frozen=True)
class Picture:
    """An SVG, and where its time axis begins and ends as shares of its width."""

    svg: str
    left: float
    right: float


def call_picture(timeline: Timeline, start_anger: float | None) -> Picture:
    """Both voices, what was found in them, loudness, pitch, pace and anger, over the seconds of the call."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    width = min(_MOST_INCHES, max(_LEAST_INCHES, timeline.duration_s * _INCHES_PER_S))
    # A fixed salt and text as text: the same call gives the same file, and a screen reader finds words.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "calmline", "font.size": 9, "hatch.linewidth": 0.7}):
        figure = Figure(figsize=(width, sum(_HEIGHTS)))
        rows = figure.subplots(len(_HEIGHTS), 1, sharex=True, gridspec_kw={"height_ratios": _HEIGHTS, "hspace": 0.12})
        _draw_behaviours(rows[0], timeline)
        _draw_voices(rows[1], timeline)
        _draw_curves(rows[2], "loudness\ndB", timeline.loudness(customer=True), timeline.loudness(customer=False))
        _draw_pitch(rows[3], timeline)
        _draw_pace(rows[4], timeline)
        _draw_anger(rows[5], timeline.anger(start_anger))
        rows[-1].set_xlabel("seconds of the call")
        rows[-1].set_xlim(0, max(timeline.duration_s, 1.0))
        left, right = _LEFT_INCHES / width, 1 - _RIGHT_INCHES / width
        figure.subplots_adjust(left=left, right=right, top=0.99, bottom=0.06)
        return Picture(_svg(figure), left, right)


def _draw_behaviours(axes: "Axes", timeline: Timeline) -> None:
    """A plus or a minus for each sentence, with what it did written upwards."""
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    _name(axes, "what you did")
    last = -10.0
    for placed in timeline.turns:
        for sentence in placed.turn.sentences:
            if sentence.start_s is None or not sentence.labels:
                continue
            at = placed.at(sentence.start_s)
            sign = sign_of(sentence)
            words = ", ".join(label.id.value.replace("_", " ") for label in sentence.labels)
            shown = max(at, last + 1.1)  # labels that would cover each other move to the right
            axes.text(
                shown,
                0.05,
                f"{sign} {words}",
                rotation=62,
                fontsize=7.5,
                va="bottom",
                weight="bold" if sign == "−" else "normal",
            )
            axes.plot([at, shown], [0, 0.05], color="black", lw=0.6)
            last = shown
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(bottom=False)


def _draw_voices(axes: "Axes", timeline: Timeline) -> None:
    axes.set_ylim(-0.75, 2.2)
    axes.set_yticks([1.5, 0.5, -0.4], ["customer", "you", "pauses, ums,\nfillers"])
    for placed in timeline.turns:
        _bars(axes, [placed.customer], 1.1, 0.8, _CUSTOMER, hatch="////")
        delivery = placed.turn.delivery
        _bars(axes, placed.spans(delivery.speech), 0.1, 0.8, _CANDIDATE)
        long = [p for p in delivery.pauses or () if rubric_rules().norms.pause_s.zone(p.duration_s) != "quiet"]
        _bars(axes, placed.spans(long), -0.25, 0.2, "white", edge="black")
        ums = [placed.at(um.start_s) for um in delivery.filled_pauses if um.start_s is not None]
        axes.plot(ums, [-0.4] * len(ums), "v", color="black", ms=5)
        fillers = [placed.at(word.start_s) for word in delivery.filler_words if word.start_s is not None]
        axes.plot(fillers, [-0.6] * len(fillers), "x", color="black", ms=4)
        _bars(axes, placed.spans(delivery.overlaps), 0.9, 0.2, "black")
        if delivery.voice and "raised" in delivery.voice.verdict:
            axes.text(
                placed.candidate.start_s, 0.45, " raised", color="white", weight="bold", fontsize=8, va="center"
            )


def _bars(
    axes: "Axes", spans: list[Span], low: float, high: float, colour: str, hatch: str = "", edge: str = "white"
) -> None:
    wide = [(span.start_s, span.duration_s) for span in spans if span.duration_s > 0]
    axes.broken_barh(wide, (low, high), facecolors=colour, edgecolors=edge, hatch=hatch, lw=0.6)


def _draw_curves(axes: "Axes", name: str, customer: Curve, candidate: Curve) -> None:
    axes.plot(customer.at_s, customer.values, ls=(0, (2, 1)), color=_CUSTOMER, lw=0.9)
    axes.plot(candidate.at_s, candidate.values, color=_CANDIDATE, lw=1.1)
    _name(axes, name)


def _draw_pitch(axes: "Axes", timeline: Timeline) -> None:
    for curve, mark, colour in (
        (timeline.pitch(customer=True), "x", _CUSTOMER),
        (timeline.pitch(customer=False), ".", _CANDIDATE),
    ):
        axes.plot(curve.at_s[::2], curve.values[::2], mark, color=colour, ms=2)
    axes.set_yscale("log", base=2)
    axes.set_yticks([60, 120, 240, 480], ["60", "120", "240", "480"])
    axes.set_ylim(55, 520)
    axes.minorticks_off()
    _name(axes, "pitch\nHz")


def _draw_pace(axes: "Axes", timeline: Timeline) -> None:
    low, high = rubric_rules().norms.syllables_per_second.quiet
    axes.axhspan(low, high, facecolor="#e4e4e4")
    curve = timeline.pace()
    axes.plot(curve.at_s, curve.values, color=_CANDIDATE, lw=1.3)
    axes.set_ylim(0, 8)
    _name(axes, "pace\nsyllables\na second")


def _draw_anger(axes: "Axes", curve: Curve) -> None:
    axes.plot(curve.at_s, curve.values, "o-", drawstyle="steps-post", color="black", lw=1.3, ms=4)
    axes.set_ylim(0, 100)
    _name(axes, "customer's\nanger")


def _name(axes: "Axes", name: str) -> None:
    axes.set_ylabel(name, rotation=0, ha="right", va="center", labelpad=22)


def _svg(figure: "Figure") -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
