"""The study file as a contract: unknown keys, missing keys, names that point to nothing."""

import pytest

from xinzhi.study.file.load import load, spec_of
from xinzhi_core.errors import SpecError

STUDY = """\
title: A study
sources:
  data: {file: data.csv, entity: city, period: year}
panel: {from: data}
efficiency:
  score: {inputs: [labour], good_outputs: [gdp], classes: {low: "< 0.5", high: ">= 0.5"}}
variables:
  score: {from: score}
  talent: {column: students, transform: ln1p}
tables:
  baseline:
    outcome: score
    columns:
      - x: [talent]
"""


def refused(text: str):
    with pytest.raises(SpecError) as caught:
        spec_of(text, "study.yaml")
    return caught.value.problems


def test_a_sound_file_becomes_a_study():
    """Defaults are filled in and short forms are understood."""
    spec = spec_of(STUDY.replace("inputs: [labour]", "returns_to_scale: vrs, inputs: labour"), "s")

    assert spec.efficiency["score"].returns_to_scale == "variable"
    assert spec.efficiency["score"].inputs == ("labour",)
    assert spec.tables["baseline"].effects == ("entity", "period")


@pytest.mark.parametrize(
    ("old", "new", "line", "near"),
    [
        ("title:", "titel:", 1, "title"),
        ("good_outputs", "good_output", 6, "good_outputs"),
        ("period: year", "periode: year", 3, "period"),
        ("      - x:", "      - y: 1\n        x:", 14, "x"),
        ("transform: ln1p", "transfrom: ln1p", 9, "transform"),
        ("panel: {from", "panel: {form", 4, "from"),
    ],
)
def test_an_unknown_key_is_refused_with_the_near_miss(old, new, line, near):
    """A key that is not known has no effect, so it is an error with its place."""
    problems = [p for p in refused(STUDY.replace(old, new)) if p.code == "study.unknown_key"]

    assert problems[0].where.line == line
    assert near in str(problems[0].remedy)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("panel: {from: data}", "panel: {from: dat}", "did you mean 'data'"),
        ("{from: score}", "{from: scor}", "did you mean 'score'"),
        ("x: [talent]", "x: [talnt]", "did you mean 'talent'"),
        ("outcome: score", "outcome: scores", "did you mean 'score'"),
        ("good_outputs: [gdp]", "good_outputs: [labour]", "an input, a good or a bad output"),
        ("x: [talent]", "x: [talent, score]", "remove it from x"),
        ("good_outputs: [gdp]", "good_outputs: [gdp], weights: {gpd: 1}", "did you mean 'gdp'"),
        (
            "panel: {from: data}",
            "panel: {from: data}\ndescribe: {variables: [talents]}",
            "did you mean 'talent'",
        ),
        (
            "panel: {from: data}",
            "panel: {from: data}\ndiagnostics: {of: baseline/3, tests: [vif]}",
            "baseline/1 to baseline/1",
        ),
        (
            "panel: {from: data}",
            "panel: {from: data}\ndiagnostics: {of: baseline/1, tests: [viff]}",
            "did you mean 'vif'",
        ),
        (
            "panel: {from: data}",
            "panel: {from: data}\nprepare: [{a: {step: expresion}}]",
            "did you mean 'expression'",
        ),
    ],
)
def test_a_name_that_points_to_nothing_is_refused(old, new, words):
    """Names are checked before anything is computed, with the nearest known one."""
    assert any(words in str(p.remedy) for p in refused(STUDY.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('">= 0.5"', '"> 0.5"', "No class holds the score 0.5"),
        ('"< 0.5"', '"<= 0.5"', "belongs to two classes"),
        ('"< 0.5"', '"below 0.5"', "is not a range"),
        ("inputs: [labour]", "reference: window, inputs: [labour]", "belong together"),
        ("inputs: [labour]", "returns_to_scale: sonstant, inputs: [labour]", "'sonstant'"),
        ("inputs: [labour]", "inputs: []", "inputs"),
        ("{from: score}", "{from: score, column: b}", "one origin"),
        ("outcome: score", "covariance: cluster\n    outcome: score", "need to know the cluster"),
        ("outcome: score", "covariance: {driscoll_kraay: x}\n    outcome: score", "whole number"),
        ("outcome: score", "covariance: {two_way: entity}\n    outcome: score", "with two"),
        ("title: A study", "title: A study\nprepare: [{a: 1, b: 2}]", "not one name"),
        ("title: A study", "title: A study\nreport: {stars: {x: 0.1}}", "levels between 0 and 1"),
        ("title: A study", "title: A study\nreport: {languages: [fr]}", "fr"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_words(old, new, words):
    """The message says what is wrong with the value, or what to write."""
    problems = refused(STUDY.replace(old, new))

    assert any(words in f"{p.what} {p.remedy}" for p in problems)


def test_a_source_without_effect_is_refused():
    """A source that the panel does not use would be silently ignored."""
    text = STUDY.replace("panel:", "  other: {file: b.csv, entity: city}\npanel:")

    assert [p.code for p in refused(text)] == ["study.no_effect"]


@pytest.mark.parametrize("line", ["标题：甲", "panel：{from: data}", "  score：{from: score}"])
def test_a_full_width_colon_is_named_as_such(line):
    """A colon from a Chinese keyboard is found and named."""
    problems = refused(f"{line}\n" if not line.startswith(" ") else f"variables:\n{line}\n")

    assert "study.full_width_colon" in {p.code for p in problems}


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"title: \xff\xfe\n", None])
def test_a_file_that_is_no_study_is_refused(tmp_path, content):
    """Empty, a list, not UTF-8, not there: an error that names the file."""
    path = tmp_path / "study.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SpecError) as caught:
        load(path)

    assert "study.yaml" in str(caught.value.problems[0].where)
