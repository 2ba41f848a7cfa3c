"""The study file as text: every refusal names its line and column."""

import pytest

from xinzhi.study.file.located import read_yaml
from xinzhi_core.errors import SpecError


def refused(text: str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        read_yaml(text, "study.yaml")
    return caught.value


def test_values_follow_yaml_1_2():
    """`no` is a word, 1e3 a number, quoted digits are text, an empty value is None."""
    text = "a: no\nb: 1e3\nc: '2008'\nd:\ne: [0.30-0.60, true]\n"

    assert read_yaml(text, "s").value == {
        "a": "no",
        "b": 1000.0,
        "c": "2008",
        "d": None,
        "e": ["0.30-0.60", True],
    }


def test_each_value_knows_its_place():
    """Lines and columns count from 1."""
    located = read_yaml("a:\n  - {b: 1, c: 2}\n", "s")

    assert located.places[("a", 0, "c")] == (2, 12)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "study.duplicate_key", 3),
        ("a: &x 1\n", "study.alias", 1),
        ('!!python/object/apply:os.system ["true"]\n', "study.tag", 1),
        ("a:\n\tb: 1\n", "study.tab", 2),
        ("a: 1\nb： 2\n", "study.full_width_colon", 2),
        ("a: [1,\n", "study.yaml", 2),
        ("a: 1\n---\nb: 2\n", "study.documents", 2),
        ("? {a: 1}\n: 2\n", "study.key", 1),
        ("a: " + "[" * 30 + "]" * 30 + "\n", "study.depth", 1),
    ],
)
def test_what_is_not_plain_is_refused_where_it_stands(text, code, line):
    """Duplicate keys, anchors, tags, tabs, full-width colons and broken YAML name their line."""
    problem = refused(text).problems[0]

    assert (problem.code, problem.where.line) == (code, line)


def test_an_alias_bomb_is_refused_without_being_expanded():
    """Aliases are refused one by one; nothing is copied."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{c}: &{c} [{','.join(['*' + b] * 9)}]"
        for b, c in zip("abcdefgh", "bcdefghi", strict=True)
    ]

    error = refused("\n".join(lines))

    assert error.code == "study.alias"


def test_a_large_file_is_refused():
    """A study file is a page of text."""
    assert refused("a: " + "x" * 1_000_001).code == "study.size"


def test_all_problems_are_named_at_once():
    """Two duplicate keys are two problems of one error."""
    assert len(refused("a: 1\na: 2\nb: 1\nb: 2\n").problems) == 2
