"""A change of one part of the study file leaves every other character as it was."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_mechanism import STUDY
from xinzhi.study.file.edit import apply_edits
from xinzhi.study.file.located import read_yaml
from xinzhi_app.boxes import order
from xinzhi_core.errors import SpecError

ORDER = order()
TEXT = """\
# A study
title: X   # its title
## for people
efficiency:
  score:
    inputs:
      - 从业人员                      # labour
      - capital   # a stock
    good_outputs: [gdp]
    bad_outputs: []     # none

## tables
sets: {factors: [a, b], controls: [c]}
tables:
  base:
    outcome: z
    columns:
      - {x: [factors, controls]}
      - x: factors
        effects: [entity]
one:
  through: NEPP
prepare:
  - gaps:      {step: interpolate}
  - gdp: {step: real}
"""
INPUTS = ("efficiency", "score", "inputs")


def lines_changed(before, after):
    """List the lines that are gone and those that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [one for one in old if one not in new], [one for one in new if one not in old]


@pytest.mark.parametrize(
    ("edit", "gone", "new"),
    [
        (("insert", INPUTS, "用电量", 1), [], ["      - 用电量"]),
        (("insert", INPUTS, "a: b", 9), [], ["      - 'a: b'"]),
        (("remove", (*INPUTS, 1)), ["      - capital   # a stock"], []),
        (
            ("insert", ("efficiency", "score", "bad_outputs"), "SO2", 0),
            ["    bad_outputs: []     # none"],
            ["    bad_outputs: [SO2]     # none"],
        ),
        (
            ("remove", ("sets", "factors", 0)),
            ["sets: {factors: [a, b], controls: [c]}"],
            ["sets: {factors: [b], controls: [c]}"],
        ),
        (
            ("insert", ("one", "through"), "m", 1),
            ["  through: NEPP"],
            ["  through: [NEPP, m]"],
        ),
        (
            ("put", ("title",), {"zh": "标题", "en": "t"}),
            ["title: X   # its title"],
            ["title: {zh: 标题, en: t}   # its title"],
        ),
        (
            ("put", ("prepare", 0, "gaps", "method"), "linear"),
            ["  - gaps:      {step: interpolate}"],
            ["  - gaps:      {step: interpolate, method: linear}"],
        ),
        (
            ("remove", ("tables", "base", "columns", 1, "x")),
            ["      - x: factors", "        effects: [entity]"],
            ["      - effects: [entity]"],
        ),
        (("put", ("efficiency", "score", "measure"), "sbm"), [], ["    measure: sbm"]),
        (("put", ("groups", "g", "column"), "c"), [], ["groups:", "  g: {column: c}"]),
    ],
)
def test_only_the_part_changes(edit, gone, new):
    """Comments, alignment and order of the other lines stay."""
    do, path, *rest = edit
    wanted = {"do": do, "path": path, **dict(zip(("value", "at"), rest, strict=False))}

    assert lines_changed(TEXT, apply_edits(TEXT, [wanted], ORDER)) == (gone, new)


def test_a_list_that_is_emptied_stays_a_list():
    """And a section whose only key is taken out goes."""
    twice = [{"do": "remove", "path": (*INPUTS, 0)}] * 2

    assert "    inputs: []" in apply_edits(TEXT, twice, ORDER)
    assert "tables:" not in apply_edits(TEXT, [{"do": "remove", "path": ("tables", "base")}], ORDER)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "tables:\n", "tables: {}\n"])
def test_an_empty_study_takes_a_first_section(text):
    """What is missing on the way is made."""
    edit = {"do": "put", "path": ("tables", "base"), "value": {"outcome": "z", "columns": []}}
    new = apply_edits(text, [edit], ORDER)

    assert read_yaml(new, "").value == {"tables": {"base": {"outcome": "z", "columns": []}}}
    assert new.startswith(text.partition("tables")[0])


def test_a_new_section_stands_where_it_usually_does():
    """Behind the last section that usually comes before it."""
    new = apply_edits(
        STUDY, [{"do": "put", "path": ("describe", "variables"), "value": ["green"]}], ORDER
    )

    assert new.index("groups:") < new.index("\ndescribe:") < new.index("diagnostics:")


