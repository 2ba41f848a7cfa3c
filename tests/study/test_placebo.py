"""Placebo factors: each permutation is the regression on a column that was permuted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from by_data import ranked
from redrawn import analyses, estimates, identity
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.placebo.compute import Data, MovableRows, PlaceboDraws, Placebos, find_factor
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.resampling import resampled_sections
from xinzhi.study.file.load import spec_of
from xinzhi.study.view import StudyView
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of

pytestmark = pytest.mark.long

STUDY = """
title: placebo
seed: 7
sources: {d: {file: d.csv, entity: city, period: year}}
panel: {from: d}
variables:
  transform: none
  green: {column: green}
  talent: {column: talent}
  tech: {column: tech}
  firms: {column: firms}
  policy: {column: policy}
groups: {region: {column: region}}
tables:
  base:
    outcome: green
    effects: [entity, period]
    columns:
      - {x: [talent, tech]}
      - {x: [L1.talent, tech]}
      - {x: [talent, "talent:tech"]}
      - {x: [talent, tech], winsorise: [10, 90]}
      - {x: [tech]}
      - {outcome: talent, x: [tech]}
      - {x: [tech], instruments: {tech: [talent]}}
mediation: {through: {from: base/1, through: [firms], tests: [sobel]}}
heterogeneity: {groups: {from: base/1, by: [region], draws: 20}}
inference: {indirect: sobel, placebo: {factors: [talent], draws: 29}}
"""


def frame():
    """12 cities in seven years; some rows are not there."""
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(12)], range(2010, 2017)], names=["entity", "period"]
    )
    d = pd.DataFrame(index=index)
    for name in ("talent", "tech", "firms", "policy", "green"):
        d[name] = rng.normal(size=len(index)) + np.repeat(rng.normal(size=12), 7)
    d["green"] += 0.3 * d["talent"] + 0.2 * d["firms"]
    d["region"] = np.repeat([list("EW")[i % 2] for i in range(12)], 7).astype(object)
    return d.drop([("c03", 2010), ("c03", 2011), ("c07", 2016)])


@pytest.fixture(scope="module")
def loop():
    return analyses(spec_of(STUDY, "placebo.yaml"), panel_of(frame()))


@pytest.fixture(scope="module")
def found(loop):
    result = loop.result("placebo", "placebo")
    assert isinstance(result, Placebos)
    return result


@pytest.fixture(scope="module")
def task(loop):
    """The draws, as the analysis prepares them."""
    study = StudyView(loop.spec)
    data = Data.of(loop.given(ANALYSES.get("placebo").reads(None, study)))
    factor = find_factor("talent", data, resampled_sections(study))
    return PlaceboDraws(data, MovableRows.of(data.again.index, data.again.data), (factor,), 7)


def permuted(order):
    """Give each city the talent of another, period by period; empty where that has no row."""
    data = frame()
    # Cities are numbered by their data, year by year: the columns that the study uses, by their names.
    entities, periods = (data.index.get_level_values(level) for level in (0, 1))
    columns = [data[name] for name in ("firms", "green", "talent", "tech")]
    number = ranked(entities, periods, columns)
    paths, names = dict(data["talent"]), sorted(number, key=number.get)
    other = dict(zip(names, (names[i] for i in order), strict=True))
    return data.assign(
        talent=[paths.get((other[city], year), float("nan")) for city, year in data.index]
    )


def slopes_of(task, order):
    """Permuted slopes: key, section and name of the regression, name of the slope -> value."""
    named = zip(task.factors[0].slopes, task.compute(order), strict=True)
    return {(*name, slope): value for (name, slope), value in named}


def slope(data, *regressors):
    """Slope of the first regressor by a fit of its own."""
    fitted = xz.fit(data, outcome="green", regressors=regressors, effects=("entity", "period"))
    return fitted.to_frame().loc[regressors[0], "estimate"]


def test_a_permutation_is_a_fit_on_the_permuted_column(task):
    """As it stands, as a lag and in a product; where the other city has no row, the row is left out."""
    order = task.order(3)
    found, data = slopes_of(task, order), permuted(order)
    past = data["talent"].rename(lambda year: year + 1, level="period").reindex(data.index)
    data = data.assign(past=past, both=data["talent"] * data["tech"])

    assert data["talent"].isna().any()
    base = ("tables", "base")
    assert found[*base, "1", "talent"] == pytest.approx(slope(data, "talent", "tech"), rel=1e-8)
    assert found[*base, "2", "L1.talent"] == pytest.approx(slope(data, "past", "tech"), rel=1e-8)
    assert found[*base, "3", "talent"] == pytest.approx(slope(data, "talent", "both"), rel=1e-8)
    product = found[*base, "3", "talent × tech"]
    assert product == pytest.approx(slope(data, "both", "talent"), rel=1e-8)


def test_a_permutation_is_the_study_on_the_permuted_column(task, found):
    """Winsorised values, mediators and groups too: what a study of these data estimates."""
    order = task.order(5)
    study = STUDY.replace(", placebo: {factors: [talent], draws: 29}", "")
    spec = spec_of(study, "placebo.yaml")
    wanted = estimates(spec, analyses(spec, panel_of(permuted(order))))

    assert {one.place[0] for one in found.slopes} == {"tables", "mediation", "heterogeneity"}
    for j, one in enumerate(found.slopes):
        value = wanted[one.place, identity(one.quantity)]
        assert found.draws[5, j] == pytest.approx(value, rel=1e-7), one.quantity


def test_everybody_keeping_the_own_path_is_the_study(task, found):
    own = slopes_of(task, np.arange(12))

    for one in found.slopes:
        ((((_, (regression, name)),),),) = one.quantity.products
        assert own[*one.place, regression, name] == pytest.approx(one.quantity.estimate, rel=1e-8)


def test_only_slopes_of_the_factor(task):
    """Neither where it is the outcome, nor an instrument, nor where it does not stand."""
    assert {name for key, _, name, _ in slopes_of(task, np.arange(12)) if key == "tables"} == set(
        "1234"
    )


def test_p_values_by_hand(found):
    """1 + the permutations that are as far from zero, over 1 + their number."""
    assert found.draws.shape == (29, len(found.slopes))
    for one, column in zip(found.slopes, found.draws.T, strict=True):
        larger = sum(abs(value) >= abs(one.quantity.estimate) for value in column)
        assert one.p_value == (1 + larger) / 30
        assert (one.low, one.high) == tuple(np.quantile(column, [0.025, 0.975]))
        assert one.std_error == pytest.approx(np.std(column, ddof=1))
        assert one.n == 29


def test_a_permutation_depends_on_its_number_alone(task):
    whole = task(range(6))
    pieces = np.vstack([task(range(2)), task(range(2, 5)), task(range(5, 6))])

    assert np.array_equal(whole, pieces)
    assert len({tuple(task.order(k)) for k in range(6)}) == 6
    assert sorted(task.order(1)) == list(range(12))


def test_paths_by_hand():
    """B has no row in the second year, so a, which gets its path, has no value there."""
    index = pd.MultiIndex.from_tuples(
        [("a", 1), ("a", 2), ("b", 1), ("c", 1), ("c", 2)], names=["entity", "period"]
    )
    moved = MovableRows.of(index).permuted(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1, 2, 0]))

    assert moved == pytest.approx([3.0, np.nan, 4.0, 1.0, 2.0], nan_ok=True)


def test_an_unknown_factor_is_named_with_the_nearest():
    with pytest.raises(SpecError) as error:
        spec_of(STUDY.replace("factors: [talent]", "factors: [talnt]"), "placebo.yaml")
    (problem,) = error.value.problems

    assert "Unknown variable 'talnt'" in str(problem.what)
    assert "talent" in str(problem.remedy)
    assert problem.where.key == "inference.placebo.factors[1]"


def test_a_factor_of_no_regression():
    """Alone it is a reason to compute nothing; beside others it is a notice."""
    alone = STUDY.replace("factors: [talent]", "factors: [policy]")
    result = analyses(spec_of(alone, "p.yaml"), panel_of(frame())).result("placebo", "placebo")
    assert isinstance(result, Unavailable)
    assert "None of the factors" in str(result.problems[0].what)

    both = STUDY.replace("factors: [talent], draws: 29", "factors: [tech, policy], draws: 20")
    result = analyses(spec_of(both, "p.yaml"), panel_of(frame())).result("placebo", "placebo")
    assert result.absent == ("policy",)
    told = [one.code for one in ANALYSES.get("placebo").notices(result)]
    assert told == ["placebo.absent", "placebo.unbalanced"]


def test_lost_permutations_are_told(found):
    """A slope that some permutations do not identify rests on the others."""
    less = replace(found.slopes[0], n=20)
    lost = replace(found, slopes=(less, *found.slopes[1:]), is_balanced=True)
    (notice,) = ANALYSES.get("placebo").notices(lost)
    assert lost.n_left_out == 0
    first, _ = ANALYSES.get("placebo").notices(replace(lost, n_left_out=1))
    assert str(first.text).startswith("1 effect is not estimated again")

    assert str(notice.text).startswith("1 slope is not identified in some permutation: its p-value")
