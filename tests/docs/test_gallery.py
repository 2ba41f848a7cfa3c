"""The gallery: every study runs, and its pages show what is printed and what it finds, cell by cell."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from parts import quick_among
from places import REFERENCE, ROOT

DATA = ROOT / "docs" / "gallery" / "data"
STUDIES = sorted(path.name for path in DATA.iterdir())


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    """The script that writes the pages, loaded from its place."""
    spec = importlib.util.spec_from_file_location(
        "docs_gallery", ROOT / "tools" / "pages" / "generate_gallery.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", quick_among([*STUDIES][:4], STUDIES))
def test_the_pages_of_a_study_are_what_it_finds(
    gallery: ModuleType, name: str, tmp_path: Path
) -> None:
    """A study is run; both pages hold its printed figures, ours and the differences.

    `uv run python tools/pages/generate_gallery.py` renews the pages.
    """
    found = gallery.run(name, tmp_path)

    for language, folder in gallery.FOLDERS.items():
        page = (folder / f"{name}.md").read_text(encoding="utf-8")
        assert page == gallery.page(name, found, language)
        figures = list(gallery.all_figures(gallery.spec(name), found))
        index = (folder / "index.md").read_text(encoding="utf-8")
        (line,) = (line for line in index.splitlines() if f"({name}.md)" in line)
        assert line.endswith(f" {sum(one.agrees for one in figures)} / {len(figures)} |")


def test_every_study_is_in_the_gallery(gallery: ModuleType) -> None:
    """Ten studies or more, each with its pictures, none forgotten."""
    assert sorted(gallery.ORDER) == STUDIES
    assert len(STUDIES) >= 10
    for name in STUDIES:
        for language in gallery.FOLDERS:
            assert (gallery.IMAGES / gallery.image(name, language)).stat().st_size > 2000


@pytest.mark.parametrize(
    ("printed", "value", "cells"),
    [
        ("0.667", 2 / 3, ["0.667", "0.66667", "-3e-04"]),
        ("0.6191", 13 / 21, ["0.6191", "0.619048", "-5e-05 †"]),
        ("0.562", 0.5625, ["0.562", "0.56250", "5e-04"]),
        ("1.250", 1.25, ["1.250", "1.25000", "0"]),
        ("1.250", 1.2506, ["1.250", "1.25060", "6e-04 †"]),
        ("15.0618722713733", 15.0618722713731, ["15.0618722713733", "15.0618723", "0"]),
        ("irs", "irs", ["irs", "irs", ""]),
        ("irs", "drs", ["irs", "drs", "†"]),
    ],
)
def test_a_figure_is_marked_where_its_last_digit_is_missed(
    gallery: ModuleType, printed: str, value: float | str, cells: list[str]
) -> None:
    """Half a unit of the last printed digit is rounding, more is a difference."""
    assert gallery.Figure(printed, value).cells() == cells


@pytest.mark.parametrize(
    ("study", "table", "columns"),
    [
        ("sbm", "tone_2001", ["sbm"]),
        ("super-sbm", "tone_2002", ["sbm", "super_sbm"]),
        ("undesirable-outputs", "tone_2003", ["sbm_nonseparable_free"]),
    ],
)
def test_the_tables_of_tone_are_those_of_the_tests(
    gallery: ModuleType, study: str, table: str, columns: list[str]
) -> None:
    """Data and printed figures of the gallery are what the tests of the measures hold."""
    typed = tomllib.loads((REFERENCE / f"{table}.toml").read_text(encoding="utf-8"))
    (shown,) = gallery.spec(study)["table"]
    amounts = [typed[kind] for kind in ("inputs", "outputs", "bads") if kind in typed]
    with (DATA / study / "data.csv").open(encoding="utf-8", newline="") as stream:
        _, *rows = csv.reader(stream)

    assert [row[0] for row in rows] == typed["units"]
    for row, *parts in zip(rows, *amounts, strict=True):
        assert [float(cell) for cell in row[1:]] == [value for part in parts for value in part]
    for place, column in enumerate(columns, 1):
        assert [float(row[place]) for row in shown["rows"]] == typed[column]


def test_borrowed_data_have_their_licence() -> None:
    """A file of another package lies beside the text of its licence, which the page names."""
    for name in ("wages", "state-production", "provinces"):
        (licence,) = (DATA / name).glob("LICENCE*")
        assert len(licence.read_text(encoding="utf-8")) > 500
        for folder in ("gallery", "zh/gallery"):
            page = (ROOT / "docs" / folder / f"{name}.md").read_text(encoding="utf-8")
            assert re.search(rf"\(\S*{name}/{licence.name}\)", page)
