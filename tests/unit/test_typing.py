"""What a type checker says of a user's file: right calls pass, slips are errors before anything runs."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import re
import subprocess
import sys

import pytest

import xinzhi as xz
from layout import place_of
from made_calls import CALLS, KEYS, panel
from places import ROOT

pytestmark = pytest.mark.long

RIGHT = """
import pandas as pd
import polars as pl
import xinzhi as xz

data = pd.DataFrame()
scores = xz.evaluate(
    data, inputs=["labour", "capital"], good_outputs="gdp", measure="super_sbm", returns_to_scale="vrs",
    orientation=None, entity="city", period="year",
)
xz.evaluate(pl.DataFrame(), inputs="l", good_outputs="g", returns_to_scale=(0.8, 1.2), measure="ccr")
joined: pd.DataFrame = scores.join(data, entity="city")
xz.productivity(joined, index="gml", inputs="l", good_outputs="g", bad_outputs="b")
found = xz.fit(joined, outcome="green", regressors=["talent"], cluster="city", estimator="ols", rule="stata")
low: pd.DataFrame = found.conf_int(0.9)
found.plot(language="zh").to_png()
values: pd.Series = found.predict(data)
iv = xz.fit(joined, outcome="y", regressors="x", instruments={"x": ["z"]}, covariance="robust")
iv.effective_f
xz.fit(joined, "y ~ x | city", cluster=["city", "year"]).params.to_dict()
xz.mediate(data, outcome="y", regressors="x", through="m", tests="sobel").to_frame()
xz.diagnose(data, outcome="y", regressors="x", tests=["effects_f"])
xz.transitions(data, score="green", classes={"low": "< 0.5", "high": ">= 0.5"})
xz.moderate(data, outcome="y", regressors="x", moderators="w", paths=["x -> y"])
xz.table([found, iv], style="aea").to_docx()
study = xz.run("study.yaml")
study.tables["baseline"].to_latex()
xz.pathways(study, what_if={"talent": "10%"})
"""
WRONG = {
    'xz.evaluate(data, inputs="l", good_outputs="g", returns_to_scale="varable")': "varable",
    'xz.evaluate(data, inputs="l", good_outputs="g", returns="varable")': "returns",
    'xz.evaluate(data, inputs="l", good_outputs="g", measure="super_smb")': "super_smb",
    'xz.evaluate(data, inputs="l", good_outputs="g", orientation="inputs")': "orientation",
    'xz.evaluate(data, inputs="l", good_output="g")': "good_output",
    'xz.evaluate(data, inputs=3, good_outputs="g")': "int",
    'xz.evaluate("data.csv", inputs="l", good_outputs="g")': "str",
    'xz.productivity(data, index="gmlx", inputs="l", good_outputs="g")': "gmlx",
    'xz.bootstrap_scores(data, inputs="l", good_outputs="g")': "seed",
    'xz.fit(data, outcome="y", regressors="x", cluster=3)': "fit",
    'xz.fit(data, outcome="y", regressors="x", covariance="clusterd")': "fit",
    'xz.fit(data, outcome="y", regressors="x", estimator="olss")': "fit",
    'xz.fit(data, outcome="y", regresors="x")': "fit",
    'xz.fit(data, "y ~ x", outcome="y")': "fit",
    'xz.fit(data, outcome="y", regressors="x").parms': "parms",
    'xz.mediate(data, outcome="y", regressors="x", through="m", tests="sobell")': "sobell",
    'xz.rank(data, score="y", tops=3)': "tops",
    'xz.table([], style="aeaa")': "aeaa",
    'xz.run("study.yaml").table["x"]': "table",
    "xz.evalute(data)": "evalute",
}
"""Line of a user -> what the error names."""


def test_a_type_checker_finds_slips_and_passes_right_calls(tmp_path):
    """mypy, strict, on a file that uses the package."""
    lines = [*RIGHT.splitlines(), *WRONG]
    path = tmp_path / "user.py"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = (
        "--strict",
        "--follow-imports=silent",
        "--no-error-summary",
        "--cache-dir",
        str(ROOT / ".mypy_cache"),
    )
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    errors = [re.match(r"[^:]+:(\d+): error: (.*)", line) for line in run.stdout.splitlines()]
    found: dict[int, str] = {}
    for one in filter(None, errors):
        found[int(one[1])] = found.get(int(one[1]), "") + one[2]

    first = len(RIGHT.splitlines()) + 1
    assert {n: text for n, text in found.items() if n < first} == {}
    assert run.stderr == ""
    for n, (line, word) in enumerate(WRONG.items(), first):
        assert word in found.get(n, ""), line


def test_the_stub_is_in_step_with_the_declared_options():
    """`uv run python tools/pages/generate_reference.py` renews it."""
    spec = importlib.util.spec_from_file_location("stub", ROOT / "tools" / "generate_stub.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.STUB.read_text(encoding="utf-8") == module.stub()


def test_the_stub_declares_every_function():
    """With all keywords that it has."""
    text = (place_of("xinzhi/__init__.pyi")).read_text(encoding="utf-8")
    for name in dir(xz):
        if name.startswith("_"):
            continue
        assert re.search(rf"^def {name}\(|import {name} as {name}$", text, re.MULTILINE), name


@pytest.mark.parametrize("name", CALLS)
def test_every_attribute_of_a_result_has_a_type(name):
    """Fields, properties and methods that users see, with all their parameters."""
    kind = type(CALLS[name](panel(), KEYS))
    if not kind.__module__.startswith("xinzhi"):
        return
    untyped = []
    for attribute, value in inspect.getmembers(kind):
        if attribute.startswith("_"):
            continue
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if not inspect.isfunction(function) or function.__module__.startswith(
            ("collections", "typing")
        ):
            continue
        signature = inspect.signature(function)
        parameters = [
            one for one in signature.parameters.values() if one.name not in {"self", "cls"}
        ]
        if signature.return_annotation is inspect.Signature.empty or any(
            one.annotation is inspect.Parameter.empty for one in parameters
        ):
            untyped.append(attribute)
    assert untyped == []
    assert all(field.type for field in dataclasses.fields(kind))
