"""Each option of a score is declared once: the study file, Python and the command have it, and give the same."""

from __future__ import annotations

import inspect
import json
from typing import get_args

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement
from xinzhi.analyses.inference.section import ResamplingOptions
from xinzhi.api.scores import CALL, OF_SCORES
from xinzhi.cli.commands.efficiency import FLAGS, OWN
from xinzhi.study.file.load import spec_of
from xinzhi_core.errors import SpecError
from xinzhi_core.packages import is_ours
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import INDICES

MEASUREMENT = set(Measurement.model_fields) - OTHER_ANALYSES
RESAMPLING = set(ResamplingOptions.model_fields)
BY_HAND = {
    "efficiency": MEASUREMENT,
    "productivity": MEASUREMENT - set(OF_SCORES) | {"index", "base_period"},
    "inference": MEASUREMENT | RESAMPLING | {"seed"},
}
"""Analyses whose functions are written by hand -> options of the study file that they take."""
ROLES = {"inputs": ["x1", "x2"], "good_outputs": ["y1", "y2"], "bad_outputs": ["b"]}
COLUMNS = [name for names in ROLES.values() for name in names]
CONFIGURED = [
    {"measure": "radial", "orientation": "output", "noncontrollable": ["x2"]},
    {"measure": "radial", "nondiscretionary": ["x2"], "returns_to_scale": "variable"},
    {"measure": "super_radial", "exclude": "entity", "reference": "contemporaneous"},
    {"measure": "additive", "weights": dict.fromkeys(COLUMNS, 0.5), "reference": "sequential"},
    {"measure": "range_adjusted", "reference": "window", "window": 2},
    {"measure": "range_directional", "returns_to_scale": "variable"},
    {"measure": "russell", "orientation": "input", "bads": "inputs"},
    {"measure": "sbm", "reference": "group", "group": "region", "returns_to_scale": "0.8..1.2"},
    {"measure": "super_sbm", "reference": "base", "base_period": 2011},
    {"measure": "sbm", "returns_to_scale": "free_disposal_hull"},
    {"measure": "super_sbm", "fallback": "two_stage", "returns_to_scale": "variable"},
    {"measure": "sbm_nonseparable", "nonseparable": ["y2", "b"]},
    {"measure": "sbm_nonseparable_free", "nonseparable": ["y2", "b"], "alpha_min": 0.2},
    {"measure": "directional", "direction": {"y1": 1.0, "b": 0.5}, "disposability": "weak"},
    {"measure": "directional", "direction": "mean", "disposability": "kuosmanen"},
    {"measure": "nonradial_directional", "direction": "own", "zeros": "drop_row"},
    {"measure": "epsilon_based", "epsilon": 0.4, "missing": "leave_out"},
]
"""Every registered measure, and every option of a measurement once."""
HEAD = """
title: Doors
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
"""


@pytest.fixture
def frame():
    """Six cities over three years, rows in disorder."""
    rng = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([list("abcdef"), [2010, 2011, 2012]], names=["city", "year"])
    data = pd.DataFrame(rng.uniform(1, 5, (18, 5)).round(3), index=index, columns=COLUMNS)
    data["region"] = np.repeat(["u", "v"], 9)
    return data.sample(frac=1, random_state=3)


def sections(**sections):
    """Read a study file with these sections."""
    lines = [f"{key}: {json.dumps(one)}" for key, one in sections.items()]
    return spec_of(HEAD + "\n".join(lines), "study.yaml")


def flags(options):
    """Write options as flags: `a,b` for several names, `a=1,b=2` for numbers."""
    for name, value in options.items():
        yield FLAGS.get(name, (f"--{name.replace('_', '-')}",))[0]
        if isinstance(value, dict):
            yield ",".join(f"{key}={number}" for key, number in value.items())
        else:
            yield ",".join(value) if isinstance(value, list) else str(value)


def from_command(frame, tmp_path, options):
    """Give the document of `xinzhi efficiency`."""
    frame.reset_index().to_csv(tmp_path / "data.csv", index=False)
    words = ["--entity", "city", "--period", "year", "--format", "json"]
    done = call("efficiency", tmp_path / "data.csv", *words, *flags(ROLES), *flags(options))
    return json.loads(done.stdout)


def panel_of(frame):
    """Read the frame as a panel, which sorts its rows."""
    return xz.prepare_panel(frame, {}, entity="city", period="year")


@pytest.mark.parametrize("key", [key for key, one in ANALYSES if one.is_written_by_hand])
def test_python_and_the_command_take_the_keys_of_the_study_file(key):
    """A function written by hand takes what is declared, what each call has, and nothing else."""
    verb = getattr(xz, ANALYSES.get(key).verb)
    parameters = inspect.signature(verb).parameters
    told = " ".join(attempt("efficiency", "--help").stdout.split())

    assert set(parameters) == BY_HAND[key] | {"data", *CALL}
    for name in BY_HAND[key]:
        assert FLAGS.get(name, (f"--{name.replace('_', '-')}",))[0] in told
        assert f"\n{name}\n    " in verb.__doc__


def test_the_command_has_no_other_flags():
    """Beside the declared options there are those of the call, of files and of the console."""
    from xinzhi.cli.commands.efficiency import make_command

    taken = {one.name for one in make_command().params}
    assert taken - {"data", "help"} == set().union(*BY_HAND.values(), CALL, OWN)


