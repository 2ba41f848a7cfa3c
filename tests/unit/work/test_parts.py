"""Parts of a report that are kept: each under the digest of all that it shows, never one for another."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xinzhi.report import font
from xinzhi.report.formats import html
from xinzhi.work import parts as work_parts
from xinzhi.work import results as last_run
from xinzhi.work.parts import ReportParts
from xinzhi.work.store import Store
from xinzhi_core.errors import Problem, ReportError


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def refuse() -> bytes:
    msg = "made again"
    raise AssertionError(msg)


def test_a_part_that_shows_the_same_is_not_made_again(store):
    """Its key is named, so that pruning keeps it; another run reads it from the store."""
    first, second = ReportParts(store), ReportParts(store)
    assert first.part("font", ["a", 1], lambda: b"woff") == b"woff"
    assert second.part("font", ["a", 1], refuse) == b"woff"
    assert first.keys == second.keys == set(store.entries())


@pytest.mark.parametrize(("kind", "shown"), [("other", ["a", 1]), ("font", ["a", 2]), ("font", 1)])
def test_another_kind_or_content_is_made(store, kind, shown):
    """Each part of the key counts."""
    ReportParts(store).part("font", ["a", 1], lambda: b"old")
    assert ReportParts(store).part(kind, shown, lambda: b"new") == b"new"


def test_another_program_makes_every_part_again(store, monkeypatch):
    """A changed line of code or another library may show the same content otherwise."""
    ReportParts(store).part("font", "a", lambda: b"old")
    monkeypatch.setattr(work_parts, "program", lambda: "another")
    assert ReportParts(store).part("font", "a", lambda: b"new") == b"new"


def test_without_a_store_everything_is_made():
    """Nothing is kept between two reports that have no folder."""
    assert ReportParts().part("font", "a", lambda: b"1") == b"1"
    assert ReportParts().specifications("chart", "a", lambda: {"b": (1, 2)}) == {"b": (1, 2)}


def test_what_has_no_digest_of_its_content_is_refused(store):
    """The representation of an object would name its place in memory instead."""
    with pytest.raises(TypeError):
        ReportParts(store).part("font", object(), lambda: b"")


def test_a_damaged_part_is_made_again(store):
    """It is put aside."""
    ReportParts(store).part("font", "a", lambda: b"old")
    for path in store.folder.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert ReportParts(store).part("font", "a", lambda: b"new") == b"new"


def test_a_full_disk_keeps_no_part_and_loses_none(store, monkeypatch):
    """The room is for the results."""

    def full(_, key, body):
        raise ReportError(Problem("write.failed", f"no room for {key}: {len(body)}"))

    monkeypatch.setattr(Store, "put", full)
    found = ReportParts(store)
    assert found.part("font", "a", lambda: b"1") == b"1"
    assert found.part("font", "a", lambda: b"2") == b"2"
    assert found.keys == set()


def test_numbers_come_back_to_the_last_digit(store):
    """JSON writes each number so that it reads the same one."""
    made = {"x": [0.1 + 0.2, 1e-310, -0.0, 5e22], "zh": "效率", "n": None}
    ReportParts(store).specifications("chart", "a", lambda: made)
    kept = ReportParts(store).specifications("chart", "a", refuse)
    assert repr(kept) == repr(made)


def test_the_font_is_cut_once_for_the_same_characters(store, monkeypatch):
    """Their order and how often they stand there do not count; one more character does."""
    first = font.font_for("绿色 GTFP", ReportParts(store))
    cut: list[str] = []
    monkeypatch.setattr(font, "_cut", lambda characters: cut.append(characters) or b"new")
    assert font.font_for("GTFP 色绿绿", ReportParts(store)) == first
    assert font.font_for("绿色 GTFP 一", ReportParts(store)) == b"new"
    assert cut == ["".join(sorted(set("绿色 GTFP 一")))]


def test_the_script_of_the_charts_is_bundled_once(store, monkeypatch):
    """Another version of the renderer is another program, whose parts are all made again."""
    monkeypatch.setattr(html, "viewer_script", lambda: "old")
    assert html.kept_viewer(ReportParts(store)) == "old"
    monkeypatch.setattr(html, "viewer_script", lambda: "new")
    assert html.kept_viewer(ReportParts(store)) == "old"
    of, version = last_run.version, {"vl-convert-python": "0.0"}
    monkeypatch.setattr(last_run, "version", lambda name: version.get(name) or of(name))
    assert html.kept_viewer(ReportParts(store)) == "new"


@pytest.mark.long
def test_what_makes_kept_parts_loads_when_one_is_made():
    """Altair composes charts and fontTools cuts fonts: a run that keeps both loads neither."""
    code = (
        "import sys; from xinzhi.analyses.analysis import in_order; from xinzhi.report.format import FORMATS;"
        "import xinzhi.cli.commands.run, xinzhi.report.build, xinzhi.report.deliver;"
        "list(in_order()), FORMATS.names();"
        "from xinzhi.report.formats import docx_document;"
        "print([name for name in ('altair', 'fontTools', 'pandas') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "['pandas']"
