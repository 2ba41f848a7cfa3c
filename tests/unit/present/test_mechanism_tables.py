"""Tables of the mechanism: what stands in them, and what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_mechanism import panel
from xinzhi.analyses.heterogeneity.compute import compare_groups
from xinzhi.analyses.heterogeneity.show import differences_table, groups_table
from xinzhi.analyses.mediation.compute import mediate
from xinzhi.analyses.mediation.show import mediation_effects, mediation_equations
from xinzhi.analyses.moderation.moderated_effect import moderate
from xinzhi.analyses.moderation.path_table import moderation_table
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.analyses.specification_curve.compute import specification_curve, subsets
from xinzhi.analyses.specification_curve.show import curve_table
from xinzhi.present import numbers
from xinzhi.present.regression import (
    regression_table,
    with_headings,
    with_instruments,
    with_wild,
)
from xinzhi.present.regression.instrumented import set_in_words
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.style import Style
from xinzhi_core.wording import Label, say
from xinzhi_econometrics.instruments.estimate import ConfidenceSet, instrument
from xinzhi_econometrics.resampling.wild_bootstrap import wild_bootstrap
from xinzhi_econometrics.specification import Covariance, Regression

FRAME = panel().rename_axis(["entity", "period"])
CLUSTERED = Covariance("cluster", ("entity",))
ASKED = Regression("green", ("talent", "patents"), ("control",), covariance=CLUSTERED)
LABELS = {"talent": Label("talent", zh="人才", en="Talent")}


@pytest.fixture(scope="module")
def mediation():
    return mediate(FRAME, ASKED, ("firms",), draws=100)


def test_the_equations_stand_in_the_order_of_the_paper(mediation):
    """Total, (3) on the mediator, (5) with the mediator, (4) the mediator alone."""
    table = mediation_equations("m", "M", mediation, Style(LABELS))

    headings = [str(column.heading) for column in table.columns]
    assert headings == [
        "(1) total effect",
        "(2) factors on the mediator",
        "(3) factors and mediator",
        "(4) mediator alone",
    ]
    assert [c["outcome"] for c in table.machine["columns"]] == ["green", "firms", "green", "green"]
    assert table.machine["columns"][1]["label"] == "factors on the mediator"


def test_a_planted_mediation_is_read_with_its_share(mediation):
    """Talent works through firms: said with ab, its share and its interval, and what it is not."""
    table = mediation_effects("m", "M", mediation, Style(LABELS))

    assert str(table.reading[0]).startswith(
        "Part of the association of Talent with green is mediated by firms: ab = "
    )
    assert "% of the total effect" in str(table.reading[0])
    assert "does not show that the mediator is a cause" in str(table.reading[-1])
    row = {c.key: cell for c, cell in zip(table.columns, table.rows[0].cells, strict=True)}
    effect = mediation.effects[0]
    assert row["indirect"].value == effect.indirect
    assert row["total"].value == pytest.approx(row["direct"].value + row["indirect"].value)


@pytest.mark.parametrize(
    ("tests", "there", "gone"), [(("sobel",), "z", "low"), (("bootstrap",), "low", "z")]
)
def test_a_test_that_was_not_asked_for_has_no_column(mediation, tests, there, gone):
    """`tests` chooses the columns; rows keep their length."""
    table = mediation_effects("m", "M", mediation, Style(LABELS), tests=tests)

    keys = [column.key for column in table.columns]
    assert there in keys
    assert gone not in keys
    assert {len(row.cells) for row in table.rows} == {len(keys)}


def test_a_path_that_failed_keeps_its_row():
    """The row is empty, the note says why, the machine part lists it."""
    found = moderate(FRAME, ASKED, focal="talent", moderator="policy")

    table = moderation_table(
        "t", "T", [found], Style(LABELS), failed={("a", "b", "w"): "no reason"}
    )

    assert table.rows[-1].key == "a -> b | w"
    assert str(table.rows[0].label) == "Talent (lag 1) → green | policy (lag 1)"
    assert table.machine["paths"][0]["terms"]["interaction"] == "L1.talent × L1.policy"
    assert {len(row.cells) for row in table.rows} == {len(table.columns)}
    assert "no reason" in str(table.notes[-1])
    assert table.machine["refused"][0]["reason"] == "no reason"


def test_the_strengthened_path_is_read_as_rising():
    """Policy strengthens what firms do: the effect rises from low to high."""
    asked = Regression("green", ("firms", "talent"), ("control",), covariance=CLUSTERED)
    found = moderate(FRAME, asked, focal="firms", moderator="policy", steps=0)

    (sentence,) = moderation_table("t", "T", [found], Style()).reading

    assert str(sentence).startswith("The slope of green on firms rises with policy")


def test_groups_carry_the_name_of_their_grouping_above():
    """Spanners are groupings, headings are members, differences have one row a variable."""
    found = [compare_groups(FRAME, ASKED, "region", draws=50)]
    words = {"groupings": {"region": "Region"}, "member": lambda _, one: f"region {one}"}

    table = groups_table("g", "G", found, asked=ASKED, style=Style(LABELS), **words)
    tests = differences_table("d", "D", found, style=Style(LABELS), **words)

    assert {str(column.spanner) for column in table.columns} == {"Region"}
    assert [str(c.heading) for c in table.columns] == [
        "(1) region 0",
        "(2) region 1",
        "(3) region 2",
    ]
    # Two variables and both together; three pairs of groups for each variable.
    assert len(tests.rows) == 3 + 3 + 1
    assert {len(row.cells) for row in tests.rows} == {len(tests.columns)}
    assert "is not in itself evidence of a difference" in str(tests.reading[-1])


def weakly_instrumented():
    """Talent instrumented by noise, for which the t-test would give stars at 0.999."""
    draw = np.random.default_rng(0)
    frame = FRAME.assign(noise=draw.normal(size=len(FRAME)))
    found = instrument(frame, ASKED, endogenous=("talent",), instruments=("noise",))
    assert found.is_weak
    return found


def test_weak_instruments_take_their_stars_from_anderson_and_rubin():
    """The endogenous slope has the star of its valid test, the others none, in cells and machine."""
    found = weakly_instrumented()
    stars = {"*": 0.999}
    plain = regression_table("t", "T", [found.estimates], style=Style(LABELS, stars))

    table = with_instruments(plain, {0: found}, style=Style(LABELS, stars))

    p = found.anderson_rubin.p_at_zero
    mark = "*" if p < 0.999 else ""
    machine = table.machine["columns"][0]
    assert (found.estimates.usual_p < 0.999).sum() > 1
    assert [row.cells[0].stars for row in plain.rows if row.key == "talent"] == [mark]
    assert {row.key for row in table.rows if row.cells[0].stars} == ({"talent"} if mark else set())
    assert {name: c["stars"] for name, c in machine["coefficients"].items()} == {
        name: mark if name == "talent" else "" for name in machine["coefficients"]
    }
    assert machine["instruments"]["stars_by"] == "anderson_rubin"
    assert machine["instruments"]["critical_value"] == pytest.approx(23.11, abs=0.01)
    assert any("follows the Anderson-Rubin test" in str(note) for note in table.notes)


def test_weak_instruments_change_the_words_too():
    """The sentences beside a table of judged estimates read the valid p-value, not that of t."""
    found = weakly_instrumented()
    plain = regression_table("t", "T", [found.estimates], style=Style(LABELS))

    first, *_ = map(str, reading_beside(RegressionColumns((found,)).judged, Style(LABELS)))

    assert numbers.p_equals(found.anderson_rubin.p_at_zero) in first
    assert first == str(plain.reading[0])
    usual = found.estimates.usual_p[found.estimates.position("talent")]
    assert numbers.p_equals(usual) not in first


def test_the_tests_of_instruments_stand_in_rows():
    """Rank tests, critical values with their condition, effective F and Anderson-Rubin."""
    found = instrument(FRAME, ASKED, endogenous=("talent",), instruments=("distance",))
    plain = regression_table("t", "T", [found.estimates], style=Style(LABELS))

    table = with_instruments(plain, {0: found}, style=Style(LABELS))

    rows = {row.key: row for row in table.rows}
    assert not found.is_weak
    assert table.reading == plain.reading
    assert str(rows["stock_yogo_size"].cells[0].value) == "16.38 / 8.96 / 6.66 / 5.53"
    assert "valid under iid errors" in str(rows["stock_yogo_size"].label)
    assert "stock_yogo_bias" not in rows
    assert str(rows["effective_f_critical"].cells[0].value) == "37.42 / 23.11 / 15.06 / 12.05"
    assert rows["kleibergen_paap_f"].cells[0].value == pytest.approx(found.effective_f.value)
    assert rows["anderson_rubin_zero"].cells[0].value == found.anderson_rubin_zero.p_value
    assert table.machine["columns"][0]["instruments"]["stock_yogo"] == {
        "valid_under": "iid errors",
        "size": {"0.1": 16.38, "0.15": 8.96, "0.2": 6.66, "0.25": 5.53},
        "bias": {},
    }


@pytest.mark.parametrize(
    ("intervals", "words"),
    [
        (((0.1, 0.5),), "[0.100, 0.500]"),
        (((-np.inf, -1.0), (2.0, np.inf)), "[−∞, −1.000] ∪ [2.000, ∞]"),
        (((-np.inf, np.inf),), "the whole real line"),
        ((), "empty"),
    ],
)
def test_a_confidence_set_has_many_shapes(intervals, words):
    """An interval, two rays, the whole line, nothing at all."""
    assert str(set_in_words(ConfidenceSet(intervals, 0.95, 0.0, 1.0))) == words


def test_few_clusters_add_their_own_p_values():
    """Below the table and in the machine part, for the variables of interest."""
    found = wild_bootstrap(FRAME, ASKED, draws=199)
    plain = regression_table("t", "T", [found.estimates], style=Style(LABELS))

    table = with_wild(plain, {0: found}, style=Style(LABELS))

    assert [row.key for row in table.rows[-4:]] == [
        f"{name}:{what}" for name in ("talent", "patents") for what in ("p_wild", "interval_wild")
    ]
    talent = table.machine["columns"][0]["coefficients"]["talent"]
    assert talent["p_wild"] == found.p_value[0]
    assert talent["interval_wild"] == [list(piece) for piece in found.intervals[0]]
    assert any("two-sided and symmetric" in str(note) for note in table.notes)


def test_open_sets_of_the_bootstrap_are_written_as_such():
    """Five clusters reject nothing: the whole line in words, infinite ends as words in JSON."""
    city = FRAME.index.get_level_values(0)
    frame = FRAME.assign(fifth=[int(name[1:]) % 5 for name in city])
    how = replace(ASKED, covariance=Covariance("cluster", ("fifth",)))
    found = wild_bootstrap(frame, how, draws=199)
    plain = regression_table("t", "T", [found.estimates], style=Style(LABELS))

    table = with_wild(plain, {0: found}, style=Style(LABELS))

    assert str(table.rows[-1].cells[0].value) == "the whole real line"
    assert table.machine["columns"][0]["coefficients"]["patents"]["interval_wild"] == [
        ["-inf", "inf"]
    ]


def test_headings_say_more_than_a_number():
    """Words stand beside the number, in both languages; an empty one leaves the number alone."""
    one = mediate(FRAME, ASKED, ("firms",), draws=0).total
    table = regression_table("t", "T", [one, one], style=Style(LABELS))

    changed = with_headings(table, [LABELS["talent"], ""])

    assert say(changed.columns[0].heading, "en") == "(1) Talent"
    assert str(changed.columns[1].heading) == "(2)"
    assert changed.machine["columns"][0]["label"] == "Talent"


def test_the_curve_sums_up_by_choice():
    """All specifications, then with and without the control, then each window."""
    curve = specification_curve(
        FRAME, ASKED, {"controls": subsets(("control",)), "window": (None, (2010, 2017))}
    )

    table = curve_table("c", "C", curve, style=Style(LABELS))

    keys = [row.key for row in table.rows[:5]]
    assert keys[:3] == ["talent", "talent:with control", "talent:without control"]
    assert set(keys[3:]) == {"talent:window: ", "talent:window: 2010, 2017"}
    assert [row.cells[0].value for row in table.rows[:5]] == [4, 2, 2, 2, 2]
    assert len(table.machine["specifications"]) == 8
    assert table.machine["summary"]["talent"]["n"] == 4


def test_a_curve_of_several_errors_says_which_coverage_is_whose():
    """Notes on coverage name the kind of errors where the specifications have two of them."""
    kinds = (Covariance("iid"), Covariance("cluster", ("entity",)))
    curve = specification_curve(FRAME, ASKED, {"covariance": kinds})

    notes = [str(note) for note in curve_table("c", "C", curve, style=Style(LABELS)).notes]

    quoted = [note for note in notes if "In simulated panels" in note]
    assert any(note.startswith("Standard errors (errors independent") for note in quoted)
    assert any(note.startswith("Standard errors clustered by Entity") for note in quoted)
    assert len(quoted) == len(set(quoted))
