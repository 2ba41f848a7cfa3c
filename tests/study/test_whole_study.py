"""Draws of the whole study: each is what a study of these entities alone finds, number by number."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from redrawn import analyses, estimates, identity
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.effects import JointSigns, Quantity
from xinzhi.analyses.pathways.section import declared_pathways
from xinzhi.analyses.reads import EstimationData, Shown
from xinzhi.analyses.whole_study.compute import BiasSource, _supports, basis_of, choose_scheme
from xinzhi.analyses.whole_study.draws import distinct, study_draws
from xinzhi.analyses.whole_study.resampling import ResamplingAnalysis, resampled_sections
from xinzhi.analyses.whole_study.show import support_table
from xinzhi.study.file.load import spec_of
from xinzhi.study.run import _expect_workers
from xinzhi.study.view import StudyView
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_econometrics.resampling.reestimation import StudyRows

pytestmark = pytest.mark.long

STUDY = """
title: draws
seed: 3
sources: {d: {file: d.csv, entity: city, period: year}}
panel: {from: d}
efficiency:
  green: {measure: super_sbm, returns_to_scale: constant, inputs: [labour, capital], good_outputs: [gdp], bad_outputs: [waste]}
  slow: {measure: radial, returns_to_scale: variable, inputs: [labour, capital], good_outputs: [gdp]}
productivity: {gml: {of: slow, index: malmquist}}
variables:
  transform: none
  green: {from: green, transform: ln1p}
  slow: {from: slow}
  growth: {from: gml, as: cumulative}
  spare: {from: slow, component: slack_labour}
  talent: {column: talent}
  tech: {column: tech}
  firms: {column: firms}
  policy: {column: policy}
  wealth: {column: wealth}
sets: {controls: [wealth]}
groups:
  region: {column: region}
  size: {column: labour, split: median}
tables:
  base:
    outcome: green
    effects: [entity, period]
    columns:
      - x: [talent, tech, controls]
      - {x: [talent, tech, controls], winsorise: [5, 95]}
      - {x: [talent, tech], effects: ["region*period"]}
      - {x: [talent, L1.green, tech]}
      - {x: [talent, tech], instruments: {tech: [firms]}}
      - {x: [talent, tech], window: [2012, 2016]}
      - {x: [talent, tech, controls], efficiency: {returns_to_scale: variable}}
      - {x: [talent, "talent:slow"]}
      - {outcome: growth, x: [talent, tech]}
      - {outcome: spare, x: [talent, tech], effects: [period]}
      - {outcome: slow, x: [talent, tech], effects: [], estimator: fractional_logit}
      - {x: [talent, tech], effects: [], estimator: random_effects}
