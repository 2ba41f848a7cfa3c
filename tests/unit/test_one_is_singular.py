"""One row, not "1 rows": each count that can be one has a sentence for one thing, and says it."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
import pytest

from layout import address_of, files
from xinzhi.prepare.steps.transforms import Lag
from xinzhi_core.notices import Notice, together
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import Message, listed, message, say
from xinzhi_panel.io import guard

WORDS_BETWEEN = (
    r"(?:(?!of\b|or\b|to\b|and\b|in\b|by\b|with\b|are\b|is\b|have\b|has\b)[\w-]+ ){0,2}?"
)
COUNTED = re.compile(r"\{(\w+)(?::[^}]*)?\} " + WORDS_BETWEEN + r"([a-z]+s)\b")
"""A place before a noun in the plural, with up to two words between them."""
NO_PLURAL = {"is", "was", "has", "lies", "as", "does", "this", "its", "us", "goes", "plus", "less", "times", "leads", "endogenous"}  # fmt: skip
NAMES = {
    "name", "key", "file", "factor", "x", "m", "other", "others", "first", "place", "row", "cell", "cells", "names",
    "table", "tool", "path", "level", "coverage", "kind", "what", "score", "sheet", "column", "box", "part", "period",
    "byte", "denominator", "numerator", "second", "outcome", "variable", "confidence", "rule", "gone", "shocks",
    "engine", "entity", "pathways", "grouping", "value", "city", "investment", "codes", "per", "title", "pathway",
    "mediator", "measure", "places", "words", "years", "entities", "periods", "columns", "ends", "share", "times",
    "change", "rows", "sizes", "within", "ratio", "high", "low", "bound", "files",
}  # fmt: skip
"""Places that hold words, measures with decimals, or a count with its noun: no bare count."""


class Call(NamedTuple):
    """A sentence where it is made."""

    where: str
    many: str
    one: str
    counting: str


def calls() -> Iterator[Call]:
    """List the calls of `message` that write their template."""
    for path in files(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message"):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                given = {k.arg: k.value for k in node.keywords}
                one, by = (getattr(given.get(key), "value", "") for key in ("one", "counting"))
                yield Call(f"{address_of(path)}:{node.lineno}", node.args[0].value, one, by or "n")


LIMIT = "a limit that is set in the code, and more than one"
MORE = "said only of two or more"
WHOLE = "the whole of which a part is counted: the noun names the whole, the verb follows the part"
DRAWS = "a number of draws, which the declared level keeps above one"
ESTIMATED = "rows of an estimate that exists: more than its slopes"
SIZE = "bytes beyond a limit"
STAY = {
    LIMIT: (
        "The request is nested more than", "It is nested too deeply", "The formula has {given} characters",
        "give at least {least} draws", "no two entities share {n} periods", "a number has {n} digits", "'{name}' unpacks to more than {n} megabytes", "The table has more than {most} rows",
        "The effects other than the clusters have {n} levels", "Effects across the clusters have {n} levels", "The work took more than {n} seconds",
        "The texts of its cells have {n} characters", "A cell holds more than {most} characters", "{part} is nested more than",
        "the name of a sheet has {n} characters", "The sheet reaches to {cell}", "row {row} has more than {n} cells", "At most {n} entities, those",
        "With fewer than 40 clusters", "In simulated samples of {n} rows", "name between 1 and {most} combinations",
        "gaps inside, linear: fewer than {n} observations", "A map cannot show {n} classes", "use {most} classes or fewer",
        "few clusters: p-values and intervals", "a study file has no more than {n} levels", "The number has {n} characters",
        "{lists} on {n} made records", "{n} scores have no confidence interval", "No interval where a frontier is made of fewer", "The pages of all {n} entities",
        "{caption}: {title} ({n} rows)", "Not reproduced by any of {tried}", "No entity has a row for the {n} periods",
        "The first and last {shown} of {n} entities", "The fixed effects absorb at most {df} degrees",
    ),
    SIZE: (
        "it is larger than {n} bytes", "The file has {size} bytes", "One line has {n} bytes", "{part} has {n} bytes", "The study file is larger than",
        "The draws need {needed} bytes", "The file would unpack to",
    ),
    MORE: (
        "'{name}' is the name of {n} entities", "The pages of the template '{name}' have {n} columns",
        "{n} problems like this", "Δ{name} (over {n} periods)", "{n} more columns are constant", "{n} clusters, but an effective", "{n} clusters (effective number",
        "A lag of {lag} periods looks", "'{name}' switches on at {dates} dates", "'{column}' is 0 in all {n} rows", "The columns of the frame have {n} levels",
        "The frame has {n} index levels, and nothing", "{names} have the same values in all {n} columns", "'names' has {n} values for {k} columns",
        "{value} is in the future, {n} years", "{value} lies {n} years", "{file}: {n} rows = {kept}", "{n} files", "{file}, {n} sheets", "Sheet '{name}' was taken: of {n} sheets",
        "'{name}' can mean {n}", "{n} effects", "of {n} pairs the smallest", "Bootstrap of the whole study: {n} entities", "… and {n} more lines",
        "… and {n} more problems of {k} kinds", "{name}: the estimates of {n} specifications run", "All {k} factors", "None of the {k} factors",
        "The sheets are {n} tables", "{n} outlines are called", "{n} is not a multiple of {groups} groups",
        "{n} / {groups} groups", "{groups} groups x", "the table has {n} codes", "With {permutations} permutations",
    ),
    WHOLE: (
        "{done} of {total} draws", "{name}: {done} of {total} draws", "its slope rests on {n} of {total}", "{n} of {draws} replicates",
        "In {n} of {draws} draws of the bootstrap", "Subsamples of {m} of {n} entities", "{n} of {total}", "{certified} of {n} scores", "{score} is measured by",
        "Each of {n} scores", "The resource type of {n} of {all} cities", "Neighbours are more alike", "{name}: {k} of {n} scores", "{k} of {n} differences",
        "Without {n} of {all} entities", "Each of {entities} is left out", "{k} of {n}",
        "With {how}, a pathway is supported", "With {how}, no pathway is supported", "{pathway}: supported for {k} of {n}", "With the paths of {factor} permuted",
        "{n} of {all} draws have no frontier", "In {partly} of {n} draws", "Subsamples of the whole study", "With {file}, {n} of the {total} rows",
        "{name} is statistically significant in {k} of {n}", "Column '{column}' comes with the register", "{n} of {all} entities are {places}", "Of {n} entities {stayed}",
        "Mean scale efficiency is {mean}",
    ),
    DRAWS: (
        "{n} draws give p-values in steps", "Local Moran's I:", "Permutation: {n} random reassignments", "Bias by the smoothed bootstrap",
        "Sensitivity to the sample", "percentiles of {draws} draws", "Interval: percentiles of {n} draws", "Placebo factors:", "Truncated regression of {distance}",
        "{level} confidence intervals of the true score", "{n} rows are not reached by the frontiers of some", "{n} rows are reached by the frontier of none",
    ),
    ESTIMATED: (
        "All equations are estimated on one sample", "Column 1 of {table} uses {n} rows", "{title}: truncated regression",
    ),
}  # fmt: skip
"""Reason -> beginnings of the sentences that keep a plural, in some place or altogether."""


def bare_counts(template: str) -> list[str]:
    """List the places of a template that count a noun in the plural."""
    return [
        place
        for place, noun in COUNTED.findall(template)
        if place not in NAMES and noun not in NO_PLURAL
    ]


@pytest.fixture(scope="module")
def found():
    return list(calls())


def test_a_count_that_can_be_one_has_its_singular(found):
    """A counted noun in the plural has a sentence for one, or a reason why it is never of one."""
    reasons = tuple(beginning for several in STAY.values() for beginning in several)
    plural = {
        f"{call.where}: {call.many}"
        for call in found
        if {*bare_counts(call.many)} - ({call.counting} if call.one else set())
        and not call.many.startswith(reasons)
    }

    assert plural == set()


def test_no_reason_is_of_a_sentence_that_is_gone(found):
    """Each beginning is that of a sentence with a count."""
    counted = [call.many for call in found if bare_counts(call.many)]
    spare = [
        beginning
        for several in STAY.values()
        for beginning in several
        if not any(text.startswith(beginning) for text in counted)
    ]

    assert spare == []


VERB_OF_MANY = re.compile(
    r"(?<![\w.,:-])(?<!draws of )1 [a-z]+(?: [a-z]+)? (are|were|have|do|need|lie|end|keep)\b"
)
VALUES = {"total": 9, "all": 9, "draws": 9, "k": 1, "partly": 1}


def nouns(call: Call) -> set[str]:
    """List the nouns in the plural that the deciding place counts."""
    found = COUNTED.findall(call.many)
    return {noun for place, noun in found if place == call.counting and noun not in NO_PLURAL}


def said_of_one(call: Call) -> str:
    """Say the sentence of one thing; other places hold a letter, or of wholes a number."""
    places = {
        name: (spec, VALUES.get(name, "X"))
        for _, name, spec, _ in string.Formatter().parse(call.many + call.one)
        if name
    }
    values = {name: 1.0 if spec else value for name, (spec, value) in places.items()}
    counted = Message(
        call.many, MappingProxyType({**values, call.counting: 1}), call.one, call.counting
    )
    return say(counted, "en")


def test_the_sentence_of_one_is_said_of_one_thing(found):
    """Where the count is 1 no noun that it counts and no verb of it is in the plural."""
    sentences = {call: said_of_one(call) for call in found if call.one}
    wrong = {
        f"{call.where}: {text}"
        for call, text in sentences.items()
        if VERB_OF_MANY.search(text)
        or any(re.search(rf"\b1 (?:[\w-]+ ){{0,2}}?{noun}\b", text) for noun in nouns(call))
    }

    assert len(sentences) > 250
    assert wrong == set()


PART = re.compile(
    r"\{(\w+)\} of (?:\{\w+\}|all|the \{\w+\}) (?:[\w-]+ ){1,4}?(?:are|have|were|keep|agree|lie|end|differ|hold)\b"
)


def test_the_verb_follows_the_part(found):
    """1 of 9 rows has no score: the part decides, though the noun is that of the whole."""
    # A subsample is of two at least.
    parts = {c: PART.findall(c.many) for c in found if not c.many.startswith("Subsamples")}
    wrong = {
        f"{call.where}: {call.many}"
        for call, places in parts.items()
        if places and (not call.one or call.counting not in places or PART.search(call.one))
    }

    assert sum(map(bool, parts.values())) > 15
    assert wrong == set()


def test_each_singular_hangs_on_a_count(found):
    """The place that chooses the singular stands in the sentence, or is given with the words that it counts."""
    unknown = {
        f"{call.where}: {call.counting}"
        for call in found
        if call.one and call.counting != "n" and f"{{{call.counting}" not in call.many
    }

    assert unknown == set()


def test_printed_numbers_choose_too():
    """A count may be printed before it is put in; Chinese has one form."""
    words = message("{k} of {n} keep", one="{k} of {n} keeps", counting="k", k="1", n="1,000")
    more = message("{k} of {n} keep", one="{k} of {n} keeps", counting="k", k="11", n="1")

    assert [str(words), str(more)] == ["1 of 1,000 keeps", "11 of 1 keep"]


FOR_PROGRAMMERS = {
    "core/engine.py", "core/wording.py", "frontier/conventions.py", "frontier/evaluate.py",
    "frontier/inference/second_stage.py", "frontier/result.py", "frontier/kernel/library.py", "panel/columns/rules",
    "xinzhi/analyses/capabilities.py", "xinzhi/api/declared.py",
}  # fmt: skip
"""Where a text with a count is an error of a caller, or a limit."""


def test_no_count_stands_in_a_text_that_is_put_together():
    """What a person reads is a message: a plain text could not say one thing as one."""
    plain = set()
    for path in files(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                text = "".join(
                    str(v.value) if isinstance(v, ast.Constant) else "{n}"
                    for v in node.values  # noqa: PD011
                )
                if any(noun not in NO_PLURAL for _, noun in COUNTED.findall(text)):
                    plain.add(address_of(path))

    assert {one for one in plain if not one.startswith(tuple(FOR_PROGRAMMERS))} == set()


def hidden(columns: list[str]) -> Notice:
    """Say that columns are hidden, as a reader of sheets says it."""
    text = message(
        "Columns {columns} are hidden.",
        one="Column {columns} is hidden.",
        columns=listed(columns),
        n=len(columns),
    )
    return Notice("excel.hidden_column", text)


def test_notices_put_together_are_of_several():
    """What counts a list, and is not said, decides no longer where two notices become one list."""
    alone, more = together([hidden(["B"])]), together([hidden(["B"]), hidden(["D"])])

    assert [str(one.text) for one in (*alone, *more)] == [
        "Column B is hidden.",
        "Columns B, D are hidden.",
    ]


def test_a_limit_of_the_child_process_keeps_its_singular():
    """A sentence that comes back from another process chooses as it did there."""
    text = message("{k} of {n} keep", one="{k} of {n} keeps", counting="k", k=1, n=9)

    assert str(guard._worded(guard._plain(text))) == "1 of 9 keeps"


def test_one_row_in_the_hand_of_a_programmer():
    """What prints itself counts one thing as one."""
    index = pd.MultiIndex.from_tuples([("Cork", 2010)], names=["entity", "period"])
    panel = panel_of(pd.DataFrame({"gdp": [2.0]}, index=index))
    lagged = Lag(column="gdp").apply(panel, name="before")

    assert repr(panel).splitlines()[0] == "Panel: 1 row, 1 entity, 2010-2010, 1 column"
    assert [str(entry.why) for entry in lagged.ledger.entries] == ["gdp, 1 period before"]
