"""Names in the options of a section by what they refer to, at any depth, each with its place."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from xinzhi.analyses.section import OneOrMore, Refers, Section, references


class Inner(Section):
    """A part of a section."""

    start: Annotated[str | None, Refers("data")] = None
    """First year."""


class Outer(Section):
    """A section."""

    base: Annotated[str, Refers("column", needs_regressors=False)] = Field(alias="from")
    """Column of a table."""
    of: Annotated[OneOrMore, Refers("data")]
    """Columns."""
    inner: Inner = Inner()
    """A part."""
    several: tuple[Inner, ...] = ()
    """Parts."""


def test_references_are_found_with_their_places():
    """By the key of the study file; an option that is left out names nothing."""
    section = Outer.model_validate(
        {"from": "t/1", "of": ["a", "b"], "inner": {"start": "c"}, "several": [{}, {"start": "d"}]}
    )

    assert [*references(section, "data")] == [
        (("of", 0), "a"),
        (("of", 1), "b"),
        (("inner", "start"), "c"),
        (("several", 1, "start"), "d"),
    ]
    assert [*references(section, "column")] == [(("from",), "t/1")]
    assert [*references(section, "score")] == []


def test_a_column_of_a_table_needs_regressors_unless_the_option_says_otherwise():
    """The mark is that of the option."""
    assert Refers("column").needs_regressors
    (mark,) = (m for m in Outer.model_fields["base"].metadata if isinstance(m, Refers))
    assert not mark.needs_regressors
