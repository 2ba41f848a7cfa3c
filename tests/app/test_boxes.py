"""Variables in boxes: what lies in them follows from the text, and a move changes the text alone."""

from __future__ import annotations

import pytest

from made_mechanism import STUDY
from xinzhi.study.file.load import spec_of
from xinzhi.study.file.located import read_yaml
from xinzhi_app.boxes import DataColumn, Move, apply_move, describe_boxes
from xinzhi_core.errors import SpecError

HEAD = """\
title: T
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
"""
FACTORS = "tables.baseline.columns.0.x.factors"
CONTROLS = "tables.baseline.columns.0.x.controls"
OUTCOME = "tables.baseline.outcome."
THROUGH = "mediation.mechanism.through."
MODERATORS = "moderation.tools.moderators."
INPUTS, GOODS, BADS = (
    f"efficiency.efficiency.{one}." for one in ("inputs", "good_outputs", "bad_outputs")
)


def boxes(text):
    """Give id -> names in it."""
    cards = describe_boxes(read_yaml(text, "").value or {}, "en")["cards"]
    return {
        box["id"]: [chip["name"] for chip in box["chips"]]
        for card in cards
        for box in card["boxes"]
    }


def drop(text, name, box, kind="column", columns=None, **more):
    return apply_move(text, Move(kind=kind, name=name, box=box, **more), columns)


def refused(text, name, box, **more):
    with pytest.raises(SpecError) as caught:
        drop(text, name, box, **more)
    assert caught.value.problems[0].code == "app.box"
    return str(caught.value.problems[0].what)


def test_boxes_are_declared_by_the_sections():
    """The page shows those of each section; of what a study lacks, the boxes stand empty."""
    found = boxes(STUDY)

    assert found == {
        INPUTS: [],
        GOODS: [],
        BADS: [],
        OUTCOME: ["green"],
        FACTORS: ["talent", "patents"],
        CONTROLS: ["control"],
        THROUGH: ["firms"],
        MODERATORS: ["policy"],
        "heterogeneity.cities.by.": ["region", "size"],
    }


@pytest.mark.parametrize("text", ["", HEAD, "# nothing\n", "tables:\nsets: word\nvariables: []\n"])
def test_an_empty_or_unfinished_study_has_all_boxes(text):
    """Nothing has to be valid for the boxes to be there."""
    assert len(boxes(text)) == 9
    assert not any(boxes(text).values())


def test_an_empty_study_is_filled_by_moves_alone():
    """Outcome, factors, controls, mediator, moderator, groups: the study is valid at the end."""
    text = HEAD
    for name, box in (
        *(("a", FACTORS), ("z", OUTCOME), ("c", CONTROLS)),
        *(("m", THROUGH), ("w", MODERATORS), ("g", "heterogeneity.groups.by.")),
        *(("labour", INPUTS), ("gdp", GOODS), ("so2", BADS)),
    ):
        text = drop(text, name, box)

    spec = spec_of(text, "study.yaml")
    assert text.startswith(HEAD)
    assert spec.sets == {"factors": ("a",), "controls": ("c",)}
    assert spec.sections("tables")["baseline"].columns[0].x == ("factors", "controls")
    assert spec.sections("mediation")["mechanism"].through == ("m",)
    assert spec.sections("moderation")["tools"].paths == (("factors", "z"),)
    assert spec.groups["g"].column == "g"
    assert {name: one.column for name, one in spec.variables.named.items()} == {
        name: name for name in "azcmw"
    }
    assert spec.sections("efficiency")["efficiency"].bad_outputs == ("so2",)


def test_a_move_changes_the_lines_of_the_two_lists_only():
    """Comments and order stay; the place in the list is the one that was meant."""
    text = STUDY.replace(
        "sets: {factors: [talent, patents], controls: [control]}",
        """\
sets:
  factors:
    - talent      # who
    - patents     # what
  controls: [control]  # held constant""",
    )
    new = drop(text, "talent", CONTROLS, "variable", position=0, taken=("sets", "factors", 0))

    assert new == text.replace("    - talent      # who\n", "").replace(
        "[control]  #", "[talent, control]  #"
    )


