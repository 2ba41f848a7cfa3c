"""What is told first: four lines that follow the verdicts, short in both languages, at the head of every format."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import made_cells
import made_report
import second_writer as again
from drawn_marks import panel_of
from made_shown import asked
from printed import digits
from xinzhi.analyses.exhibits import AbstractSentence, HeadSentence
from xinzhi.analyses.pathways import pathway_tables
from xinzhi.analyses.pathways import show as of_pathways
from xinzhi.analyses.regressions import show as of_slopes
from xinzhi.analyses.regressions.charts import charts
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.present.chart import Chart
from xinzhi.present.chart_style import BLUE
from xinzhi.report.build import text_of, with_charts
from xinzhi.report.document import compose
from xinzhi.report.exhibits import shown_alone
from xinzhi.report.format import Setting
from xinzhi.report.formats.md import write_md
from xinzhi.report.head import LONGEST, abstract_of, length_of, told_first
from xinzhi.study.run import run
from xinzhi_core.wording import say

SEEDS = range(30)
FACTORS = {"talent": "Talent", "patents": "patents"}
LEVEL = 0.1
LANGUAGES = ("en", "zh")


def drawn(draw, like=None, kind="cluster"):
    """Slopes of both signs on both sides of the level, with the sign, error and p of each."""
    slopes = {}
    for name in FACTORS:
        b, p = float(draw.normal()), float(draw.choice([0.001, 0.05, 0.2, 0.8]))
        slopes[name] = (b, abs(b) / stats.norm.isf(p / 2), p)
    made = made_report.estimates(slopes, outcome="green", kind=kind)
    return slopes, replace(made, residuals=like.residuals) if like is not None else made


def head_of(asked_of, result):
    """Give the lines that regressions declare: line -> sentences in English."""
    lines = {}
    for one in of_slopes.head(result, asked_of.shown):
        lines.setdefault(one.line, []).append(str(one.text))
    return lines


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lines_follow_the_verdicts(mechanism, seed):
    """Found: each factor by its verdict; how sure: what clusters change; how large: one standard deviation."""
    draw = np.random.default_rng(seed)
    one = asked(mechanism.result, "tables", "baseline")
    like = mechanism.result.results["tables"]["baseline"].columns[0]
    slopes, main = drawn(draw, like, kind="hc1")
    others, clustered = drawn(draw, like)
    # The same slopes under other errors: only the p-values differ.
    clustered = replace(clustered, estimate=main.estimate)
    result = RegressionColumns((main,), clustered={0: clustered})
    lines = head_of(one, result)

    told = [(FACTORS[n], b, 0.0, 0.0, p) for n, (b, _, p) in slopes.items()]
    assert lines["found"] == [again.associations(told, "Green", LEVEL, "names") + "."]
    assert lines["sure"][0] == "By HC1 robust standard errors, at 10%."
    before = {n: again.significance(b, p, LEVEL) for n, (b, _, p) in slopes.items()}
    after = {n: again.significance(slopes[n][0], p, LEVEL) for n, (_, _, p) in others.items()}
    assert lines["sure"][1:] == under_clusters(before, after)
    if set(before.values()) == {"none"}:
        assert lines["large"] == ["No association is significant, so that none is given a size."]
        assert lines["not_shown"] == ["That associations are absent: not significant is not zero."]
        return
    assert lines["not_shown"] == ["That any of these associations is causal."]
    frame = mechanism.result.panel.frame.loc[like.residuals.index]
    items = [
        f"{FACTORS[n]} {again.signed(b * float(frame[n].std(ddof=1)))}"
        for n, (b, *_) in slopes.items()
        if before[n] != "none"
    ]
    assert lines["large"] == [f"One standard deviation more: {again.listed(items)}."]


def under_clusters(before, after):
    """Write what clustered errors change a second time."""
    kept = [FACTORS[n] for n in before if before[n] == after[n] != "none"]
    lost = [n for n in before if before[n] != "none" and after[n] != before[n]]
    gained = [FACTORS[n] for n in before if before[n] == "none" != after[n]]
    if not lost and not gained:
        return ["Clustered by entity, the verdicts stand."]
    told = []
    if lost and not kept:
        told.append("Clustered by entity, none remains significant.")
    elif lost:
        told.append(f"Clustered by entity, still significant: {again.enumerated(kept)}.")
    if gained:
        told.append(f"Clustered by entity, also significant: {again.enumerated(gained)}.")
    return told


@pytest.mark.parametrize("seed", SEEDS[:6])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_beside_the_lines_shows_each_verdict(mechanism, seed, language):
    """Each factor twice, as declared and clustered: filled where significant, the interval then on one side of 0."""
    draw = np.random.default_rng(seed)
    one = asked(mechanism.result, "tables", "baseline")
    like = mechanism.result.results["tables"]["baseline"].columns[0]
    slopes, main = drawn(draw, like, kind="hc1")
    others, clustered = drawn(draw, like)
    b, error = main.estimate, clustered.std_error
    clustered = replace(clustered, estimate=b, ci_low=b - 2 * error, ci_high=b + 2 * error)
    result = RegressionColumns((main,), clustered={0: clustered})

    first, table = charts(result, one.shown)

    assert first.is_told_first
    assert not table.is_told_first
    panel = panel_of(first, language)
    ways = {
        "en": ("{}, as declared", "{}, clustered by entity"),
        "zh": ("{}（所声明的标准误）", "{}（按个体聚类）"),
    }[language]
    labels = {n: say(one.shown.style.labels.get(n, n), language) for n in FACTORS}
    assert panel.y.order == [way.format(labels[n]) for n in FACTORS for way in ways]
    points = {panel.y.label(mark.points[0][1]): mark for mark in panel.of("symbol")}
    lines = {panel.y.label(m.points[0][1]): m for m in panel.of("rule") if m.stroke == BLUE}
    near = 0.01 * abs(panel.x.value(0.0) - panel.x.value(500.0))
    for n, (b, *_) in slopes.items():
        for way, (_, error, p) in zip(ways, (slopes[n], others[n]), strict=True):
            word = way.format(labels[n])
            assert panel.x.value(points[word].points[0][0]) == pytest.approx(b, abs=near)
            assert (points[word].fill == BLUE) == (p < LEVEL)
            ends = sorted(panel.x.value(x) for x, _ in lines[word].points)
            # Made estimates have intervals of two errors to each side.
            assert ends == pytest.approx([b - 2 * error, b + 2 * error], abs=near)


@pytest.mark.parametrize("fixture", ["mechanism", "everything"])
def test_the_picture_stands_at_the_head_alone(fixture, request):
    """It is the first figure, stands with the lines and in no other chapter; every other chart keeps its place."""
    content = with_charts(
        text_of(request.getfixturevalue(fixture).result), request.getfixturevalue(fixture).result
    )
    document = compose(content)
    where = [
        (section.id, block.is_told_first)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Chart)
    ]
    assert [is_first for _, is_first in where].count(True) == 1
    assert where[0] == ("told_first", True)
    assert len(where) == sum(map(len, content.charts.values()))


def test_without_clusters_the_picture_is_that_of_the_first_column(mechanism):
    """Of several columns the first has a picture of its own; a single one is not drawn twice."""
    one = asked(mechanism.result, "tables", "baseline")
    columns = mechanism.result.results["tables"]["baseline"].columns
    several = list(charts(RegressionColumns((columns[0], columns[0])), one.shown))
    assert [chart.is_told_first for chart in several] == [True, False]
    alone = list(charts(RegressionColumns((columns[0],)), one.shown))
    assert [chart.is_told_first for chart in alone] == [True]


def test_one_standard_deviation_goes_through_the_transforms(tmp_path):
    """A deviation from the mean in own units, carried through ln(1+x) on both sides: computed a second time."""
    text = made_cells.MECHANISM
    text = text[: text.index("mediation:")] + text[text.index("report:") :]
    for name in ("talent", "green"):
        assert f"{name}: {{column: {name}," in text
        text = text.replace(
            f"{name}: {{column: {name},", f"{name}: {{column: {name}, transform: ln1p,"
        )
    frame = made_cells.mechanism_frame()
    frame["talent"] = np.exp(frame["talent"] / 4)
    frame["green"] = np.exp(frame["green"] / 4) + 0.2 * frame["talent"]
    found = run(made_cells.made_mechanism.write_study(tmp_path, frame, text))
    one = asked(found, "tables", "baseline")
    column = one.result.columns[0]
    frame = found.panel.frame.loc[column.residuals.index]
    spec = found.spec.variables
    transforms = {name: spec.transform_of(value) for name, value in spec.named.items()}
    assert "ln1p" in transforms.values()
    forward = {"none": float, "ln1p": np.log1p, "ln": np.log}
    back = {"none": float, "ln1p": np.expm1, "ln": np.exp}
    x, y = frame["talent"], float(frame["green"].mean())
    b = float(column.estimate[column.names.index("talent")])
    f, g, back_g = (
        forward[transforms["talent"]],
        forward[transforms["green"]],
        back[transforms["green"]],
    )
    moved = b * float(f(x.mean() + x.std(ddof=1)) - f(x.mean()))
    change = float(back_g(g(y) + moved)) - y

    (line,) = of_slopes._how_large(of_slopes.main_of(one.result, one.shown), one.shown)

    assert abs(moved - change) > 0.001  # else the way back would not matter
    assert f"Talent {again.signed(change)}" in str(line.text)


def test_one_that_is_0_or_1_moves_from_0_to_1_and_many_give_the_largest(mechanism):
    """Four sizes are too many for a line: the three largest stand, in the order of the table."""
    one = asked(mechanism.result, "tables", "baseline")
    main = of_slopes.main_of(one.result, one.shown)
    changes = {"talent": 0.1, "patents": -0.4, "firms": 0.3, "policy": 0.2}
    sizes = tuple(
        of_slopes.Size(name, 0.0, 1.0, 0.5, change, "binary" if name == "policy" else "sd")
        for name, change in changes.items()
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(of_slopes, "sizes_of", lambda *_, **__: sizes)
        (line,) = of_slopes._how_large(main, one.shown)
    assert str(line.text) == (
        "One standard deviation more, the largest: patents −0.400, Firms +0.300, Policy +0.200 (1 rather than 0)."
    )


@pytest.mark.parametrize("fixture", ["mechanism", "everything", "scored", "resampled"])
def test_every_line_is_short_and_stands_first(fixture, request):
    """Two or more sentences fit the line in both languages, and nothing is printed before the lines."""
    content = text_of(request.getfixturevalue(fixture).result)
    assert content.told
    assert [str(line.title) for line in content.told][:2] == ["Found", "How sure"]
    for line in content.told:
        for language in LANGUAGES:
            words = say(line.sentence, language)
            is_one = len(re.findall(r"[.。](?: |$|(?=[一-鿿]))", words)) == 1
            assert is_one or length_of(words, language) <= LONGEST[language], words
    document = compose(content)
    assert document.sections[0].id == "told_first"
    page = write_md(document, Setting(("zh", "en")))["report.en.md"].decode()
    for line in content.told:
        assert f"**{line.title}** " in page
    assert page.index("**Found**") < page.index("## Abstract")


def test_the_level_and_the_distance_are_those_of_the_scores(everything):
    """Mean, certified scores and the step from the median to the upper quartile of the last period."""
    one = asked(everything.result, "efficiency", "green")
    found = one.result
    frame = pd.DataFrame({"period": [t for _, t in found.labels], "score": found.scores})
    last = frame[frame["period"] == frame["period"].max()]["score"].quantile([0.5, 0.75])
    gap = digits(float(last[0.75] - last[0.5]))
    text = " ".join(str(line.text) for line in told_first(_declared_by_efficiency(everything)))
    year = max(t for _, t in found.labels)
    assert f"From the median of Green efficiency to its upper quartile in {year}: {gap}." in text
    assert f"Each of {len(found.scores)} scores is certified optimal." in text


def _declared_by_efficiency(case):
    return shown_alone(case.result, "efficiency").exhibits.head


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("gone", [0, 1, 2])
def test_what_the_default_inference_leaves_is_one_sentence(left, gone):
    """Some remain, none remains, or both."""
    declared = [HeadSentence("found", "A rises."), HeadSentence("sure", "By errors.")]
    declared += [HeadSentence("left", "2 of 4 effects")] * left
    declared += [HeadSentence("gone", name) for name in ("pathway", "difference")[:gone]]
    (_, sure) = told_first(declared)
    none = {0: "", 1: "pathway", 2: "pathway or difference"}[gone]
    told = {
        (0, False): "",
        (0, True): f" The default tests leave no {none}.",
        (1, False): " The default tests leave 2 of 4 effects.",
        (1, True): f" The default tests leave 2 of 4 effects, and no {none}.",
    }[(left, bool(gone))]
    assert str(sure.sentence) == f"By errors.{told}"


def test_a_line_that_is_full_takes_no_more():
    """The first sentence stands whatever its length; a later one only where there is room, in both languages."""
    long, short = "word " * 29 + "end.", "Short."
    (line,) = told_first([HeadSentence("found", long), HeadSentence("found", short, 1)])
    assert str(line.sentence) == long
    (line,) = told_first([HeadSentence("found", short, 1), HeadSentence("found", "First.", 0)])
    assert str(line.sentence) == "First. Short."


def test_an_abstract_gives_way_from_its_details():
    """At most 12 numbers and 220 words: classes go first, then the level, then the method; never the finding."""
    numbers = {n: " ".join(str(at) for at in range(n)) for n in (4, 5, 6)}
    declared = [
        AbstractSentence("level", f"Level {numbers[5]}."),
        AbstractSentence("classes", f"Classes {numbers[4]}."),
        AbstractSentence("lead", f"Lead {numbers[6]}."),
        AbstractSentence("caveat", "None remains."),
    ]
    (text,) = abstract_of(declared)
    assert str(text) == f"Lead {numbers[6]}. Level {numbers[5]}. None remains."
    (text,) = abstract_of([*declared, AbstractSentence("method", "By method 1 and 2.")])
    assert str(text) == f"Lead {numbers[6]}. By method 1 and 2. None remains."
    (text,) = abstract_of([*declared, AbstractSentence("finding", "word " * 215 + "end.")])
    assert str(text) == f"Lead {numbers[6]}. None remains."


@pytest.mark.parametrize("fixture", ["mechanism", "everything", "scored", "resampled"])
def test_abstracts_are_short(fixture, request):
    """Counted here a second time, in both languages."""
    for paragraph in text_of(request.getfixturevalue(fixture).result).abstract:
        for language, most in (("en", 220), ("zh", 350)):
            said = say(paragraph, language)
            words = said.split() if language == "en" else re.findall(r"[一-鿿]", said)
            assert len(words) <= most
            assert len(re.findall(r"(?<![A-Za-z\d.])\d[\d,.]*", said)) <= 12


def test_a_page_of_an_entity_says_how_sure_its_pathways_are(everything):
    """A reader of one page alone sees what the default errors and tests leave of pathways."""
    one = asked(everything.result, "typology").with_inference(indirect="sobel", family="none")
    k = sum(bool(city.supported) for city in one.result.pathways.by_city.values())
    result = replace(one.result, supported_by_default={"": 0})
    view = pathway_tables.build_view(result, one.section, one.shown)
    pages = of_pathways.city_pages(view).items
    caveat = [str(words) for words in pathway_tables.under_defaults(result, one.shown)]
    with_pathway = {name for name, city in result.pathways.by_city.items() if city.supported}
    assert bool(caveat) == bool(k)
    for page in pages:
        said = [str(words) for words in page.sentences]
        assert set(caveat) <= set(said) or page.key not in with_pathway
