"""What a browser is told of a call: each event of the loop as a message. Changes nothing in the call."""

from typing import Any

from simulator.coach.line import Line
from simulator.listening import Level
from simulator.records import EndedBy, Session, Turn
from simulator.roleplay import CallEvent, CustomerSpeaks, Ended, Graded, Listening, Notice, Thinking
from simulator.scenarios import Heat
from simulator.terminal import ending_words

_ADVICE = 2


class Telling:
    """Tells one browser about one call. `kept`: the call is saved, so that its replay can be linked."""

    def __init__(self, line: Line, *, kept: bool) -> None:
        self._line, self._kept = line, kept
        self._hearing = False
        self.ended = False

    def tell(self, event: CallEvent) -> None:
        """Say one event."""
        if isinstance(event, Level):
            if self._kept:  # a recording is heard in no time
                self._level(event)
        elif isinstance(event, CustomerSpeaks):
            if not self._line.is_over:
                mood = {"anger": round(event.mood.anger), "mood": Heat.of(event.mood.anger).value}
                self._line.send("line", text=event.line.text, **mood)
        elif isinstance(event, Listening):
            self._hearing = False
            self._state("listening")
        elif isinstance(event, Thinking):
            self._state("thinking")
        elif isinstance(event, Graded):
            self._line.send("heard", **_heard(event.turn))
        elif isinstance(event, Notice):
            self.notice(event.text)
        elif isinstance(event, Ended):
            self.ended = True
            self._line.send("ended", **_result(event.session, kept=self._kept))

    def notice(self, text: str) -> None:
        """Say a sentence beside the call."""
        self._line.send("notice", text=text)

    def broke_off(self, text: str) -> None:
        """Say why there is no scorecard."""
        self.ended = True
        self._line.send("broke_off", text=text)

    def _level(self, level: Level) -> None:
        if level.speaking != self._hearing:
            self._hearing = level.speaking
            self._state("hearing" if level.speaking else "listening")

    def _state(self, state: str) -> None:
        self._line.send("state", state=state)


def _heard(turn: Turn) -> dict[str, Any]:
    nobody = turn.ended_by is EndedBy.NOBODY_SPOKE
    return {"text": turn.transcript.text, "rough": turn.transcript.rough, "nobody_spoke": nobody}


def _result(session: Session, *, kept: bool) -> dict[str, Any]:
    assessment = session.assessment
    if assessment is None:
        raise AssertionError("a call that has ended is assessed")
    card, levels = assessment.scorecard, assessment.levels
    return {
        "session": session.head.id if kept else None,
        "ending": ending_words(session),
        "turns": len(session.turns),
        "rough": session.head.rough,
        "total": round(card.total, 1),
        "out_of": card.out_of,
        "levels": {"calm": levels.calm, "clarify": levels.clarify, "options": levels.options},
        "rows": [
            {"title": row.title, "points": row.points, "out_of": row.out_of, "why": row.why} for row in card.rows
        ],
        "praise": assessment.praise,
        "advice": [{"why": advice.why, "better": advice.better} for advice in assessment.advice[:_ADVICE]],
    }
