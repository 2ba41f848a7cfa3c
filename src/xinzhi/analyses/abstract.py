"""Sentences of the abstract, as analyses declare them; the report puts them in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinzhi.analyses.reads import Study
from xinzhi.wording import Wording

Part = Literal[
    "question", "method", "level", "finding", "nothing", "neither", "caveat", "conclusion"
]


@dataclass(frozen=True, slots=True)
class AbstractSentence:
    """One sentence of the abstract, and where it stands; within a part they stand as in the report."""

    part: Part
    """question; method; level: what was measured; finding: what is statistically significant; nothing:
    a clause, without a full stop, on associations none of which is; neither: a noun phrase for further
    effects none of which is; caveat: what is left under other assumptions; conclusion."""
    text: Wording


def main_score(study: Study) -> str | None:
    """Name the score that the study is about: that of the first regression, else the first one."""
    if study.first_column is not None:
        outcome = study.equation(study.first_column).regression.outcome
        if outcome in study.style.labels and (score := study.origin(outcome).score):
            return score
    return next(iter(study.sections("efficiency")), None)
