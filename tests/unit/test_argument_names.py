"""No two arguments of a call stand in each other's place: first and last, size and share, name and group."""

from __future__ import annotations

import ast
import string
from itertools import combinations

import pytest

import argument_names
from argument_names import Pair, pairs
from places import ROOT

READ = ROOT / "tests" / "reference" / "argument_names.txt"
"""Pairs that fit better when exchanged and are right as they stand: somebody has read them."""
KINDS = {"sentences": 0.85, "keywords": 0.94, "position": 0.94}
"""Where arguments stand -> share of all exchanges that is noticed at least."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_arguments_fit_better_exchanged(kind):
    """What a sentence says of its first place is not what belongs into its last; nor what a function is given."""
    found = {str(pair) for pair in pairs(kind) if pair.gain > 0}
    known = set(READ.read_text(encoding="utf-8").splitlines())

    assert found - known == set(), (
        f"exchange the two, or rename one; else add the line to {READ.name}"
    )


def test_nothing_is_listed_that_no_longer_exists():
    """The list holds the pairs of today alone, in order."""
    found = {str(pair) for kind in KINDS for pair in pairs(kind) if pair.gain > 0}

    assert READ.read_text(encoding="utf-8").splitlines() == sorted(found)


@pytest.mark.parametrize(("kind", "share"), KINDS.items())
def test_most_exchanges_are_noticed(kind, share):
    """An exchange is noticed where the two fit as they stand: exchanged, they would fit better otherwise."""
    found = [*pairs(kind)]

    assert len(found) > 1500
    assert sum(pair.gain < 0 for pair in found) >= share * len(found)


NOT_PASSED_ON = {
    "xinzhi/analyses/efficiency/show.py exhibits -> efficiency_ranking: shown": "how many are shown, not the view",
    "xinzhi/analyses/mediation/compute.py mediate_in_study -> mediate: seed": "draws nothing",
    "xinzhi/cli/commands/runs.py delete -> command: name": "of the command, not of the run",
    "xinzhi/cli/commands/runs.py why -> command: name": "of the command, not of the run",
    "panel/columns/meaning.py _reading -> _marked: vocabulary": "without an indicator nothing is looked up",
    "frontier/evaluate.py evaluate -> evaluate: with_influence": "what zeros move is computed once",
    "frontier/evaluate.py gap_ratios -> evaluate: groups": "the frontier of all groups",
    "frontier/kernel/engine.py solutions -> confirm: codes": "filled in by the second look",
    "frontier/kernel/engine.py solutions -> confirm: joins": "filled in by the second look",
    "xinzhi/report/what_changed.py _run_table -> table_from: part": "another meaning: of the report",
    "xinzhi/study/file/references.py frontier_value -> refusals: option": "of another section",
    "xinzhi/study/run.py run -> run: before": "of the analyses, which a run has prepared",
    "xinzhi/study/run.py run -> run: computes": "of the analyses, which a run has prepared",
    "xinzhi/study/run.py run -> run: listener": "of the analyses, which a run has prepared",
    "xinzhi/study/run.py run -> run: plan": "of the analyses, which a run has prepared",
}
"""Options that a caller has under the same name and does not pass on, each with the reason."""


def test_an_option_that_both_have_is_passed_on():
    """A function that takes a level, a seed or a language gives it to what it calls, if that takes one too."""
    found = argument_names.options()
    left = {str(option) for option in found if not option.is_passed_on}

    assert sum(option.is_passed_on for option in found) > 300
    assert left == set(NOT_PASSED_ON)


LATER = {("panel/io/recognise/types.py", "cell")}
"""Places that are filled in where the sentence is said, while others of it are filled in before."""


def test_every_place_of_a_sentence_is_given_a_value():
    """And no value is given that no place shows; a sentence without any is filled in where it is said."""
    wrong = []
    for path, call in argument_names.sentences():
        given = {word.arg for word in call.keywords}
        if None in given or not given - {"one", "counting"}:
            continue
        template = ast.literal_eval(call.args[0])
        places = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        # The number that decides between one and many need not be in the sentence on one.
        counting = [k.value.value for k in call.keywords if k.arg == "counting"] or ["n"]
        expected = places | ({"one", *counting} if "one" in given else set())
        given -= {"counting"}
        wrong += [(path, name) for name in expected ^ given]

    assert set(wrong) == LATER


@pytest.mark.parametrize(
    ("call", "is_noticed"),
    [
        ("message('', first=years[0], last=years[-1])", False),
        ("message('', first=years[-1], last=years[0])", True),
        ("message('', n=len(lost), names=listed(lost))", False),
        ("message('', n=listed(names), names=len(lost))", True),
        ("message('', low=interval.low, high=interval.high)", False),
        ("message('', low=interval.high, high=interval.low)", True),
        ("message('', k=found, n=found.total)", False),
    ],
)
def test_an_exchange_is_told_by_names(call, is_noticed):
    """Of places of a row, of numbers of things, of bounds; names that say nothing are left alone."""
    node = ast.parse(call).body[0].value
    arguments = argument_names._arguments(node, None, "sentences")
    found = [Pair("", one, two).gain > 0 for one, two in combinations(arguments, 2)]

    assert found == [is_noticed]
