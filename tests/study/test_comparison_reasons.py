"""Reasons why figures differ: what they reach, which figures they speak of, and what counts as explained."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from xinzhi.analyses.comparison.compute import (
    ComparisonSection,
    compare_tables,
    nested,
    parse_published,
)
from xinzhi.analyses.comparison.reason import within
from xinzhi.analyses.comparison.show import comparison_tables, write_figure
from xinzhi.present.numbers import write
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say

COLUMN = {
    "n": 100,
    "fit": {"f": 9.0, "f_p": 0.0004, "r2_adj": 0.69, "constant": 1.0},
    "constant": {"b": 1.0, "se": 0.2, "p": 0.001, "t": 5.0, "stars": "***"},
    "coefficients": {
        "x": {"b": 0.02, "se": 0.0104, "t": 1.92, "p": 0.057, "stars": "*"},
        "value": {"b": 3.0, "se": 1.0, "t": 3.0, "p": 0.003, "stars": "***"},
    },
    "tests": {"hausman": {"value": 21.7634, "p": None, "stars": ""}},
}
TABLES = {
    "t": {"columns": [COLUMN]},
    "v": {"variables": {"x": {"vif": 3.06, "tolerance": 0.3268}}, "mean": 2.5},
}


def found(printed, **reasons):
    """Compare printed lines with the column above."""
    section = ComparisonSection(published="p.toml", reasons=reasons)
    tables = {name: SimpleNamespace(machine=machine) for name, machine in TABLES.items()}
    published = parse_published(printed.encode(), "p.toml")
    return compare_tables(section, published, tables, is_partial=False)


def cell(comparison, path="t.col1.x"):
    """The figure of a path, as results.json has it."""
    block = nested(comparison)
    for key in path.split("."):
        block = block[key]
    return block


def words(comparison):
    """Notes, cells and sentence of the table of what differs."""
    tables = comparison_tables("c", "Title", comparison, {})
    (missed,) = [table for table in tables if table.id == "c_missed"]
    rows = [[str(write(one, "en")) for one in row.cells] for row in missed.rows]
    notes = [str(note) for note in missed.notes]
    if notes:
        assert notes.pop(0) == "The last column refers to the reasons by their numbers."
    return notes, rows, str(missed.reading[0]), missed.machine


@pytest.mark.parametrize(
    ("se", "bound", "explained"),
    [
        ("0.012", "25%", True),
        ("0.012", 0.25, True),
        ("0.012", {"relative": 0.25}, True),
        ("0.012", {"relative": "25%"}, True),
        ("0.012", "5 %", False),
        ("0.104", "25%", False),
        ("0.001", "25%", False),
        ("0.012", {"absolute": 0.0017}, True),
        ("0.012", {"absolute": 0.0015}, False),
        ("0.021", {"factor": 2.1}, True),
        ("0.021", {"factor": 2}, False),
        ("0.0045", {"factor": 2.4}, True),
        ("0.0045", {"factor": 2.3}, False),
        ("-0.021", {"factor": 3.1}, False),
        ("0.000", {"factor": 3.1}, False),
        ("0.000", "81%", False),
        ("0.0021", {"times": [1, 5]}, True),
        ("0.0021", {"times": [1, 4.9]}, False),
        ("0.012", {"times": [0.86, 5]}, True),
        ("0.012", {"times": [0.87, 5]}, False),
        ("0.021", {"times": [1, 5]}, False),
        ("-0.0021", {"times": [1, 5]}, False),
        ("0.000", {"times": [1, 5]}, False),
    ],
)
def test_a_reason_holds_within_its_bound_and_no_further(se, bound, explained):
    """A share of the printed figure, a distance in its unit, a factor of the same sign."""
    printed = f"[t.col1]\nx = {{ b = 0.020, se = {se} }}"
    one = found(printed, **{"*.se": {"en": "jumps", "within": bound, "cause": "simulation"}})

    assert cell(one)["explained_by"] == {"se": "simulation" if explained else "unexplained"}
    assert bool(cell(one)["reasons"]) == explained
    assert ("beyond" in cell(one)) != explained


def test_what_a_reason_does_not_reach_is_told_with_its_bound():
    """A tenfold error has no excuse: the table says which reason stops short, and by how much."""
    one = found(
        "[t.col1]\nx = { b = 0.020, se = 0.104 }",
        **{"*.se": {"zh": "逐年跳动", "en": "jumps", "within": "25%", "cause": "simulation"}},
    )

    notes, rows, sentence, machine = words(one)
    assert notes == [
        "(1) The reason '*.se' holds within 25% of the published figure only; 0.0104 is 0.1 times 0.104."
    ]
    assert rows == [["0.020 (0.104)", "0.02 (0.0104)", "standard error", "unexplained", "(1)"]]
    assert sentence == "1 of 1 published figures differs: 1 unexplained."
    assert (machine["unexplained"], machine["without_reason"]) == (1, 1)
    assert cell(one)["beyond"] == [
        {
            "zh": "原因“*.se”仅适用于不超过已发表数字的 25%的情形；0.0104 是 0.104 的 0.1 倍。",
            "en": "The reason '*.se' holds within 25% of the published figure only; 0.0104 is 0.1 times 0.104.",
        }
    ]


def test_the_bound_stands_behind_the_words_of_a_reason():
    """Who reads the reason reads how far it reaches."""
    one = found(
        "[t.col1]\nx = { b = 0.020, se = 0.012 }",
        **{"t.*.se": {"en": "jumps", "within": {"factor": 2}, "cause": "print"}},
    )

    notes, rows, sentence, machine = words(one)
    assert notes == ["(1) jumps [within a factor of 2]"]
    assert rows[0][3:] == ["the print", "(1)"]
    assert sentence == "1 of 1 published figures differs: 1 explained by the print, 0 unexplained."
    assert machine["explained_by_print"] == 1
    assert one.to_frame()["cause"].tolist() == ["print"]
    assert one.to_frame()["reasons"].tolist() == ["jumps [within a factor of 2]"]


def test_a_reason_speaks_of_the_published_figure_that_it_names():
    """With `of` the key is a name; another published figure, or another part, has no excuse."""
    reason = {"en": "why", "of": {"t.col1.F.value": 6.16, "t.col1.x.stars": 2}}
    right = found(
        "[t.col1]\nF = { value = 6.16, stars = 3 }\nx = { b = 0.020, stars = 2 }", tests=reason
    )
    wrong = found(
        "[t.col1]\nF = { value = 616, stars = 2 }\nx = { b = 0.020, stars = 3 }", tests=reason
    )

    assert cell(right, "t.col1.F")["explained_by"] == {"value": "study"}
    assert cell(right)["explained_by"] == {"stars": "study"}
    assert cell(wrong, "t.col1.F")["explained_by"] == {
        "value": "unexplained",
        "stars": "unexplained",
    }
    assert cell(wrong)["explained_by"] == {"stars": "unexplained"}
    assert words(wrong)[0] == [
        "(1) The reason 'tests' speaks of 6.16, not of 616.",
        "(2) The reason 'tests' speaks of 2.0, not of 3.",
    ]


def test_the_first_reason_that_fits_and_holds_is_given():
    """A narrow reason that does not hold leaves the figure to the next one."""
    one = found(
        "[t.col1]\nx = { b = 0.020, se = 0.012 }",
        **{
            "t.col1.x.se": {"en": "narrow", "within": "1%"},
            "*.se": {"en": "wide", "within": "20%"},
            "*.x.*": {"en": "later", "within": "20%"},
        },
    )

    assert [reason["en"] for reason in cell(one)["reasons"]] == [
        "wide [within 20% of the published figure]"
    ]


def test_a_figure_is_explained_only_where_each_part_is():
    """One part with a reason does not excuse another; the weakest explanation counts."""
    printed = "[t.col1]\nx = { b = 0.080, se = 0.012, stars = 1 }"
    one = found(printed, **{"*.se": {"en": "jumps", "within": "25%", "cause": "simulation"}})

    assert cell(one)["explained_by"] == {"b": "unexplained", "se": "simulation"}
    assert words(one)[3]["unexplained"] == 1
    both = {"*.se": {"en": "jumps", "within": "25%", "cause": "print"}}
    both["t.col1.x.b"] = {"en": "data", "cause": "simulation"}
    assert words(found(printed, **both))[3]["explained_by_simulation"] == 1


def test_counts_by_what_explains_stand_in_the_sentence():
    """In the order print, simulation, study, unexplained; in both languages."""
    one = found(
        "[t.col1]\nN = 99\nadj_r2 = 0.5\nF = 1\nx = { b = 0.9 }",
        **{
            "t.col1.N.value": {"en": "a", "cause": "print"},
            "t.col1.adj_r2.value": {"en": "b", "cause": "simulation"},
            "t.col1.F.value": "c",
        },
    )

    (missed,) = [t for t in comparison_tables("c", "T", one, {}) if t.id == "c_missed"]
    assert str(missed.reading[0]) == (
        "4 of 4 published figures differ: 1 explained by the print, 1 explained by the simulation, "
        "1 explained by the data or methods of the study, 1 unexplained."
    )
    assert say(missed.reading[0], "zh") == (
        "4 个已发表数字中有 4 个不一致：1 个由已发表数字本身解释、1 个由模拟解释、1 个由研究的数据或方法解释、1 个无解释。"
    )
    assert dict(missed.machine) == {
        "n": 4,
        "explained_by_print": 1,
        "explained_by_simulation": 1,
        "explained_by_study": 1,
        "unexplained": 1,
        "without_reason": 1,
    }
    assert [str(write(row.cells[3], "en")) for row in missed.rows] == [
        "the print",
        "the simulation",
        "the data or methods of the study",
        "unexplained",
    ]
    assert str(write(missed.rows[3].cells[4], "en")) == "none is given"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ({"en": "why"}, "A pattern without a bound would excuse any error: '*.se'."),
        ("why", "add `within: 25%` of the published figure, `within: {absolute: 0.002}` or"),
        ({"within": "25%"}, "These reasons have no words: '*.se'."),
        (
            {"en": "why", "within": "100%"},
            "A share of 100% or more bounds nothing: 0 lies within it.",
        ),
        ({"en": "why", "within": 1.5}, "A share of 100% or more bounds nothing: 0 lies within it."),
        ({"en": "why", "within": {"factor": 1}}, "A factor of 1 or less leaves no room"),
        ({"en": "why", "within": 0}, "A bound is a positive number, not 0."),
        ({"en": "why", "within": {"absolute": -1}}, "A bound is a positive number, not -1."),
        ({"en": "why", "within": "much"}, "'much' is not a bound."),
        ({"en": "why", "within": {"absolute": "25%"}}, "{'absolute': '25%'} is not a bound."),
        ({"en": "why", "within": {"far": 1}}, "{'far': 1} is not a bound."),
        ({"en": "why", "within": {"times": 3}}, "{'times': 3} is not a bound."),
        ({"en": "why", "within": {"times": [1, True]}}, "{'times': [1, True]} is not a bound."),
        ({"en": "why", "within": {"times": [1, 2, 3]}}, "{'times': [1, 2, 3]} is not a bound."),
        ({"en": "why", "within": {"times": [3, 2]}}, "is above 0 and rises: [3, 2]."),
        ({"en": "why", "within": {"times": [0, 2]}}, "is above 0 and rises: [0, 2]."),
        ({"en": "why", "within": True}, "True is not a bound."),
        ({"en": "why", "within": {"absolute": float("inf")}}, "not inf"),
        ({"en": "why", "within": "5%", "cause": "luck"}, "'print', 'simulation' or 'study'"),
    ],
)
def test_a_reason_that_would_excuse_anything_is_refused(reason, says):
    """A pattern needs a bound, a bound is finite and narrow, a reason has words."""
    with pytest.raises(ValidationError) as caught:
        ComparisonSection(published="p.toml", reasons={"*.se": reason})

    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("bound", "is_refused"),
    [
        ("81%", False),
        ("82%", True),
        ({"factor": 3.16}, False),
        ({"factor": 3.17}, True),
        ({"times": [0.5, 4.9]}, False),
        ({"times": [0.5, 5]}, True),
        ({"absolute": 0.089}, False),
        ({"absolute": 0.09}, True),
    ],
)
def test_no_bound_reaches_a_figure_and_its_tenfold(bound, is_refused):
    """A decimal point in the wrong place is never excused on both sides: such a bound is refused as it is read.

    Of a distance this can be told where the figures are named: here 0.02 is the smallest.
    """
    reason = {"en": "why", "within": bound, "of": {"t.col1.x.b": 0.02, "t.col1.y.b": 3.0}}
    if not is_refused:
        assert ComparisonSection(published="p.toml", reasons={"jumps": reason}).reasons
        return
    with pytest.raises(ValidationError) as caught:
        ComparisonSection(published="p.toml", reasons={"jumps": reason})
    assert "would also hold for a decimal point in the wrong place" in str(caught.value)


def test_a_contradiction_of_the_print_that_is_named_explains_that_figure_alone():
    """Where a reason names the misprint that is known, another misprint of the same figure is not it."""
    known = {"en": "known", "of": {"v.x.vif": 6.03}, "cause": "print"}
    right = found("[v]\nx = [6.03, 0.327]\n[audit]\nvif = 'v'", misprint=known)
    wrong = found("[v]\nx = [60.3, 0.327]\n[audit]\nvif = 'v'", misprint=known)

    assert cell(right, "v.x")["explained_by"] == {"vif": "print"}
    assert "contradict each other" in cell(right, "v.x")["reasons"][0]["en"]
    assert cell(wrong, "v.x")["explained_by"] == {"vif": "unexplained"}
    assert "speaks of 6.03, not of 60.3" in str(cell(wrong, "v.x")["beyond"])


@pytest.mark.parametrize("pattern", ["*.se", "t.col?.x.se", "t.col[12].x.se"])
def test_every_sign_of_a_pattern_needs_a_bound(pattern):
    """A single figure and a list of figures need none."""
    with pytest.raises(ValidationError):
        ComparisonSection(published="p.toml", reasons={pattern: "why"})
    of = {"en": "why", "of": {"t.col1.x.se": 0.1}}
    for reasons in ({"t.col1.x.se": "why"}, {pattern: of}):
        assert ComparisonSection(published="p.toml", reasons=reasons).reasons


def test_a_bound_read_twice_stays_itself():
    """What was read is taken as it is."""
    assert within(within("25%")) == within("25%")


def test_words_have_no_distance():
    """A bound on a sign, or on what was not computed, never holds."""
    one = found(
        "[t.col1]\nhausman = { value = 21.76, stars = 3 }\ny = { b = 0.1 }",
        **{"*": {"en": "why", "within": {"absolute": 9}}},
    )

    assert cell(one, "t.col1.hausman")["explained_by"] == {"stars": "study"}
    assert cell(one, "t.col1.y")["explained_by"] == {"b": "unexplained"}
    assert words(one)[0][1] == "(2) The reason '*' holds within 9 only."


AUDIT = """
[audit]
default = { effects = [], N = 100 }
"""


@pytest.mark.parametrize(
    ("row", "causes"),
    [
        # Three stars are printed where b/se gives one or none: the computed one is among them.
        ("b = 0.020, se = 0.010, stars = 3", {"stars": "print"}),
        # The digits leave it open whether there are two stars or one.
        ("b = 0.020, se = 0.010, stars = 2", {"stars": "print"}),
        # b/se gives three stars: neither the printed none nor the computed one.
        ("b = 0.020, se = 0.001, stars = 0", {"se": "unexplained", "stars": "unexplained"}),
    ],
)
def test_the_print_explains_what_its_other_figures_give(row, causes):
    """A contradiction explains a difference only where the computed figure is one that fits."""
    one = found(f"[t.col1]\nx = {{ {row} }}\n{AUDIT}")

    assert cell(one)["explained_by"] == causes


def test_a_misprinted_vif_is_explained_by_its_reciprocal():
    """1/VIF tells which of the two is wrong; the mean as well."""
    first = found("[v]\nx = [6.03, 0.327]\nmean = 2.5\n[audit]\nvif = 'v'")
    second = found("[v]\nx = [3.06, 0.733]\nmean = 2.5\n[audit]\nvif = 'v'")
    both = found("[v]\nx = [6.03, 0.733]\n[audit]\nvif = 'v'")

    assert cell(first, "v.x")["explained_by"] == {"vif": "print"}
    assert cell(second, "v.x")["explained_by"] == {"tolerance": "print"}
    assert cell(both, "v.x")["explained_by"] == {"vif": "unexplained", "tolerance": "unexplained"}


def test_an_undecided_sample_excuses_nothing():
    """N that is not a multiple of the groups may be an unbalanced sample: that does not explain 98."""
    one = found("[t.col1]\nN = 98\nx = { b = 0.020 }\n[audit]\nclusters = 10")

    assert cell(one, "t.col1.N")["explained_by"] == {"value": "unexplained"}


def test_tests_are_compared_and_shown_with_their_values():
    """Value and stars of F and of Hausman's test; the computed p-value stands beside."""
    printed = "[t.col1]\nF = { value = 9.0, stars = 2 }\nhausman = { value = 106.415, stars = 3 }"
    one = found(printed)

    assert cell(one, "t.col1.F")["differs"] == ["stars"]
    assert cell(one, "t.col1.F")["computed"] == {"value": 9.0, "p": 0.0004, "stars": 3}
    assert cell(one, "t.col1.hausman")["differs"] == ["value", "stars"]
    rows = words(one)[1]
    assert [row[:3] for row in rows] == [
        ["9.0**", "9*** (p 0.0004)", "stars"],
        ["106.415***", "21.763 (p —)", "figure, stars"],
    ]
    assert cell(found("[t.col1]\nF = 9.0\nhausman = 21.763"), "t.col1.F")["agrees"]
    assert cell(found("[t.col1]\nhausman = 21.763"), "t.col1.hausman")["agrees"]
    assert cell(found("[t.col1]\nF = { value = 9.0, p = 0.0004 }"), "t.col1.F")["agrees"]
    assert found("[t.col1]\nN = 100\nmundlak = 3.0").left_out == ("t.col1.mundlak",)
    assert cell(found("[t.col1]\nmundlak = { value = 3.0 }"), "t.col1.mundlak")["computed"] is None


