"""The declared level holds wherever an interval, a filled point or a star stands, in every exhibit of a study."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

from made_everything import STUDY, places, write_study
from printed_charts import points_of, rows_of
from xinzhi.present.chart import Chart
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi_core.wording import LANGUAGES, Message, say
from xinzhi_econometrics.inference import t_tails

# Two whole studies from files, with every section and all their draws: 17 s of processor time each, measured.
pytestmark = pytest.mark.long

DRAWS = 100
RESAMPLED = 2 / (DRAWS + 1)
"""A p-value of draws moves in steps of this size: at the level itself the interval may lie one draw beyond."""
EVERYTHING = (
    STUDY.replace("inference: {scores: {of: [plain], draws: 40}}", "inference: {INFERENCE}")
    .replace("draws: 400", f"draws: {DRAWS}")
    .replace("draws: 40", f"draws: {DRAWS}")
    .replace(
        "  second: {",
        """  robust: {from: baseline/1, columns: [{covariance: hc1}, {covariance: {two_way: [entity, period]}}, {effects: [entity]}]}
  share: {outcome: plain, columns: [{x: [factors, controls], estimator: fractional_logit}]}
  instrumented: {from: baseline/1, instruments: {talent: [policy, firms]}, columns: [{}]}
  second: {""",
    )
    + f"second_stage: {{drivers: {{score: plain, regressors: [talent, policy], algorithm: 1, draws: {DRAWS}}}}}\n"
)


@pytest.fixture(scope="module", params=[(0.10, "bootstrap"), (0.02, "sobel")], ids=str)
def study(request, tmp_path_factory):
    """Run the study with every analysis at a level, with one of the two tests of mediated effects."""
    level, indirect = request.param
    frame = places()
    draw = np.random.default_rng(5)
    frame["talent"] += 0.8 * draw.normal(size=len(frame))
    own = (
        f"level: {level}, indirect: {indirect}, errors: {{cluster: entity}}, scores: {{of: [plain], draws: {DRAWS}}}, "
        f"whole_study: {{draws: {DRAWS}, scheme: bootstrap}}, placebo: {{factors: [talent], draws: {DRAWS}}}"
    )
    path = write_study(
        tmp_path_factory.mktemp("level"), frame, EVERYTHING.replace("INFERENCE", own)
    )
    result = run(path)
    # Where the study of all analyses is written otherwise, its replacements must not be passed over.
    assert result.spec.inference.level == level
    return level, result, content_of(result)


def tables(material):
    """List all tables."""
    return [table for group in material.tables.values() for table in group]


def charts(material):
    """List all charts."""
    return [
        chart for group in material.charts.values() for chart in group if isinstance(chart, Chart)
    ]


def has_intervals(specification):
    """Whether a plot has points with conditional fill, and lines from one bound to the other."""
    layers = specification.get("layer", [])
    kinds = {one["mark"]["type"] for one in layers if isinstance(one.get("mark"), dict)}
    return {"point", "rule"} <= kinds and any(
        {"x2", "y2"} & set(one["encoding"]) for one in layers if one["mark"]["type"] == "rule"
    )


def test_a_point_is_filled_exactly_where_its_interval_leaves_out_zero(study):
    """All plots with points and intervals, found by what is drawn and not by their names."""
    _, _, material = study
    seen = set()
    for chart in charts(material):
        for language in LANGUAGES:
            specification = chart.specifications.get(language, {})
            if not has_intervals(specification):
                continue
            upright = any("y2" in one["encoding"] for one in specification["layer"])
            for point in points_of(chart, language, value="y" if upright else "x"):
                if point.low is None:
                    assert not point.is_filled, (chart.id, point)
                    continue
                assert point.is_filled == (not point.low <= 0 <= point.high), (chart.id, point)
                seen.add((chart.id, point.is_filled))

    assert {name for name, _ in seen} >= {
        "baseline_coefficients", "robust_coefficients", "mechanism_mediated", "cities_groups",
        "specification_curve_talent", "whole_study_intervals",
    }  # fmt: skip
    assert {filled for _, filled in seen} == {True, False}


def test_bands_leave_out_zero_exactly_where_the_line_is_thick(study):
    """Along a moderator: the thick part of the line is where its band is on one side of zero."""
    _, _, material = study
    checked = 0
    for chart in charts(material):
        if not chart.id.endswith("_along"):
            continue
        for rows in chart.specifications["en"]["datasets"].values():
            for row in (row for row in rows if "clear" in row):
                assert (row["clear"] is not None) == (not row["low"] <= 0 <= row["high"])
                checked += 1
    assert checked > 40


def dictionaries(value):
    """List all mappings inside of plain values."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from dictionaries(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from dictionaries(one)


def test_every_interval_of_the_results_agrees_with_its_p(study):
    """Wherever results.json has p with bounds: zero is outside exactly where p is below the level."""
    level, _, material = study
    seen = 0
    for table in tables(material):
        for one in dictionaries(json.loads(json.dumps(table.machine, default=dict))):
            if "level" in one and isinstance(one["level"], float) and "draws" in one:
                assert one["level"] == pytest.approx(1 - level), table.id
            low, high = one.get("ci_low"), one.get("ci_high")
            p = one.get("p", one.get("p_value"))
            if p is None or low is None or any(map(math.isnan, (p, low, high))):
                continue
            near = RESAMPLED if "p_value" in one and table.id == "drivers" else 0.0
            if abs(p - level) > near:
                assert (p < level) == (not low <= 0 <= high), (table.id, one)
                seen += 1
    assert seen > 20


def test_an_interval_ends_where_the_test_of_that_value_has_the_level(study):
    """The t-test of either end of a slope's interval has a p-value of exactly the level."""
    level, result, _ = study
    for name, position in (
        ("baseline", 0),
        ("robust", 0),
        ("robust", 1),
        ("robust", 2),
        ("share", 0),
    ):
        fitted = result.results["tables"][name].columns[position]
        shown = fitted.on_outcome
        for j, judging in enumerate(shown.judge):
            error, df = shown.std_error[j], fitted.covariance.df
            if judging == "cr2":
                error, df = shown.errors[j], shown.df[j]
            for end in (shown.ci_low[j], shown.ci_high[j]):
                t = (shown.estimate[j] - end) / error
                np.testing.assert_allclose(t_tails(t, df), level, rtol=1e-9)


def test_what_ifs_are_printed_with_intervals_that_leave_out_zero(study):
    """A what-if stands only where the effect is significant, so none of its intervals holds zero."""
    _level, _result, material = study
    (what_if,) = [one for one in tables(material) if one.id == "what_if"]
    rows = what_if.machine["what_if"]
    for row in rows:
        assert (row["judgement"] in {"works", "harms"}) == (
            not row["ci_low"] <= 0 <= row["ci_high"]
        )
        if row["judgement"] in {"works", "harms"}:
            assert (row["change"] > 0) == (row["judgement"] == "works")
    assert rows


PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
INTERVAL = re.compile(r"interval|band|区间|置信集|条带|\bset\b")


def said(material, language):
    """List all sentences, headings and row labels that speak of an interval, but not of simulated ones."""

    def walk(words):
        if isinstance(words, Message) and words.template.startswith(
            ("In simulated", "{what}: {note}")
        ):
            return
        yield words

    for table in tables(material):
        words = [*table.notes, *table.reading, table.title]
        words += [part for column in table.columns for part in (column.heading, column.spanner)]
        words += [row.label for row in table.rows]
        for one in filter(None, words):
            for kept in walk(one):
                yield table.id, say(kept, language) if not isinstance(kept, str) else kept
    for chart in charts(material):
        for note in chart.notes:
            for kept in walk(note):
                yield chart.id, say(kept, language) if not isinstance(kept, str) else kept
    for where, paragraphs in material.prose.items():
        yield from ((where, say(one, language)) for one in paragraphs)
    yield from (("abstract", say(one, language)) for one in material.abstract)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_name_the_level_of_the_intervals(study, language):
    """Every percentage that stands before the word interval is 1 less the level, in both languages."""
    level, _, material = study
    wanted, found = f"{100 * (1 - level):g}", 0
    before = (
        re.compile(
            r"(\d+(?:\.\d+)?)% (?:confidence |percentile )?(?:interval|band)|set \((\d+)%\)|interval of (\d+)%"
        )
        if language == "en"
        else re.compile(r"(\d+(?:\.\d+)?) ?% ?(?:置信)?区间|置信集（(\d+)%）")
    )
    for place, sentence in said(material, language):
        if re.search(r"simulated|模拟", sentence):
            continue
        for match in before.finditer(sentence):
            assert next(filter(None, match.groups())) == wanted, (place, sentence)
            found += 1
    assert found > 25


def test_rows_of_a_plot_are_the_rows_that_are_drawn(study):
    """The reader of plots sees every estimated coefficient of a table: none is left out above."""
    _, result, material = study
    (plot,) = [one for one in charts(material) if one.id == "robust_coefficients"]
    layer = next(
        one for one in plot.specifications["en"]["layer"] if one["mark"]["type"] == "point"
    )

    assert len(rows_of(plot.specifications["en"], layer)) == 3
    found = {point.words: point for point in points_of(plot)}
    for n, column in enumerate(result.results["tables"]["robust"].columns, 1):
        point = found[f"Talent ({n})"]
        assert (point.low, point.high) == pytest.approx(
            (column.ci_low[0], column.ci_high[0]), rel=1e-12
        )
