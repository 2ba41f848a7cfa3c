"""A newer file that is dropped on a study: the page takes it in, runs, and shows what changed."""

from __future__ import annotations

import pytest

from made_page import app_of, client
from made_runs import ENDED, kill_all, wait, write_study

pytestmark = pytest.mark.long

PATH = "/api/studies/s/run"


@pytest.fixture
def folder(tmp_path):
    """A folder with a study that a page runs."""
    write_study(tmp_path / "s")
    yield tmp_path
    kill_all(tmp_path)


@pytest.fixture
def page(folder):
    """The page over it."""
    return client(app_of(folder))


def ended(page):
    """Wait until the run has ended."""
    return wait(lambda: page.get(PATH).json(), lambda found: found["state"] in ENDED)


def drop(page, name, text):
    """Drop a file and take it as the newer one."""
    came = page.put("/api/studies/s/files", params={"name": name, "as": "keep"}, content=text)
    assert came.status_code == 201
    wanted = {"file": came.json()["name"], "name": name}
    return page.post(f"{PATH}/update?lang=en", json=wanted)


def test_a_newer_file_is_taken_in_and_what_changed_is_shown(folder, page):
    """The same as `xinzhi update`: the old file is kept, and the page shows what changed."""
    old = (folder / "s/data.csv").read_text(encoding="utf-8")
    new = old.replace("A,2001,1", "A,2001,2") + "\n"
    assert page.get(PATH).json()["has_changes"] is False
    assert page.get(f"{PATH}/changes").status_code == 404

    assert drop(page, "cities of next year.csv", new).status_code == 201
    found = ended(page)

    assert found["record"]["code"] == 0, found
    assert "cities of next year.csv replaces data.csv." in found["printed"]
    assert (folder / "s/data.csv").read_text(encoding="utf-8") == new
    assert (folder / "s/updates/1/before/data.csv").read_text(encoding="utf-8") == old
    assert not list((folder / "s/data").glob("*.csv"))
    assert found["has_changes"] is True
    shown = page.get(f"{PATH}/changes")
    assert "What changed: " in shown.text
    assert "sandbox allow-scripts" in shown.headers["content-security-policy"]


def test_a_file_that_fits_nothing_is_refused_and_the_study_is_as_it_was(folder, page):
    """What is said is what the command says."""
    old = (folder / "s/data.csv").read_bytes()
    assert drop(page, "other.csv", "a,b\n1,2\n").status_code == 201
    found = ended(page)
    assert found["state"] == "failed"
    assert any("other.csv fits no source of the study." in str(m) for m in found["messages"])
    assert (folder / "s/data.csv").read_bytes() == old
    assert found["has_changes"] is False


@pytest.mark.parametrize("file", ["data.csv", "study.yaml", "data/no.csv", "../x.csv", ""])
def test_only_a_file_that_was_dropped_can_be_taken(page, file):
    """No file of the study, none outside of it."""
    assert page.post(f"{PATH}/update", json={"file": file}).status_code in (400, 404)
