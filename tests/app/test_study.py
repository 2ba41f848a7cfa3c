"""The study page behind the browser: what is written is kept at once, and nothing is written over."""

from __future__ import annotations

import re

import pytest

from made_mechanism import STUDY, panel, write_study
from made_page import app_of, client
from xinzhi.study.file.load import load
from xinzhi_app.columns import columns
from xinzhi_app.study_text import change_text, describe_text
from xinzhi_core.errors import SpecError, StudyError

TEXT = "/api/studies/s/text"
FACTORS = "tables.baseline.columns.0.x.factors"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "s").mkdir()
    write_study(tmp_path / "s", panel())
    return tmp_path


@pytest.fixture
def inside(folder):
    with client(app_of(folder)) as found:
        yield found


def put(inside, text, revision, **more):
    return inside.put(TEXT, json={"text": text, "revision": revision, **more})


def test_the_text_comes_with_boxes_values_and_problems(inside):
    """A study without errors."""
    found = inside.get(TEXT, params={"lang": "zh"}).json()

    assert (found["text"], found["is_valid"], found["problems"]) == (STUDY, True, [])
    assert (found["is_there"], found["is_draft"], found["older_draft"]) == (True, False, None)
    assert found["values"]["seed"] == 3
    assert found["boxes"]["cards"][1]["boxes"][0]["title"] == "被解释变量"


def test_a_text_with_errors_is_kept_beside_the_study(inside, folder):
    """The study file stays as it was; the page opens with the draft again; then it becomes the file."""
    first = inside.get(TEXT).json()
    wrong = STUDY.replace("outcome: green", "outcome: gren")
    line = 1 + wrong[: wrong.index("gren\n")].count("\n")
    answer = put(inside, wrong, first["revision"]).json()
    again = inside.get(TEXT, params={"lang": "zh"}).json()

    assert (folder / "s" / "study.yaml").read_text(encoding="utf-8") == STUDY
    assert (answer["is_valid"], answer["is_draft"]) == (False, True)
    assert [one["where"]["line"] for one in answer["problems"]] == [line]
    assert (again["text"], again["revision"]) == (wrong, answer["revision"])
    assert "gren" in again["problems"][0]["what"]
    mended = STUDY.replace("seed: 3", "seed: 4")
    done = put(inside, mended, again["revision"]).json()
    assert (done["is_valid"], done["is_draft"]) == (True, False)
    assert (folder / "s" / "study.yaml").read_text(encoding="utf-8") == mended
    assert not (folder / "s" / "study.yaml.draft").exists()


def test_what_is_no_yaml_is_kept_too(inside):
    """With its line; there are no boxes until it can be read."""
    first = inside.get(TEXT).json()
    found = put(inside, "title: [1\nseed: 2\n", first["revision"]).json()

    assert found["problems"][0]["where"]["line"] >= 1
    assert "boxes" not in found
    assert inside.get(TEXT).json()["text"] == "title: [1\nseed: 2\n"


def test_nothing_is_written_over_another_change(inside, folder):
    """Another window or an editor: 409, and both texts are there."""
    first = inside.get(TEXT).json()
    other = STUDY.replace("seed: 3", "seed: 5")
    (folder / "s" / "study.yaml").write_text(other, encoding="utf-8")
    answer = put(inside, STUDY.replace("seed: 3", "seed: 6"), first["revision"])

    assert answer.status_code == 409
    assert answer.json()["problems"][0]["code"] == "app.changed"
    assert (folder / "s" / "study.yaml").read_text(encoding="utf-8") == other
    assert put(inside, STUDY, None).status_code == 409


def test_an_older_draft_is_offered(inside, folder):
    """The study file was written after it, by an editor: that one is shown."""
    first = inside.get(TEXT).json()
    put(inside, "title: [", first["revision"])
    other = STUDY.replace("seed: 3", "seed: 5")
    (folder / "s" / "study.yaml").write_text(other, encoding="utf-8")
    found = inside.get(TEXT).json()

    assert (found["text"], found["older_draft"]) == (other, "title: [")


