"""What an error shows of a file: 40 characters at a time, and nothing from outside the study's folder."""

from __future__ import annotations

import re

import pytest

from cli_runner import attempt

SECRET = "SECRET" + "-of-another-study" * 8
DATA = "city,year,gdp,x\n甲,2008,1,2\n甲,2009,2,3\n乙,2008,3,5\n乙,2009,5,4\n"
PANEL = "title: t\nsources:\n  d: {file: %s, entity: city, period: year}\n"
PLAIN = PANEL % "data.csv" + "panel: {from: d}\n"
FIRMS = "  r: {file: %s, kind: records, id: city, date: year, place: city, code: gdp, text: x}\n"
STEP = "panel: {from: d}\nprepare:\n  - e: {step: emerging_firms, from: r, codes: %s, terms: %s, classes: [a]}\n"
COUNT = "panel: {from: d}\nprepare:\n  - e: {step: new_firms, from: r, population: gdp}\n"
GEO = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"%s":"x"},'
    '"geometry":{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}}]}'
).replace("%s", SECRET)
MAP = (
    "efficiency: {s: {inputs: [gdp], good_outputs: [x], classes: {low: '< 1', high: '>= 1'}}}\n"
    "maps: {m: {value: s, boundaries: %s, key: name}}\n"
)
# name of the file, what it holds, the study that reads it
FILES = {
    "headings": ("f.csv", f"{SECRET},b\n1,2\n", PANEL % "FILE" + "panel: {from: d}\n"),
    "cell": ("f.csv", f"city,year,gdp\n甲,2008,{SECRET}\n甲,2009,5\n", PANEL % "FILE" + "panel: {from: d}\n"),
    "text": ("f.txt", f"{SECRET}\n{SECRET}\n", PANEL % "FILE" + "panel: {from: d}\n"),
    "records": ("f.csv", f"{SECRET},b\n1,2\n", PANEL % "data.csv" + FIRMS % "FILE" + COUNT),
    "terms": ("f.yaml", f"k: !{SECRET} x\n{SECRET}: 1\n{SECRET}: 2\n", PANEL % "data.csv" + FIRMS % "data.csv" + STEP % ("data.csv", "FILE")),
    "published": ("f.toml", f'[t]\nx = {{b = "{SECRET}", {SECRET} = 3}}\n', PLAIN + "compare: {published: FILE}\n"),
    "boundaries": ("f.json", GEO, PLAIN + MAP % "FILE"),
}  # fmt: skip


def shown(text: str) -> list[int]:
    """How many characters of the secret each mention shows."""
    found = re.findall(r"SECRET(?:-of-another-study)*[-a-z]*", text)
    return [len(one) for one in found]


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_in_the_folder_is_quoted_in_short(tmp_path, kind, command):
    """A wrong file that lies beside the study is told by its beginning."""
    name, content, study = FILES[kind]
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(study.replace("FILE", name), encoding="utf-8")

    told = attempt(command, tmp_path / "study.yaml", "--lang", "en")

    assert told.code == 1
    said = shown(told.stdout + told.stderr)
    assert said
    assert max(said) <= 40


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("how", ["path", "link"])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_elsewhere_is_not_quoted(tmp_path, kind, command, how):
    """Nothing of it is shown; the error still says which file, and how to see more."""
    name, content, study = FILES[kind]
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "data.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    path = f"../{name}"
    if how == "link":
        (folder / name).symlink_to(tmp_path / name)
        path = name
    (folder / "study.yaml").write_text(study.replace("FILE", path), encoding="utf-8")

    told = attempt(command, folder / "study.yaml", "--lang", "en")

    assert told.code == 1
    assert shown(told.stdout + told.stderr) == []
    assert name in told.stdout + told.stderr
    assert "xinzhi check FILE" in told.stdout + told.stderr


def test_what_the_study_file_says_is_never_cut(tmp_path):
    """A long name of a column that the study asks for stands whole in the error."""
    wanted = "a_column_with_a_name_that_is_longer_than_forty_characters"
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    text = PLAIN.replace("entity: city", f"entity: {wanted}")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")

    assert wanted in attempt("check", tmp_path / "study.yaml", "--lang", "en").stdout


@pytest.mark.parametrize(
    "text", ["%s: 1\n", "title: t\nseed: %s\n", "a: !%s x\n", "%s: 1\n%s: 2\n"]
)
def test_a_study_file_is_quoted_in_short_too(tmp_path, text):
    """A file of another kind that is given as the study."""
    (tmp_path / "study.yaml").write_text(text.replace("%s", SECRET), encoding="utf-8")

    told = attempt("check", tmp_path / "study.yaml", "--lang", "en")

    assert told.code == 1
    assert max(shown(told.stdout)) <= 40
