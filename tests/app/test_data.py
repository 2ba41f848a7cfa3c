"""The page of data: files in, what is wrong at its cell, decisions into the study file, a suggested study."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import zipfile

import pandas as pd
import pytest

from made_page import BASE as ADDRESS
from made_page import OWN, TOKEN, app_of, client
from xinzhi.examples.register import copy_example, find
from xinzhi.study.file.load import load
from xinzhi.study.update.exchange import begin, last_exchange
from xinzhi_app import data as page_of_data

pytestmark = pytest.mark.long

YEARS = range(2008, 2016)
CITIES = ["唐山市", "大同市", "太原市", "长治市", "朔州市", "包头市", "赤峰市", "鞍山市"]
BASE = "/api/studies/study"
HOST = ADDRESS.partition("//")[2]


def table(column, cities=CITIES, cell=None, like=""):
    """Write one indicator of all cities, as csv; `like` another column it is a multiple of it."""
    k = sum(map(ord, like or column)) % 11 + 2
    scale = 3 if like else 1
    lines = [f"城市,年份,{column}"]
    for n, city in enumerate(cities):
        lines += [
            f"{city},{y},{scale * (50 + n * k % 7 * 9 + (y - 2000) * (n % k + 1)):.1f}"
            for y in YEARS
        ]
    if cell:
        row, text = cell
        lines[row - 1] = ",".join([*lines[row - 1].split(",")[:2], text])
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


@pytest.fixture
def page(folder):
    return client(app_of(folder.parent))


def put(page, name, content, **more):
    return page.put(f"{BASE}/files", params={"name": name, **more}, content=content)


def three(page, **more):
    """Drop three files of one indicator each."""
    for name, column in (
        ("jobs.csv", "从业人员"),
        ("gdp.csv", "地区生产总值"),
        ("so2.csv", "二氧化硫"),
    ):
        content = more.get(column) or table(column)
        assert put(page, name, content).status_code == 201
    return page.post(f"{BASE}/suggestion", json={}).json()


def codes(answer):
    return [problem["code"] for problem in answer.json()["problems"]]


def test_three_files_become_a_study(page, folder):
    """Files are joined, the headings say what the columns are, the study file is written and loads."""
    answer = three(page)
    found = answer["found"]

    assert [one["name"] for one in answer["files"]] == [
        "data/gdp.csv",
        "data/jobs.csv",
        "data/so2.csv",
    ]
    assert found["table"]["n_rows"] == len(CITIES) * len(YEARS)
    assert found["match"]["in_all_files"] == found["match"]["entities"] == len(CITIES)
    assert [(one["role"], one["column"]) for one in found["roles"]] == [
        ("input", "从业人员"),
        ("good", "地区生产总值"),
        ("bad", "二氧化硫"),
    ]
    assert load(folder / "study.yaml").sections("efficiency")["efficiency"].inputs == ("从业人员",)
    assert (
        page.get(f"{BASE}/data").json() == answer
    )  # and a page that is loaded anew shows the same


def test_a_wrong_cell_is_shown_and_decided(page, folder):
    """The problem names file, row and column, the preview holds that cell, one click says what it means."""
    found = three(page, 地区生产总值=table("地区生产总值", cell=(30, "n.d.")))["found"]
    group = found["groups"][0]

    assert not (folder / "study.yaml").exists()
    assert group["code"] == "number.not_numeric"
    assert group["where"] == {"file": "gdp.csv", "row": 30, "column": "地区生产总值"}
    shown = page.get(f"{BASE}/preview", params={"file": "data/gdp.csv", "row": 30}).json()
    cells = shown["rows"][30 - shown["first"]]
    assert cells[shown["columns"]["地区生产总值"]] == "n.d."
    decision = next(one for one in group["decisions"] if "value is missing" in one["label"])
    answer = page.post(f"{BASE}/decisions", json=decision).json()
    assert answer["has_study"]
    assert load(folder / "study.yaml").sources["data"].read.missing == ("n.d.",)
    assert answer["found"]["table"]["missing"] == {"地区生产总值": 1}


def workbook(sheets):
    """Write one indicator of all cities on each sheet."""
    made = io.BytesIO()
    with pd.ExcelWriter(made, engine="xlsxwriter") as book:
        for name, column in sheets.items():
            rows = pd.read_csv(io.BytesIO(table(column)))
            rows.to_excel(book, sheet_name=name, index=False)
    return made.getvalue()


def test_sheets_of_a_workbook_are_sources_each(page, folder):
    """A workbook with an indicator on each sheet asks nothing: both sheets and the other file are sources."""
    put(page, "a.xlsx", workbook({"就业": "从业人员", "产值": "地区生产总值"}))
    put(page, "b.csv", table("二氧化硫"))
    found = page.post(f"{BASE}/suggestion", json={}).json()["found"]
    spec = load(folder / "study.yaml")

    assert page.get(f"{BASE}/preview", params={"file": "data/a.xlsx"}).json()["sheet"] == "就业"
    assert (found["status"], found["groups"]) == ("ok", [])
    assert found["table"]["columns"] == ["从业人员", "地区生产总值", "二氧化硫"]
    assert {name: one.sheet for name, one in spec.sources.items()} == {
        "就业": "就业",
        "产值": "产值",
        "b": None,
    }


def test_the_sheet_of_a_workbook_is_chosen_by_one_click(page, folder):
    """A study that names a workbook of two tables without the sheet is asked which."""
    put(page, "a.xlsx", workbook({"就业": "从业人员", "产值": "地区生产总值"}))
    put(page, "b.csv", table("二氧化硫"))
    (folder / "study.yaml").write_text(
        "title: A study\n"
        "sources:\n"
        "  a: {file: data/a.xlsx, kind: panel, entity: 城市, period: 年份}\n"
        "  b: {file: data/b.csv, kind: panel, entity: 城市, period: 年份}\n"
        "panel: {from: [a, b]}\n"
        "variables: {so2: {column: 二氧化硫}}\n"
        "describe: {variables: [so2]}\n",
        encoding="utf-8",
    )
    group = page.get(f"{BASE}/data").json()["found"]["groups"][0]
    decision = next(one for one in group["decisions"] if "产值" in one["label"])
    answer = page.post(f"{BASE}/decisions", json=decision).json()
    spec = load(folder / "study.yaml")

    assert group["code"] == "excel.sheet_ambiguous"
    assert answer["found"]["status"] == "ok"
    assert {name: one.sheet for name, one in spec.sources.items()} == {"a": "产值", "b": None}
    assert "地区生产总值" in answer["found"]["table"]["columns"]


def test_a_decision_before_there_is_a_study_file_outlives_a_reload(page, folder):
    """Two marks are wrong: each is settled by one click, and the first is not asked again."""
    content = table("地区生产总值", cell=(30, "n.d.")).replace(b",2015,113", b",2015,?? 113")
    found = three(page, 地区生产总值=content)["found"]
    labels = [one for group in found["groups"] for one in group["decisions"]]
    page.post(f"{BASE}/decisions", json={**labels[0], "edits": []})

    assert (folder / ".first.json").is_file() or (folder / "study.yaml").is_file()
    again = client(app_of(folder.parent)).get(f"{BASE}/data").json()
    assert labels[0]["label"] not in [
        o["label"] for g in again["found"]["groups"] for o in g["decisions"]
    ]


def test_a_misspelt_name_is_joined_by_one_click(page, folder):
    """The name goes under `spellings` of its source, and the entity stands in all files."""
    wrong = table("二氧化硫", ["唐衫市", *CITIES[1:]])
    found = three(page, 二氧化硫=wrong)["found"]
    group = next(one for one in found["groups"] if one["code"] == "files.matched")
    before = (folder / "study.yaml").read_text()
    answer = page.post(f"{BASE}/decisions", json=group["decisions"][0]).json()

    assert found["match"]["in_all_files"] == len(CITIES) - 1
    assert load(folder / "study.yaml").sources["data"].spellings == {"唐衫市": "唐山市"}
    assert answer["found"]["match"]["in_all_files"] == len(CITIES)
    comments = [line for line in before.splitlines() if line.startswith("##")]
    assert comments
    assert all(one in (folder / "study.yaml").read_text() for one in comments)


def test_what_the_reader_decided_is_stated_by_one_click(page, folder):
    """After that the reader decides nothing of the kind."""
    content = table("从业人员") + "注：样本\n".encode()
    found = three(page, 从业人员=content)["found"]
    answer = page.post(f"{BASE}/decisions", json={"edits": found["state"]}).json()

    assert found["state"]
    assert len(answer["found"]["decisions"]) < len(found["decisions"])
    assert load(folder / "study.yaml").sources["data"].read.accept


def test_what_is_odd_and_true_is_accepted_by_one_click(page, folder):
    """It is asked no more, for this column alone."""
    found = three(page, 二氧化硫=table("二氧化硫", like="从业人员"))["found"]
    group = found["groups"][0]
    answer = page.post(f"{BASE}/decisions", json=group["decisions"][0]).json()

    assert group["code"].startswith("plausible.")
    assert load(folder / "study.yaml").sources["data"].read.accept == (
        f"{group['code']} {group['where']['column']}",
    )
    assert answer["found"]["groups"] == []


def test_how_files_are_joined_can_be_changed(page):
    """Rows of any file instead of those that all have."""
    found = three(page, 二氧化硫=table("二氧化硫", CITIES[:6]))["found"]
    join = found["match"]["join"]
    edit = {"do": "put", "path": join["path"], "value": "outer"}
    answer = page.post(f"{BASE}/decisions", json={"edits": [edit]}).json()

    assert (join["value"], found["table"]["n_entities"]) == ("inner", 6)
    assert answer["found"]["table"]["n_entities"] == len(CITIES)


def test_a_new_suggestion_keeps_the_study_file_that_it_replaces(page, folder):
    """Nothing that a person wrote is lost."""
    three(page)
    mine = (folder / "study.yaml").read_text() + "# mine\n"
    (folder / "study.yaml").write_text(mine)
    page.post(f"{BASE}/suggestion", json={})
    assert (folder / "study.yaml").read_text() == mine
    put(page, "coal.csv", table("用电量"))
    page.post(f"{BASE}/suggestion", json={"replace": True})

    assert (folder / "study.previous.yaml").read_text() == mine
    assert "data/coal.csv" in (folder / "study.yaml").read_text()


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"edits": "x"},
        {"edits": [{"do": "remove", "path": ["title"]}]},
        {"edits": [{"do": "put", "path": []}]},
        {"edits": [], "read": {"encoding": ["x"]}},
        {"edits": [], "read": {"missing": [1]}},
    ],
)
def test_what_is_no_decision_changes_nothing(page, folder, wanted):
    """The study file is changed by decisions alone."""
    three(page)
    before = (folder / "study.yaml").read_bytes()

    assert codes(page.post(f"{BASE}/decisions", json=wanted)) == ["app.no_decision"]
    assert (folder / "study.yaml").read_bytes() == before


def test_files_that_changed_are_looked_at_again(page):
    """What was found is kept only as long as the files are the same."""
    three(page)
    assert page.get(f"{BASE}/data").json()["found"]["status"] == "ok"
    put(page, "gdp.csv", table("地区生产总值", cell=(30, "n.d.")), **{"as": "replace"})

    assert page.get(f"{BASE}/data").json()["found"]["status"] == "error"


@pytest.mark.parametrize("n_parts", [0, 2])
def test_an_upload_that_breaks_off_leaves_nothing(folder, n_parts):
    """A browser that is closed in the middle loses that file and no other."""
    parts = [{"type": "http.request", "body": b"x" * 100, "more_body": True}] * n_parts
    coming = iter([*parts, {"type": "http.disconnect"}])
    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"{BASE}/files",
        "raw_path": f"{BASE}/files".encode(),
        "query_string": b"name=a.csv",
        "headers": [
            (name.encode(), value.encode())
            for name, value in {**OWN, "host": HOST, "cookie": f"xinzhi={TOKEN}"}.items()
        ],
    }
    sent = []

    async def receive():
        return next(coming)

    async def send(part):
        sent.append(part)

    asyncio.run(app_of(folder.parent)(scope, receive, send))

    assert not list((folder / "data").iterdir())


def test_two_files_of_one_name(page, folder):
    """The same content is one file; another one waits for an answer, and nothing is overwritten unasked."""
    first, second = table("从业人员"), table("地区生产总值")
    put(page, "a.csv", first)
    assert put(page, "a.csv", first).json()["name"] == "data/a.csv"
    refused = put(page, "a.csv", second)
    assert (refused.status_code, codes(refused)) == (409, ["app.same_name"])
    assert (folder / "data" / "a.csv").read_bytes() == first
    assert put(page, "a.csv", second, **{"as": "keep"}).json()["name"] == "data/a-2.csv"
    replaced = put(page, "a.csv", second, **{"as": "replace"}).json()
    assert (folder / "data" / "a.csv").read_bytes() == second
    assert replaced["name"] == "data/a.csv"
    # The old file is kept as `xinzhi update` keeps it, and can be put back.
    assert (folder / replaced["kept"]).read_bytes() == first
    assert "kept" not in put(page, "a.csv", second, **{"as": "replace"}).json()
    listed = [one["name"] for one in page.get(f"{BASE}/data").json()["files"]]
    assert sorted(listed) == ["data/a-2.csv", "data/a.csv"]
    assert page.get(f"{BASE}/run").json()["has_changes"] is False
    last_exchange(folder).undo()
    assert (folder / "data" / "a.csv").read_bytes() == first


def test_a_file_is_not_replaced_while_an_update_is_open(page, folder):
    """What an update that was cut off has kept comes back first; the new file waits."""
    first, second = table("从业人员"), table("地区生产总值")
    put(page, "a.csv", first)
    begin(folder, {"data/a.csv": second})
    refused = put(page, "a.csv", second, **{"as": "replace"})
    assert codes(refused) == ["update.open"]
    assert (folder / "data" / "a.csv").read_bytes() == first


@pytest.mark.parametrize(
    "name", ["../../x.csv", "/etc/x.csv", "..\\x.csv", "a\0/x.csv", "c:/x.csv"]
)
def test_a_hostile_name_stays_in_the_folder(page, folder, name):
    """Only the last part of a name is used."""
    assert put(page, name, table("从业人员")).json()["name"] == "data/x.csv"
    assert [p.name for p in folder.parent.rglob("*.csv")] == ["x.csv"]


def bomb():
    """A workbook of a few kilobytes that unpacks to gigabytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 * 2**20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", bomb, "security.zip_bomb"),
        ("a.csv", b"%PDF-1.7 \n", "format.unsupported"),
        ("a.csv", b"\x80\x04\x95\x00\x00\xff.", "format.unsupported"),
        ("a.xlsx", b"<html><table></table></html>", "format.mismatch"),
        ("a.csv", b"", "format.empty"),
    ],
    ids=["zip bomb", "pdf", "pickle", "html", "empty"],
)
def test_what_is_no_data_is_refused_at_once(page, folder, name, content, code):
    """Nothing of it stays, and the message has the name that the person gave."""
    answer = put(page, name, content() if callable(content) else content)

    assert answer.status_code == 400
    assert [one["where"]["file"] for one in answer.json()["problems"]] == [name]
    assert codes(answer) == [code]
    assert not list((folder / "data").iterdir())


