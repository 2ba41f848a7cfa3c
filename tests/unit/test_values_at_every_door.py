"""Every registered analysis, estimator, diagnostic and step gives one result by every interface.

Measures, indices and resampling are compared in test_options_at_every_door.py. What is registered and is
not in the cases fails here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import call
from made_everything import places
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.capabilities import OfResults
from xinzhi.prepare.step import STEPS, Supplied
from xinzhi.report.exhibits import shown_alone
from xinzhi.study.run import run
from xinzhi_core.vocabulary import in_file
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.fit import ESTIMATORS

OURS = "xinzhi"
ROLES = {"inputs": ["labour", "capital"], "good_outputs": ["gdp"]}
MODEL = {"outcome": "firms", "regressors": ["talent"], "controls": ["control"]}
SEED = 1
SPACE = {"score": "plain", "permutations": 99, "neighbours": "built_in"}
DATES = {"dates": [2010, 2015]}
CLASSES = {"low": "< 0.70", "high": ">= 0.70"}
INDEX = {"positive": ["firms", "talent"], "negative": ["waste"], "weights": "critic"}
CASES: dict[str, dict[str, Any]] = {
    "describe": {"variables": ["firms", "talent"]},
    "diagnostics": {**MODEL, "tests": list(DIAGNOSTICS.names())},
    "tables": MODEL,
    "mediation": {**MODEL, "outcome": "gdp", "through": ["firms"], "draws": 40},
    "moderation": {
        **MODEL,
        "outcome": "gdp",
        "moderators": ["policy"],
        "paths": ["talent -> firms", "firms -> gdp"],
        "draws": 40,
    },
    "heterogeneity": {**MODEL, "by": ["region"], "draws": 20},
    "specification_curve": {**MODEL, "vary": {"controls": "each"}},
    "entropy_index": INDEX,
    "obstacles": {**INDEX, "top": 2, **DATES},
    "coupling": {"of": ["low", "high"], "form": "ratio"},
    "tapio": {"of": "waste", "by": "gdp"},
    "decompose": {"of": "product", "factors": ["labour", "capital"], **DATES},
    "ranks": {"score": "plain", "top": 3, "regions": "region", **DATES},
    "convergence": {"score": "plain", "convergence": ["sigma", "beta"]},
    "inequality": {"score": "plain", "regions": "region", "inequality": ["theil", "dagum"]},
    "ellipse": {"score": "plain", "x": "far", "y": "wide", "weights": "plain", **DATES},
    "density": {"score": "plain", **DATES},
    "spatial_markov": {
        "score": "plain",
        "neighbours": "built_in",
        "classes": 2,
        "weights": "queen",
    },
    "detector": {
        "outcome": "firms",
        "factors": ["talent"],
        "by": ["region"],
        "strata": {"quantiles": 2},
    },
    "transitions": {"score": "plain", "classes": CLASSES, "regions": "region", **DATES},
    "classes": {"score": "plain", "classes": CLASSES},
    "moran": SPACE,
    "hot_spots": {**SPACE, **DATES},
    "local_moran": {**SPACE, **DATES},
    "scale_efficiency": {**ROLES, "measure": "radial"},
    "second_stage": {
        **ROLES,
        "measure": "radial",
        "regressors": ["talent"],
        "draws": 40,
        "bias_draws": 5,
    },
}
"""Analysis -> keywords of its function."""
STUDY = f"""\
title: Doors
seed: {SEED}
sources: {{c: {{file: places.csv, kind: panel, entity: place, period: year}}}}
panel: {{from: c}}
prepare:
  - entropy_index: {{step: entropy_index, positive: [firms, talent], negative: [waste], weights: critic}}
  - low: {{step: expression, expression: 1 / (1 + gdp)}}
  - high: {{step: expression, expression: 1 / (1 + waste)}}
  - coupling: {{step: coupling, of: [low, high], form: ratio}}
  - tapio: {{step: tapio, of: waste, by: gdp}}
  - product: {{step: expression, expression: labour * capital}}
