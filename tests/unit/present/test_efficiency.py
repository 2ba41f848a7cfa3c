from __future__ import annotations

import statistics

import pytest

from made_report import efficiency, four_scores
from xinzhi.analyses.efficiency.show import efficiency_ranking, efficiency_summary
from xinzhi.present.numbers import write
from xinzhi_frontier.options import Options


def texts(row):
    return [str(write(cell, "en")) for cell in row.cells]


def said(wordings):
    return " ".join(str(wording) for wording in wordings)


def test_scores_are_summarised_by_period():
    """n, mean, standard deviation (n - 1), minimum, maximum and frontier rows of certified scores."""
    found = efficiency_summary("s", "S", four_scores())

    sd = statistics.stdev([0.5, 1.5])
    assert texts(found.rows[0]) == ["2", "1.000", f"{sd:.3f}", "0.500", "1.500", "1", "0"]
    assert texts(found.rows[1]) == ["1", "0.700", "—", "0.700", "0.700", "0", "1"]
    assert found.rows[2].key == "all"


def test_rows_without_a_score_are_counted_by_status():
    """An infeasible row is in no mean; its count stands in the table, the note and the machine part."""
    found = efficiency_summary("s", "S", four_scores())

    assert found.columns[-1].key == "infeasible"
    assert "program is infeasible: 1" in said(found.notes)
    assert found.machine["periods"]["all"]["infeasible"] == 1
    assert found.machine["periods"]["all"]["mean"] == statistics.fmean([0.5, 0.7, 1.5])


def test_statuses_that_do_not_occur_have_no_column():
    """Where every row is certified the table has no column of exceptions."""
    found = efficiency_summary("s", "S", efficiency([0.5, 1], [("a", None), ("b", None)]))

    assert [column.key for column in found.columns][-1] == "on_frontier"
    assert [row.key for row in found.rows] == ["all"]


def test_nothing_certified_is_said():
    """Without any score there are dashes and a sentence, not numbers."""
    found = efficiency_summary("s", "S", efficiency([None], [("a", 2008)]))

    assert texts(found.rows[0])[:3] == ["0", "—", "—"]
    assert "No row has a certified score." in said(found.reading)


def test_options_and_certificate_stand_under_the_table():
    """The notes say the options in force and the worst certificate."""
    options = Options(returns_to_scale="variable", reference="window", window=3)
    notes = said(efficiency_summary("s", "S", efficiency([1.0], [("a", 1)], options=options)).notes)

    assert "super-SBM, bad outputs as outputs (form A), variable returns to scale" in notes
    assert "frontier of a window of 3 periods" in notes
    assert "1 of 1 scores is certified optimal" in notes
    assert "gap 1e−12" in notes


def test_one_frontier_per_period_tells_ranks_only():
    """Means of scores against different frontiers come with a warning."""
    result = efficiency(
        [0.5, 0.6], [("a", 1), ("a", 2)], options=Options(reference="contemporaneous")
    )

    assert "within a period, not between periods" in said(
        efficiency_summary("s", "S", result).reading
    )


def test_entities_are_ranked_by_mean_score():
    """Equal means share a rank and stand in order of name; entities without a score have none."""
    labels = [("b", 1), ("a", 1), ("c", 1), ("d", 1)]
    found = efficiency_ranking("r", "R", efficiency([0.5, 0.5, 0.9, None], labels))

    assert [(row.key, texts(row)[0]) for row in found.rows] == [("c", "1"), ("a", "2"), ("b", "2")]
    assert "without a rank: 1" in said(found.notes)


def test_long_rankings_show_both_ends():
    """Of many entities the first and the last are shown, with a rule between, and a note says so."""
    result = efficiency([i / 20 for i in range(20)], [(f"e{i:02}", 1) for i in range(20)])
    found = efficiency_ranking("r", "R", result, shown=2)

    assert [row.key for row in found.rows] == ["e19", "e18", "e01", "e00"]
    assert [row.rule_above for row in found.rows] == [False, False, True, False]
    assert len(found.machine["entities"]) == 20


@pytest.mark.parametrize(
    ("options", "scores", "on_frontier", "words"),
    [
        (Options("radial", orientation="output"), [1.0, 1.25, 2.0], "1", "(score of 1 or less)"),
        (Options("directional"), [0.0, 0.0, 0.5], "2", "(score of 0)"),
        (Options("radial", orientation="input"), [0.5, 1.0, 0.8], "1", "(score of 1 or more)"),
        (Options("super_radial", orientation="output"), [0.8, 1.0, 2.0], "2", "(score of 1 or less)"),
    ],
)  # fmt: skip
def test_the_frontier_is_where_the_measure_has_it(options, scores, on_frontier, words):
    """φ = 1 and β = 0 are the frontier; larger scores lie behind it, and a note says that lower is better."""
    labels = [(name, 1) for name in "abc"]
    result = efficiency(scores, labels, options=options)
    found = efficiency_summary("s", "S", result)

    (row,) = found.rows
    assert (
        texts(row)[found.columns.index(next(c for c in found.columns if c.key == "on_frontier"))]
        == on_frontier
    )
    assert f"rows on the frontier {words}: {on_frontier}." in said(found.reading)
    noted = "A lower score is better" in said(efficiency_ranking("r", "R", result).notes)
    assert noted == (words != "(score of 1 or more)")