def test_the_constant_under_effects_is_compared_in_all_its_parts():
    """Its error and stars are computed; a tenfold error has no excuse."""
    right = found("[t.col1]\n_cons = { b = 1.00, se = 0.20, stars = 3 }")
    wrong = found("[t.col1]\n_cons = { b = 1.00, se = 2.0, stars = 3 }")

    assert cell(right, "t.col1._cons") == {
        "printed": {"b": 1.0, "se": 0.2, "stars": 3},
        "computed": {"b": 1.0, "se": 0.2, "stars": 3},
        "agrees": True,
    }
    assert cell(wrong, "t.col1._cons")["explained_by"] == {"se": "unexplained"}


def test_statistics_in_brackets_are_compared_as_well():
    """Many papers print t or p instead of the standard error."""
    one = found("[t.col1]\nx = { b = 0.020, t = 1.92, p = 0.06 }\nvalue = { b = 3.0, t = 2.5 }")

    assert cell(one)["agrees"]
    assert cell(one, "t.col1.value")["differs"] == ["t"]
    figures = {"b": Decimal("0.020"), "t": Decimal("1.92"), "p": Decimal("0.06")}
    assert write_figure(figures) == "0.020 (t 1.92) (p 0.06)"


def test_a_variable_may_be_called_as_a_part_is():
    """`value = {b, se}` is a row of a variable, not a figure with parts."""
    one = found("[t.col1]\nvalue = { b = 3.0, se = 1.0, stars = 3 }\nb = { b = 3.0 }")

    assert cell(one, "t.col1.value")["agrees"]
    assert one.left_out == ()
    assert cell(one, "t.col1.b")["computed"] is None


