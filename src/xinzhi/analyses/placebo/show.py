"""Slopes of factors beside their distribution over permutations of the factor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits, whole_reading
from xinzhi.analyses.placebo.compute import Placebo, Placebos
from xinzhi.analyses.whole_study.names import MANY, described, key_of, machine_of, named, title_of
from xinzhi.present import numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

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
        ),
        reading=tuple(_reading(result, shown)),
        machine={
            "entities": result.n_entities,
            "draws": len(result.draws),
            "seed": result.seed,
            "not_in_a_regression": list(result.absent),
            "slopes": [_machine(one) for one in result.slopes],
        },
    )


def _rows(result: Placebos, shown: Shown) -> Iterator[Row]:
    labels = shown.style.labels
    for (factor, place), members in groupby(result.slopes, key=lambda one: (one.factor, one.place)):
        words = message(
            "{factor} permuted: {section}",
            factor=name_of(factor, labels),
            section=title_of(place, shown),
        )
        yield Row(words, (EMPTY,) * 6, key=f"{factor}: {'.'.join(place)}", rule_above=True)
        for one in members:
            key = f"{factor}: {key_of(place, one.quantity)}"
            yield Row(named(one.quantity, shown), _cells(one, shown), key=key)


def _cells(one: Placebo, shown: Shown) -> tuple[Cell, ...]:
    values = (one.quantity.estimate, one.low, one.high, one.std_error)
    return (
        *(Cell(value, "number", decimals=shown.style.decimals) for value in values),
        Cell(one.p_value, "p_value"),
        Cell(one.n, "count"),
    )


def _reading(result: Placebos, shown: Shown) -> Iterator[Wording]:
    """Count for each factor the slopes that few permutations reach; name them where they are few."""
    for factor, members in groupby(result.slopes, key=lambda one: one.factor):
        known = [one for one in members if one.n]
        clear = [one for one in known if one.p_value < shown.style.level]
        if not known:
            continue
        yield message(
            "With the paths of {factor} permuted between entities, {n} of its {all} slopes have a "
            "permutation p-value below {level}.",
            one="With the paths of {factor} permuted between entities, {n} of its {all} slopes has a "
            "permutation p-value below {level}.",
            factor=name_of(factor, shown.style.labels),
            n=len(clear),
            all=len(known),
            level=f"{shown.style.level:g}",
        )
        if clear and len(clear) <= MANY:
            yield message(
                "These are {slopes}.",
                one="This is {slopes}.",
                n=len(clear),
                slopes=listed([_with_p(one, shown) for one in clear]),
            )


def _with_p(one: Placebo, shown: Shown) -> Wording:
    return message(
        "{slope}, {p}",
        slope=described(one.place, one.quantity, shown),
        p=numbers.p_equals(one.p_value),
    )


def _machine(one: Placebo) -> dict[str, object]:
    return {
        "factor": one.factor,
        **machine_of(one.place, one.quantity),
        "permuted_low": one.low,
        "permuted_high": one.high,
        "permuted_std_dev": one.std_error,
        "p_value": one.p_value,
        "n_draws": one.n,
    }
