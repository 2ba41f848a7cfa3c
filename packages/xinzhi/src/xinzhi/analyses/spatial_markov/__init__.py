"""Spatial Markov chain: transitions between classes of a score by the class of the neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.neighbours import (
    NeighboursSection,
    OfNeighbours,
    WeightsText,
    structure,
    with_structure,
)
from xinzhi.analyses.section import Refers, Section
from xinzhi.analyses.space_and_time import report_place
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.space.spatial_markov import Homogeneity, SpatialMarkov, spatial_markov


class ChainOptions(Section):
    """Classes of a score and of the mean of its neighbours."""

    classes: int = Field(default=4, ge=2)
    """Number of classes, by quantiles of the scores of all periods."""
    lag_classes: int | None = Field(default=None, ge=2)
    """Number of classes of the neighbours' mean, by quantiles of its own; that of the scores where left out."""
    bounds: tuple[float, ...] = ()
    """Upper bounds of all classes but the highest, in place of quantiles; a class holds its upper bound."""
    lag_bounds: tuple[float, ...] = ()
    """Upper bounds of the classes of the neighbours' mean, in place of quantiles; `bounds` where neither they
    nor `lag_classes` are given."""
    relative: bool = False
    """Whether scores are divided by the mean of their period."""


class SpatialMarkovOptions(ChainOptions):
    """Transitions between the classes of a score, by the class of the neighbours' mean."""

    neighbours: Annotated[str | None, Refers("outlines")] = None
    """Who is next to whom: a map of the study by name, built_in for China, or a file of pairs such as
    pairs.csv; `neighbours` of the score where left out; in Python and on the command line a file of outlines
    or pairs, or built_in."""
    weights: WeightsText | None = None
    """Of outlines: rook (a common border), queen (a point is enough), nearest 4, within 300 (km),
    inverse_distance, or inverse_distance 2 for its square; those of the score, or rook, where left out."""


class SpatialMarkovSection(ChainOptions, NeighboursSection):
    """Spatial Markov chain of a score."""


def neighbours_label(neighbours: int) -> Wording:
    """Word a class of neighbours; 0 is all of them."""
    if not neighbours:
        return message("All neighbours")
    return message("Neighbours of class {k}", k=neighbours)


def chains_table(table_id: str, title: Wording, result: SpatialMarkov) -> Table:
    """Set the pooled matrix, and that of each class of neighbours."""
    frame = result.to_frame()
    keys = [f"{neighbours}/{origin}" for neighbours, origin in frame.index]
    labels: dict[str, Wording] = {
        key: message("{chain}, from class {k}", chain=neighbours_label(neighbours), k=origin)
        for key, (neighbours, origin) in zip(keys, frame.index, strict=True)
    }
    reached = [name for name in frame.columns if name != "n"]
    return table_from(
        frame.set_axis(pd.Index(keys)),
        {
            **{name: message("To class {k}", k=name) for name in reached},
            "n": message("Number of transitions"),
        },
        id=table_id,
        title=title,
        stub=message("From class"),
        labels=labels,
        kinds=dict.fromkeys(reached, "number"),
        notes=(
            message(
                "Shares of the transitions that start from a class; neighbours by their mean in the first of two "
                "consecutive periods. Upper bounds of the classes: {own}; of the neighbours' mean: {around}.",
                own=_bounds(result.bounds),
                around=_bounds(result.lag_bounds),
            ),
        ),
        reading=tuple(_reading(result)),
        machine={
            "rows": rows_of(frame),
            "counts": result.counts.tolist(),
            "pooled": result.pooled.tolist(),
            "bounds": list(result.bounds),
            "lag_bounds": list(result.lag_bounds),
            "n": result.n,
            "n_missing": result.n_missing,
        },
    )


def _bounds(bounds: tuple[float, ...]) -> Wording:
    return listed([numbers.number(bound) for bound in bounds])


def _reading(result: SpatialMarkov) -> Iterator[Wording]:
    tests = result.tests
    if tests.df:
        yield message(
            "That transitions are alike whatever the class of the neighbours is tested by Q = {q} "
            "({p}) and LR = {lr} ({of_lr}), each with {df} degrees of freedom.",
            one="That transitions are alike whatever the class of the neighbours is tested by Q = {q} "
            "({p}) and LR = {lr} ({of_lr}), each with {df} degree of freedom.",
            counting="df",
            q=numbers.number(tests.q),
            lr=numbers.number(tests.lr),
            df=tests.df,
            p=numbers.p_equals(tests.p_q),
            of_lr=numbers.p_equals(tests.p_lr),
        )


