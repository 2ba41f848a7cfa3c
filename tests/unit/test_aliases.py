"""Short forms that name a model set every option it implies, at every door, or are refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi.analyses.efficiency.compute import options_of
from xinzhi.study.file.load import spec_of
from xinzhi_core.errors import SpecError
from xinzhi_core.vocabulary import AMBIGUOUS, CHOICES, IMPLIED, canonical, with_implied
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.resolve import resolve

SAME = 1e-12
"""Scores of one and the same program."""
MODELS = {"ccr": "constant", "bcc": "variable"}
"""Charnes, Cooper and Rhodes (1978); Banker, Charnes and Cooper (1984)."""
HEAD = """
title: Aliases
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
"""


@pytest.fixture
def frame():
    """Eight cities over two years, with scale effects: constant and variable returns differ."""
    rng = np.random.default_rng(4)
    index = pd.MultiIndex.from_product([list("abcdefgh"), [2008, 2009]], names=["city", "year"])
    x = rng.uniform(1, 10, len(index))
    return pd.DataFrame(
        {"x": x, "y": x**0.6 * rng.uniform(0.5, 1, len(index)), "b": rng.uniform(1, 2, len(index))},
        index=index,
    )


def study(options):
    """Load a study file with one score of these options."""
    words = ", ".join(f"{key}: {value}" for key, value in options.items())
    text = f"{HEAD}efficiency: {{score: {{{words}, inputs: [x], good_outputs: [y]}}}}\n"
    return options_of(spec_of(text, "study.yaml").efficiency["score"])


@pytest.mark.parametrize("model", MODELS)
def test_a_model_sets_measure_and_returns_in_python(frame, model):
    """`bcc` computed constant returns before."""
    roles = {"inputs": "x", "good_outputs": "y"}

    named = xz.evaluate(frame, measure=model, **roles)
    written = xz.evaluate(frame, measure="radial", returns_to_scale=MODELS[model], **roles)
    other = {"constant": "variable", "variable": "constant"}[MODELS[model]]
    against = xz.evaluate(frame, measure="radial", returns_to_scale=other, **roles)

    np.testing.assert_allclose(named.scores, written.scores, rtol=0, atol=SAME)
    assert np.abs(named.scores - against.scores).max() > 0.01
    assert (named.options.measure, named.options.returns_to_scale) == ("radial", MODELS[model])


@pytest.mark.parametrize("model", MODELS)
def test_a_model_sets_measure_and_returns_in_a_study_and_the_command(frame, model, tmp_path):
    """All doors understand the same word as the same options."""
    data = tmp_path / "data.csv"
    frame.reset_index().to_csv(data, index=False)
    words = ["--entity", "city", "--period", "year", "--inputs", "x", "--good", "y"]
    done = call("efficiency", data, *words, "--measure", model, "--format", "json")

    said = json.loads(done.stdout)["options"]
    in_study = study({"measure": model})

    for options in (said, vars_of(in_study), vars_of(checked(Options(measure=model)))):
        assert options["measure"] == "radial"
        assert options["returns_to_scale"] == MODELS[model]
    assert said["orientation"] == in_study.orientation == "input"


def vars_of(options):
    return {name: getattr(options, name) for name in ("measure", "returns_to_scale")}


CONTRADICTIONS = [
    {"measure": "bcc", "returns_to_scale": "constant"},
    {"measure": "ccr", "returns_to_scale": "vrs"},
    {"measure": "bcc", "returns_to_scale": "ccr"},
    {"measure": "sbm", "returns_to_scale": "bcc"},
    {"measure": "super_sbm", "returns_to_scale": "ccr"},
]


@pytest.mark.parametrize("options", CONTRADICTIONS)
def test_a_contradiction_is_refused_at_every_door(frame, options, tmp_path):
    """The message names both options and the way out; nothing is computed."""
    data = tmp_path / "data.csv"
    frame.reset_index().to_csv(data, index=False)
    words = ["--entity", "city", "--period", "year", "--inputs", "x", "--good", "y"]
    words += ["--measure", options["measure"], "--returns", options["returns_to_scale"]]

    with pytest.raises(SpecError, match=r"means .* but") as python:
        xz.evaluate(frame, inputs="x", good_outputs="y", **options)
    with pytest.raises(SpecError, match=r"means .* but"):
        study(options)
    done = attempt("efficiency", data, *words, "--lang", "en")

    assert python.value.code == "option.contradiction"
    assert done.code == 1
    assert "leave" in done.stderr


def test_what_agrees_is_no_contradiction():
    """Saying the same twice is allowed; a super-efficiency score of BCC is a radial one."""
    assert with_implied({"measure": "bcc", "returns_to_scale": "VRS"})["measure"] == "radial"
    options = resolve({"measure": "super_radial", "returns_to_scale": "bcc"})
    assert (options.measure, options.returns_to_scale) == ("super_radial", "variable")
    assert resolve({"returns_to_scale": "bcc"}).measure == "radial"


def test_the_index_of_fgnz_is_radial_under_constant_returns(frame):
    """`fgnz` is Malmquist's index as Färe, Grosskopf, Norris and Zhang (1994) define it."""
    roles = {"inputs": "x", "good_outputs": "y"}

    with pytest.raises(SpecError, match="fgnz"):
        xz.productivity(frame, index="fgnz", measure="sbm", **roles)
    with pytest.raises(SpecError, match="fgnz"):
        xz.productivity(frame, index="fgnz", returns_to_scale="variable", **roles)
    found = xz.productivity(frame, index="fgnz", **roles)
    assert (found.options.measure, found.options.returns_to_scale) == ("radial", "constant")