decompose: {{decompose: {{of: product, factors: [labour, capital], dates: [2010, 2015]}}}}
efficiency:
  plain: {{measure: radial, inputs: [labour, capital], good_outputs: [gdp], scale_efficiency: true, classes: {json.dumps(CLASSES)}}}
variables: {{transform: none, gdp: {{column: gdp}}, firms: {{column: firms}}, talent: {{column: talent}}, policy: {{column: policy}}, control: {{column: control}}}}
sets: {{controls: [control]}}
groups: {{region: {{column: region, "0": [0], "1": [1]}}}}
describe: {{variables: [firms, talent]}}
diagnostics: {{of: tables/1, tests: {json.dumps(DIAGNOSTICS.names())}}}
tables:
  tables: {{outcome: firms, covariance: {{cluster: entity}}, columns: [{{x: [talent, controls]}}]}}
  output: {{outcome: gdp, covariance: {{cluster: entity}}, columns: [{{x: [talent, controls]}}]}}
mediation: {{mediation: {{from: output/1, through: [firms], draws: 40}}}}
moderation: {{moderation: {{from: output/1, moderators: [policy], paths: [talent -> firms, firms -> gdp], draws: 40}}}}
heterogeneity: {{heterogeneity: {{from: tables/1, by: [region], draws: 20}}}}
specification_curve: {{of: tables/1, vary: {{controls: each}}}}
detector: {{detector: {{outcome: firms, factors: [talent], by: [region], strata: {{quantiles: 2}}}}}}
second_stage: {{second_stage: {{score: plain, regressors: [talent], draws: 40, bias_draws: 5}}}}
space_and_time:
  plain: {{regions: region, dates: [2010, 2015], top: 3, obstacles: {{of: entropy_index, top: 2}}, convergence: [sigma, beta], inequality: [theil, dagum], neighbours: built_in, association: [moran, hot_spots, local_moran], permutations: 99, density: {{dates: [2010, 2015]}}, ellipse: {{x: far, y: wide, weights: plain, dates: [2010, 2015]}}, spatial_markov: {{classes: 2, weights: queen}}}}
report: {{languages: [en], formats: [md]}}
"""
LISTS = {
    *("inputs", "good_outputs", "regressors", "controls", "variables", "tests", "through", "by"),
    *("positive", "negative", "factors", "of"),
    *("moderators", "paths", "dates", "convergence", "inequality", "effects"),
}
"""Keywords whose flags take names by commas."""
Path = tuple[str | int, ...]


def numbers(value: Any) -> Iterator[float]:
    """List the numbers of a result in their order: fields, rows, values; words are left out."""
    if isinstance(value, (Real, np.number)) and not isinstance(value, bool):
        yield float(value)
        return
    for one in parts(value):
        yield from numbers(one)


def parts(value: Any) -> Iterable[Any]:
    """List what a value is made of; words and truths are made of nothing."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.to_numpy().ravel().tolist()
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, (list, tuple)):
        return value
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