def test_what_a_section_offers_stays_with_it():
    """Lines behind a sign that follow it are its own: a new section stands behind them."""
    text = "variables:\n  a: {column: a}\n#   b: {column: b}\n#   c: {column: c}\n## next\ntables: {}\n"
    new = apply_edits(text, [{"do": "put", "path": ("sets", "factors"), "value": ["a"]}], ORDER)

    assert new == text.replace("## next", "sets:\n  factors: [a]\n## next")


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "a: !!python/object:os.system {}\n", "a: [1\n", "\ta: 1\n"]
)
def test_what_the_reader_refuses_is_not_changed(text):
    """Anchors, tags and what is no YAML: the same error as everywhere."""
    with pytest.raises(SpecError):
        apply_edits(text, [{"do": "put", "path": ("b",), "value": 1}], ORDER)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a: word\n", {"do": "put", "path": ("a", "b"), "value": 1}),
        ("a: {b: 1}\n", {"do": "insert", "path": ("a",), "at": 0, "value": 1}),
        ("a: 1\n", {"do": "remove", "path": ("b",)}),
    ],
)
def test_a_path_that_does_not_fit_is_refused(text, edit):
    """Nothing is half changed."""
    with pytest.raises(SpecError) as caught:
        apply_edits(text, [edit], ORDER)

    assert caught.value.problems[0].code == "study.edit"


WORD = st.sampled_from(
    ["a", "b c", "城市", "x: y", "0.30-0.60", "yes", "# no", "it's", "-", "a\nb"]
)
VALUE = st.recursive(
    st.one_of(WORD, st.integers(-9, 9), st.booleans(), st.none(), st.just(0.5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=6,
)
COMMENT = re.compile("# c[0-9]+")


def paths(value, here=()):
    """List the paths of all parts."""
    yield here
    inner = enumerate(value) if isinstance(value, list) else ()
    for key, one in value.items() if isinstance(value, dict) else inner:
        yield from paths(one, (*here, key))


def written(value, draw, indent=0):
    """Write a value with a comment behind lines, in brackets or on lines of its own."""
    from xinzhi.study.file.edit import flow

    pad = " " * indent
    if not value or not isinstance(value, (dict, list)) or draw(st.booleans()):
        return f" {flow(value)}"
    n = draw(st.integers(0, 99))
    marks = (
        [(f"{pad}{flow(k)}:", one) for k, one in value.items()]
        if isinstance(value, dict)
        else [(f"{pad}-", one) for one in value]
    )
    lines = []
    for mark, one in marks:
        nested = written(one, draw, indent + 2)
        said = "" if nested.startswith("\n") else f"   # c{n}"
        lines.append(f"{mark}{nested}{said}")
    return "\n" + "\n".join(lines)


@pytest.mark.long
@given(st.dictionaries(WORD, VALUE, min_size=1, max_size=4), st.data())
def test_any_change_says_what_was_meant(value, data):
    """Or is refused: the text is read again each time. Comments outside the part are still there."""
    text = written(value, data.draw).lstrip("\n ") + "\n"
    if read_yaml(text, "").value != value:  # the top in brackets
        return
    path = data.draw(st.sampled_from([one for one in paths(value) if one]))
    do = data.draw(st.sampled_from(["put", "insert", "remove"]))
    new = data.draw(VALUE)
    edit = {"do": do, "path": path, "value": new, "at": data.draw(st.integers(0, 3))}
    try:
        after = apply_edits(text, [edit])
    except SpecError as error:
        refused = {one.code for one in error.problems}
    else:
        refused = set()
    if refused:
        assert refused == {"study.edit"}
        return
    meant = deepcopy(value)
    around = meant
    for key in path[:-1]:
        around = around[key]
    if do == "put":
        around[path[-1]] = new
        assert read_yaml(after, "").value == meant
    if do == "insert":
        top = {line for line in text.splitlines() if COMMENT.search(line)}
        assert len(top - set(after.splitlines())) <= 1