def test_a_study_refuses_an_index_that_does_not_go_with_its_score():
    """A radial score makes no Malmquist-Luenberger index; `fgnz` no index of slacks: with the line."""
    text = (
        HEAD
        + """
efficiency:
  radial: {measure: radial, orientation: output, inputs: [x], good_outputs: [y], bad_outputs: [b]}
  slacks: {inputs: [x], good_outputs: [y], bad_outputs: [b]}
productivity:
  first: {index: gml, of: radial}
  second: {index: fgnz, of: slacks}
  third: {index: gml, of: slacks}
"""
    )
    with pytest.raises(SpecError) as caught:
        spec_of(text, "study.yaml")

    problems = caught.value.problems
    assert [(p.code, p.where.line) for p in problems] == [
        ("productivity.measure", 10),
        ("option.contradiction", 11),
    ]


def test_a_word_with_two_meanings_is_refused():
    """`meta` was taken as the frontier of the group; many mean the one of all."""
    with pytest.raises(SpecError) as caught:
        canonical("reference", "meta")

    remedy = str(caught.value.problems[0].remedy)
    assert "group" in remedy
    assert "global" in remedy


def test_every_short_form_names_one_thing():
    """Each stands once per option; what it implies are canonical words of other options."""
    for option, choices in CHOICES.items():
        short = [word for words in choices.values() for word in words]
        assert len(short) == len(set(short))
        assert not set(short) & set(choices)
        assert not set(AMBIGUOUS.get(option, ())) & set(short)
        for word, implied in IMPLIED.get(option, {}).items():
            assert word in short or word in AMBIGUOUS.get(option, ())
            assert option not in implied
            for other, values in implied.items():
                assert set(values) <= set(CHOICES[other])


def test_every_printed_table_of_scores_states_the_options(frame, tmp_path):
    """Console, repr and notebook say measure, returns, orientation, reference and what else holds."""
    data = tmp_path / "data.csv"
    frame.reset_index().to_csv(data, index=False)
    words = ["--entity", "city", "--period", "year", "--inputs", "x", "--good", "y", "--bad", "b"]
    console = call("efficiency", data, *words, "--lang", "en").stdout
    chinese = call("efficiency", data, *words, "--lang", "zh").stdout
    index = call("efficiency", data, *words, "--index", "gml", "--lang", "en").stdout
    result = xz.evaluate(frame, inputs="x", good_outputs="y", bad_outputs="b")

    flat = " ".join(console.split())
    for phrase in (
        "super-SBM",
        "form A",
        "constant returns to scale",
        "non-oriented",
        "a pooled frontier of all periods",
        "the evaluated row leaves the frontier",
        "strong disposability",
        "equal weights",
        "zeros refused",
    ):
        assert phrase in flat
    assert "规模报酬不变" in chinese
    assert "weak disposability" in " ".join(index.split())
    stated = (
        "measure=super_sbm, returns_to_scale=constant, orientation=none, reference=global, "
        "exclude=observation, bads=outputs, disposability=strong, zeros=refuse"
    )
    assert stated in repr(result)
    assert stated in result._repr_html_()