def flags(words: Mapping[str, Any]) -> Iterator[str]:
    """Write keywords as flags: names by commas, the rest as in the study file."""
    for name, value in words.items():
        yield f"--{in_file(name).replace('_', '-')}"
        if name in LISTS and not isinstance(value, str):
            yield ",".join(map(str, value))
        else:
            yield value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("doors")
    frame = places()
    frame = frame.assign(far=1000 * frame["labour"], wide=900 * frame["capital"])
    frame.to_csv(path / "places.csv", encoding="utf-8", float_format="%.17g")
    (path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def study(folder):
    return run(folder / "study.yaml")


@pytest.fixture(scope="module")
def frame(study, folder):
    """The data of the study with its scores, in a file too."""
    frame = study.panel.frame.rename_axis(["place", "year"])
    frame.to_csv(folder / "scored.csv", encoding="utf-8", float_format="%.17g")
    return frame


def result_of(study, key):
    """Give the result of an analysis of the study."""
    found = study.results[key]
    return found.get(key) or found.get("plain") or next(iter(found.values()))


def by_kind(key: str, tables: Mapping[str, Any]) -> dict[str, dict[Path, float]]:
    """Give tables by their kind, without the name of the score or of the section."""
    found = {}
    for name, table in tables.items():
        start = next((one for one in ("plain_", "score_", f"{key}_") if name.startswith(one)), "")
        found[name.removeprefix(start)] = dict(leaves(table))
    return found


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, float]]:
    """List the numbers of a document with the keys that lead to them."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, (list, tuple)):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    elif isinstance(value, Real) and not isinstance(value, bool):
        yield path, float(value)


def test_every_registered_analysis_has_a_case():
    """Those written by hand, and those that read a study, are compared in the tests of options and verbs."""
    ours = {
        key
        for key, one in ANALYSES
        if one.verb and not one.is_written_by_hand and not isinstance(one, OfResults)
        if type(one).__module__.startswith("xinzhi.")
    }

    assert set(CASES) == ours


@pytest.mark.one_in(5)
@pytest.mark.parametrize("key", CASES)
def test_an_analysis_is_the_same_at_every_door(study, frame, folder, key):
    """Study file, Python and command: the same numbers in the same order."""
    words = CASES[key]

    expected = [*numbers(result_of(study, key))]
    python = getattr(xz, ANALYSES.get(key).verb)(frame, **words, seed=SEED)
    keys = ["--entity", "place", "--period", "year", "--seed", SEED, "--format", "json"]
    document = json.loads(call("analyse", key, folder / "scored.csv", *keys, *flags(words)).stdout)

    assert len(expected) > 3
    np.testing.assert_allclose([*numbers(python)], expected, rtol=1e-12, atol=1e-12)
    shown = {one.id: one.machine for one in shown_alone(study, key).exhibits.tables}
    tables = by_kind(key, shown)
    for name, table in by_kind(key, document).items():
        assert table
        np.testing.assert_allclose(
            [*table.values()], [tables[name][path] for path in table], rtol=1e-12, atol=1e-12
        )


FITS = {
    "least_squares": {"cluster": ["entity"]},
    "random_effects": {"cluster": ["entity"]},
    "fractional_logit": {"effects": ["period"], "cluster": ["entity"]},
}
"""Estimator -> keywords of `xz.fit`; the outcome is a share."""


@pytest.mark.parametrize("estimator", ESTIMATORS.names())
def test_an_estimator_is_the_same_at_every_door(frame, folder, estimator):
    """A column of a table, `xz.fit` and `xinzhi regress`: estimates and standard errors."""
    words = FITS[estimator]
    model = {"outcome": "plain", "regressors": ["talent"], "controls": ["control"]}
    effects = words.get("effects", ["entity", "period"])
    column = {"x": ["talent", "controls"], "estimator": estimator, "effects": effects}
    table = {"outcome": "plain", "covariance": {"cluster": "entity"}, "columns": [column]}
    start, _, _ = STUDY.partition("describe:")
    text = f"{start}tables: {{one: {json.dumps(table)}}}\n".replace(
        "{{transform: none".replace("{{", "{"), "{transform: none, plain: {from: plain}"
    )
    (folder / f"{estimator}.yaml").write_text(text, encoding="utf-8")

    of_study = run(folder / f"{estimator}.yaml").results["tables"]["one"].estimated[0]
    python = xz.fit(frame, **model, **words, estimator=estimator)
    keys = ["--entity", "place", "--period", "year", "--format", "json", "--estimator", estimator]
    given = [*flags({**model, "effects": effects}), "--cluster", "place"]
    document = json.loads(call("regress", folder / "scored.csv", *keys, *given).stdout)

    assert of_study.names == python.names == tuple(one["name"] for one in document["coefficients"])
    for name in ("estimate", "std_error"):
        expected = getattr(of_study, name)
        np.testing.assert_allclose(getattr(python, name), expected, rtol=1e-12)
        told = [one[name] for one in document["coefficients"]]
        np.testing.assert_allclose(told, expected, rtol=1e-12)


INDEXED = {"index_kind": "fixed_base", "base": 2010}
PREPARED: dict[str, dict[str, Any]] = {
    "capital_stock": {"investment": "labour", "price": "index", **INDEXED},
    "carry_back": {"column": "late", "from": 2012, "to": [2010, 2011]},
    "coupling": {"of": ["low", "high"]},
    "difference": {"column": "gdp"},
    "entropy_index": {"columns": ["labour", "waste"]},
    "expression": {"expression": "gdp / labour"},
    "extrapolate": {"column": "short", "to": 2015, "method": "growth"},
    "interpolate": {"columns": ["gap"]},
    "lag": {"column": "gdp"},
    "lead": {"column": "gdp"},
    "log": {"column": "gdp"},
    "log1p": {"column": "gdp"},
    "rate": {"numerator": ["waste"], "denominator": "labour", "per": 100},
    "real_output": {"nominal": "gdp", "index": "index", **INDEXED},
    "standardise": {"column": "gdp"},
    "tapio": {"of": "waste", "by": "gdp"},
    "winsorise": {"column": "gdp", "percentiles": [5, 95]},
}
"""Step -> its options."""
IN_PLACE = {"interpolate": "gap"}
"""The step that fills a column, and that column."""


def test_every_registered_step_has_a_case():
    """Steps that read records, codes or shares of other files are compared in the study of the paper."""
    of_files = {
        name
        for name, one in STEPS
        if any(
            isinstance(mark, Supplied)
            for field in one.model_fields.values()
            for mark in field.metadata
        )
    }

    assert of_files == {
        *("dynamic_exposure", "emerging_firms", "exposure", "new_firms", "penalty_cases")
    }
    assert set(PREPARED) == set(STEPS.names()) - of_files


@pytest.mark.long
def test_steps_are_the_same_at_every_door(tmp_path):
    """`xz.prepare_panel`, the study in Python, and the table of descriptions that `xinzhi run` writes."""
    frame = places()
    year = frame.index.get_level_values("year")
    frame["index"] = 100 + 2.0 * (year - 2010)
    frame["low"], frame["high"] = 1 / (1 + frame["gdp"]), 1 / (1 + frame["waste"])
    for column, empty in (("late", year < 2012), ("short", year > 2014), ("gap", year == 2012)):
        frame[column] = frame["labour"].where(~empty)
    steps = {f"made_{name}": {"step": name, **one} for name, one in PREPARED.items()}
    made = [IN_PLACE.get(name, f"made_{name}") for name in PREPARED]
    variables = {"transform": "none", **{name: {"column": name} for name in made}}
    start, _, _ = STUDY.partition("prepare:")
    sections = {
        "prepare": [{name: one} for name, one in steps.items()],
        "variables": variables,
        "describe": {"variables": made},
        "report": {"languages": ["en"], "formats": ["md"]},
    }
    text = start + "".join(f"{key}: {json.dumps(one)}\n" for key, one in sections.items())
    frame.to_csv(tmp_path / "places.csv", encoding="utf-8", float_format="%.17g")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")

    python = xz.prepare_panel(frame, steps, entity="place", period="year").frame[made]
    of_study = run(tmp_path / "study.yaml").panel.frame[made]
    call("run", tmp_path, "--quiet")

    pd.testing.assert_frame_equal(of_study, python, check_names=False, rtol=1e-12, atol=0)
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    described = results["tables"]["descriptive"]["variables"]
    told = {name: (one["n"], one["mean"], one["sd"]) for name, one in described.items()}
    expected = {
        name: (column.count(), column.mean(), column.std()) for name, column in python.items()
    }
    assert set(told) == set(made)
    for name in made:
        assert expected[name][0] > len(frame) / 2
        np.testing.assert_allclose(told[name], expected[name], rtol=1e-12, atol=1e-14)