def tests_table(table_id: str, title: Wording, tests: Homogeneity) -> Table:
    """Set both tests that the chains are equal."""
    frame = pd.DataFrame(
        {
            "statistic": [tests.q, tests.lr],
            "df": [tests.df, tests.df],
            "p_value": [tests.p_q, tests.p_lr],
        },
        index=pd.Index(["q", "lr"], name="test"),
    )
    return table_from(
        frame,
        {
            "statistic": message("Statistic"),
            "df": message("Degrees of freedom"),
            "p_value": message("p"),
        },
        id=table_id,
        title=title,
        stub=message("Test"),
        labels={"q": message("Q (Pearson)"), "lr": message("LR (likelihood ratio)")},
        kinds={"statistic": "statistic", "df": "count"},
        notes=(
            message(
                "Null hypothesis: the transitions of all classes of neighbours have the probabilities of the pooled "
                "matrix. Rows and cells without a transition take no degree of freedom."
            ),
        ),
    )


BICKENBACH_BODE_2003 = (
    "Bickenbach, F., & Bode, E. (2003). Evaluating the Markov property in studies of economic "
    "convergence. International Regional Science Review, 26(3), 363–392. doi:10.1177/0160017603253789"
)
REY_2001 = (
    "Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical Analysis, "
    "33(3), 195–214. doi:10.1111/j.1538-4632.2001.tb00444.x"
)


class SpatialMarkovAnalysis(OfNeighbours[SpatialMarkovSection, SpatialMarkov]):
    """Estimate the transitions between classes of a score by the class of the neighbours' mean.

        p_ijm = n_ijm / sum_j n_ijm

    i and j are the classes in two consecutive periods, m that of the neighbours' mean in the first.

    Returns
    -------
    SpatialMarkov
        `.to_frame()` has a row for each class of neighbours (0: all) and class left: probabilities without
        unit, and the number of transitions; `.tests` has Q, LR, their degrees of freedom and p-values.

    Raises
    ------
    DataError, SpecError
        The score is not in the data or holds text, nobody has a neighbour in two consecutive periods, or
        bounds do not rise.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> places = ["北京市", "天津市", "河北省", "山西省", "河南省", "山东省"]
    >>> index = pd.MultiIndex.from_product([places, [2018, 2019, 2020]], names=["entity", "period"])
    >>> scores = [9, 8, 3, 8, 3, 9, 5, 6, 4, 3, 2, 8, 2, 7, 1, 4, 1, 7]
    >>> frame = pd.DataFrame({"score": scores}, index=index, dtype=float)
    >>> found = xz.spatial_markov(frame, score="score", neighbours="built_in", classes=2)
    >>> found.n, round(found.tests.q, 6), found.tests.df
    (12, 6.0, 2)

    References
    ----------
    Rey (2001), doi 10.1111/j.1538-4632.2001.tb00444.x; Bickenbach and Bode (2003), doi
    10.1177/0160017603253789; Kang and Rey (2018), doi 10.1007/s00168-018-0859-9.
    """

    section = SpatialMarkovSection
    verb = "spatial_markov"
    description = "Score -> moves between its classes, by those of its neighbours."
    title = message("Spatial Markov chain")
    place = report_place(45.2)
    suffix = "spatial_markov"
    caption = message("Transitions of {score} by the class of the neighbours")
    inside = ".spatial_markov"

    def compute(self, section: SpatialMarkovSection, given: Given) -> SpatialMarkov:
        """Count the transitions of each class of neighbours, and test whether they differ."""
        return spatial_markov(
            given.panel.frame[section.score],
            structure(section, given),
            classes=section.classes,
            lag_classes=section.lag_classes,
            bounds=section.bounds,
            lag_bounds=section.lag_bounds,
            relative=section.relative,
        )

    def show(self, section: SpatialMarkovSection, result: SpatialMarkov, shown: Shown) -> Exhibits:
        """Set the matrices, and the tests."""
        chains = with_structure(
            chains_table(*self.heading(section, shown), result), section, result.mean_neighbours
        )
        title = message(
            "Tests that the transitions of {score} do not depend on the neighbours",
            score=shown.study.score_label(section.score),
        )
        tests = tests_table(f"{shown.name}_spatial_markov_tests", title, result.tests)
        references = frozenset({BICKENBACH_BODE_2003, REY_2001})
        return Exhibits((chains, tests), references=references, prose=first_sentences(chains))

    def draw(
        self, section: SpatialMarkovSection, result: SpatialMarkov, shown: Shown
    ) -> Iterator[Chart]:
        """Draw each matrix as tiles, the darker the more probable."""
        from xinzhi.present.plots import tiles  # the chart engine loads when a chart is drawn

        frame = result.to_frame().drop(columns="n")
        cells = frame.reset_index().melt(["neighbours", "from"], var_name="to", value_name="share")
        cells = cells.sort_values(["neighbours", "from"], kind="stable", ignore_index=True)
        rows = [
            message("{chain}, from class {k}", chain=neighbours_label(chain), k=origin)
            for chain, origin in zip(cells["neighbours"], cells["from"], strict=True)
        ]
        cells = cells.assign(row=pd.Series(rows, dtype=object))
        yield tiles(
            cells[["to", "row", "share"]],
            ("to", message("To class")),
            ("row", message("From class")),
            ("share", message("Probability")),
            id=f"{shown.name}_spatial_markov_tiles",
            title=self.heading(section, shown)[1],
        )


ANALYSES.add("spatial_markov")(SpatialMarkovAnalysis())
