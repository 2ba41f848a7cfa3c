"""Requests that nobody's page sends: each gets an answer that says what is wrong, none a fault of xinzhi."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from made_page import app_of, client
from made_study import STUDY, written
from xinzhi.study.file.edit import apply_edits
from xinzhi_app.answers import DEEPEST
from xinzhi_app.workspace import LONGEST, MOST_BYTES, safe_name

WRONG = (None, True, -1, 10**30, "", "word\0", [], {"a": 1}, [{}], "长" * 300)
PUT = {"do": "put", "path": ["title"], "value": "A"}
ASKED = (
    ("POST", "/api/studies", {"name": "n", "example": "none"}),
    ("PUT", "/api/settings", {"language": "en", "study": "s"}),
    ("PUT", "/api/studies/s/text", {"text": STUDY, "revision": None}),
    ("POST", "/api/studies/s/suggestion", {"replace": False}),
    ("POST", "/api/studies/s/decisions", {"edits": [PUT], "read": {}, "sheets": {}}),
    (
        "POST",
        "/api/studies/s/change",
        {
            "text": STUDY,
            "edit": {"do": "insert", "path": ["title"], "value": 1, "at": 0, "comment": ""},
        },
    ),
    ("POST", "/api/studies/s/change", {"text": STUDY, "edit": {"do": "remove", "path": ["title"]}}),
    ("POST", "/api/studies/s/change", {"text": STUDY, "edit": {**PUT, "yaml": "a: 1"}}),
    ("POST", "/api/studies/s/change", {"text": STUDY, "example": ["tables", "main"]}),
    (
        "POST",
        "/api/studies/s/change",
        {
            "text": STUDY,
            "columns": {"talent": {"n_values": 3, "is_number": True}},
            "move": {"kind": "column", "name": "talent", "box": "b", "position": 0, "taken": ["a"]},
        },
    ),
)


@pytest.fixture
def page(tmp_path):
    written(tmp_path / "s")
    return client(app_of(tmp_path))


def variants(document):
    """Give a document with one wrong value at each place, and without each key."""
    yield from WRONG
    inner = document.items() if isinstance(document, dict) else ()
    for key, part in inner:
        yield {k: v for k, v in document.items() if k != key}
        for value in variants(part):
            yield {**document, key: value}
    if isinstance(document, list):
        for n, part in enumerate(document):
            for value in variants(part):
                yield [*document[:n], value, *document[n + 1 :]]


def revision(page):
    """Tell which text the page has seen last."""
    return page.get("/api/studies/s/text").json()["revision"]


@pytest.mark.long
@pytest.mark.parametrize(("method", "path", "document"), ASKED)
def test_a_wrong_kind_of_value_is_refused_in_words(page, method, path, document):
    """Every key of every request, with every kind of value."""
    for wanted in variants(document):
        if isinstance(wanted, dict) and wanted.keys() & {"edit", "example", "move"}:
            wanted["revision"] = revision(page)
        answer = page.request(method, path, content=json.dumps(wanted))
        assert answer.status_code < 500, (wanted, answer.text)
        if answer.status_code >= 400:
            assert all(p["what"] for p in answer.json()["problems"]), wanted


@pytest.mark.parametrize("where", ["list", "object"])
def test_a_deep_request_is_refused_with_the_depth(page, where):
    """As text that ends the reader, and as what it still reads."""
    opened, closed = ("[", "]") if where == "list" else ('{"a":', "}")
    inner = "1" if where == "object" else ""
    for depth, code in ((100_000, 400), (DEEPEST, 400), (DEEPEST - 4, 400), (3, 400)):
        body = f'{{"edits": {opened * depth}{inner}{closed * depth}}}'
        answer = page.post("/api/studies/s/decisions?lang=en", content=body)
        assert answer.status_code == code
        what = answer.json()["problems"][0]["what"]
        if depth == DEEPEST:
            assert what == f"The request is nested more than {DEEPEST} levels deep."
        elif depth < DEEPEST:
            assert what == "The request is not a decision."


@pytest.mark.parametrize("path", [[{"a": 1}], [["a"]], [None], [True], [1.5], "title", {"a": 1}])
def test_a_path_is_keys_and_positions(page, path):
    """Anything else is no decision and no change."""
    edit = {**PUT, "path": path}
    decided = page.post("/api/studies/s/decisions?lang=en", json={"edits": [edit]})
    wanted = {"text": STUDY, "edit": edit, "revision": revision(page)}
    changed = page.post("/api/studies/s/change?lang=en", json=wanted)
    assert (decided.status_code, changed.status_code) == (400, 400)
    assert decided.json()["problems"][0]["what"] == "The request is not a decision."
    assert changed.json()["problems"][0]["what"] == "This is not a change of a study file."


@pytest.mark.parametrize(
    "edit",
    [
        {"do": "remove", "path": ["tables", "none"]},
        {"do": "remove", "path": []},
        {"do": "put", "path": ["describe", "variables", "x"], "value": 1},
        {"do": "put", "path": ["describe", "variables", 99], "value": 1},
        {"do": "insert", "path": ["describe", 0, 1], "value": 1, "at": 0},
    ],
)
def test_a_place_that_the_text_does_not_have_is_refused(edit):
    """No key, no position, a word where a number belongs: the text stays as it was."""
    from xinzhi_core.errors import SpecError

    with pytest.raises(SpecError) as caught:
        apply_edits(STUDY, [edit])
    assert caught.value.code == "study.edit"


def test_a_name_too_long_says_so(page):
    """In the address of a study or a file; it is nothing that more room would help."""
    long = "长" * 200
    for path in (f"/api/studies/{long}/text", f"/api/studies/s/preview?file={long}"):
        answer = page.get(path)
        assert answer.status_code == 400, answer.text
        assert "too long" in answer.json()["problems"][0]["what"]


@pytest.mark.parametrize(
    "name", ["长" * 120, "长" * 120 + ".csv", "a" * 95 + ".长长长", "." + "长" * 99]
)
def test_a_name_of_a_file_has_room_in_every_system(page, name):
    """In characters and in bytes; its ending stays where it is short."""
    made = safe_name(name)
    assert 0 < len(made) <= LONGEST
    assert len(made.encode()) <= MOST_BYTES
    assert made.endswith(".csv") == name.endswith(".csv")
    answer = page.put("/api/studies/s/files", params={"name": name}, content=b"a,b\n1,2\n3,4\n")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        "con",
        "CON.csv",
        "nul.xlsx",
        "aux",
        "prn.tar.gz",
        "com1.csv",
        "LPT9",
        "com²",
        "nul .csv",
    ],
)
def test_names_that_windows_keeps_are_changed(page, name):
    """For a file and for a study: no computer opens a device in their place."""
    sent = page.put("/api/studies/s/files?lang=en", params={"name": name}, content=b"a,b\n1,2\n")
    added = page.post("/api/studies?lang=en", json={"name": name})
    assert (sent.status_code, added.status_code) == (201, 201)
    for made in (sent.json()["name"], added.json()["id"]):
        stem = made.removeprefix("data/").split(".")[0]
        assert stem.endswith("_")
        assert stem[:-1].lower() in {"con", "nul", "aux", "prn", "com1", "lpt9", "com²", "com2"}


@pytest.mark.parametrize("name", ["console.csv", "com.csv", "com10.csv", "null", "auxiliary.xlsx"])
def test_names_that_only_begin_so_are_taken(page, name):
    """Words that hold such a name are none."""
    answer = page.put("/api/studies/s/files", params={"name": name}, content=b"a,b\n1,2\n3,4\n")
    assert (answer.status_code, answer.json()["name"]) == (201, f"data/{name}")


def test_a_workbook_that_the_reader_refuses_is_refused_when_it_comes(page, tmp_path):
    """A document type in a sheet: said at once, and the file is not kept."""
    import openpyxl

    whole, hostile = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["city", "year", "x"])
    book.active.append(["A", 2001, 1])
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(hostile, "w") as new:
        for item in old.namelist():
            data = old.read(item)
            if item == "xl/worksheets/sheet1.xml":
                data = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + data
            new.writestr(item, data)
    answer = page.put("/api/studies/s/files", params={"name": "a.xlsx"}, content=hostile.getvalue())
    assert answer.status_code == 400, answer.text
    assert not list((tmp_path / "s" / "data").iterdir())
    answer = page.put("/api/studies/s/files", params={"name": "a.xlsx"}, content=whole.getvalue())
    assert answer.status_code == 201


def test_what_is_in_the_way_is_not_called_a_lack_of_room(page, tmp_path):
    """A file where the folder of data belongs."""
    (tmp_path / "s" / "data").write_text("mine", encoding="utf-8")
    answer = page.put(
        "/api/studies/s/files?lang=en", params={"name": "a.csv"}, content=b"a,b\n1,2\n"
    )
    assert answer.status_code == 409
    (problem,) = answer.json()["problems"]
    assert "move away what lies there" in problem["remedy"]
    assert (tmp_path / "s" / "data").read_text(encoding="utf-8") == "mine"
