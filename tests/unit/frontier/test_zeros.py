"""A zero that a measure divides by: refused with its places, or told with what it does to others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import xinzhi as xz
from cases_efficiency import activities
from xinzhi.analyses.efficiency.show import efficiency_notes
from xinzhi_core.errors import OutOfDomain
from xinzhi_core.packages import is_ours
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import productivity

SAME = 1e-9
"""Both numbers are certified to 1e-9 (convention N2)."""
MOVED = 1e-8
"""Below this two certified scores are the same; the notice counts by it."""
SLACKS = [
    Options("sbm"),
    Options("super_sbm"),
    Options("super_sbm", "variable", bads="inputs"),
    Options("russell", orientation="input"),
    Options("sbm_nonseparable", nonseparable=("x0", "y0", "b0")),
    Options("sbm_nonseparable_free", nonseparable=("x0", "y0", "b0"), alpha_min=0.2),
    Options("epsilon_based"),
    Options("additive", direction="own"),
    Options("nonradial_directional"),
]
"""Measures that divide by the row's own inputs."""
OTHERS = [
    Options("radial", orientation="input"),
    Options("super_radial", orientation="input"),
    Options("directional"),
    Options("additive"),
    Options("additive", direction="mean"),
    Options("nonradial_directional", direction="mean"),
    Options("nonradial_directional", weights={"x0": 0, "x1": 0, "y0": 1, "y1": 0, "b0": 1}),
    Options("range_adjusted"),
    Options("range_directional", "variable"),
    Options("sbm", orientation="output"),
    Options("russell", orientation="output"),
]
"""Measures that do not."""


def rows_with(zeros, n=8, years=3, part="x"):
    """Draw a panel with 0 in some (row, column) of the inputs, goods or bads."""
    rng = np.random.default_rng(12)
    labels = [(f"e{i}", 2000 + t) for i in range(n) for t in range(years)]
    parts = {
        name: rng.uniform(1, 3, (len(labels), k)) for name, k in (("x", 2), ("y", 2), ("b", 1))
    }
    for row, column in zeros:
        parts[part][row, column] = 0
    return activities(parts["x"], parts["y"], parts["b"], labels=labels)


def without(rows, positions):
    return rows.take([i for i in range(rows.n) if i not in positions])


@pytest.mark.parametrize("options", SLACKS, ids=lambda o: f"{o.measure}-{o.direction}")
def test_a_zero_below_a_fraction_line_is_refused(options):
    """By column, with the count, the first three places, and the choices."""
    rows = rows_with([(4, 0), (9, 0), (13, 0), (17, 0), (2, 1)])

    with pytest.raises(OutOfDomain) as caught:
        evaluate(rows, options=options)

    first, second = caught.value.problems
    assert (first.code, first.where.column, first.where.entity) == ("dea.zero_input", "x0", "e1")
    assert "4 rows" in str(first.what)
    assert "e1 2001, e3 2000, e4 2001 and 1 more" in str(first.what)
    assert "1 row," in str(second.what)
    for choice in ("keep", "drop_row", "drop_term"):
        assert choice in str(first.remedy)


@pytest.mark.parametrize(
    "options", OTHERS, ids=lambda o: f"{o.measure}-{o.orientation}-{o.direction}"
)
def test_a_zero_that_nothing_divides_by_is_an_amount(options):
    """A radial score with a zero input stays valid; so does a distance, or a mean of outputs."""
    result = evaluate(rows_with([(4, 0), (9, 0)]), options=options)

    assert not any(notice.code.startswith("dea.") for notice in result.notices)
    assert result.count("undefined") == 0


def test_every_measure_is_tried():
    """A measure that joins the family has to say which side it stands on."""
    ours = {name for name, one in MEASURES if is_ours(one.run.__module__)}

    assert {o.measure for o in (*SLACKS, *OTHERS)} == ours
    for options in SLACKS:
        assert "inputs" in MEASURES.get(options.measure).traits.divides_by_own(options)
    for options in OTHERS:
        inputs = "inputs" in MEASURES.get(options.measure).traits.divides_by_own(options)
        assert not inputs or options.weights


@pytest.mark.parametrize(("part", "code"), [("y", "dea.zero_output"), ("b", "dea.zero_bad")])
def test_the_code_says_what_is_zero(part, code):
    """Good and bad outputs as inputs."""
    with pytest.raises(OutOfDomain) as caught:
        evaluate(rows_with([(4, 0)], part=part))

    assert caught.value.code == code


