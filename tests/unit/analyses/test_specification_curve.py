"""The specification curve: the product of all choices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import simulated_panel
from xinzhi.analyses.specification_curve.compute import estimate, specification_curve, subsets
from xinzhi.analyses.specification_curve.show import ways
from xinzhi_core.errors import MethodError, StudyError
from xinzhi_core.wording import Label, say
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_econometrics.variation import Variation, changes

BASE = Regression("y", ("x1",), ("x2",))


def test_variation_without_an_answer():
    """A variation that cannot be estimated says why and stops nothing."""
    data = simulated_panel(7)
    short = estimate(data, BASE, Variation("short", window=(2001, 2001)))
    same = estimate(data, BASE, Variation("same"))

    assert isinstance(short, Inapplicable)
    np.testing.assert_array_equal(same.estimate, fit(data, BASE).estimate)


def test_curve_is_the_product():
    """The curve holds every combination of the choices, each equal to its own regression."""
    data = simulated_panel(9, n_entities=20)
    choices = {
        "controls": subsets(("x2", "industry")),
        "effects": (("entity",), ("entity", "period")),
        "window": (None, (2002, 2006)),
        "covariance": (Covariance(), Covariance("cluster", ("entity",))),
    }

    found = specification_curve(data, BASE, choices)

    assert found.n_specifications == 32 == len(found.table)
    assert found.table["estimate"].is_monotonic_increasing
    row = found.table.query(
        "controls == 'industry' and effects == 'entity' and window == '2002, 2006' and covariance == 'cluster entity'"
    )
    year = data.index.get_level_values(1)
    alone = fit(
        data[(year >= 2002) & (year <= 2006)],
        Regression("y", ("x1",), ("industry",), ("entity",), Covariance("cluster", ("entity",))),
    )
    np.testing.assert_array_equal(row["estimate"], alone.estimate[:1])
    np.testing.assert_array_equal(row["std_error"], alone.std_error[:1])
    summary = found.summary().loc["x1"]
    assert summary["share_positive"] == 1.0
    assert summary["n"] == 32


def with_gaps(seed: int) -> pd.DataFrame:
    """Simulate a panel with empty cells in variables, an effect and a cluster."""
    data = simulated_panel(seed, n_entities=25).assign(other=lambda d: d["x1"] ** 2)
    draw = np.random.default_rng(seed)
    data["x2"] = data["x2"].where(draw.random(len(data)) > 0.15)
    data["region"] = pd.Series(draw.choice(["n", "s", "w"], len(data)), data.index)
    data["region"] = data["region"].where(draw.random(len(data)) > 0.05)
    data["twice"] = 2 * data["industry"]
    return data


def fit_alone(data: pd.DataFrame, variation: Variation) -> Estimates | str:
    """Estimate one variation from the frame, or give the reason why there is no answer."""
    try:
        return fit(*changes(data, BASE, variation))
    except MethodError as error:
        return str(error.problems[0].what)


CHOICES = {
    "controls": {"controls": subsets(("x2", "industry", "twice"))},
    "errors and effects": {
        "effects": ((), ("entity",), ("entity", "period"), ("entity", "period", "region")),
        "covariance": (
            None,
            Covariance("hc1"),
            Covariance("iid"),
            Covariance("cluster", ("region",)),
            Covariance("two_way", ("entity", "period")),
            Covariance("driscoll_kraay"),
        ),
    },
    "rows and columns": {
        "controls": ((), ("x2",)),
        "window": (None, (2001, 2001), (2002, 2006), (2003, 2004)),
        "winsorise": (None, (5, 95)),
        "replace": (None, {"x1": "other"}),
        "drop": (None, ("region", ("n",))),
    },
    "outcomes": {"replace": (None, {"y": "other"}, {"x1": "other"}), "controls": ((), ("x2",))},
}


@pytest.mark.parametrize("kind", CHOICES)
def test_shared_arrays_give_what_each_regression_gives_alone(kind):
    """Rows, controls, errors, refusals and their reasons are those of one fit on the frame each."""
    data, names = with_gaps(13), list(CHOICES[kind])

    found = specification_curve(data, BASE, CHOICES[kind])

    alone = [
        Variation(
            str(number), **{name: v for name, v in zip(names, values, strict=True) if v is not None}
        )
        for number, values in enumerate(product(*CHOICES[kind].values()))
    ]
    refused = {one.name: str(one.reason) for one in found.refused}
    rows = found.table.set_index("specification")
    assert len(rows) + len(refused) == len(alone)
    for variation in alone:
        one = fit_alone(data, variation)
        if isinstance(one, str):
            assert refused[variation.name] == one
            continue
        row, j = rows.loc[int(variation.name)], one.position(one.regression.regressors[0])
        assert (row["n"], row["repaired"]) == (one.n, one.covariance.was_repaired)
        for name in ("estimate", "std_error", "p_value", "ci_low", "ci_high"):
            assert row[name] == pytest.approx(getattr(one, name)[j], rel=1e-10, nan_ok=True), name
        assert row["r2_adjusted"] == pytest.approx(one.fit.r2_adjusted, rel=1e-10)


def test_curve_names_replacements():
    """A replaced variable keeps its place in the curve, and the choice says by what."""
    data = simulated_panel(11).assign(other=lambda d: d["x1"] * 2)

    found = specification_curve(data, BASE, {"replace": (None, {"x1": "other"})})

    assert list(found.table["replace"]) == ["other for x1", ""]
    np.testing.assert_allclose(
        found.table["estimate"].max(), 2 * found.table["estimate"].min(), rtol=1e-9
    )


def test_curve_counts_what_it_could_not_estimate():
    """Combinations without an answer are listed with their reasons."""
    found = specification_curve(simulated_panel(), BASE, {"window": (None, (2001, 2001))})

    assert len(found.table) == 1
    assert len(found.refused) == 1


@pytest.mark.parametrize("choices", [{"moon": (1,)}, {"controls": ()}])
def test_contradictory_choices(choices):
    """Unknown choices and empty ones are refused."""
    with pytest.raises(StudyError):
        specification_curve(simulated_panel(), BASE, choices)


def test_each_choice_is_called_by_what_it_is():
    """Errors by their clusters, both of two ways; windows, effects and rows left out in words."""
    part = pd.DataFrame(
        {
            "covariance": ["cluster city", "two_way city year", "hc1"],
            "window": ["", "2010, 2017", "2008, 2017"],
            "effects": ["city, year", "city", "city"],
            "drop": ["", "east", "east"],
            "controls": ["x, w", "x", ""],
            "name": "x",
            "estimate": 1.0,
        }
    )
    labels = {name: Label(name, zh=zh, en=name.title()) for name, zh in NAMES.items()}

    for place, language in enumerate(("en", "zh")):
        found = {say(way, language): [*map(int, mask)] for way, mask, _ in ways(part, labels)}
        assert found == {words[place]: rows for words, rows in WAYS.items()}


NAMES = {"city": "城市", "year": "年份", "x": "人才", "w": "工具"}
WAYS = {
    ("errors: clustered by City", "标准误：按城市聚类"): [1, 0, 0],
    ("errors: clustered by City, Year", "标准误：按城市、年份聚类"): [0, 1, 0],
    ("errors: HC1", "标准误：HC1"): [0, 0, 1],
    ("window: as it is", "时间窗口：不作改变"): [1, 0, 0],
    ("window: 2010–2017", "时间窗口：2010–2017"): [0, 1, 0],
    ("window: 2008–2017", "时间窗口：2008–2017"): [0, 0, 1],
    ("effects: City, Year", "固定效应：城市、年份"): [1, 0, 0],
    ("effects: City", "固定效应：城市"): [0, 1, 1],
    ("without: no row", "剔除：无"): [1, 0, 0],
    ("without: east", "剔除：east"): [0, 1, 1],
    ("with X", "含人才"): [1, 1, 0],
    ("without X", "不含人才"): [0, 0, 1],
    ("with W", "含工具"): [1, 0, 0],
    ("without W", "不含工具"): [0, 1, 1],
}
