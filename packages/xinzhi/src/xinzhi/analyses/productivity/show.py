"""How an index of productivity is made: the options of one index.

Tables of productivity: the index and its components between periods, and where they are from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from xinzhi.analyses.efficiency.references import BERG_1992, CHUNG_1997, GLOBAL, ZHOU_2012
from xinzhi.analyses.section import BothLanguages, Refers, Section, WordChoices, Words, refused
from xinzhi.options import PeriodNumber, Refused
from xinzhi.present import numbers
from xinzhi.present.options import measured_as, options_in_words
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.errors import StudyError
from xinzhi_core.periods import period_name
from xinzhi_core.vocabulary import canonical
from xinzhi_core.wording import Wording, listed, message
from xinzhi_frontier.productivity.index import INDICES, ProductivityResult


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
    base_period: PeriodNumber | None = None
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


COMPONENTS: Mapping[str, Wording] = MappingProxyType(
    {
        "efficiency_change": message("Efficiency change"),
        "technical_change": message("Technical change"),
        "pure_efficiency_change": message("Pure efficiency change"),
        "scale_change": message("Scale efficiency change"),
    }
)
"""Name of a component -> its heading; a component of another package is called by its name."""


CAVES_1982 = (
    "Caves, D. W., Christensen, L. R., & Diewert, W. E. (1982). The economic theory of index numbers and "
    "the measurement of input, output, and productivity. Econometrica, 50(6), 1393–1414. "
    "doi:10.2307/1913388"
)
FARE_1992 = (
    "Färe, R., Grosskopf, S., Lindgren, B., & Roos, P. (1992). Productivity changes in Swedish "
    "pharmacies 1980–1989: A non-parametric Malmquist approach. Journal of Productivity Analysis, "
    "3(1–2), 85–101. doi:10.1007/BF00158770"
)
FARE_1994 = (
    "Färe, R., Grosskopf, S., Norris, M., & Zhang, Z. (1994). Productivity growth, technical "
    "progress, and efficiency change in industrialized countries. American Economic Review, 84(1), "
    "66–83. doi:10.2307/2117971"
)
CHAMBERS_1996 = (
    "Chambers, R. G., Färe, R., & Grosskopf, S. (1996). Productivity growth in APEC countries. "
    "Pacific Economic Review, 1(3), 181–190. doi:10.1111/j.1468-0106.1996.tb00184.x"
)
RAY_1997 = (
    "Ray, S. C., & Desli, E. (1997). Productivity growth, technical progress, and efficiency change "
    "in industrialized countries: Comment. American Economic Review, 87(5), 1033–1039. "
    "doi:10.2307/2951341"
)
OH_2010 = (
    "Oh, D. (2010). A global Malmquist-Luenberger productivity index. Journal of Productivity "
    "Analysis, 34(3), 183–197. doi:10.1007/s11123-010-0178-y"
)
INDEX_REFERENCES: Mapping[str, str] = MappingProxyType(
    {
        reference.rpartition("doi:")[2]: reference
        for reference in (
            *(FARE_1992, FARE_1994, CHAMBERS_1996, CHUNG_1997),
            *(RAY_1997, GLOBAL, OH_2010, ZHOU_2012),
            *(BERG_1992, CAVES_1982),
        )
    }
)


def productivity_table(
    table_id: str,
    title: Wording,
    result: ProductivityResult,
    *,
    decimals: int = numbers.DECIMALS,
) -> Table:
    """Set the mean index and its components for each pair of periods, and over all pairs.

    Indices that multiply have geometric means, those that add arithmetic ones; pairs without a
    value are counted, never averaged.
    """
    frame = result.to_frame()
    is_difference = INDICES.get(result.index).traits.is_difference
    names = ["value", *result.components]
    pairs = frame.groupby(["from", "to"], sort=True)
    parts = {
        f"{period_name(first)}-{period_name(second)}": part for (first, second), part in pairs
    } | {"all": frame}
    means = {key: means_of(part, names, is_difference=is_difference) for key, part in parts.items()}
    return Table(
        id=table_id,
        title=title,
        stub=message("Periods"),
        columns=(
            Column("n", message("n")),
            Column("value", message("Index")),
            *(Column(name, COMPONENTS.get(name, name)) for name in result.components),
        ),
        rows=tuple(_row(key, of_pair, decimals) for key, of_pair in means.items()),
        notes=tuple(_notes(result, is_difference=is_difference)),
        machine={"index": result.index, "periods": means, "values": frame.to_dict("records")},
    )


def means_of(part: pd.DataFrame, names: Sequence[str], *, is_difference: bool) -> dict[str, float]:
    """Average the pairs with a value: geometric means, or arithmetic ones of differences."""
    # A pair without the index counts for no component either: means over the same pairs multiply
    # (or add up) to the mean of the index.
    complete = part[part["value"].notna()]
    means: dict[str, float] = {"n": float(len(complete))}
    for name in names:
        values = complete[name].to_numpy(dtype=np.float64)
        if not len(values):
            means[name] = float("nan")
        elif is_difference:
            means[name] = float(values.mean())
        else:
            means[name] = float(np.exp(np.log(values).mean()))
    return means


def _row(key: str, means: Mapping[str, float], decimals: int) -> Row:
    cells = (
        Cell(int(means["n"]), "count"),
        *(Cell(value, "number", decimals=decimals) for name, value in means.items() if name != "n"),
    )
    is_total = key == "all"
    return Row(message("All") if is_total else key, cells, key=key, rule_above=is_total)


def _notes(result: ProductivityResult, *, is_difference: bool) -> Iterator[Wording]:
    n_missing = int(np.isnan(result.values).sum())
    kind = message("arithmetic") if is_difference else message("geometric")
    yield measured_as(result.options, has_bads=result.has_bads, of_index=True)
    yield message("Means are {kind}.", kind=kind)
    if n_missing:
        yield message(
            "{n} pairs without a value are left out of the means.",
            one="{n} pair without a value is left out of the means.",
            n=n_missing,
        )


def productivity_methods(result: ProductivityResult, label: Wording, score: Wording) -> Wording:
    """Say which index was computed of which scores, and how its components combine."""
    traits = INDICES.get(result.index).traits
    words = {
        "index": label,
        "title": traits.title,
        "score": score,
        "components": listed([COMPONENTS.get(name, name) for name in result.components]),
        "options": listed(
            options_in_words(result.options, has_bads=result.has_bads, of_index=True)
        ),
    }
    if traits.is_difference:
        return message(
            "{index} is the {title} between consecutive periods, with the inputs and outputs of {score}: "
            "{options}. Components: {components}. A value above 0 is growth.",
            **words,
        )
    return message(
        "{index} is the {title} between consecutive periods, with the inputs and outputs of {score}: "
        "{options}. Components: {components}. A value above 1 is growth.",
        **words,
    )


def references_of(index: str) -> frozenset[str]:
    """List the references of an index; one of another package is named by its DOI.

    >>> sorted(reference[:24] for reference in references_of("malmquist"))
    ['Färe, R., Grosskopf, S.,', 'Färe, R., Grosskopf, S.,']
    """
    dois = INDICES.get(index).traits.references
    return frozenset(INDEX_REFERENCES.get(doi, f"doi:{doi}") for doi in dois)
