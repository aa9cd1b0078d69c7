"""The case as the grader knows it: what must be found out, what may be offered, what went wrong.

Built from a scenario, or from a few plain words where a call was held elsewhere. Plays nothing.
"""

import re
from dataclasses import dataclass, field

# A plain list of needed facts does not say which of them only check who calls, and which tell what it means.
_IDENTITY = re.compile(
    r"\b(name|(order|account|booking|reference|customer|member\w*|policy|phone|mobile|receipt|ticket|case|serial)"
    r" (number|id)|number on|reference|e-?mail|postcode|zip code|date of birth|who is calling)\b"
)
_IMPACT = re.compile(
    r"\b(impact|affect\w*|urgen\w+|deadline|how soon|by when|needed? (it |them |this |one )?(by|back|for)"
    r"|(what|how) .*means?|consequences?|when .*\b(needs?|needed|must|has to|have to|leaves?|fl(y|ies)|travels?))\b"
)


@dataclass(frozen=True)
class Entry:
    """Something that can be asked for or offered; `ways` are wordings of it, its label among them."""

    id: str
    label: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class NeededFact(Entry):
    """A fact to find out. `identity`: a mere check of who calls; `impact`: what it means for the customer."""

    identity: bool = False
    impact: bool = False


@dataclass(frozen=True)
class Case:
    """What a call is about.

    `details` are the words by which an acknowledgement is of this case. `beyond` lists promises that the agent
    may not make; where it is None, whatever of value `authority` does not hold is beyond it.
    `model_answers` are good sentences by step.
    """

    details: tuple[str, ...] = ()
    facts: tuple[NeededFact, ...] = ()
    authority: tuple[Entry, ...] = ()
    beyond: tuple[Entry, ...] | None = ()
    model_answers: dict[str, str] = field(default_factory=dict)

    @property
    def needed(self) -> frozenset[str]:
        """Ids of the facts that must be found out."""
        return frozenset(fact.id for fact in self.facts)

    def facts_that(self, *, identity: bool = False, impact: bool = False) -> frozenset[str]:
        """Ids of the facts of a kind."""
        return frozenset(f.id for f in self.facts if (identity and f.identity) or (impact and f.impact))

    @classmethod
    def plain(cls, grievance: str, needed_facts: tuple[str, ...], authority: tuple[str, ...]) -> "Case":
        """A case from plain words: every fact and remedy is its own id."""
        return cls(
            details=(grievance,) if grievance else (),
            facts=tuple(
                NeededFact(
                    fact,
                    fact,
                    (fact,),
                    identity=bool(_IDENTITY.search(fact.lower())),
                    impact=bool(_IMPACT.search(fact.lower())),
                )
                for fact in needed_facts
            ),
            authority=tuple(Entry(remedy, remedy, (remedy,)) for remedy in authority),
            beyond=None if authority else (),
        )
