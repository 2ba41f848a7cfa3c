"""Composite index: its weights, and how far ranks depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.entropy_index.compute import CompositeIndex, IndexSection, compute_index
from xinzhi.analyses.entropy_index.show import moves_table, weights_table
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.of_steps import StepAnalysis, index_place, refuse_changed
from xinzhi.present.chart import Chart
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message


class IndexAnalysis(StepAnalysis[IndexSection, CompositeIndex]):
    """Build a composite index, and compare its ranks with those under other weights and with fewer indicators.

    Indicators are brought to the scale from 0 to 1, those under `negative` turned round, weighed by entropy, CRITIC,
    principal components, equally or as given, and added up or scored by TOPSIS.

    Returns
    -------
    CompositeIndex
        `index` of each row, `weights` by indicator and scheme, `by_dimension`, and `moves`: how far the ranks
        within a period move under every other choice.

    Raises
    ------
    SpecError, DataError
        A column in both directions, weights that are none, or indicators none of which varies.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abc"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"talent": [1.0, 2.0, 4.0], "waste": [9.0, 5.0, 1.0]}, index=index)
    >>> found = xz.entropy_index(frame, positive="talent", negative="waste", weights="equal", shift=0)
    >>> found.index.round(4).tolist()
    [0.0, 0.4167, 1.0]

    References
    ----------
    Shannon (1948), doi 10.1002/j.1538-7305.1948.tb01338.x; Diakoulaki, Mavrotas and Papayannakis (1995), doi
    10.1016/0305-0548(94)00059-H; Hwang and Yoon (1981), doi 10.1007/978-3-642-48318-9.
    """

    section = IndexSection
    step = "entropy_index"
    verb = "entropy_index"
    description = "Composite index -> its weights."
    title = message("Composite index")
    place = index_place(11.0)

    def is_asked(self, step: Any) -> bool:
        """Leave out the sum of `columns` by entropy: its weights stand in the ledger."""
        return not step.is_plain

    def columns(self, section: IndexSection) -> tuple[str, ...]:
        """List the indicators."""
        return section.indicators

    def compute(self, section: IndexSection, given: Given) -> CompositeIndex:
        """Build the index and those of the other choices."""
        result = compute_index(given.panel, section)
        refuse_changed(given.panel, section, result.index.to_numpy())
        return result

    def notices(self, result: CompositeIndex) -> Iterator[Notice]:
        """Say what the weights and the scale mean for a reader."""
        yield from (Notice("index.weights", text) for text in result.notes)

    def show(self, section: IndexSection, result: CompositeIndex, shown: Shown) -> Exhibits:
        """Set the weights, and how far ranks move."""
        tables = (weights_table(section, result, shown), *moves_table(section, result, shown))
        return Exhibits(tables)

    def draw(self, section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Chart]:
        """Draw how far ranks move."""
        from xinzhi.analyses.entropy_index.charts import moves_chart

        yield from moves_chart(section, result, shown)


ANALYSES.add("entropy_index")(IndexAnalysis())
