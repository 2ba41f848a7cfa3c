"""References in a study file are validated, however they are written: a message, never a fault of xinzhi."""

from __future__ import annotations

import random
import re

import pytest

from xinzhi.examples.register import copy_example, find
from xinzhi.study.file.load import load
from xinzhi.study.view import table_column
from xinzhi_core.errors import StudyError

STUDY = """\
title: A study
sources:
  data: {file: data.csv, kind: panel, entity: city, period: year}
panel: {from: data}
efficiency:
  score: {inputs: [labour, energy], good_outputs: [gdp], bad_outputs: [waste]}
variables:
  score: {from: score}
  talent: {column: talent}
  money: {column: money}
tables:
  baseline: {outcome: score, columns: [{x: [talent]}, {x: [money]}]}
"""
WRONG = (
    *("baseline/one", "baseline/1/2", "baseline/0", "baseline/-1", "baseline/3", "baseline/1.0"),
    *(
        "baseline/",
        "baseline",
        "/",
        "/1",
        "a//b",
        "baseline//1",
        "1/1",
        "baseline/²",
        "baseline/ 1",
    ),
    *("baseline/1_0", "baseline/１", "baseline/" + "9" * 5000, "basline/1", "baseline/+1"),
)
PLACES = {
    "tables": "  again: {{from: '{r}', columns: [{{x: [money]}}]}}\n",
    "robustness": "  robustness: {{from: '{r}', columns: [{{x: [money]}}]}}\n",
    "heterogeneity": "heterogeneity:\n  h: {{from: '{r}', by: [talent]}}\n",
    "mediation": "mediation:\n  m: {{from: '{r}', through: [money]}}\n",
    "specification_curve": "specification_curve:\n  of: '{r}'\n  vary: {{controls: each}}\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("reference", WRONG)
def test_a_reference_that_names_nothing_is_told(tmp_path, place, reference):
    """The key with its line, and what could be meant."""
    file = tmp_path / "study.yaml"
    file.write_text(STUDY + PLACES[place].format(r=reference), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load(file)
    said = {problem.code for problem in caught.value.problems}
    assert "study.unknown_name" in said
    problem = next(p for p in caught.value.problems if p.code == "study.unknown_name")
    assert problem.where.line > STUDY.count("\n")
    assert problem.remedy


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("baseline/1", ("baseline", 0)),
        ("baseline/12", ("baseline", 11)),
        ("baseline", ("baseline", 0)),
        ("baseline/0", ("baseline", -1)),
        ("baseline/one", ("baseline", -1)),
        ("baseline/999999999", ("baseline", 999_999_998)),
        ("baseline/9999999999", ("baseline", -1)),
    ],
)
def test_a_reference_is_split_whatever_it_says(reference, parts):
    """What is no number of a column is none."""
    assert table_column(reference) == parts


ODD = (
    *("baseline/one", "/", "a//b", "main/0", "main/" + "9" * 5000, "''", "null", "[]", "{}", "-1"),
    *("1e999", ".nan", "true", "'%'", "'{x}'", "[1, [2]]", "{a: {b: 1}}", "'1/0'", "each", "城市"),
    *("[null]", "{null: 1}", "&a 1", "*a", "'x[0]'", "'log('", "0x10", "2147483648", "'a,b'", "<"),
)
TOKEN = re.compile(r"[\w./\-]+")


def changed(text: str, chance: random.Random) -> str:
    """Change a text in one to three places."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        lines, tokens = text.split("\n"), [*TOKEN.finditer(text)]
        kind = chance.randrange(6)
        if kind < 3 and tokens:
            token = chance.choice(tokens)
            text = text[: token.start()] + chance.choice(ODD) + text[token.end() :]
        elif kind == 3:
            lines.pop(chance.randrange(len(lines)))
            text = "\n".join(lines)
        elif kind == 4:
            lines.insert(chance.randrange(len(lines)), chance.choice(lines))
            text = "\n".join(lines)
        else:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice("[]{}:,'\"#-&*!|>%@` \n/0") + text[at + 1 :]
    return text


@pytest.mark.long
def test_changed_study_files_are_loaded_or_refused(tmp_path):
    """Nothing but a problem with words comes out of a study file, whatever stands in it."""
    chance = random.Random(20261130)  # noqa: S311  no secret
    texts = [STUDY]
    for name in ("oecd", "provinces", "resource_cities"):
        copy_example(find(name), tmp_path / name)
        texts.append((tmp_path / name / "study.yaml").read_text(encoding="utf-8"))
    file, refused, accepted = tmp_path / "study.yaml", 0, 0
    for _ in range(150):
        file.write_text(changed(chance.choice(texts), chance), encoding="utf-8")
        try:
            load(file)
        except StudyError as error:
            refused += bool(error.in_words("zh"))
        else:
            accepted += 1
    assert refused > 75
    assert refused + accepted == 150