def test_words_are_types_and_unknown_ones_are_refused(frame):
    """Options of few words are `Literal` types; a word that is no choice is refused before anything is read."""
    parameters = inspect.signature(xz.bootstrap_scores).parameters

    assert "'leave_out'" in str(parameters["missing"].annotation)
    assert "'kuosmanen'" in str(parameters["disposability"].annotation)
    assert get_args(parameters["resampling"].annotation) == (
        "subsampling",
        "smoothed",
        "sensitivity",
    )
    with pytest.raises(SpecError, match="'skip' is not a choice for missing"):
        xz.evaluate(frame, **ROLES, missing="skip")
    with pytest.raises(TypeError, match=r"evaluate.. .*'mising'"):
        xz.evaluate(frame, **ROLES, mising="refuse")


def test_every_measure_and_every_option_is_configured():
    """A new measure or option must be added to the cases, so that all doors are compared."""
    ours = [name for name, one in MEASURES if is_ours(one.run.__module__)]

    assert {one["measure"] for one in CONFIGURED} == set(ours)
    assert {name for one in CONFIGURED for name in one} == MEASUREMENT - set(ROLES)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("options", CONFIGURED, ids=lambda one: "-".join(map(str, one.values())))
def test_a_measure_is_the_same_at_every_door(frame, options, tmp_path):
    """Study file, Python and command: the same scores, rows in the order that each promises."""
    if options.get("missing"):
        frame.iloc[4, 0] = np.nan
    if options.get("zeros"):
        frame.iloc[4, 0] = 0.0
    section = sections(efficiency={"score": {**ROLES, **options}}).efficiency["score"]

    python = xz.evaluate(frame, **ROLES, **options)
    study = ANALYSES.get("efficiency").compute(section, Given(None, {}, columns=panel_of(frame)))
    document = from_command(frame, tmp_path, options)

    left_out = [4] if options.get("missing") else []
    assert list(python.labels) == frame.index.delete(left_out).tolist()
    scores = dict(zip(python.labels, python.scores, strict=True))
    assert sum(np.isfinite([*scores.values()])) > len(scores) / 2
    assert [study.labels[i] for i in range(study.n)] == sorted(scores)
    np.testing.assert_allclose(
        study.scores, [scores[one] for one in study.labels], rtol=0, atol=1e-9
    )
    told = [np.nan if row["score"] is None else row["score"] for row in document["rows"]]
    np.testing.assert_allclose(told, python.scores, rtol=0, atol=1e-9)
    assert study.options == python.options
    codes = {one.code for one in python.notices}
    assert ("efficiency.left_out" in codes) == bool(left_out)


@pytest.mark.parametrize("index", INDICES.names())
def test_an_index_is_the_same_at_every_door(frame, index, tmp_path):
    """With options that the function did not take before: an empty cell, bads as inputs."""
    frame.iloc[4, 0] = np.nan
    directional = INDICES.get(index).traits.is_directional
    options = {"measure": "directional" if directional else "radial", "orientation": "output"}
    options |= {"missing": "leave_out", "bads": "inputs"}
    spec = sections(
        efficiency={"score": {**ROLES, **options}},
        productivity={"made": {"index": index, "of": "score"}},
    )

    class Study:
        def section(self, key, name):
            return getattr(spec, key)[name]

    given = Given(Study(), {}, columns=panel_of(frame))
    study = ANALYSES.get("productivity").compute(spec.productivity["made"], given)
    python = xz.productivity(frame, index=index, **ROLES, **options)
    document = from_command(frame, tmp_path, {**options, "index": index})

    assert python.options == study.options
    key = ["entity", "from", "to"]
    expected = study.to_frame().set_index(key).sort_index()
    found = python.to_frame().set_index(key).sort_index()
    pd.testing.assert_frame_equal(found, expected, rtol=0, atol=1e-9)
    told = [np.nan if row["value"] is None else row["value"] for row in document["index"]]
    np.testing.assert_allclose(told, python.values, rtol=0, atol=1e-9)
    assert "efficiency.left_out" in {one.code for one in python.notices}


@pytest.mark.parametrize(
    "resampling",
    [
        {"resampling": "subsampling", "level": 0.9, "size": 4, "scale": "efficiency"},
        {"resampling": "smoothed"},
        {"resampling": "sensitivity"},
    ],
    ids=lambda one: one["resampling"],
)
def test_a_resampling_is_the_same_in_python_and_the_command(frame, resampling, tmp_path):
    """Also of frontiers of groups and with rows left out; level, scale and size reach all."""
    frame.iloc[4, 0] = np.nan
    groups = (
        {} if resampling["resampling"] == "smoothed" else {"reference": "group", "group": "region"}
    )
    options = {"measure": "radial", "missing": "leave_out", **groups}

    python = xz.bootstrap_scores(frame, **ROLES, **options, **resampling, draws=8, seed=2)
    document = from_command(frame, tmp_path, {**options, **resampling, "draws": 8, "seed": 2})

    key = "sensitivity_to_the_sample" if "sensitivity" in resampling.values() else "bootstrap"
    assert len(python) == len(document["rows"]) == 17
    for row, (_, expected) in zip(document["rows"], python.iterrows(), strict=True):
        for name, value in row[key].items():
            if isinstance(value, float):
                assert value == pytest.approx(expected[name], abs=1e-9)
