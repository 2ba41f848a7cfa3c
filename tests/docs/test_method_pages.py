"""Every method has a page in both languages, in one order, with a test that its equation rests on."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import pytest

from cli_runner import attempt
from mutants.library import mutants
from places import ROOT
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.prepare.step import STEPS
from xinzhi_core.vocabulary import CHOICES
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.fit import ESTIMATORS
from xinzhi_econometrics.specification import CLUSTERS
from xinzhi_frontier.evaluate import KINDS
from xinzhi_frontier.fallback import FALLBACKS
from xinzhi_frontier.laws import LAWS
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import INDICES

DOCS = ROOT / "docs"
LANGUAGES = {"en": DOCS / "methods", "zh": DOCS / "zh" / "methods"}
HEADINGS = {
    "en": (
        "Question",
        "Equation",
        "Assumptions",
        "When not to use it",
        "How to read it",
        "Options",
        "Source",
        "Proof",
    ),
    "zh": (
        "回答的问题",
        "公式",
        "假设",
        "不适用的情形",
        "如何解读",
        "选项",
        "文献来源",
        "检验依据",
    ),
}
"""Headings of a method page, in this order; `Options` may be left out."""
OPTIONAL = 5
OVERVIEWS = frozenset({"efficiency", "laws", "mechanisms", "inference", "regressions"})
"""Pages that lead to methods, or hold figures; they have headings of their own."""

MECHANISMS = ("mediation", "moderation", "heterogeneity", "specification_curve")

PAGES = {
    **{f"measure {name}": f"measures/{name}" for name in MEASURES.names()},
    **{f"index {name}": f"indices/{name}" for name in INDICES.names()},
    **{f"reference {name}": "references" for name in KINDS},
    **{f"returns_to_scale {name}": "returns-to-scale" for name in CHOICES["returns_to_scale"]},
    **{f"disposability {name}": "disposability" for name in CHOICES["disposability"]},
    **{f"bads {name}": "disposability" for name in CHOICES["bads"]},
    **{f"fallback {name}": "fallbacks" for name in FALLBACKS},
    "ratio gap_ratio": "technology-gap-ratio",
    "resampling subsampling": "score-intervals",
    "resampling smoothed": "score-bias",
    "resampling sensitivity": "score-sensitivity",
    **{f"estimator {name}": f"regression/{name}" for name in ESTIMATORS.names()},
    "estimator least_squares": "regression/within",
    **{f"errors {name}": "regression/covariance" for name in CLUSTERS},
    **{f"step {name}": f"steps/{name}" for name in STEPS.names()},
    **{f"step {name}": "steps/lag" for name in ("difference", "lead")},
    "step log1p": "steps/log",
    **{f"diagnostic {name}": f"diagnostics/{name}" for name in DIAGNOSTICS.names()},
    **{f"analysis {name}": f"space/{name}" for name in ANALYSES.names()},
    **{f"analysis {name}": f"mechanisms/{name}" for name in MECHANISMS},
    **{f"analysis {name}": f"steps/{name}" for name in ("entropy_index", "coupling", "tapio")},
    "analysis decompose": "describe/decompose",
    "analysis describe": "describe/descriptive",
    "analysis compare": "describe/comparison",
    "analysis tables": "regressions",
    "analysis diagnostics": "regressions",
    "analysis typology": "mechanisms/pathways",
    "analysis efficiency": "efficiency",
    "analysis productivity": "efficiency",
    "analysis inference": "inference",
    "analysis scale_efficiency": "scale-efficiency",
    "analysis second_stage": "second-stage",
    "analysis classes": "score-classes",
    "analysis leave_one_out": "leave-one-out",
    "analysis placebo": "placebo",
    "analysis whole_study": "whole-study",
}
"""What is registered -> page under docs/methods that explains it."""

BLOCK = re.compile(r"^```(yaml|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = re.compile(r"\\text\{[^}]*\}")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
DATA = re.compile(r'^```csv title="provinces.csv"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
DOI = re.compile(r"\[doi (\S+?)\]\(https://doi\.org/\1\)")
HEAD = """\
title: Provinces
sources:
  data: {file: provinces.csv, kind: panel, entity: province, period: year}
