"""Composite index: its weights, how far ranks depend on them, and the obstacles to its best value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.entropy_index.compute import (
    CHOSEN,
    CompositeIndex,
    IndexSection,
    ObstacleDegrees,
    ObstaclesSection,
    compute_index,
    compute_obstacles,
)
from xinzhi.analyses.entropy_index.lead import dimension_words, head_of, lead
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.of_steps import (
    METHODS,
    StepAnalysis,
    index_place,
    made,
    name_of,
    options_of,
    refuse_changed,
    steps_of,
)
from xinzhi.analyses.space_and_time import KEY, report_place, unknown_dates
from xinzhi.prepare.step import Step
from xinzhi.prepare.steps.entropy_index import (
    POOLS,
    SCORES,
    WEIGHTINGS,
    EntropyIndex,
    construction_words,
    weighting_words,
)
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import Heading, records, rows_of, table_from
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.errors import Problem, Where
from xinzhi_core.notices import Notice as Notice
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, in_a_row, message

DIRECTIONS = {1: message("positive indicator"), -1: message("negative indicator")}


class IndexAnalysis(StepAnalysis[IndexSection, CompositeIndex]):
    """Build a composite index, and compare its ranks with those under other weights and with fewer indicators.

    Indicators are brought to the scale from 0 to 1, those under `negative` turned round, weighed by entropy, CRITIC,
    principal components, equally or as given, and added up or scored by TOPSIS.

    Returns
    -------
    CompositeIndex
        `index` of each row (no unit), `weights` by indicator and scheme, `by_dimension`, and `moves`: how far the ranks
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

    def is_asked(self, step: Step) -> bool:
        """Leave out the sum of `columns` by entropy: its weights stand in the ledger."""
        return isinstance(step, EntropyIndex) and not step.is_plain

    def columns(self, section: IndexSection) -> tuple[str, ...]:
        """List the indicators."""
        return section.indicators

    def compute(self, section: IndexSection, given: Given) -> CompositeIndex:
        """Build the index and those of the other choices."""
        result = compute_index(given.panel, section)
        refuse_changed(given.panel, section, result.index.to_numpy())
        return result

    def show(self, section: IndexSection, result: CompositeIndex, shown: Shown) -> Exhibits:
        """Set the weights, and how far ranks move."""
        moves = tuple(moves_table(section, result, shown))
        said = (*lead(section, result, shown), *(words for one in moves for words in one.reading))
        head, abstract = head_of(section, result, shown)
        return Exhibits(
            (weights_table(section, result, shown), *moves),
            prose=(in_a_row(said),) if said else (),
            head=head,
            abstract=abstract,
        )

    def draw(self, section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Chart]:
        """Draw the course of the index where no analysis of it does, and how far ranks move."""
        yield from _course(section, result, shown)
        if result.moves.empty:
            return
        from xinzhi.present.plots import bars

        frame = result.moves[["mean_change"]].reset_index(drop=True)
        words = [choice_words(kind, name, shown) for kind, name in result.moves.index]
        yield bars(
            frame.assign(choice=pd.Series(words, dtype=object)),
            ("choice", message("Choice")),
            ("mean_change", message("Mean change of ranks")),
            is_horizontal=True,
            id=f"{shown.name}_weightings_chart",
            title=message("Ranks under other choices: {index}", index=name_of(section, shown)),
        )


def _course(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Chart]:
    """Draw the distribution of an index over time, unless its ranks do or it has no level."""
    is_drawn = shown.name in shown.study.sections("ranks") or section.pool == "period"
    if is_drawn or len(shown.panel.periods) < 2:
        return
    from xinzhi.analyses.ranks.charts import distribution_over_time

    name = name_of(section, shown)
    title = message("Distribution of {score} over time", score=name)
    chart = distribution_over_time(
        f"{shown.name}_course", title, result.index, score=name, parts=shown.parts
    )
    # The main text follows the first index; those beside it stand in the appendix.
    is_first = shown.name == next(iter(shown.study.sections("entropy_index")), None)
    yield replace(chart, part="text" if is_first else "appendix")


