"""The chapter on an index: its parts in the order of a paper, what leads them, and nothing twice."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cli_runner import call
from places import EXAMPLES
from xinzhi.analyses.index_chapter import PARTS, indices_of
from xinzhi.report.build import content_of
from xinzhi.report.document import Heading, compose
from xinzhi.report.format import write_report
from xinzhi.study.file.load import load
from xinzhi.study.run import run
from xinzhi.study.view import StudyView
from xinzhi_core.wording import say

EXAMPLE = EXAMPLES / "provinces"
ENGLISH = [
    "Indicators and weights",
    "Course and ranks",
    "Distribution in space",
    "Gaps and convergence",
    "Obstacles and factors",
    "Coordination and decoupling",
]


@pytest.fixture(scope="module")
def result():
    return run(EXAMPLE / "study.yaml")


@pytest.fixture(scope="module")
def document(result):
    return compose(content_of(result))


@pytest.fixture(scope="module")
def printed(document):
    files = write_report(document, formats=("md",))
    return {"zh": files["report.md"].decode(), "en": files["report.en.md"].decode()}


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(EXAMPLE / "simulated_provinces.csv").set_index(["province", "year"])


def chapter(document):
    """Find the chapter on the index."""
    (found,) = (one for one in document.sections if one.id == "index")
    return found


def test_the_chapter_follows_the_method_and_has_its_parts_in_order(document):
    """How it was built, its course, its map, its gaps, its obstacles, its coordination."""
    order = [one.id for one in document.sections if one.part == "text"]

    assert order[:6] == ["told_first", "abstract", "data", "method", "index", "references"]
    headings = [say(b.text, "en") for b in chapter(document).blocks if isinstance(b, Heading)]
    assert headings == ENGLISH == [say(place.title, "en") for place in PARTS.values()]


def test_what_is_about_the_index_stands_under_its_heading(document):
    """Exhibits by part of the chapter; none of another part, and none outside of it."""
    by_part, part = {}, None
    for block in chapter(document).blocks:
        part = say(block.text, "en") if isinstance(block, Heading) else part
        if hasattr(block, "id"):
            by_part.setdefault(part, []).append(block.id)

    assert by_part == {
        "Indicators and weights": ["nqpf_weights", "green_weights"],
        "Course and ranks": ["nqpf_distribution_over_time"],
        "Distribution in space": ["nqpf_map"],
        "Gaps and convergence": ["nqpf_density_0", "nqpf_spatial_markov_tiles"],
        "Obstacles and factors": ["nqpf_obstacles"],
        "Coordination and decoupling": ["coordination_coordination", "decoupling_states", "carbon_additive"],
    }  # fmt: skip


def test_no_exhibit_is_printed_twice(document):
    """Ids of tables and figures of all chapters are different."""
    ids = [b.id for s in document.sections for b in s.blocks if hasattr(b, "id")]

    assert len(ids) == len(set(ids)) > 25


def test_the_first_sentences_are_those_of_the_numbers(result, printed, data):
    """Highest and lowest, the course of the mean, the largest weights: computed here from the file."""
    x = data.assign(
        energy_intensity=data["energy"] / data["gdp"],
    )[["schooling", "rd_staff", "patents", "rd_share", "robots", "broadband", "energy_intensity", "so2"]]  # fmt: skip
    signed = x * [1, 1, 1, 1, 1, 1, -1, -1]
    z = (signed - signed.min()) / (signed.max() - signed.min()) + 1e-4
    p = z / z.sum()
    left = 1 + (p * np.log(p)).sum() / np.log(len(z))
    weights = left / left.sum()
    index = z @ weights
    last = index.xs(2023, level="year").sort_values(ascending=False)
    means = index.groupby("year").mean()

    made = result.panel.frame["nqpf"]
    np.testing.assert_allclose(made, index.reindex(list(made.index)), rtol=1e-9)
    ends = [f"{name}（{last[name]:.3f}）" for name in (*last.index[:3], last.index[-1])]
    chinese = printed["zh"]
    assert f"新质生产力指数最高的是{ends[0]}、{ends[1]}和{ends[2]}，最低的是{ends[3]}。" in chinese
    said = f"新质生产力指数的均值由2014年的{means[2014]:.3f}升至2023年的{means[2023]:.3f}。"
    assert f"31个省级行政区{said}" in chinese
    technology = weights["patents"] + weights["rd_share"]
    assert (
        f"Of the indicators Density of industrial robots weighs most ({weights['robots']:.1%}), of the dimensions "
        f"technology ({technology:.1%}) (Table 3)." in printed["en"]
    )
    assert f"The mean of NQPF over 31 provinces rose from {means[2014]:.3f} in 2014 to {means[2023]:.3f} in 2023." in printed["en"]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_that_the_data_are_simulated(printed, document, language):
    """Title, and beneath each table and figure; the study marks them."""
    words = {"zh": "模拟数据", "en": "simulated data"}[language]
    captions = re.findall(r"(?m)^\*\*(?:Table|Figure|表|图).*", printed[language])

    assert document.simulated
    assert len(captions) > 20
    assert all(words in caption for caption in captions)
    assert words in printed[language].splitlines()[0].lower()


def test_chinese_has_no_english_words_of_the_study(printed):
    """Dimensions and regions of the example are words of the field, which the catalogue has."""
    text = printed["zh"].partition("# 附录")[0]

    for word in ("labour", "technology", "equipment", "environment", "East", "NQPF"):
        assert word not in text, word
    assert "技术合计" in text


INDEX = """\
title: Index
sources: {cities: {file: cities.csv, kind: panel, entity: city, period: year}}
panel: {from: cities}
prepare:
  - quality: {step: entropy_index, OPTIONS}
  - decoupling: {step: tapio, of: c, by: a}
