"""How an index of productivity is made: the options of one index."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from xinzhi.analyses.section import BothLanguages, Refers, Section, WordChoices, Words, refused
from xinzhi.errors import StudyError
from xinzhi.frontier.productivity.index import INDICES
from xinzhi.options import Refused
from xinzhi.vocabulary import canonical
from xinzhi.wording import message


def _check_index(word: str) -> str:
    """Refuse unknown words; a short form such as fgnz stays, because it says more than the index."""
    try:
        canonical("index", word)
    except StudyError as error:
        raise refused(error) from error
    return word


class Productivity(Section):
    """An index of productivity between consecutive periods."""

    index: Annotated[str, AfterValidator(_check_index), WordChoices("index")] = Field(
        examples=["global_malmquist"]
    )
    """malmquist, global_malmquist_luenberger …: see `xinzhi parts`."""
    of: Annotated[str, Refers("score")]
    """Score whose inputs, outputs and options the index uses."""
    base_period: int | None = None
    """Period whose frontier measures all rows, of base_malmquist; the first where left out."""
    label: BothLanguages = Words()
    """Name of the index in the tables."""

    @model_validator(mode="after")
    def _base_has_effect(self) -> Productivity:
        if (
            self.base_period is not None
            and not INDICES.get(canonical("index", self.index)).traits.has_base
        ):
            raise Refused(
                message("`base_period` belongs to `index: base_malmquist`."),
                message("choose this index, or leave it out."),
            )
        return self