def test_a_comment_goes_with_its_variable():
    """What stands behind a name in a list of lines is about that name."""
    text = (
        HEAD
        + """\
efficiency:
  efficiency:
    inputs:
      - labour    # persons
      - capital   # prices of 2008
    good_outputs: [gdp]
    bad_outputs:
      - so2
"""
    )
    path = ("efficiency", "efficiency", "inputs", 0)
    down = drop(text, "labour", INPUTS, position=2, taken=path)
    over = drop(text, "labour", BADS, taken=path)

    assert "      - capital   # prices of 2008\n      - labour    # persons\n    good" in down
    assert over.endswith("      - so2\n      - labour    # persons\n")


def test_order_within_a_box():
    """Moved up and down by position."""
    up = drop(STUDY, "patents", FACTORS, "variable", position=0, taken=("sets", "factors", 1))
    down = drop(up, "patents", FACTORS, "variable", position=2, taken=("sets", "factors", 0))

    assert boxes(up)[FACTORS] == ["patents", "talent"]
    assert down == STUDY


def test_a_column_has_one_role_in_a_score():
    """Put into another box of the same score, it leaves the first; of a regression likewise."""
    text = drop(drop(drop(HEAD, "a", INPUTS), "b", INPUTS), "y", GOODS)
    new = drop(text, "a", BADS)

    assert (boxes(new)[INPUTS], boxes(new)[BADS]) == (["b"], ["a"])
    controls = boxes(drop(STUDY, "talent", CONTROLS, "variable"))
    assert (controls[FACTORS], controls[CONTROLS]) == (["patents"], ["control", "talent"])


def test_a_column_that_the_file_has_in_two_boxes_is_shown_in_both():
    """The text is the person's; the boxes show it as it is."""
    text = HEAD + "efficiency: {e: {inputs: [a, b], good_outputs: a}}\n"

    assert boxes(text)["efficiency.e.inputs."] == ["a", "b"]
    assert boxes(text)["efficiency.e.good_outputs."] == ["a"]


def test_boxes_of_columns_and_of_variables_are_apart():
    """An input stays an input when it is asked about, too; the variable is declared once."""
    text = HEAD + "variables: {labour_ln: {column: labour, transform: ln}}\n"
    text = drop(drop(text, "labour", INPUTS), "labour", FACTORS, taken=())

    assert boxes(text)[INPUTS] == ["labour"]
    assert boxes(text)[FACTORS] == ["labour_ln"]


def test_what_a_box_does_not_take_is_said():
    """Unknown columns, scores among inputs, groupings among variables, names that are there."""
    text = drop(drop(STUDY, "x", INPUTS), "y", GOODS)
    words = DataColumn(n_values=9, is_number=False)

    assert "Column 'gone' is not in the data" in refused(text, "gone", INPUTS, columns={"x": words})
    assert "words" in refused(text, "x", GOODS, columns={"x": words})
    assert "computed" in refused(text, "efficiency", INPUTS, kind="score")
    assert "grouping" in refused(text, "region", FACTORS, kind="group")
    assert "already" in refused(text, "talent", FACTORS, kind="variable")
    assert "no longer" in refused(text, "x", "efficiency.other.inputs.")


def test_the_outcome_is_one():
    """Another one takes its place, where it stood."""
    text = drop(STUDY, "firms", OUTCOME, "variable")

    assert text == STUDY.replace("outcome: green", "outcome: firms")


def test_a_score_becomes_a_variable():
    """The measured efficiency is explained."""
    text = drop(drop(drop(HEAD, "x", INPUTS), "y", GOODS), "efficiency", OUTCOME, "score")

    assert (
        spec_of(drop(text, "a", FACTORS), "s").variables.named["efficiency"].score == "efficiency"
    )


