"""The JSON schema of the study file, by which editors complete and mark: what runs is not marked."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from made_mechanism import STUDY
from places import EXAMPLES
from xinzhi.study.file.located import read_yaml
from xinzhi.study.schema.study import StudySpec

STUDIES = sorted(EXAMPLES.glob("*/study.yaml"))
TEXTS = {"made": STUDY, **{one.parent.name: one.read_text(encoding="utf-8") for one in STUDIES}}


@pytest.fixture(scope="module")
def schema():
    return Draft202012Validator(json.loads(json.dumps(StudySpec.model_json_schema())))


@pytest.mark.parametrize("name", TEXTS)
def test_a_study_that_runs_is_not_marked(schema, name):
    """One word for a list, one text for both languages, names beside other keys."""
    found = [
        (list(one.path), one.message)
        for one in schema.iter_errors(read_yaml(TEXTS[name], "").value)
    ]

    assert found == []


@pytest.mark.parametrize(
    "after", ["seeed: 3", "seed: x", "describe: {variable: a}", "efficiency: {a: {inputs: 3}}"]
)
def test_what_is_wrong_is_marked(schema, after):
    """Unknown keys and values of another kind."""
    assert [*schema.iter_errors(read_yaml(STUDY.replace("seed: 3", after), "").value)]


def test_words_are_offered(schema):
    """An editor completes measures, references and returns to scale."""
    options = schema.schema["$defs"]["Measurement"]["properties"]

    assert {"super_sbm", "radial"} <= set(options["measure"]["examples"])
    assert {"global", "window"} <= set(options["reference"]["examples"])