def test_a_file_that_is_too_large_is_refused(page, folder, monkeypatch):
    """It is counted as it comes, and nothing of it stays."""
    monkeypatch.setattr("xinzhi_app.security.UPLOAD", 1000)
    answer = put(page, "a.csv", table("从业人员"))

    assert (answer.status_code, codes(answer)) == (413, ["app.too_large"])
    assert not list((folder / "data").iterdir())


def test_a_full_disk_is_told_and_leaves_nothing(page, folder, monkeypatch):
    """The message says what is needed and what is free."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(page_of_data, "write_all", full)
    answer = put(page, "a.csv", table("从业人员"))

    assert (answer.status_code, codes(answer)) == (507, ["write.failed"])
    assert "No space left on device" in answer.json()["problems"][0]["what"]
    assert not list((folder / "data").iterdir())


def test_a_file_is_removed_and_nothing_else(page, folder):
    """Only what was dropped can be removed."""
    copy_example(find("oecd"), folder)
    put(page, "a.csv", table("从业人员"))

    assert page.delete(f"{BASE}/files", params={"name": "../study.yaml"}).status_code == 404
    assert page.delete(f"{BASE}/files", params={"name": "a.csv"}).status_code == 200
    assert (folder / "study.yaml").is_file()
    assert not list((folder / "data").iterdir())


def test_cells_are_text(page):
    """Formulas and markup of a file are shown as they are written."""
    put(page, "a.csv", b"city,year,x\n<b>a</b>,2008,=1+1\n")
    shown = page.get(f"{BASE}/preview", params={"file": "data/a.csv"}).json()

    assert shown["rows"][1] == ["<b>a</b>", "2008", "=1+1"]


@pytest.mark.parametrize("file", ["../other/a.csv", "link.csv", "/etc/passwd", "none.csv"])
def test_a_preview_shows_files_of_the_study_only(page, folder, file):
    """Neither a path nor a link leads out."""
    (folder / "link.csv").symlink_to("/etc/passwd")

    assert page.get(f"{BASE}/preview", params={"file": file}).status_code in {400, 404}


def test_a_study_that_names_a_file_outside_is_not_read(page, folder):
    """What is refused is said as a problem of the study."""
    copy_example(find("oecd"), folder)
    study = folder / "study.yaml"
    study.write_text(study.read_text().replace("oecd_panel.csv", __file__))
    found = page.get(f"{BASE}/data").json()["found"]

    assert [one["code"] for one in found["groups"]] == ["app.outside"]
    assert found["table"] is None


def test_errors_come_from_the_process_beside_the_server_in_words(folder):
    """The server itself loads no data; what is wrong there reaches the page."""
    app = app_of(folder.parent)
    app.state.worker.close()  # and starts processes of its own
    page = client(app)
    try:
        assert put(page, "a.csv", b"%PDF-1.7 \n").status_code == 400
        assert put(page, "b.csv", table("从业人员")).status_code == 201
    finally:
        app.state.worker.close()
