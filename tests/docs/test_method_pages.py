"""Every part of the efficiency family has a page that names its papers, its tests, and works."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import pytest

from cli_runner import attempt
from places import ROOT
from xinzhi.frontier.fallback import FALLBACKS
from xinzhi.frontier.laws import LAWS
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.productivity.index import INDICES
from xinzhi.frontier.reference import KINDS

METHODS = ROOT / "docs" / "methods"
PAGES = (
    *sorted((METHODS / "measures").glob("*.md")),
    *sorted((METHODS / "indices").glob("*.md")),
    *(METHODS / f"{name}.md" for name in ("references", "inference", "fallbacks")),
)
PARTS = {
    **{f"measures/{name}": MEASURES.get(name).traits.references for name in MEASURES.names()},
    **{f"indices/{name}": INDICES.get(name).traits.references for name in INDICES.names()},
}
BLOCK = re.compile(r"^```(yaml|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DATA = re.compile(r'^```csv title="provinces.csv"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
PROOF = re.compile(r"`(tests/[\w/]+\.py)`|`(test_\w+)`")
HEAD = """\
title: Provinces
sources:
  data: {file: provinces.csv, kind: panel, entity: province, period: year}
panel: {from: data}
"""


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_a_page_that_names_its_papers(part: str) -> None:
    """Each registered measure and index has a page under its name, with a link to each DOI."""
    page = (METHODS / f"{part}.md").read_text(encoding="utf-8")

    assert page.splitlines()[0].endswith(f"`{part.partition('/')[2]}`")
    for doi in PARTS[part]:
        assert f"[doi {doi}](https://doi.org/{doi})" in page


HEADINGS = ("Assumptions.", "When not to use it", "Sources", "Tests")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_told_in_the_same_order(part: str) -> None:
    """Question, equation, assumptions, when not to use it, sources, tests: each page has all six."""
    page = (METHODS / f"{part}.md").read_text(encoding="utf-8")
    places = [page.index(f"\n**{heading}**") for heading in HEADINGS]

    assert page.split("\n\n")[1].rstrip().endswith("?")
    assert page.index("```math") < places[0]
    assert places == sorted(places)


def test_every_page_is_in_the_navigation() -> None:
    """A page that is not in `nav` is found by nobody."""
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    # Decisions are added by docs/site_hooks.py.
    lost = [p.as_posix() for p in pages if p.parts[0] != "decisions" and p.as_posix() not in nav]

    assert lost == []


def test_the_page_of_laws_holds_every_law_and_measure() -> None:
    """The figures of the long run are written for each law and each measure, none broken."""
    page = (METHODS / "laws.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]

    assert {row[0].strip(" `") for row in rows} == set(LAWS) | set(MEASURES.names())
    assert all(row[-1].strip() == "0" for row in rows if row[0].strip(" `") in MEASURES.names())


@pytest.mark.parametrize(("page", "names"), [("references", KINDS), ("fallbacks", FALLBACKS)])
def test_every_kind_has_a_section(page: str, names: dict[str, object]) -> None:
    """Each kind of reference set and each fallback has a section of its name."""
    text = (METHODS / f"{page}.md").read_text(encoding="utf-8")
    for name in names:
        assert f"\n## `{name}`\n" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tests_that_a_page_names_exist(page: Path) -> None:
    """A test that is said to prove something stands in the file that is named before it."""
    source = ""
    found = PROOF.findall(page.read_text(encoding="utf-8"))
    assert found
    for path, test in found:
        if path:
            source = (ROOT / path).read_text(encoding="utf-8")
        else:
            assert f"\ndef {test}(" in source, test


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_work(page: Path, tmp_path: Path) -> None:
    """Study files are accepted and commands end well, on the data of the guide."""
    guide = (ROOT / "docs" / "how-to" / "study-file.md").read_text(encoding="utf-8")
    data = DATA.search(guide)
    assert data is not None
    with contextlib.chdir(tmp_path):
        Path("provinces.csv").write_text(with_region(data[1]), encoding="utf-8")
        for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            if kind == "yaml":
                Path("study.yaml").write_text(HEAD + text, encoding="utf-8")
            commands = ["xinzhi check study.yaml"] if kind == "yaml" else text.splitlines()
            for command in commands:
                done = attempt(*shlex.split(command)[1:])
                assert done.code == 0, done.stderr or done.stdout


def with_region(table: str) -> str:
    """Add the column of groups that the page on references speaks of."""
    head, *rows = table.splitlines()
    coast = [f"{row},{'coast' if row.startswith(('East', 'South')) else 'inland'}" for row in rows]
    return "\n".join([f"{head},region", *coast]) + "\n"