def test_line_ends_of_windows_stay(inside, folder):
    """The browser knows one kind; the file keeps its own."""
    file = folder / "s" / "study.yaml"
    file.write_bytes(STUDY.replace("\n", "\r\n").encode())
    first = inside.get(TEXT).json()
    put(inside, first["text"].replace("seed: 3", "seed: 4"), first["revision"])

    assert first["text"] == STUDY
    assert file.read_bytes() == STUDY.replace("seed: 3", "seed: 4").replace("\n", "\r\n").encode()


def test_a_study_without_a_file_is_begun(inside, folder):
    """The page opens empty; the first text that is whole becomes the file."""
    (folder / "s" / "study.yaml").unlink()
    first = inside.get(TEXT).json()
    empty = inside.post(
        "/api/studies/s/change",
        json={
            "text": "",
            "revision": first["revision"],
            "move": {"kind": "column", "name": "talent", "box": FACTORS},
        },
    ).json()

    assert (first["text"], first["is_there"]) == ("", False)
    without = inside.get("/api/studies/s/columns").json()
    assert (without["columns"], len(without["problems"])) == ([], 2)
    assert (empty["is_draft"], len(empty["boxes"]["cards"])) == (True, 5)
    assert put(inside, STUDY, empty["revision"]).json()["is_there"]


def test_a_move_is_kept(inside, folder):
    """Boxes change the file as typing does."""
    first = inside.get(TEXT).json()
    move = {"kind": "variable", "name": "students", "box": FACTORS, "position": 0}
    body = {"text": first["text"], "revision": first["revision"], "move": move}
    found = inside.post("/api/studies/s/change", json=body).json()

    assert found["text"] == STUDY.replace("{factors: [talent", "{factors: [students, talent")
    assert load(folder / "s" / "study.yaml").sets["factors"][0] == "students"
    again = inside.post("/api/studies/s/change", json={**body, "revision": found["revision"]})
    assert again.status_code == 200
    refused = inside.post(
        "/api/studies/s/change",
        json={"text": found["text"], "revision": again.json()["revision"], "move": move},
        params={"lang": "zh"},
    )
    assert refused.status_code == 400
    assert "已在" in refused.json()["problems"][0]["what"]


def change(folder, text=STUDY, **wanted):
    return change_text(text, wanted, folder / "s" / "study.yaml", folder, "en")


def test_a_field_is_set_and_left_out(folder):
    """Values of the form, and values that are written as in the file."""
    path = ["tables", "baseline", "covariance"]
    written = change(folder, edit={"do": "put", "path": path, "yaml": "{driscoll_kraay: 2}"})
    gone = change(folder, written["text"], edit={"do": "remove", "path": path})

    assert "    covariance: {driscoll_kraay: 2}" in written["text"]
    assert written["is_valid"]
    assert gone["text"] == STUDY.replace("    covariance: {cluster: entity}\n", "")


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"edit": {"do": "exec", "path": ["seed"]}},
        {"edit": {"do": "put", "path": "seed"}},
        {"edit": {"do": "put", "path": ["seed"], "yaml": "!!python/object:os.system {}"}},
        {"move": {"kind": "column"}},
        {"move": {"kind": "column", "name": "x", "box": "", "taken": ["a", "b"]}},
        {"example": ["nothing", "n"]},
        {"example": ["tables"]},
    ],
)
def test_what_is_no_change_is_refused(folder, wanted):
    """By its own words, and nothing is written."""
    with pytest.raises(SpecError):
        change(folder, **wanted)


