"""The folder of the page: its studies, safe paths, what is remembered; and the words."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from made_page import app_of, client
from xinzhi.examples.register import copy_example, find
from xinzhi_app.words import WORDS, every_word
from xinzhi_app.workspace import Workspace, refuse_outside, safe_name
from xinzhi_core.errors import SpecError

NAMES = ["../x", "..", ".", "/etc", "a/../../x", "a\0b", "a/b", ".hidden"]


@pytest.fixture
def page(tmp_path):
    return client(app_of(tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_no_study_outside_the_folder(tmp_path, name):
    """A study is a folder in the folder that was named."""
    (tmp_path / "w" / "a" / "b").mkdir(parents=True)
    (tmp_path / "w" / ".hidden").mkdir()
    with pytest.raises(SpecError) as caught:
        Workspace(tmp_path / "w", "en").path(name)

    assert caught.value.code in {"app.outside", "app.not_there"}


@pytest.mark.parametrize("name", ["../b", "../../x", "link.csv", "data/../../b", "a\0b"])
def test_no_file_outside_the_study(tmp_path, name):
    """Neither a name nor a link leads out of the study."""
    (tmp_path / "study").mkdir()
    (tmp_path / "b").write_text("secret")
    (tmp_path / "study" / "link.csv").symlink_to(tmp_path / "b")
    with pytest.raises(SpecError) as caught:
        Workspace(tmp_path, "en").path("study", name)

    assert caught.value.code == "app.outside"


@pytest.mark.parametrize("name", ["../secret.csv", "link.csv"])
def test_a_study_that_names_a_file_outside_is_refused(tmp_path, name):
    """A study file from somebody else cannot show what lies elsewhere."""
    folder = tmp_path / "here"
    copy_example(find("oecd"), folder)
    (tmp_path / "secret.csv").write_text("a")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    study = folder / "study.yaml"
    refuse_outside(study, folder)
    study.write_text(study.read_text().replace("oecd_panel.csv", name))
    with pytest.raises(SpecError) as caught:
        refuse_outside(study, folder)

    assert caught.value.code == "app.outside"
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("a/b/城市.xlsx", "城市.xlsx"),
        ("<script>.csv", "_script_.csv"),
        ("a\r\nb.csv", "a__b.csv"),
        (".bashrc", "bashrc"),
        ("CON/aux.csv", "aux_.csv"),
        ("con", "con_"),
        ("Nul .tar.gz", "Nul_.tar.gz"),
        ("COM¹.csv", "COM¹_.csv"),
        ("lpt9", "lpt9_"),
        ("console.csv", "console.csv"),
        ("com10.csv", "com10.csv"),
        ("城" * 300 + ".csv", "城" * 65 + ".csv"),
        ("城" * 300, "城" * 66),
        ("x." + "y" * 300, "x." + "y" * 98),
        ("a." + "城" * 90, "a." + "城" * 66),
        ("", "file"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_names_of_files_are_made(given, made):
    """A name holds letters, digits and a few signs."""
    assert safe_name(given) == made


def test_studies_are_made_listed_and_remembered(page, tmp_path):
    """Two studies of one name lie beside each other; what was opened last is known."""
    ids = [page.post("/api/studies", json={"name": "钢铁/城市"}).json()["id"] for _ in range(2)]
    example = page.post("/api/studies", json={"example": "oecd"}).json()["id"]
    page.put("/api/settings", json={"study": ids[1], "language": "zh"})
    listed = client(app_of(tmp_path)).get("/api/studies").json()

    assert ids == ["城市", "城市-2"]
    assert {one["id"] for one in listed["studies"]} == {*ids, example}
    assert (listed["recent"], listed["language"]) == ([ids[1]], "zh")


def test_settings_that_are_damaged_cost_nothing(page, tmp_path):
    """They hold only what is chosen again at once."""
    (tmp_path / ".xinzhi-app.json").write_text('["half')

    assert page.get("/api/studies").json()["recent"] == []


def test_errors_are_problems_in_the_language_of_the_reader(page):
    """What is wrong is said, never a traceback."""
    said = [
        page.put(f"/api/settings?lang={one}", json={"study": "none"}).json()["problems"][0]["what"]
        for one in ("en", "zh")
    ]

    assert said == ["'none' is not in this folder.", "该文件夹中没有“none”。"]
    assert page.put("/api/settings", content=b"[").json()["problems"][0]["code"] == "app.no_json"
    assert page.put("/api/settings", json=[1]).status_code == 400


def test_a_crash_is_told_as_a_fault_of_xinzhi(tmp_path, monkeypatch):
    """The page says so in words; the terminal has the traceback."""

    def broken(_):
        raise ZeroDivisionError

    app = app_of(tmp_path)
    entered = client(app)
    told = TestClient(
        app,
        base_url=str(entered.base_url),
        cookies=entered.cookies,
        raise_server_exceptions=False,
    )
    monkeypatch.setattr(Workspace, "studies", broken)
    answer = told.get("/api/studies?lang=zh")

    assert answer.status_code == 500
    assert answer.json()["problems"][0]["code"] == "internal"
    assert "这是 xinzhi 的缺陷" in answer.json()["problems"][0]["what"]


def test_the_page_has_every_word_in_both_languages():
    """The browser gets the same keys twice, each said in its language."""
    words = every_word()

    assert set(words["en"]) == set(words["zh"]) == set(WORDS)
    assert words["en"]["tab.data"] == ["Data"]
    assert words["zh"]["tab.data"] == ["数据"]