class ObstaclesAnalysis(Analysis[ObstaclesSection, ObstacleDegrees]):
    """Share out what keeps each entity from the best value of a composite index among its indicators.

    O_ij = w_j (1 - z_ij) / sum_k w_k (1 - z_ik), w the weights of the index and z its indicators from 0 to 1.

    Returns
    -------
    ObstacleDegrees
        `degrees` by row and indicator (shares without unit), which sum to 1; `by_dimension`; `means` at the dates.

    Raises
    ------
    SpecError, DataError
        As the composite index.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abc"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"talent": [1.0, 2.0, 4.0], "waste": [9.0, 7.0, 1.0]}, index=index)
    >>> found = xz.obstacles(frame, positive="talent", negative="waste", weights="equal")
    >>> found.degrees.round(4).loc["b"].values.tolist()
    [[0.4706, 0.5294]]

    References
    ----------
    Evaluating urban ecological civilization and its obstacle factors based on integrated model of PSR-EVW-TOPSIS
    (2021).
    """

    section = ObstaclesSection
    is_declared = False
    under = KEY
    verb = "obstacles"
    description = "Composite index -> what keeps entities from its best value."
    title = message("Obstacle degrees")
    place = report_place(45.6)

    def sections(self, key: str, options: object) -> Mapping[str, ObstaclesSection]:
        """Take the options of the step that made the index, and the dates of the score."""
        steps = steps_of(options, "entropy_index")
        asked = {
            name: (score.obstacles, score.dates)
            for name, score in getattr(options, KEY).items()
            if score.obstacles is not None and score.obstacles.of in steps
        }
        return {
            name: ObstaclesSection.model_validate(
                {
                    "prepared": chosen.of,
                    **options_of(steps[chosen.of]),
                    "dates": dates,
                    "top": chosen.top,
                }
            )
            for name, (chosen, dates) in asked.items()
        }

    def reads(self, section: ObstaclesSection, study: Study) -> Reads:
        """Read the indicators and the index."""
        del study
        return Reads(panel=(*section.indicators, *made(section)), methods=METHODS)

    def inspect(self, section: ObstaclesSection, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse dates that are not in the data, and an index of values as they are."""
        yield from unknown_dates(section.dates, panel, Where())
        if not section.standardise:
            yield Problem(
                "obstacles.scale",
                message("Obstacles are not defined for values as they are."),
                Where(),
                message("leave out `standardise: false`."),
            )

    def compute(self, section: ObstaclesSection, given: Given) -> ObstacleDegrees:
        """Build the index, and share out what each row lacks."""
        return compute_obstacles(given.panel, section)

    def show(self, section: ObstaclesSection, result: ObstacleDegrees, shown: Shown) -> Exhibits:
        """Set the means at the dates, and the largest obstacles of each entity at the last."""
        means, largest = means_table(section, result, shown), largest_table(section, result, shown)
        return Exhibits((means, largest), prose=first_sentences(means))


def weights_table(section: IndexSection, result: CompositeIndex, shown: Shown) -> Table:
    """Set one row for each indicator, then one for each dimension."""
    directions = [DIRECTIONS[int(value)] for value in result.weights["direction"]]
    frame = result.weights.assign(direction=pd.Series(directions, result.weights.index, object))
    words = [dimension_words(name, shown) for name in result.weights["dimension"]]
    frame["dimension"] = pd.Series(words, frame.index, object)
    frame = frame.astype(object)
    has_dimensions = len(result.by_dimension) > 0
    headings: dict[str, Heading] = {"direction": message("Direction")}
    if has_dimensions:
        headings["dimension"] = message("Dimension")
    headings[CHOSEN] = (message("Weight"), weighting_words(section))
    schemes = [str(name) for name in frame.columns if name in WEIGHTINGS]
    headings |= {name: (message("For comparison"), WEIGHTINGS[name]) for name in schemes}
    for dimension, weight in result.by_dimension.items():
        members = result.weights[result.weights["dimension"] == dimension]
        sums = {CHOSEN: weight, **{name: float(members[name].sum()) for name in schemes}}
        line = pd.Series(
            {"dimension": dimension_words(str(dimension), shown), **sums},
            name=f"dimension {dimension}",
        )
        frame = pd.concat([frame, line.to_frame().T])
    labels: dict[str, Wording] = {name: shown.panel.label(name) for name in section.indicators}
    labels |= {
        f"dimension {name}": message(
            "Sum of {dimension}", dimension=dimension_words(str(name), shown)
        )
        for name in result.by_dimension.index
    }
    scale = message("Indicators are {scale}.", scale=POOLS[section.pool])
    chosen = result.weights[CHOSEN]
    heaviest = [str(name) for name in chosen.index[np.isclose(chosen, chosen.max(), rtol=1e-9)]]
    reading = message(
        "The indicator with the largest weight is {name} ({share}%).",
        name=labels[heaviest[0]],
        share=numbers.number(100 * float(chosen.max()), 1),
    )
    return table_from(
        frame.where(frame.notna(), None),
        headings,
        id=f"{shown.name}_weights",
        title=message("Weights of {index}", index=name_of(section, shown)),
        stub=message("Indicator"),
        labels=labels,
        notes=(scale,),
        # Of several with the same weight none is the largest.
        reading=(reading,) if len(result.weights) > 1 == len(heaviest) else (),
        machine={
            "indicators": records(result.weights),
            "dimensions": {str(k): float(v) for k, v in result.by_dimension.items()},
        },
        part="text",
    )


def choice_words(kind: str, name: str, shown: Shown) -> Wording:
    """Name another choice: other weights, another score, one indicator fewer."""
    if kind == "weights":
        return WEIGHTINGS[name]
    if kind == "score":
        return SCORES[name]
    return message("without {name}", name=shown.panel.label(name))


def moves_table(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Table]:
    """Set how far ranks move under every other choice."""
    if result.moves.empty:
        return
    frame = result.moves.set_axis(list(map(" ".join, result.moves.index)), axis=0)
    labels = {
        f"{kind} {name}": choice_words(kind, name, shown) for kind, name in result.moves.index
    }
    furthest = str(frame["mean_change"].idxmax())
    mean, largest = (frame[name].to_dict()[furthest] for name in ("mean_change", "largest_change"))
    yield table_from(
        frame.rename_axis("choice"),
        {
            "mean_change": message("Mean change"),
            "largest_change": message("Largest change"),
            "share_moved": message("Rows that move"),
            "rank_correlation": message("Correlation of ranks"),
        },
        id=f"{shown.name}_weightings",
        title=message("Ranks under other choices: {index}", index=name_of(section, shown)),
        stub=message("Choice"),
        labels=labels,
        decimals={"mean_change": 2, "largest_change": 1},
        notes=(
            message(
                "Ranks within a period, against those of the index itself ({how}).",
                how=construction_words(section),
            ),
            *(
                message("No index under {choice}: {why}", choice=choice_words(*key, shown), why=why)
                for key, why in result.unavailable.items()
            ),
        ),
        reading=(
            message(
                "The choice that moves ranks most: {choice}, by {mean} on average and at most by {largest}.",
                choice=labels[furthest],
                mean=numbers.number(float(mean), 2),
                largest=numbers.number(float(largest), 1),
            )
            if mean > 0
            else message("No other choice moves a rank."),
        ),
        machine={"rows": rows_of(result.moves)},
    )


def means_table(section: ObstaclesSection, result: ObstacleDegrees, shown: Shown) -> Table:
    """Set one row for each indicator and dimension, one column for each date."""
    means = result.means.T
    if len(result.by_dimension.columns):
        sums = result.by_dimension.groupby(level=PERIOD).mean().loc[list(means.columns)].T
        means = pd.concat([means, sums.rename(index=lambda name: f"dimension {name}")])
    dates = [period_name(int(date)) for date in means.columns]
    frame = means.set_axis([f"share_{date}" for date in dates], axis=1).rename_axis("indicator")
    labels: dict[str, Wording] = {name: shown.panel.label(name) for name in section.indicators}
    labels |= {
        f"dimension {name}": message("Sum of {dimension}", dimension=dimension_words(name, shown))
        for name in section.dimensions
    }
    last = result.means.iloc[-1].dropna()
    reading: tuple[Wording, ...] = ()
    if len(last):
        reading = (
            message(
                "In {period} the largest obstacle on average is {name} ({share}%).",
                period=dates[-1],
                name=labels[str(last.idxmax())],
                share=numbers.number(100 * float(last.max()), 1),
            ),
        )
    return table_from(
        frame,
        {f"share_{date}": date for date in dates},
        id=f"{shown.name}_obstacles",
        title=message("Obstacle degrees of {index}", index=name_of(section, shown)),
        stub=message("Indicator"),
        labels=labels,
        notes=(message("Means over the entities; the degrees of an entity sum to 100%."),),
        reading=reading,
        machine={"means": rows_of(frame), "rows": rows_of(result.degrees)},
        part="text",
    )


def largest_table(section: ObstaclesSection, result: ObstacleDegrees, shown: Shown) -> Table:
    """Set the largest obstacles of each entity at the last date, with their degrees."""
    date = result.dates[-1]
    rows = result.degrees[result.degrees.index.get_level_values(PERIOD) == date].droplevel(PERIOD)
    top = min(section.top, len(section.indicators))
    lines, machine = [], []
    for entity, degrees in rows.dropna().iterrows():
        largest = degrees.sort_values(ascending=False, kind="stable").iloc[:top]
        cells = tuple(
            Cell(
                message(
                    "{name} ({share}%)",
                    name=shown.panel.label(str(name)),
                    share=numbers.number(100 * float(degree), 1),
                ),
                "text",
            )
            for name, degree in largest.items()
        )
        lines.append(
            Row(shown.style.entities.get(str(entity), str(entity)), cells, key=str(entity))
        )
        machine.append({ENTITY: str(entity), "obstacles": largest.to_dict()})
    return Table(
        f"{shown.name}_largest_obstacles",
        message(
            "Largest obstacles of {index} in {period}",
            index=name_of(section, shown),
            period=period_name(int(date)),
        ),
        tuple(Column(f"rank {n}", str(n)) for n in range(1, top + 1)),
        tuple(lines),
        message("Entity"),
        machine={"period": int(date), "rows": machine},
    )


ANALYSES.add("entropy_index")(IndexAnalysis())
ANALYSES.add("obstacles")(ObstaclesAnalysis())