def test_a_test_with_an_unknown_part_is_refused():
    """A misspelt part would not be compared, and nobody would notice."""
    with pytest.raises(DataError) as caught:
        parse_published(b"[t.col1]\nF = { value = 6.16, start = 3 }", "p.toml")

    assert "A printed row has no part 'start'." in str(caught.value)


def test_a_pattern_that_fits_no_printed_figure_is_named():
    """A slip in a pattern would leave its reason idle, and nobody would know."""
    bound = {"en": "why", "within": "5%", "cause": "simulation"}
    one = found("[t.col1]\nx = { b = 0.020 }", **{"t.col2.*.se": bound})

    (problem,) = one.problems
    assert str(problem.what) == "No printed figure fits 't.col2.*.se'."
    assert say(problem.what, "zh") == "没有已发表数字符合“t.col2.*.se”。"
    assert (
        str(problem.remedy)
        == "name a figure and its part, such as table5.col1.F.value, or a pattern: *.se."
    )
    assert problem.where.key == "compare.reasons.t.col2.*.se"
    assert cell(one)["agrees"]


def test_a_table_that_was_not_computed_is_named_and_the_others_are_compared():
    """A link to it is said under its own key."""
    section = ComparisonSection(published="p.toml", tables={"a": "t", "b": "lost"})
    tables = {
        "t": SimpleNamespace(machine=TABLES["t"]),
        "lost": SimpleNamespace(machine={"not_computed": []}),
    }
    printed = b"[a.col1]\nx = { b = 0.020 }\n[b.col1]\nx = { b = 0.020 }"
    one = compare_tables(section, parse_published(printed, "p.toml"), tables, is_partial=False)

    (problem,) = one.problems
    assert str(problem.what) == "Table 'lost' was not computed and cannot be compared."
    assert say(problem.what, "zh") == "表“lost”未能计算，无法比较。"
    assert problem.where.key == "compare.tables.b"
    assert [figure.path for figure in one.figures] == [("a", "col1", "x")]
