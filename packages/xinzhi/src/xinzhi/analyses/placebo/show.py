"""Slopes of factors beside their distribution over permutations of the factor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.analyses.placebo.compute import Placebo, Placebos
from xinzhi.analyses.whole_study.draws import (
    MANY,
    effect_key,
    effect_record,
    name_effect,
    name_in_section,
    not_drawn_notes,
    places_for_machines,
    section_title,
)
from xinzhi.present import numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message

PHIPSON = (
    "Phipson, B., & Smyth, G. K. (2010). Permutation p-values should never be zero: Calculating exact "
    "p-values when permutations are randomly drawn. Statistical Applications in Genetics and Molecular "
    "Biology, 9(1), Article 39. doi:10.2202/1544-6115.1585"
)
DICICCIO = (
    "DiCiccio, C. J., & Romano, J. P. (2017). Robust permutation tests for correlation and regression "
    "coefficients. Journal of the American Statistical Association, 112(519), 1211–1220. "
    "doi:10.1080/01621459.2016.1202117"
)


def exhibits(result: Placebos, shown: Shown) -> Exhibits:
    """Set the slopes of all factors."""
    table = placebo_table(result, shown)
    method = message(
        "Placebo factors: the whole path of a factor over time is permuted between the {entities} "
        "({draws} permutations, seed {seed}), period by period and one factor at a time; scores, other "
        "variables and groups stay as they are. The p-value of a slope is (1 + k)/(1 + n), k of n "
        "permutations giving a slope at least as large in absolute value.",
        entities=shown.style.noun.count(result.n_entities),
        draws=numbers.count(len(result.draws)),
        seed=result.seed,
    )
    return Exhibits(
        (table,),
        methods=(method,),
        references=frozenset({PHIPSON, DICICCIO}),
        prose=whole_reading(table),
    )


def placebo_table(result: Placebos, shown: Shown) -> Table:
    """Set each slope of each factor with what permutations give."""
    permuted = message("Permuted slopes")
    return Table(
        id=shown.name,
        title=shown.title,
        stub=message("Slope"),
        columns=(
            Column("estimate", message("Estimate")),
            Column("low", message("2.5th percentile"), permuted),
            Column("high", message("97.5th percentile"), permuted),
            Column("std_error", message("Standard deviation"), permuted),
            Column("p_value", message("Permutation p")),
            Column("n", message("Permutations")),
        ),
        rows=tuple(_rows(result, shown)),
        notes=(
            message(
                "The p-values hold where paths of the factor are exchangeable between entities: where any "
                "entity could as well have had the path of any other, whatever its outcome and its "
                "controls."
            ),
            message(
                "A permuted factor is no longer correlated with the controls: where the factor itself is, "
                "its slope varies more than the permuted ones, and the p-value can be too small."
            ),
            *not_drawn_notes(result.not_drawn, shown),
        ),
        reading=tuple(_reading(result, shown)),
        machine={
            "entities": result.n_entities,
            "draws": len(result.draws),
            "seed": result.seed,
            "not_in_a_regression": list(result.absent),
            "not_drawn": places_for_machines(result.not_drawn),
            "slopes": [_record(slope) for slope in result.slopes],
        },
    )


def _rows(result: Placebos, shown: Shown) -> Iterator[Row]:
    labels = shown.style.labels
    for (factor, place), slopes in groupby(result.slopes, key=lambda s: (s.factor, s.place)):
        words = message(
            "{factor} permuted: {section}",
            factor=name_of(factor, labels),
            section=section_title(place, shown),
        )
        yield Row(words, (EMPTY,) * 6, key=f"{factor}: {'.'.join(place)}", rule_above=True)
        for slope in slopes:
            key = f"{factor}: {effect_key(place, slope.quantity)}"
            yield Row(name_effect(slope.quantity, shown), _cells(slope, shown), key=key)


def _cells(slope: Placebo, shown: Shown) -> tuple[Cell, ...]:
    values = (slope.quantity.estimate, slope.low, slope.high, slope.std_error)
    return (
        *(Cell(value, "number", decimals=shown.style.decimals) for value in values),
        Cell(slope.p_value, "p_value"),
        Cell(slope.n, "count"),
    )


def _reading(result: Placebos, shown: Shown) -> Iterator[Wording]:
    """Count for each factor the slopes that few permutations reach; name them where they are few."""
    for factor, members in groupby(result.slopes, key=lambda slope: slope.factor):
        slopes = [slope for slope in members if slope.n]
        significant = [slope for slope in slopes if slope.p_value < shown.style.level]
        if not slopes:
            continue
        yield message(
            "With the paths of {factor} permuted between entities, {n} of its {all} slopes have a "
            "permutation p-value below {level}.",
            one="With the paths of {factor} permuted between entities, {n} of its {all} slopes has a "
            "permutation p-value below {level}.",
            factor=name_of(factor, shown.style.labels),
            n=len(significant),
            all=len(slopes),
            level=f"{shown.style.level:g}",
        )
        if 0 < len(significant) <= MANY:
            yield message(
                "These are {slopes}.",
                one="This is {slopes}.",
                n=len(significant),
                slopes=listed(
                    [
                        message(
                            "{slope}, {p}",
                            slope=name_in_section(slope.place, slope.quantity, shown),
                            p=numbers.p_equals(slope.p_value),
                        )
                        for slope in significant
                    ]
                ),
            )


def _record(slope: Placebo) -> dict[str, object]:
    return {
        "factor": slope.factor,
        **effect_record(slope.place, slope.quantity),
        "permuted_low": slope.low,
        "permuted_high": slope.high,
        "permuted_std_dev": slope.std_error,
        "p_value": slope.p_value,
        "n_draws": slope.n,
    }