@pytest.mark.parametrize("options", SLACKS, ids=lambda o: f"{o.measure}-{o.direction}")
def test_a_dropped_row_is_no_part_of_anything(options):
    """`drop_row`: the others have the scores of a file without the row; it has a status."""
    zeros = [(4, 0), (9, 1)]
    rows = rows_with(zeros)
    out = [row for row, _ in zeros]

    found = evaluate(rows, options=replace(options, zeros="drop_row"))
    alone = evaluate(without(rows, out), options=options)

    others = [i for i in range(rows.n) if i not in out]
    np.testing.assert_allclose(found.scores[others], alone.scores, rtol=0, atol=SAME)
    assert [found.statuses[i] for i in out] == ["dropped", "dropped"]
    assert np.isnan(found.scores[out]).all()
    peers = {peer.position for row in found.peers for peer in row}
    assert not peers & set(out)
    assert sum("left out of the scores" in str(notice.text) for notice in found.notices) == 2


@pytest.mark.parametrize("options", SLACKS, ids=lambda o: f"{o.measure}-{o.direction}")
def test_a_kept_row_is_listed_with_the_scores_that_it_moves(options):
    """`keep`: no score of its own; exactly the rows that change without it are counted and named."""
    rows = rows_with([(4, 0)])

    kept = evaluate(rows, options=replace(options, zeros="keep"))
    alone = evaluate(without(rows, [4]), options=options)

    others = [i for i in range(rows.n) if i != 4]
    change = np.abs(kept.scores[others] - alone.scores)
    moved = [kept.labels[others[i]] for i in np.flatnonzero(change > MOVED)]
    (notice,) = [one for one in kept.notices if one.code == "dea.zeros_kept"]
    assert kept.statuses[4] == "undefined"
    assert moved, "the case must show something"
    assert f"change {len(moved)} of {len(others)} other scores" in str(notice.text)
    for entity, period in moved[:20]:
        assert f"{entity} {period}" in str(notice.text).partition("Changed: ")[2]


def test_a_kept_row_that_moves_nothing_says_so():
    """A row that is dominated by far leaves all scores as they are."""
    rows = rows_with([(4, 0)])
    inputs, goods = rows.inputs.copy(), rows.good_outputs.copy()
    inputs[4], goods[4] = [0, 1e6], 1e-3
    rows = activities(inputs, goods, rows.bad_outputs, labels=rows.labels)

    notices = evaluate(rows, options=Options("sbm", zeros="keep")).notices

    assert any("change no other scores" in str(one.text) for one in notices)


def test_the_file_of_the_brief_moves_most_of_its_scores(shared):
    """One city with 0 people changes more than half of the other scores by up to 0.79."""
    panel = xz.read(
        shared / "cases" / "badinput" / "f01_zero_input.csv", entity="城市", period="年份"
    )
    roles = {
        "inputs": ["年末人口", "全社会用电量"],
        "good_outputs": "地区生产总值",
        "bad_outputs": "二氧化碳排放",
    }

    kept = xz.evaluate(panel, zeros="keep", **roles)
    dropped = xz.evaluate(panel, zeros="drop_row", **roles)

    change = np.abs(kept.scores - dropped.scores)
    assert np.nanmax(change) > 0.7
    assert any(f"change {(change > MOVED).sum()} of 23" in str(one.text) for one in kept.notices)
    with pytest.raises(OutOfDomain, match="襄阳 2008"):
        xz.evaluate(panel, **roles)
    assert xz.evaluate(panel, measure="ccr", **roles).count("certified") == 24


