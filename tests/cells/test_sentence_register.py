"""Every sentence that the reports of four studies print is read by a test, and no sentence contradicts itself."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from judged_sentences import sentences_of
from places import ROOT
from xinzhi.report.build import content_of
from xinzhi.wording import Message

STUDIES = ("mechanism", "everything", "scored", "resampled")
SHORTEST = 9
"""Letters of a sentence by which it is found again in a test; of a shorter one all words."""
NOT_READING = {
    "judged_sentences.py",
    "test_mirrors.py",
    "test_sentence_register.py",
    "opposites.py",
}
"""Files that name sentences without reading the numbers in them."""
FRAMES = {
    "{first}, {rest}", "{first} and {last}", "{first}; {rest}", "{first} {second}", "{sentence}.", "{errors}.",
    "{marks}.", "{factor} ({ab})", "{entity} ({mean})", "{group} {b}", "{group}: {k} of {n}", "{name} {range}",
    "{name} ({range})", "{name}: {reason}", "{what}: {note}", "{n} {things}", "{first} → {second}", "{slope}, {p}",
    "{title}: {name}", "{city} {period}", "{status} ({n})", "{help} ({n})", "{change} for {factor}", "{grouping}: {group}",
    "{factor} {move}", "{effect} ({section})", "{effect}, {group}", "{clauses}{see}.", "{m} of {n}", "{text} ({place})",
    "{entity} {period}", "{name}: {null}", "{grouping}: {name}", "{x} × {w}", "{title}. {note}", "{city} ({share})",
    "{x} → {y} | {w}", "{group} {k} of {n}", "{grouping}: {parts}.", "{pathway} for {k}", "{things} over {first}–{last}",
    "{name} in {k} of {n}", "b = {b}", "{k} of {n} in {region}", "{pathway} ({status})", "({n}) {label}",
}  # fmt: skip
"""Frames of a few signs, which are read with the sentences around them."""


@cache
def strings_of_tests():
    """Join all texts that stand in tests, each to the sentence that it is."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.name not in NOT_READING:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [
                n.value
                for n in ast.walk(tree)
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
    return "\0".join(found)


def pieces(template):
    """Give the words of a template between its places."""
    return [p.strip(" .,:;()") for p in re.split(r"\{[^}]*\}", template)]


AT_ALL_DATES = "At all dates {names} are among the {k} "
"""Of which k is no part of n."""


def walk(words):
    """Walk through a sentence and what stands in it."""
    if isinstance(words, Message):
        yield words
        for value in words.values.values():
            yield from walk(value)


@pytest.fixture(scope="module")
def printed(request):
    """List every message that the reports of the studies print."""
    contents = [content_of(request.getfixturevalue(name).result) for name in STUDIES]
    return [
        one for content in contents for _, words in sentences_of(content) for one in walk(words)
    ]


def test_every_sentence_with_places_is_read_by_a_test(printed):
    """A sentence with a number or a name in it that no test writes out is listed here, with the reason."""
    texts = strings_of_tests()
    unread = set()
    for template in {one.template for one in printed if "{" in one.template} - FRAMES:
        words = [p for p in pieces(template) if len(p) > 1]
        long = [p for p in words if len(p) >= SHORTEST]
        if not any(p in texts for p in long) and (long or not all(p in texts for p in words)):
            unread.add(template)

    assert unread == set(UNREAD)


UNREAD = {}


def value(words):
    """Read a number as it is printed; nothing of other words."""
    text = str(words).replace("−", "-").replace(",", "").rstrip("%")
    text = re.sub(r"^(?:p|b) = ", "", text)
    try:
        return float(text)
    except ValueError:
        return None


ANY_ORDER = {
    "The slope of {y} on {x} rises with {w} ({p}): from {low} where it is low to {high} where it is high.",
    "The slope of {y} on {x} falls with {w} ({p}): from {low} where it is low to {high} where it is high.",
    "{factor} on {outcome} (from {low} to {high})",
    "{name}: {k} of {n} scores in {end}, after {before} of {total} in {start}.",
    "A change of the slope of {y} on {x} with {w} is not statistically significant ({p}).",
}
"""Low and high of a moderator, not of a number."""
RISING = [("low", "high"), ("k", "n"), ("n", "enough"), ("n", "total"), ("n", "all"), ("kept", "all"), ("kept", "n"), ("certified", "n"),
          ("start", "end"), ("rank", "n"), ("first", "last")]  # fmt: skip
"""Places of which the first is never above the second."""
INSIDE = ("b", "ab", "estimate", "mean", "index", "median")
"""Estimates that lie between their bounds."""


def pairs_that_fall(one):
    """List places of a message whose numbers stand the wrong way round."""
    v = {key: value(words) for key, words in one.values.items()}
    for low, high in RISING:
        if v.get(low) is not None and v.get(high) is not None:
            if (low, high) == ("first", "last") and "over {first}–{last}" not in one.template:
                continue
            if (low, high) == ("n", "total") and "{n} of {total}" not in one.template:
                continue
            if v[low] > v[high]:
                yield low, high
    bounds = v.get("low"), v.get("high")
    if None not in bounds:
        for key in INSIDE:
            if v.get(key) is not None and not bounds[0] <= v[key] <= bounds[1]:
                yield key, "bounds"


def test_no_sentence_contradicts_its_own_numbers(printed):
    """Low is not above high, a part not above its whole; an estimate lies within its bounds."""
    checked = [
        one
        for one in printed
        if one.template not in ANY_ORDER and not one.template.startswith(AT_ALL_DATES)
    ]
    wrong = {str(one): list(pairs_that_fall(one)) for one in checked if list(pairs_that_fall(one))}

    assert len(checked) > 500
    assert wrong == {}


SIGNED = {
    "Column {column}: {name} is positively associated with {outcome}: {b}, {p}; 95% interval from {low} to {high}.": ("b", 1),
    "Column {column}: {name} is negatively associated with {outcome}: {b}, {p}; 95% interval from {low} to {high}.": ("b", -1),
    "{variable} is associated with more inefficiency: {estimate} ({level} interval {low} to {high}).": ("estimate", 1),
    "{variable} is associated with less inefficiency: {estimate} ({level} interval {low} to {high}).": ("estimate", -1),
    "Entities with lower initial scores grew faster: β = {beta} ({p}); a gap halves in {years} periods.": ("beta", -1),
    "Entities with lower initial scores grew faster: β = {beta} ({p}).": ("beta", -1),
    "Entities with higher initial scores grew faster: β = {beta} ({p}).": ("beta", 1),
    "The dispersion shrinks: the coefficient of variation changes by {slope} per period ({p}).": ("slope", -1),
    "The dispersion grows: the coefficient of variation changes by {slope} per period ({p}).": ("slope", 1),
}  # fmt: skip
"""Template -> the number whose sign its words tell."""
MOVED = {"rises": 1, "falls": -1, "rose": 1, "fell": -1}


def test_words_of_direction_agree_with_the_numbers_beside_them(printed):
    """Positive is above zero, and what rises is higher afterwards."""
    checked = 0
    for one in printed:
        if one.template in SIGNED:
            key, sign = SIGNED[one.template]
            assert value(one.values[key]) * sign > 0, str(one)
            checked += 1
        for word, sign in MOVED.items():
            for low, high in (("low", "high"), ("first", "last")):
                if f" {word} " in one.template and f"from {{{low}}}" in one.template:
                    assert (value(one.values[high]) - value(one.values[low])) * sign > 0, str(one)
                    checked += 1
    assert checked > 10