def test_a_column_of_many_values_is_cut_at_the_median():
    """Few values are groups of their own; a name that a variable has is not taken twice."""
    cut = drop(
        STUDY,
        "gdp",
        "heterogeneity.cities.by.",
        columns={"gdp": DataColumn(n_values=300, is_number=True)},
    )
    own = drop(
        STUDY,
        "talent",
        "heterogeneity.cities.by.",
        columns={"talent": DataColumn(n_values=3, is_number=True)},
    )

    assert "  gdp: {column: gdp, split: median}" in cut
    assert "  talent_groups: {column: talent}" in own


def test_formulas_stay_where_they_are():
    """`x` of a table without sets: names and formulas are shown, and a new one joins them."""
    text = (
        HEAD
        + """\
variables: {y: {column: y}, a: {column: a}}
tables:
  base: {outcome: y, columns: [{x: [a, a^2, L1.a]}]}
  again: {from: base/1, columns: [{window: [2001, 2003]}]}
  other: {outcome: a, columns: [{x: y}]}
"""
    )
    factors = "tables.base.columns.0.x.factors"
    found = boxes(text)
    new = drop(drop(text, "b", factors, position=1), "c", "tables.base.columns.0.x.controls")

    assert found[factors] == ["a", "a^2", "L1.a"]
    assert "tables.again.outcome." not in found
    assert found["tables.other.columns.0.x.factors"] == ["y"]
    assert "{x: [a, b, a^2, L1.a, controls]}" in new
    assert boxes(new)["tables.base.columns.0.x.controls"] == ["c"]
    spec_of(new, "study.yaml")


def test_a_set_named_in_a_box_shows_its_members_and_takes_new_ones():
    """`through: channels` is the set of that name."""
    text = STUDY.replace("controls: [control]}", "controls: [control], channels: [firms]}").replace(
        "through: [firms]", "through: channels"
    )
    new = drop(text, "patents", THROUGH, "variable")

    assert boxes(text)[THROUGH] == ["firms"]
    assert "channels: [firms, patents]" in new
    assert "through: channels" in new


def test_a_name_is_taken_out():
    """Out of a set, out of a list, and the outcome."""
    for path, box in (
        (("sets", "factors", 0), FACTORS),
        (("mediation", "mechanism", "through", 0), THROUGH),
        (("tables", "baseline", "outcome"), OUTCOME),
    ):
        name = boxes(STUDY)[box][0]
        assert (
            name not in boxes(apply_move(STUDY, Move(kind="variable", name=name, taken=path)))[box]
        )


def test_a_name_that_stands_twice_in_a_long_list_leaves_it_twice():
    """Later places go first: the tenth place of a list comes after the second, not before it."""
    names = [f"x{n}" for n in range(12)]
    names[2] = names[10] = "twice"
    text = f"{HEAD}efficiency:\n  efficiency:\n    inputs: [{', '.join(names)}]\n"
    taken = ("efficiency", "efficiency", "inputs", 2)

    found = boxes(drop(text, "twice", GOODS, taken=taken))

    assert found[INPUTS] == [name for name in names if name != "twice"]
    assert found[GOODS] == ["twice"]


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ("{column: 二氧化硫, label: {zh: 硫}}", "硫", "二氧化硫"),
        ("{column: 二氧化硫}", "二氧化硫", "二氧化硫"),
        ("{column: 二氧化硫, label: {zh: 硫, en: SO2}}", "硫", "SO2"),
        ("{from: efficiency}", "B1", "B1"),
    ],
)
def test_a_variable_without_a_label_is_called_by_its_heading(options, zh, en):
    """A symbol says nothing to who reads the page: where a language has no label the column's heading stands."""
    values = read_yaml(HEAD + f"variables: {{B1: {options}}}\n", "").value
    for language, label in (("zh", zh), ("en", en)):
        (variable,) = describe_boxes(values, language)["variables"]
        assert variable["label"] == label
