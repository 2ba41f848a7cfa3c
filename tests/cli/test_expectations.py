"""`xinzhi check --write-expectations` and `--against`: what is written, and what is said where it is not met."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cli_runner import call
from xinzhi.study.expectations import Constraints, SchemaField, SourceFacts, TableSchema, unmet
from xinzhi_core.wording import say

STUDY = """\
title: Cities
sources: {cities: {file: data.csv, entity: city, period: year}}
panel: {from: cities}
efficiency: {e: {inputs: [x], good_outputs: [y]}}
report: {languages: [en]}
"""
DATA = """\
city,year,x（亿元）,y,share,growth,note
A,2001,10,3,0.2,-1,p
A,2002,12,6,0.4,,p
B,2001,30,9,0.9,2,q
B,2002,20,4,0.1,1,q
"""
SCHEMA = """\
# What the files of this study are expected to be: `xinzhi check` says what differs.
# Each source is a Table Schema; change a range, or remove a line, where it expects too much.
sources:
  cities:
    primaryKey: [city, year]
    rows: {minimum: 4}
    fields:
      - {name: city, type: any, constraints: {required: true}}
      - {name: year, type: any, constraints: {required: true}}
      - {name: x, type: number, unit: 亿元, constraints: {required: true, minimum: 3.33, maximum: 90.0}}
      - {name: 'y', type: number, constraints: {required: true, minimum: 1.0, maximum: 27.0}}
      - {name: share, type: number, constraints: {required: true, minimum: 0.0333, maximum: 2.7}}
      - {name: growth, type: number, constraints: {minimum: -4.0, maximum: 5.0}}
      - {name: note, type: string, constraints: {required: true}}
"""


@pytest.fixture
def study(tmp_path) -> Path:
    """A study of one file."""
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    return tmp_path / "study.yaml"


def test_what_is_written_holds_and_says_what_differs(study):
    """The file is found beside the study; a unit, a range, rows and cells are told, with exit code 1."""
    done = call("check", study, "--write-expectations", "--lang", "en")
    path = study.parent / "expectations.yaml"
    assert done.stdout == f"What is expected is written: {path}\n"
    assert path.read_text(encoding="utf-8") == SCHEMA
    call("check", study, "--lang", "en")
    assert (
        "is already there"
        in call("check", study, "--write-expectations", "--lang", "en", code=1).stderr
    )

    worse = DATA.replace("亿元", "万元").replace("B,2002,20,4,0.1,1,q\n", "").replace("30,9", ",99")
    (study.parent / "data.csv").write_text(worse, encoding="utf-8")
    said = call("check", study, "--lang", "en", code=1).stdout
    for line in (
        "'cities' has 3 rows; expected are at least 4.",
        "'x' of 'cities' is expected in 亿元; the file says 万元.",
        "1 cell of 'x' of 'cities' is empty: B 2001; none is expected to be.",
        "1 figure of 'y' of 'cities' is outside 1 to 27: B 2001 99.",
    ):
        assert line in said


def test_a_table_schema_goes_out_and_in(study):
    """A .json is the Table Schema of the only source; what of it is not checked is a warning."""
    path = study.parent / "cities.json"
    call("check", study, "--write-expectations", "--against", path, "--lang", "en")
    schema = json.loads(path.read_bytes())
    assert schema["primaryKey"] == ["city", "year"]
    assert schema["fields"][2] == {
        "name": "x",
        "type": "number",
        "unit": "亿元",
        "constraints": {"required": True, "minimum": 3.33, "maximum": 90.0},
    }
    call("check", study, "--against", path, "--lang", "en")
    schema["fields"][2]["constraints"] = {"pattern": "a+", "maximum": 11}
    schema["fields"].append({"name": "z"})
    path.write_text(json.dumps(schema), encoding="utf-8")
    said = call("check", study, "--against", path, "--lang", "en", code=1).stdout
    assert "Not checked of 'x': pattern." in said
    assert (
        "3 figures of 'x' of 'cities' are outside at most 11: A 2002 12, B 2001 30, B 2002 20."
        in said
    )
    assert "Column 'z' of 'cities' is expected, and is not there." in said


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("e.yaml", "a: 1\n", "neither `sources`, nor `resources`, nor the `fields`"),
        ("e.yaml", "sources: {town: {fields: []}}\n", "The study file has no source 'town'"),
        ("e.yaml", "sources: {cities: {}}\n", "cities.fields: Field required"),
        ("e.json", "{", "'e.json' is not a file of expectations"),
        ("f.json", "", "'e.json' is not a file of expectations"),
    ],
)
def test_a_file_that_is_not_one_is_refused(study, name, text, said):
    """Another document, an unknown source, half a file, no file."""
    (study.parent / name).write_text(text, encoding="utf-8")
    against = study.parent / f"e.{name.rpartition('.')[2]}"
    assert said in call("check", study, "--against", against, "--lang", "en", code=1).stdout


def test_a_file_of_data_has_no_expectations(study):
    """They belong to the sources of a study."""
    data = study.parent / "data.csv"
    said = call("check", data, "--write-expectations", "--lang", "en", code=1).stderr
    assert f"Expectations belong to a study file, and {data} is a file of data." in said


def test_keys_types_and_values_are_compared():
    """Each constraint is said to the word, in both languages."""
    index = pd.MultiIndex.from_tuples([("A", 1), ("B", 1)], names=["entity", "period"])
    frame = pd.DataFrame({"n": [1.5, 1.5], "t": ["p", "q"]}, index=index)
    facts = {"s": SourceFacts(("city", "year"), frame, 2, {}, frozenset())}
    schema = TableSchema.model_validate(
        {
            "primaryKey": "code",
            "rows": {"maximum": 1},
            "fields": [
                {"name": "n", "type": "integer", "unit": "t", "constraints": {"unique": True}},
                {"name": "t", "type": "number", "constraints": {"enum": ["p"]}},
            ],
        }
    )
    found = unmet({"s": schema}, facts)
    assert [str(problem.what) for problem in found] == [
        "'s' has 2 rows; expected are at most 1.",
        "The keys of 's' are city, year; expected are code.",
        "'n' of 's' is expected in t; the file says no unit.",
        "'n' of 's' is expected to hold whole numbers.",
        "1 value of 'n' of 's' stands there again; each is expected once.",
        "'t' of 's' is expected to hold numbers, and holds text.",
        "1 value of 't' of 's' is none of those expected: q.",
    ]
    assert say(found[0].what, "zh") == "“s”有2行；预期为至多1。"
    text = TableSchema(fields=(SchemaField(name="n", type="string", constraints=Constraints()),))
    words = [str(problem.what) for problem in unmet({"s": text}, facts)]
    assert words == ["'n' of 's' is expected to hold text, and holds numbers."]