variables: {transform: none, quality: {column: quality}, a: {column: a}}
describe: {variables: [a]}
report: {languages: [en], formats: [md]}
"""


def study_of(folder, options, more=""):
    """Write a small study of ten cities over three years."""
    draw = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([[f"c{k}" for k in range(10)], range(2010, 2013)], names=["city", "year"])  # fmt: skip
    frame = pd.DataFrame(draw.uniform(1, 9, (30, 3)), index, columns=list("abc"))
    frame.reset_index().to_csv(folder / "cities.csv", index=False)
    (folder / "study.yaml").write_text(INDEX.replace("OPTIONS", options) + more, encoding="utf-8")
    return folder / "study.yaml"


def report_of(path):
    """Run a study, and read its report."""
    call("run", path, "--out", path.parent / "results")
    return (path.parent / "results" / "report.md").read_text(encoding="utf-8")


def test_a_plain_index_keeps_its_report(tmp_path):
    """An index of `columns`, of which nothing else is asked, has no chapter: decoupling stays with the data."""
    path = study_of(tmp_path, "columns: [a, b]")
    spec = load(path)

    assert indices_of(spec, StudyView(spec)) == frozenset()
    text = report_of(path)
    assert "Composite index" not in text
    assert text.index("  Data") < text.index("Decoupling of c from a") < text.index("  Method")


def test_a_plain_index_over_space_and_time_has_the_chapter(tmp_path):
    """What is asked of it makes it a subject: ranks and gaps stand in the chapter."""
    path = study_of(
        tmp_path, "columns: [a, b]", "space_and_time: {quality: {top: 2, density: {}}}\n"
    )
    spec = load(path)

    assert indices_of(spec, StudyView(spec)) == {"quality"}
    text = report_of(path)
    assert "  Composite index" in text
    assert "## 3  Efficiency" not in text


@pytest.mark.long
def test_an_index_within_each_year_has_no_course(tmp_path):
    """Scaled within each period its mean says nothing of growth: no sentence, no figure of its course."""
    text = report_of(study_of(tmp_path, "positive: [a, b], pool: period"))
    rising = report_of(study_of(tmp_path, "positive: [a, b]"))

    assert "Distribution of quality over time" in rising
    assert "The mean of quality over" in rising
    assert "In 2012 quality is highest in" in text
    assert "Distribution of quality over time" not in text
    assert "The mean of quality" not in text


def test_weights_of_which_none_is_largest_are_not_named(tmp_path):
    """Equal weights: the sentence on the largest weight is left out."""
    text = report_of(study_of(tmp_path, "positive: [a, b], weights: equal"))

    assert "weighs most" not in text