def test_a_whole_period_and_entity_are_named_as_missing_values():
    """Also where the measure could live with the zeros."""
    zeros = [(i, 0) for i in range(24) if i % 3 == 1 or i // 3 == 5]

    found = evaluate(rows_with(zeros), options=Options("radial", orientation="input"))

    told = [str(notice.text) for notice in found.notices]
    assert any("all 8 rows of 2001: the values look like missing" in text for text in told)
    assert any("all 3 rows of e5: the values look like missing" in text for text in told)
    with pytest.raises(OutOfDomain) as caught:
        evaluate(rows_with([(i, 0) for i in range(24) if i % 3 == 1]))
    (problem,) = caught.value.problems
    assert (problem.where.column, problem.where.period) == ("x0", 2001)


def test_a_column_of_zeros_is_named_as_missing_values():
    """One sentence, not one for each year."""
    with pytest.raises(OutOfDomain) as caught:
        evaluate(rows_with([(i, 0) for i in range(24)]))

    assert len(caught.value.problems) == 1
    assert "column of missing values" in str(caught.value)


def test_one_row_of_a_period_is_no_whole_period():
    """A cross-section has no periods, and one row alone is a cell."""
    with pytest.raises(OutOfDomain) as caught:
        evaluate(activities([[0, 1], [1, 1], [1, 2]], [[1], [1], [1]]))

    assert "missing" not in str(caught.value.problems[0].what)


@pytest.mark.parametrize("reference", ["contemporaneous", "sequential", "biennial", "global"])
@pytest.mark.parametrize("exclude", ["observation", "entity"])
def test_a_dropped_row_leaves_every_kind_of_frontier(reference, exclude):
    """All rows of a year too: the others have the scores that they have without it."""
    zeros = [(i, 0) for i in range(24) if i % 3 == 2] + [(4, 1)]
    rows = rows_with(zeros)
    out = {row for row, _ in zeros}
    options = Options(reference=reference, exclude=exclude, zeros="drop_row")

    found = evaluate(rows, options=options)
    alone = evaluate(without(rows, out), options=options)

    others = [i for i in range(rows.n) if i not in out]
    if reference != "biennial":  # the last year that is there pairs with the one before
        np.testing.assert_allclose(found.scores[others], alone.scores, rtol=0, atol=SAME)
    assert found.count("dropped") == len(out)


def test_groups_and_chosen_rows_go_with_the_rows():
    """A group frontier and a frontier of chosen rows keep their meaning when rows leave."""
    rows = rows_with([(4, 0)])
    groups = ["a" if i < 12 else "b" for i in range(rows.n)]
    chosen = np.array([0, 4, 7, 15], dtype=np.intp)

    grouped = evaluate(
        rows, options=Options("sbm", reference="group", group="g", zeros="keep"), groups=groups
    )
    with_chosen = evaluate(
        rows, options=Options("sbm", reference="rows", zeros="keep"), reference_rows=chosen
    )

    for result in (grouped, with_chosen):
        assert result.statuses[4] == "undefined"
        assert any(notice.code == "dea.zeros_kept" for notice in result.notices)


def test_nothing_is_left_where_all_rows_are_zero():
    """Without any row there is nothing to measure: an error, not an empty table."""
    rows = rows_with([(i, i % 2) for i in range(24)])

    with pytest.raises(OutOfDomain, match="no row is left"):
        evaluate(rows, options=Options(zeros="drop_row"))


def test_an_index_of_productivity_treats_zeros_alike():
    """Refused, dropped with the pairs that need the row, or kept with the values that it moves."""
    rows = rows_with([(4, 0)])
    chosen = {zeros: Options("sbm", zeros=zeros) for zeros in ("keep", "drop_row", "drop_term")}

    with pytest.raises(OutOfDomain, match="e1 2001"):
        productivity(rows, index="malmquist", options=Options("sbm"))
    dropped = productivity(rows, index="malmquist", options=chosen["drop_row"])
    alone = productivity(without(rows, [4]), index="malmquist", options=Options("sbm"))
    kept = productivity(rows, index="malmquist", options=chosen["keep"])

    np.testing.assert_allclose(dropped.values, alone.values, rtol=0, atol=SAME)
    assert {"dea.zero_input", "productivity.unbalanced"} <= {n.code for n in dropped.notices}
    assert "index values" in str(next(n for n in kept.notices if n.code == "dea.zeros_kept").text)
    assert np.isfinite(
        productivity(rows, index="malmquist", options=chosen["drop_term"]).values
    ).all()


def test_a_row_of_which_nothing_can_move_is_named():
    """A row without any output has no φ and no score: it is told, as it stays in the reference set."""
    rows = activities([[1], [1], [2]], [[1], [0], [1]])

    result = evaluate(rows, options=Options("radial", orientation="output"))

    (notice,) = [one for one in result.notices if one.code == "efficiency.undefined"]
    assert "d1" in str(notice.text)


def test_zeros_do_not_depend_on_the_order_of_rows():
    """The same places are named, the same rows are moved (convention D5)."""
    rows = rows_with([(4, 0), (9, 0)])
    order = np.random.default_rng(1).permutation(rows.n).tolist()

    for zeros in ("keep", "drop_row"):
        given = evaluate(rows, options=Options("sbm", zeros=zeros))
        other = evaluate(rows.take(order), options=Options("sbm", zeros=zeros))
        np.testing.assert_allclose(given.scores[order], other.scores, rtol=0, atol=SAME)


def test_a_fallback_does_not_drop_a_term_without_a_word():
    """Two stages divide by both sides: a row with a zero good stays infeasible unless terms may go."""
    rows = activities(
        [[1, 1], [1, 1], [2, 3]], [[1, 0], [1, 1], [2, 2]], [[0.5], [1], [2]],
    )  # fmt: skip
    options = Options(orientation="input", fallback="two_stage")

    refused = evaluate(rows, options=options)
    dropped = evaluate(rows, options=replace(options, zeros="drop_term"))

    assert refused.statuses[0] == "infeasible"
    assert dropped.statuses[0] == "certified"
    assert dropped.methods[0] == "two_stage"


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_alpha_moves_beside_a_nonseparable_zero(returns):
    """By hand: d1 makes half of y1 and of b0, and the lost half of y1 more of y0.

    d0 reaches d1 with α = 1/2: three terms are left below the line, y0 gains 1/2 of itself, y1 and b0
    fall by 1/2 together: 1 / (1 + (1/2 + 1/2 + 1/2) / 3) = 2/3. With α = 1 it would be efficient.
    """
    rows = activities([[1], [1]], [[1, 1], [1.5, 0.5]], [[2, 0], [1, 0]])
    options = Options(
        "sbm_nonseparable", returns, nonseparable=("y1", "b0", "b1"), zeros="drop_term"
    )

    result = evaluate(rows, options=options)

    np.testing.assert_allclose(result.scores, [2 / 3, 1], rtol=0, atol=SAME)
    np.testing.assert_allclose(result.targets[0], [1, 1.5, 0.5, 1, 0], rtol=0, atol=1e-7)


@pytest.mark.parametrize("measure", ["sbm_nonseparable", "sbm_nonseparable_free"])
def test_where_nothing_falls_with_the_goods_there_is_no_alpha(measure):
    """The only non-separable bad is 0: undefined, and named with the reason, as other rows go on."""
    rows = activities([[1], [1], [1]], [[1, 1], [1.5, 0.5], [1, 1]], [[2], [1], [0]])
    options = Options(measure, "variable", nonseparable=("y1", "b0"), zeros="drop_term")

    result = evaluate(rows, options=options)

    assert result.statuses == ("certified", "certified", "undefined")
    (told,) = [n.text for n in result.notices if n.code == "efficiency.undefined"]
    assert "1 of 3 rows" in str(told)
    assert "d2" in str(told)


def test_scores_without_a_term_are_marked():
    """Each row names the columns that left its mean; the frame, a note and a notice say it too."""
    rows = rows_with([(4, 0), (4, 1), (9, 0)])

    result = evaluate(rows, options=Options("sbm", zeros="drop_term"))

    marked = {i: names for i, names in enumerate(result.dropped_terms) if names}
    assert marked == {4: ("x0", "x1"), 9: ("x0",)}
    frame = result.to_frame()
    assert frame["dropped_terms"].tolist()[4] == "x0, x1"
    assert (frame["dropped_terms"] == "").sum() == rows.n - 2
    assert list(frame.columns[:3]) == ["score", "status", "dropped_terms"]
    (note,) = [str(n) for n in efficiency_notes(result) if "dropped_terms" in str(n)]
    assert "(x0, x1): 2;" in note
    assert "dropped_terms" not in evaluate(rows_with([]), options=Options("sbm")).to_frame()


def test_scores_that_such_rows_move_are_named():
    """The rows stay in the reference set: who they move is counted against the scores without them."""
    zeros = [4, 9]
    rows = rows_with([(row, 0) for row in zeros])

    result = evaluate(rows, options=Options("sbm", zeros="drop_term"))

    without_them = evaluate(without(rows, zeros), options=Options("sbm"))
    others = [i for i in range(rows.n) if i not in zeros]
    moved = np.abs(result.scores[others] - without_them.scores) > MOVED
    assert moved.any()
    (told,) = [str(n.text) for n in result.notices if n.code == "dea.zeros_kept"]
    assert f"change {moved.sum()} of {len(others)} other scores" in told
