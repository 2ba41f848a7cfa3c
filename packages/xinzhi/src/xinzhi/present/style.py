"""Style of tables and charts: labels, stars and decimals as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xinzhi.present.numbers import DECIMALS, STARS, count, marks
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule, Verdict, judge


@dataclass(frozen=True, slots=True)
class Noun:
    """What the entities of a study are, in running text."""

    one: Wording
    many: Wording

    def count(self, n: int) -> Wording:
        """Count entities.

        >>> str(ENTITIES.count(1)), str(ENTITIES.count(115))
        ('1 entity', '115 entities')
        """
        words = self.one if n == 1 else self.many
        return message("{n} {things}", n=count(n), things=words)


ENTITIES = Noun(message("entity"), message("entities"))
NOUNS: Mapping[str, Noun] = {
    "china_cities": Noun(message("city"), message("cities")),
    "china_provinces": Noun(message("province"), message("provinces")),
    "countries": Noun(message("country"), message("countries")),
}
"""Register that knows the entities -> what they are."""


@dataclass(frozen=True, slots=True)
class Style:
    """The style that all tables and charts of a study share."""

    labels: Mapping[str, Wording] = field(default_factory=dict)
    """Variable -> its label."""
    stars: Mapping[str, float] = field(default_factory=lambda: STARS)
    """Marks and the p-values below which they stand."""
    decimals: int = DECIMALS
    units: Mapping[str, Wording] = field(default_factory=dict)
    """Variable -> its unit in the tables, where it is known."""
    entities: Mapping[str, Wording] = field(default_factory=dict)
    """Entity -> its label."""
    noun: Noun = ENTITIES
    """What the entities are."""
    inference: JudgementRule = CUSTOMARY
    """How effects are judged."""

    @property
    def level(self) -> float:
        """An effect counts as significant where its p-value is below."""
        return self.inference.level

    def judge(self, estimate: float, p: float, basis: str = "") -> Verdict:
        """Judge an effect as the study declares."""
        return judge(estimate, p, self.inference, basis=basis)

    def marks(self, verdict: Verdict) -> str:
        """Give the stars of an effect outside of a column: none where it does not count.

        >>> PLAIN.marks(PLAIN.judge(0.2, 0.03)), PLAIN.marks(PLAIN.judge(0.2, 0.07))
        ('**', '')
        """
        return marks(verdict.p_family, self.stars) if verdict.is_significant else ""


PLAIN = Style()
"""Names as they stand in the data, usual stars and decimals."""