mediation: {through: {from: base/1, through: [firms], tests: [sobel]}}
moderation: {tools: {from: base/1, moderators: [policy], lag: 1, paths: [talent -> green, talent -> firms, firms -> green]}}
heterogeneity: {groups: {from: base/1, by: [region, size], difference: interaction}}
typology: {from: [base, through, groups]}
inference: {errors: hc1, level: 0.10, indirect: sobel, family: none, whole_study: {draws: 40}}
"""


def panel(n: int = 24):
    """24 cities in seven years."""
    rng = np.random.default_rng(8)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(n)], range(2010, 2017)], names=["entity", "period"]
    )
    size = len(index)
    d = pd.DataFrame(index=index)
    city = np.repeat(rng.normal(size=n), 7)
    for name in ("talent", "tech", "firms", "policy", "wealth"):
        d[name] = 0.5 * city + rng.normal(size=size)
    d["firms"] += 0.6 * d.talent + 0.5 * d.tech
    for name in ("labour", "capital", "waste"):
        d[name] = np.exp(0.3 * rng.normal(size=size) + 1)
    d["gdp"] = np.exp(0.2 * d.talent + 0.2 * d.firms + 0.3 * rng.normal(size=size) + 1)
    d["region"] = np.repeat([list("ESN")[i % 3] for i in range(n)], 7).astype(object)
    return panel_of(d)


def prepared_draws(spec, loop):
    """Prepare the draws as the analysis does."""
    given = loop.given(ANALYSES.get("whole_study").reads(None, StudyView(spec)))
    rows = StudyRows.of(given.again.index)
    scheme = choose_scheme("subsample", 14, rows.n_entities, 3)
    return study_draws(given, given.again, rows, scheme, resampled_sections(StudyView(spec)))


@pytest.fixture(scope="module")
def study():
    spec = spec_of(STUDY, "draws.yaml")
    return spec, analyses(spec, panel())


def test_a_draw_is_a_study_of_its_entities(study):
    """Everything that a study does finds on these entities what a draw finds.

    Scores, indices, lags of scores, products with them, winsorised values, instruments, other estimators,
    mediated effects and groups.
    """
    spec, loop = study
    task, quantities = prepared_draws(spec, loop)
    taken = task.selection.select(4)
    found = dict(zip(((p, identity(q)) for p, q in quantities), task.compute(taken), strict=False))
    whole = panel()
    names = whole.frame.index.get_level_values(0)
    kept = np.isin(names, [f"c{i:02d}" for i in taken])
    # the halves of a median are those of the whole study, as are the levels of a moderator
    halves = loop.variables["size"][kept]
    part = whole.take(kept)
    part = replace(part, frame=part.frame.assign(half=halves.astype(object)))
    alone = spec_of(
        STUDY.replace("size: {column: labour, split: median}", "size: {column: half}"), "draws.yaml"
    )
    wanted = estimates(alone, analyses(alone, part))
    compared = {
        key: value for key, value in wanted.items() if key[1][0] not in {"conditional", "index"}
    }
    assert set(compared) <= set(found)
    assert len(compared) > 50
    for key, value in compared.items():
        assert found[key] == pytest.approx(value, rel=1e-7, abs=1e-9), key
    kinds = {key[1][0] for key in compared}
    assert kinds == {"slope", "direct", "indirect", "interaction", "difference"}


def test_levels_of_a_moderator_are_those_of_the_study(study):
    spec, loop = study
    task, quantities = prepared_draws(spec, loop)
    every = task.compute(np.arange(24))
    for (place, one), value in zip(quantities, every, strict=False):
        assert value == pytest.approx(one.estimate, rel=1e-7, abs=1e-9), (place, one)


def test_what_has_to_be_made_again_is_found(study):
    """A lag of a score, a product with one, and winsorised values follow from the draw; others do not."""
    spec, loop = study
    task, _ = prepared_draws(spec, loop)
    again = {own for _, name, own in task.plan.made_again if name == "base"}
    assert again == {"2", "4", "8"}


def test_a_draw_does_not_depend_on_its_neighbours(study):
    spec, loop = study
    task, _ = prepared_draws(spec, loop)
    whole = task(range(6))
    pieces = np.vstack([task(range(1)), task(range(1, 4)), task(range(4, 6))])
    assert np.array_equal(whole, pieces, equal_nan=True)


def test_an_entity_taken_twice_enters_as_two(study):
    """Its regressions are those on a panel in which it has a twin; its frontier has it once."""
    spec, loop = study
    task, quantities = prepared_draws(spec, loop)
    taken = np.sort(np.array([0, 0, 1, 2, 3, 5, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]))
    found = task.compute(taken)
    again = task.again
    rows = task.rows.of_entities(np.unique(taken))
    scores = again.measured(rows)
    asked = EstimationData(("green", "talent", "tech", "wealth"))
    frame = again.frames(rows, scores, [asked])[asked].reset_index()
    twins = pd.concat(
        [
            frame[frame.entity == f"c{i:02d}"].assign(entity=f"c{i:02d} {copy}")
            for copy, i in enumerate(taken)
        ]
    ).set_index(["entity", "period"])
    dummies = pd.get_dummies(
        twins.reset_index()[["entity", "period"]].astype(str), drop_first=True, dtype=float
    )
    design = np.column_stack([twins[["talent", "tech", "wealth"]], dummies, np.ones(len(twins))])
    wanted = np.linalg.lstsq(design, twins["green"].to_numpy(), rcond=None)[0][:2]
    at = [
        j
        for j, (place, q) in enumerate(quantities)
        if place == ("tables", "base") and q.column == 1
    ]
    assert found[at] == pytest.approx(wanted, rel=1e-8)
    # the frontier of a draw with twins is that of its entities
    lean = again.measured(np.concatenate([rows, rows[:7]]))[:, 0]
    assert np.array_equal(lean[: len(rows)], scores[:, 0], equal_nan=True)


def test_intervals_by_hand():
    draws = np.linspace(0.0, 1.0, 101)
    bootstrap = choose_scheme("bootstrap", None, 50, 1)
    # 101 draws: 2 · 5/102 is below 0.1 and 2 · 6/102 is not, so that the ends are the fifth from either side
    assert bootstrap.interval(0.4, draws, 0.9) == pytest.approx((0.04, 0.96))
    assert len(bootstrap.select(0)) == 50
    # 20 of 50: differences from the mean, 0.5, are multiplied by sqrt(20 / 30)
    subsample = choose_scheme("subsample", 20, 50, 1)
    factor = (20 / 30) ** 0.5
    low, high = subsample.interval(0.4, draws, 0.9)
    assert (low, high) == pytest.approx((0.4 - factor * 0.46, 0.4 + factor * 0.46))
    # at the rate 1/2 the bias is what it grows by, 0.1, over sqrt(50 / 20) - 1
    bias = 0.1 / ((50 / 20) ** 0.5 - 1)
    low, high = subsample.interval(0.4, draws, 0.9, 0.5)
    assert (low, high) == pytest.approx((0.4 - bias - factor * 0.46, 0.4 - bias + factor * 0.46))
    # the bootstrap corrects nothing
    assert bootstrap.interval(0.4, draws, 0.9, 0.5) == bootstrap.interval(0.4, draws, 0.9)
    taken = subsample.select(3)
    assert len(set(taken.tolist())) == 20
    assert np.array_equal(taken, subsample.select(3))
    assert not np.array_equal(taken, subsample.select(4))


@pytest.mark.parametrize("size", [10, 12])
def test_a_subsample_of_everything_is_refused(size):
    with pytest.raises(SpecError, match=r"needs more than the 10|choose a size below"):
        choose_scheme("subsample", size, 10, 1)


def test_each_source_has_the_rate_of_its_score(study):
    """Four columns: 2/4 under constant returns, 2/5 under variable; three: 2/4; an index has that of its score."""
    spec, loop = study
    again = loop.given(ANALYSES.get("whole_study").reads(None, StudyView(spec))).again
    variable = (("returns_to_scale", "variable"),)
    assert dict(zip(again.sources, again.rates, strict=True)) == {
        ("green", ()): 0.5,
        ("slow", ()): 0.5,
        ("spare", ()): 0.5,
        ("gml", ()): 0.5,
        ("growth", ()): 0.5,
        ("green", variable): 0.4,
    }


def test_only_what_rests_on_a_score_has_the_bias_of_a_frontier(study):
    """Provenance through logarithms, lags, products, winsorising, other frontiers, indices and slacks."""
    spec, loop = study
    task, quantities = prepared_draws(spec, loop)
    given = loop.given(ANALYSES.get("whole_study").reads(None, StudyView(spec)))
    sources = [name for name, _ in given.again.sources]
    behind = {
        (section, regression): sorted(sources[number] for number in numbers)
        for (_, section, regression), numbers in task.plan.behind.items()
    }
    # the fourth column has a lag of green, the seventh another frontier, the eighth a product with slow
    expected = {"1": ["green"], "4": ["green"], "7": ["green"], "8": ["green", "slow"]}
    expected |= {"9": ["gml"], "10": ["spare"], "11": ["slow"]}
    for column, names in expected.items():
        found = [name if name != "growth" else "gml" for name in behind["base", column]]
        assert sorted(set(found)) == names, column
    assert behind["through", "firms/first"] == []
    assert behind["through", "firms/second"] == ["green"]
    bases = {
        (place[1], identity(one)): basis_of(place, one, task.plan.behind, given.again.rates)
        for place, one in quantities
    }
    by_kind = {
        (section, kind, links): basis for (section, (kind, links, *_)), basis in bases.items()
    }
    assert np.isnan(by_kind["through", "slope", ("talent", "firms")].rate)
    assert not by_kind["through", "slope", ("talent", "firms")].rests_on_score
    assert by_kind["through", "slope", ("talent", "green")] == (0.5, True)
    assert by_kind["through", "indirect", ("talent", "firms", "green")] == (0.5, True)
    seventh = [b for (s, (_, links, column, *_)), b in bases.items() if (s, column) == ("base", 7)]
    assert set(seventh) == {(0.4, True)}


def test_a_product_without_a_score_has_its_own_rate():
    """Ab of two regressions without scores: 1; with one score behind b: that of the score; unknown: no correction."""
    line = (((1.0, ("a", "x")),), ((1.0, ("b", "m")),))
    product = Quantity("indirect", ("x", "m", "y"), (line,), 1.0, 0.0, 2.0)
    place = ("mediation", "one")
    a, b = (*place, "a"), (*place, "b")
    nothing = frozenset()
    assert basis_of(place, product, {a: nothing, b: nothing}, (0.5,)) == (1.0, False)
    assert basis_of(place, product, {a: nothing, b: frozenset({0, 1})}, (0.5, 0.4)) == (0.4, True)
    rate, rests = basis_of(place, product, {a: nothing, b: frozenset({0})}, (float("nan"),))
    assert (np.isnan(rate), rests) == (True, True)


def test_an_effect_counts_once():
    """A slope in a table, a mediation and at the mean of a moderator is one effect, by its first estimate."""
    slope = Quantity("slope", ("x", "y"), (), 1.0, 0.5, 1.5)
    others = (
        replace(slope, estimate=1.1),
        replace(slope, kind="conditional", at="mean", moderator="w", estimate=1.2),
    )
    apart = (
        replace(slope, kind="conditional", at="low", moderator="w"),
        replace(slope, kind="conditional", at="high", moderator="w"),
        replace(slope, kind="interaction", moderator="w"),
        replace(slope, kind="direct", past="m"),
        replace(slope, group="E", grouping="region"),
        replace(slope, links=("z", "y")),
        replace(slope, kind="indirect", links=("x", "m", "y")),
    )
    found = [SimpleNamespace(quantity=one) for one in (slope, *others, *apart)]
    assert [one.quantity for one in distinct(found)] == [slope, *apart]


def test_two_entities_are_too_few():
    with pytest.raises(SpecError, match="too few"):
        choose_scheme("bootstrap", None, 2, 1)


def test_the_order_of_rows_does_not_matter(study):
    """Rows of the data in another order give the same draws to the last bit."""
    spec, loop = study
    whole = panel()
    order = np.random.default_rng(2).permutation(len(whole.frame))
    other = analyses(spec, panel_of(whole.frame.iloc[order]))
    assert np.array_equal(
        prepared_draws(spec, loop)[0](range(3)),
        prepared_draws(spec, other)[0](range(3)),
        equal_nan=True,
    )


def test_draws_that_support_a_pathway(study, monkeypatch):
    """Both effects positive in two of four draws: the share is that of the rescaled draws, and is printed."""
    spec, loop = study
    view = StudyView(spec)
    place = ("typology", "typology")
    pathway = declared_pathways(view.section(*place), view)[0]
    one, two = (slope_quantity(name) for name in ("talent", "tech"))
    signs = JointSigns(pathway.name, (("region", "E"),), 8, ((one.effect, 1), (two.effect, 1)))
    kind = type(ANALYSES.get("typology"))
    monkeypatch.setattr(kind, "joint_signs", lambda *_: iter([signs]))
    given = loop.given(ANALYSES.get("whole_study").reads(None, view))
    values = np.array([[1.0, 2.0], [1.0, -1.0], [2.0, 1.0], [-1.0, 1.0]] * 10)
    scheme = choose_scheme("bootstrap", None, 24, 1)
    (found,) = _supports(
        given, (place,), [(place, one), (place, two)], values, scheme, [BiasSource(0.5, True)] * 2
    )
    assert (found.share, found.n_draws) == (0.5, 40)

    shown = Shown("whole_study", "Draws", view, view.style, loop.panel)
    table = support_table(SimpleNamespace(support=(found,)), shown)
    (row,) = table.rows
    cells = dict(zip((column.key for column in table.columns), row.cells, strict=True))
    assert str(row.label) == str(pathway.label)
    assert str(cells.pop("groups").value) == "region: E"
    assert {key: (cell.value, cell.kind) for key, cell in cells.items()} == {
        "entities": (8, "count"),
        "effects": (2, "count"),
        "share": (0.5, "percent"),
        "n": (40, "count"),
    }


def slope_quantity(name):
    """A slope of the outcome, estimated as 1."""
    return Quantity("slope", (name, "green"), (), 1.0, 0.0, 2.0)


def test_what_is_not_drawn_is_said():
    """Effects without a regression for draws, lost draws and rows without a score, each with its number."""
    draws = np.array([[1.0, 2.0], [np.nan, np.nan], [np.nan, 1.0]])
    found = SimpleNamespace(draws=draws, n_lost=1, n_left_out=2, n_without_score=1.5)
    said = {one.code: str(one.text) for one in ANALYSES.get("whole_study").notices(found)}
    assert said["whole_study.lost"].startswith("1 of 3 draws has no frontier")
    assert said["whole_study.left_out"].startswith("2 effects are not estimated again")
    assert said["whole_study.partly_lost"].startswith("In 1 of 3 draws")
    assert said["whole_study.without_score"].startswith("On average 1.5 rows")
    assert "whole_study.never_identified" not in said


def test_an_effect_that_no_draw_identifies_has_no_other_draws():
    """It is counted by itself; draws that lack another effect are counted without it."""
    draws = np.array([[np.nan, 2.0], [np.nan, np.nan], [np.nan, 1.0], [np.nan, np.nan]])
    found = SimpleNamespace(draws=draws, n_lost=1, n_left_out=0, n_without_score=0.0)
    said = {one.code: str(one.text) for one in ANALYSES.get("whole_study").notices(found)}
    assert said["whole_study.never_identified"] == (
        "1 effect is not identified in any draw and has no interval."
    )
    assert said["whole_study.partly_lost"].startswith("In 1 of 4 draws")
    nothing = SimpleNamespace(
        draws=np.full((3, 2), np.nan), n_lost=1, n_left_out=0, n_without_score=0.0
    )
    codes = [one.code for one in ANALYSES.get("whole_study").notices(nothing)]
    assert codes == ["whole_study.lost", "whole_study.never_identified"]


@pytest.mark.parametrize("asks", [True, False])
def test_workers_start_while_the_study_is_read_where_draws_are_asked_for(asks):
    """The module that they load is there, and nothing starts for a study without draws."""
    loaded = []
    engine = SimpleNamespace(expect=loaded.append)
    text = STUDY if asks else STUDY.replace(", whole_study: {draws: 40}", "")
    _expect_workers(spec_of(text, "w.yaml"), engine)
    assert loaded == ([ResamplingAnalysis.in_workers] if asks else [])
    assert study_draws.__module__ == ResamplingAnalysis.in_workers
