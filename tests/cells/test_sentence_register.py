"""Every sentence that the reports of four studies print is read by a test, and no sentence contradicts itself."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from judged_sentences import sentences_of
from places import ROOT
from xinzhi.report.build import content_of
from xinzhi_core.wording import Message

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


LEGEND = "a legend, of which only the declared level, the stars or a name of errors is put in"
PIECES = "written by `second_writer.py` or by the test of its table, in pieces"
VALUE = "its words are put together of parts, which the unit tests of coverage, of groups and of random effects read"
UNREAD = {
    "A channel is the mediated effect, its error by Sobel; a tool is its interaction with a step. Bounds: interval of {confidence}, which leaves out zero where p is below the level.": LEGEND,
    "About column {n} of {table}.": VALUE,
    "Arrow up or down: sign of the coefficient of the interaction, which stands beside it; {stars}. A moderator strengthens an effect that it shifts away from zero and weakens one that it shifts towards zero; where the effect at the mean of the moderator is not statistically significant (p ≥ {level}), only the sign of the interaction is given.": LEGEND,
    "At most {n} entities, those with the largest change over all effects.": LEGEND,
    "By {test}, indirect effects are significant {channels}.": PIECES,
    "Change of the score implied by the estimate that applies to the entity, all else equal. An association, not a forecast. Bounds: {confidence}, by the delta method from the error of the slope alone.": LEGEND,
    "In simulated panels of {n} × {t}, 95% intervals of this kind cover the true value less often: {cases}.": VALUE,
    "Line: effect at each value of the moderator, over its mean ± 2 SD as far as it was observed; band: {band}, pointwise; thick: statistically significant at the {level} level.": LEGEND,
    "Lines: the usual interval, and beneath it that over draws of the study ({level}); hollow: the interval holds zero.": LEGEND,
    "Numbers: coefficients ({stars}); dotted grey: not statistically significant (p ≥ {level}). The width of an arrow shows the size of an effect relative to the others on the same variable.": LEGEND,
    "The classic Hausman statistic is not chi² here (eigenvalues {low:.2e} to {high:.2e}, rank {rank}); see the Mundlak test.": VALUE,
    "The factors of one path enter one equation with their interactions; standard errors of the effects at low, mean and high moderator are by the delta method. Rows with a significant effect: those whose moderator lies where the effect is statistically significant at the {level} level (Johnson-Neyman, pointwise).": LEGEND,
    "There are no significant {effects}.": PIECES,
    "p-values are adjusted for the number of places (Benjamini and Hochberg); level {level}.": LEGEND,
    "{errors}, as declared, decide; those printed here lead to the same verdicts.": PIECES,
    "{names} are negatively associated with {outcome}": PIECES,
    "{names} are not significantly associated with {outcome}": PIECES,
    "{names} are positively associated with {outcome}": PIECES,
    "{name} is an efficiency score: such scores are bounded and depend on one another through the frontier, so the usual standard errors of a regression on them are approximate.": LEGEND,
    "{name}, estimated scores as an outcome: {note}": VALUE,
    "{n} confidence intervals are wide on one side by convention: the frontiers of more than {share} of the subsamples cannot reach these rows, and the worst possible distance is used for them.": VALUE,
    "{n} of {total} scores are certified optimal; the worst certificate: constraint {primal}, dual {dual}, gap {gap}.": PIECES,
    "{variable} is associated with less inefficiency: {estimate} ({level} interval {low} to {high}).": PIECES,
}  # fmt: skip
"""Sentences in which no test is found by their words, each with the reason."""


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
    "Column {column}: {name} is positively associated with {outcome}: {b}, {p}; {level} interval from {low} to {high}.": ("b", 1),
    "Column {column}: {name} is negatively associated with {outcome}: {b}, {p}; {level} interval from {low} to {high}.": ("b", -1),
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