panel: {from: data}
"""


def symbols(block: str) -> str:
    """Leave the words out of an equation, which are in the language of the page; code stays as it is."""
    return "".join(WORDS.sub("", block).split()) if block.startswith("```math") else block


def headings(text: str) -> list[str]:
    """List the headings of the second level, outside blocks of code."""
    return re.findall(r"^## (.+)$", FENCE.sub("", text), re.MULTILINE)


def is_method(page: str, language: str) -> bool:
    """Whether a page is there, and has the headings of a method."""
    path = LANGUAGES[language] / f"{page}.md"
    return path.stem not in OVERVIEWS and path.is_file()


def orders(language: str) -> tuple[list[str], list[str]]:
    """Give the headings of a page, with options and without."""
    wanted = list(HEADINGS[language])
    return wanted, wanted[:OPTIONAL] + wanted[OPTIONAL + 1 :]


FOUND = sorted(
    {
        path.relative_to(folder).with_suffix("").as_posix()
        for folder in LANGUAGES.values()
        for path in folder.rglob("*.md")
    }
)
DUE = sorted({*FOUND, *PAGES.values()})
WRITTEN = [(page, lang) for page in FOUND for lang in LANGUAGES if is_method(page, lang)]


@pytest.mark.parametrize("part", PAGES)
def test_what_is_registered_has_a_page(part: str) -> None:
    """Its page is in both languages, with the name in code; a new part needs one."""
    page, name = PAGES[part], part.partition(" ")[2]
    for folder in LANGUAGES.values():
        path = folder / f"{page}.md"
        assert path.is_file()
        assert path.stem in OVERVIEWS or f"`{name}`" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", DUE)
def test_a_page_has_the_headings_in_order(page: str) -> None:
    """Question, equation, assumptions, when not to use it, how to read it, options, source, proof."""
    for language, folder in LANGUAGES.items():
        path = folder / f"{page}.md"
        if path.stem not in OVERVIEWS:
            assert headings(path.read_text(encoding="utf-8")) in orders(language)


@pytest.mark.parametrize("page", DUE)
def test_both_languages_say_the_same(page: str) -> None:
    """Equations, examples, papers and named tests are those of the other language."""
    english, chinese = (
        (folder / f"{page}.md").read_text(encoding="utf-8") for folder in LANGUAGES.values()
    )

    # test_the_examples_of_a_page_work runs yaml and sh.
    assert set(re.findall(r"^```(\w+)", english, re.MULTILINE)) <= {"math", "yaml", "sh"}
    assert [*map(symbols, FENCE.findall(english))] == [*map(symbols, FENCE.findall(chinese))]
    assert PROOF.findall(english) == PROOF.findall(chinese)
    assert sorted(DOI.findall(english)) == sorted(DOI.findall(chinese))


@pytest.mark.parametrize("page", DUE)
def test_each_language_is_alone_on_its_page(page: str) -> None:
    """No English sentence on a Chinese page outside code and sources, no Chinese on an English one."""
    english, chinese = (
        (folder / f"{page}.md").read_text(encoding="utf-8") for folder in LANGUAGES.values()
    )
    source, proof = (f"\n## {heading}\n" for heading in HEADINGS["zh"][6:])
    before, _, after = FENCE.sub("", chinese).partition(source)
    text = before + after.partition(proof)[2]
    text = re.sub(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|<!--.*?-->", "", text)

    assert re.findall(r"[\u4e00-\u9fff]", english) == []
    assert re.findall(r"(?:\b[a-z]{2,}\b[ ,]+){4,}", text) == []


def test_chinese_pages_lead_to_chinese_method_pages() -> None:
    """Whoever reads Chinese is not sent to the English page where there is a Chinese one."""
    link = re.compile(r"\]\(((?:\.\./)+methods/[\w/-]+)\.md")
    english = [
        f"{page.relative_to(DOCS)}: {target}"
        for page in sorted((DOCS / "zh").rglob("*.md"))
        for target in link.findall(page.read_text(encoding="utf-8"))
        if (found := (page.parent / f"{target}.md").resolve()).is_relative_to(LANGUAGES["en"])
        and (LANGUAGES["zh"] / found.relative_to(LANGUAGES["en"])).is_file()
    ]

    assert english == []


REFERENCES = {
    **{f"measures/{name}": MEASURES.get(name).traits.references for name in MEASURES.names()},
    **{f"indices/{name}": INDICES.get(name).traits.references for name in INDICES.names()},
}


@pytest.mark.parametrize("part", REFERENCES)
def test_a_measure_or_index_names_its_papers(part: str) -> None:
    """The title ends with the name; each DOI of the code is a link; an equation was tried to be broken."""
    name = part.partition("/")[2]
    page = (LANGUAGES["en"] / f"{part}.md").read_text(encoding="utf-8")

    assert page.splitlines()[0].endswith(f"`{name}`")
    assert "```math" in page
    for doi in REFERENCES[part]:
        assert f"[doi {doi}](https://doi.org/{doi})" in page


@pytest.mark.parametrize(("page", "language"), WRITTEN)
def test_the_tests_that_a_page_names_exist(page: str, language: str) -> None:
    """A test that is said to prove something is a function of the file that is named with it."""
    found = PROOF.findall((LANGUAGES[language] / f"{page}.md").read_text(encoding="utf-8"))

    assert found
    for path, test in found:
        assert f"\ndef {test}(" in (ROOT / path).read_text(encoding="utf-8"), test


@pytest.mark.one_in(4)
@pytest.mark.parametrize("page", DUE)
def test_a_wrong_equation_is_noticed_by_the_first_test_of_the_page(page: str) -> None:
    """A kept mutant puts a wrong term into the equation; `just mutate --only "equation of"` tries them."""
    path = LANGUAGES["en"] / f"{page}.md"
    if path.stem in OVERVIEWS:
        return
    broken = [one for one in mutants() if one.name.startswith(f"equation of {path.stem}:")]
    _, _, proof = path.read_text(encoding="utf-8").partition("\n## Proof\n")
    named = ["::".join(found) for found in PROOF.findall(proof)]

    assert broken
    assert any(named[0] in one.tests for one in broken)
    assert {test for one in broken for test in one.tests} <= set(named)


def test_the_page_of_laws_holds_every_law_and_measure() -> None:
    """The figures of the long run are written for each law and each measure, none broken."""
    page = (LANGUAGES["en"] / "laws.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]

    assert {row[0].strip(" `") for row in rows} == set(LAWS) | set(MEASURES.names())
    assert all(row[-1].strip() == "0" for row in rows if row[0].strip(" `") in MEASURES.names())


# The Chinese pages have the same blocks: see test_both_languages_say_the_same.
@pytest.mark.one_in(8)
@pytest.mark.parametrize(
    "page", [page for page in FOUND if (LANGUAGES["en"] / f"{page}.md").is_file()]
)
def test_the_examples_of_a_page_work(page: str, tmp_path: Path) -> None:
    """Study files are accepted and commands end well, on the data of the guide."""
    guide = (DOCS / "how-to" / "study-file.md").read_text(encoding="utf-8")
    data = DATA.search(guide)
    assert data is not None
    with contextlib.chdir(tmp_path):
        Path("provinces.csv").write_text(with_region(data[1]), encoding="utf-8")
        text_of_page = (LANGUAGES["en"] / f"{page}.md").read_text(encoding="utf-8")
        for kind, text in BLOCK.findall(text_of_page):
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
