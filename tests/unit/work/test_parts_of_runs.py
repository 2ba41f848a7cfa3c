"""Runs of a study that keep the parts of its report: what is not needed goes, what has not changed is not made."""

from __future__ import annotations

import pytest

from cli_runner import call
from made_small import write_small
from xinzhi.report import font
from xinzhi.work.store import Store


@pytest.fixture
def study(tmp_path):
    """A small study with a page and figures."""
    folder = write_small(tmp_path)
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("[md]", "[html, svg]")
    path.write_text(text, encoding="utf-8")
    return path


def cuts(monkeypatch) -> list[str]:
    """Note the characters of each subset of the font that is made."""
    found: list[str] = []
    cut = font._cut

    def noted(characters: str) -> bytes:
        found.append(characters)
        return cut(characters)

    monkeypatch.setattr(font, "_cut", noted)
    return found


def pages(study) -> dict[str, bytes]:
    """Read the page and the figures."""
    results = study.parent / "results"
    names = ("report.html", *(f"figures/{p.name}" for p in (results / "figures").glob("*.svg")))
    return {name: (results / name).read_bytes() for name in names}


@pytest.mark.long
def test_a_changed_option_cuts_no_font_that_was_cut(study, monkeypatch):
    """Other digits are the same characters; the files are those of a first run."""
    found = cuts(monkeypatch)
    call("run", study)
    before = len(found)
    assert before == len(set(found)) > 0
    first = pages(study)
    call("run", study, "--set", "report.decimals=2")
    assert found[before:] == []
    warm = pages(study)
    call("run", study, "--set", "report.decimals=2", "--out", study.parent / "cold")
    cold = {name: (study.parent / "cold" / name).read_bytes() for name in warm}
    assert warm == cold
    assert warm["report.html"] != first["report.html"]


def test_a_part_that_no_report_needs_any_more_is_removed(study):
    """A whole run prunes the store to its own entries."""
    store = Store(study.parent / "results" / "store")
    call("run", study)
    entries = set(store.entries())
    call("run", study, "--set", "title=Ωμέγα")
    assert entries - set(store.entries())
    call("run", study)
    assert set(store.entries()) == entries