@pytest.mark.long
def test_an_example_of_each_section_fits_the_study(folder):
    """One click puts a section with names that the study has; only printed figures have to be named."""
    from xinzhi.analyses.analysis import in_order

    text = (
        STUDY.partition("diagnostics:")[0]
        + STUDY.partition("tables:")[1]
        + STUDY.partition("tables:")[2].partition("mediation:")[0]
    )
    text += 'efficiency: {score: {inputs: [talent], good_outputs: [patents], classes: {low: "< 0.5", high: ">= 0.5"}}}\n'
    unfinished = {}
    for key, analysis in in_order():
        if analysis.is_declared and key not in {"tables", "efficiency"}:
            path = [key] if analysis.is_single else [key, "new"]
            found = change(folder, text, example=path)
            unfinished[key] = [one["what"] for one in found["problems"]]

    assert {key for key, said in unfinished.items() if said} == {"compare"}, unfinished


def test_columns_say_what_they_seem_to_be(folder):
    """Those of the prepared data, with suggestions from the headings."""
    text = STUDY.replace(
        "variables:", "prepare: [{twice: {step: expression, expression: talent * 2}}]\nvariables:"
    )
    found = columns(text, folder / "s" / "study.yaml", folder, "en")
    named = {one["name"]: one for one in found["columns"]}

    assert {"green", "talent", "twice"} <= set(named)
    assert named["region"]["n_values"] == 3
    assert {"inputs", "factors", "controls", "mediator", "group"} <= set(found["suggested"])


def test_columns_of_an_unfinished_study(folder):
    """Only what makes the data must be whole."""
    text = STUDY.partition("variables:")[0] + "tables: {baseline: {outcome: nobody}}\nx: 1\n"

    assert columns(text, folder / "s" / "study.yaml", folder, "en")["columns"]
    with pytest.raises(StudyError):
        columns("title: x\n", folder / "s" / "study.yaml", folder, "en")


@pytest.mark.parametrize("file", ["../other.csv", "/etc/passwd"])
def test_nothing_outside_the_folder_is_read(folder, file):
    """A study file that names a file elsewhere is refused, in the text and for the columns."""
    (folder.parent / "other.csv").write_text("city,year,x\na,1,1\n", encoding="utf-8")
    text = STUDY.replace(
        "file: data.csv", f"file: {'../' * 1}{file}" if file[0] == "." else f"file: {file}"
    )
    found = describe_text(text, folder / "s" / "study.yaml", folder, "en")

    assert [one["code"] for one in found["problems"]] == ["app.outside"]
    with pytest.raises(StudyError) as caught:
        columns(text, folder / "s" / "study.yaml", folder, "en")
    assert caught.value.problems[0].code == "app.outside"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("seed: 3", "seed: x"),
        ("seed: 3", "seed: 1.5"),
        ("seed: 3", "seed: -1"),
        ("through: [firms]", "through: []"),
        ("window: [2010, 2017]", "window: [2010, 2011, 2012]"),
        ("winsorise: [1, 99]", "winsorise: [99, 1]"),
        ("outcome: green", "outcomes: green"),
        ("{cluster: entity}", "{cluster: [a, b, c]}"),
        ("factors -> firms", "factors firms"),
        ("green: {column: green", "green: {column: green, from: x"),
        ("kind: panel, entity: city", "kind: panel"),
        ("sets: {factors", "sets: 3\nx: {factors"),
        ("baseline:\n", "baseline: 3\n  other:\n"),
        ("seed: 3", "efficiency: {a: {measure: sbn, inputs: x, good_outputs: y}}"),
        ("seed: 3", "efficiency: {a: {reference: window, inputs: x, good_outputs: y}}"),
    ],
)
def test_errors_are_said_in_the_language_of_the_page(folder, before, after):
    """In Chinese, what is wrong and what to do; English words there are those of the file."""
    assert before in STUDY
    place = folder / "s" / "study.yaml"
    said = describe_text(STUDY.replace(before, after, 1), place, folder, "zh")["problems"]

    assert said
    assert all(re.search("[\u4e00-\u9fff]", one["what"]) for one in said)
    assert all(re.search("[\u4e00-\u9fff]", one["remedy"]) for one in said if one["remedy"])
    words = " ".join(one["what"] + one["remedy"] for one in said)
    assert not re.search(r"\b(the|should|must|is|are|write|input)\b", words)
