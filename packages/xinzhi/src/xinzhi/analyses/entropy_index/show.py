"""Tables of a composite index: weights, and how far ranks depend on the choices."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.entropy_index.compute import CHOSEN, CompositeIndex, IndexSection, weights_kept
from xinzhi.analyses.of_steps import name_of
from xinzhi.prepare.steps.entropy_index import (
    POOLS,
    SCORES,
    WEIGHTINGS,
    construction_words,
    weighting_words,
)
from xinzhi.present import numbers
from xinzhi.present.frames import Heading, rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.wording import Wording, message

DIRECTIONS = {1: message("positive"), -1: message("negative")}


def weights_table(section: IndexSection, result: CompositeIndex, shown: Shown) -> Table:
    """Set one row for each indicator, then one for each dimension."""
    directions = [DIRECTIONS[int(value)] for value in result.weights["direction"]]
    frame = result.weights.assign(direction=pd.Series(directions, result.weights.index, object))
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
        line = pd.Series({"dimension": str(dimension), **sums}, name=f"dimension {dimension}")
        frame = pd.concat([frame, line.to_frame().T])
    labels: dict[str, Wording] = {name: shown.panel.label(name) for name in section.indicators}
    labels |= {
        f"dimension {name}": message("Sum of {dimension}", dimension=str(name))
        for name in result.by_dimension.index
    }
    scale = message("Indicators are {scale}.", scale=POOLS[section.pool])
    heaviest = str(result.weights[CHOSEN].idxmax())
    reading = message(
        "Of the {n} indicators, {name} has the largest weight ({share}%).",
        n=len(result.weights),
        name=labels[heaviest],
        share=numbers.number(100 * float(result.weights[CHOSEN].max()), 1),
    )
    return table_from(
        frame.where(frame.notna(), None),
        headings,
        id=f"{shown.name}_weights",
        title=message("Weights of {index}", index=name_of(section, shown)),
        stub=message("Indicator"),
        labels=labels,
        notes=(scale,),
        reading=(reading,) if len(result.weights) > 1 else (),
        machine={
            "indicators": weights_kept(result),
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
    most = frame.loc[furthest].astype(float)
    yield table_from(
        frame.rename_axis("choice"),
        {
            "mean_change": message("Mean change"),
            "largest_change": message("Largest change"),
            "share_moved": message("Rows that move"),
            "rank_correlation": message("Correlation of ranks"),
        },
        id=f"{shown.name}_weightings",
        title=message("Ranks by {index} under other choices", index=name_of(section, shown)),
        stub=message("Choice"),
        labels=labels,
        decimals={"mean_change": 2, "largest_change": 1},
        notes=(
            message(
                "Ranks within a period, against those of the index itself ({how}).",
                how=construction_words(section),
            ),
        ),
        reading=(
            message(
                "Ranks move most with {choice}: by {mean} on average and by {largest} at most.",
                choice=labels[furthest],
                mean=numbers.number(float(most["mean_change"]), 2),
                largest=numbers.number(float(most["largest_change"]), 1),
            ),
        ),
        machine={"rows": rows_of(result.moves)},
    )
