"""Mirrors of a study: what is turned around in the data is turned around in every sentence, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import made_cells
import made_everything
import made_mechanism
from judged_sentences import of_sentences
from printed import ENGLISH
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi_core.wording import say

TURNED = {"positive": "negative", "negative": "positive"}
LANGUAGES = ("en", "zh")
LAST = 2010 + 2015


@pytest.fixture(scope="module")
def content(mechanism):
    return content_of(mechanism.result)


@pytest.fixture(scope="module")
def of_places(everything):
    return content_of(everything.result)


def run_mechanism(folder, text=made_cells.MECHANISM, **columns):
    """Run the study of a mechanism on data in which some columns are others: name=function of the frame."""
    frame = made_cells.mechanism_frame()
    changed = {name: write(frame) for name, write in columns.items()}
    place = made_mechanism.write_study(folder, frame.assign(**changed), text)
    return content_of(run(place))


@pytest.fixture(scope="module")
def negated(tmp_path_factory):
    """Run it with the outcome negated: more is less."""
    return run_mechanism(tmp_path_factory.mktemp("negated"), green=lambda f: 40 - f["green"])


@pytest.fixture(scope="module")
def exchanged(tmp_path_factory):
    """Run it with both mediators under each other's name, the groups of regions too, and the policy turned around."""
    return run_mechanism(
        tmp_path_factory.mktemp("exchanged"),
        made_cells.MECHANISM.replace("east: [1]", "east: [0, 2]"),
        firms=lambda f: f["rivals"],
        rivals=lambda f: f["firms"],
        policy=lambda f: 3 - f["policy"],
    )


@pytest.fixture(scope="module")
def reversed_years(tmp_path_factory):
    """Run the study of places with the years in the opposite order, and every place under the name of another."""
    frame = made_everything.places().reset_index()
    frame["year"] = LAST - frame["year"]
    frame["place"] = frame["place"].map(other_place())
    frame = frame.set_index(["place", "year"]).sort_index()
    text = made_everything.STUDY.replace("east: [1]", "east: [0]")
    place = made_everything.write_study(tmp_path_factory.mktemp("reversed"), frame, text)
    return content_of(run(place))


def other_place():
    """Give every place the name of the next."""
    names = made_everything.PLACES
    return dict(zip(names, [*names[1:], names[0]], strict=True))


def judgements(content):
    """List what is said of each effect, with where."""
    found, _ = of_sentences(content)
    return Counter((one.effect, one.place, one.direction) for one in found)


def outcome_of(effect):
    """Say which variable an effect acts on; of the tables it is the outcome of the study."""
    return effect[-1] if effect[0] == "interaction" else "Green"


def test_an_outcome_negated_turns_every_verdict_around(content, negated):
    """Positive and negative are exchanged where the outcome is explained, and stay where a mediator is."""
    expected = Counter()
    for (effect, place, direction), n in judgements(content).items():
        turns = outcome_of(effect) == "Green"
        expected[effect, place, TURNED.get(direction, direction) if turns else direction] += n

    said = judgements(negated)
    assert any(direction == "negative" for *_, direction in said)
    assert said == expected


def numbers(text):
    """Read the numbers of a text, in their order."""
    return [
        float(n.replace("−", "-")) for n in re.findall(r"[−+]?\d+\.\d+", text.replace("–", " "))
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outcome_negated_turns_every_slope_around(content, negated, language):
    """In the paragraph on effects each estimate and each change has the other sign, in both languages."""
    before, after = (say(one.prose["models"][0], language) for one in (content, negated))
    estimates = r"[（(]([−]?\d+\.\d+)[,，]" if language == "zh" else r"\(([−]?\d+\.\d+),"
    signs = [Counter(re.findall(estimates, text)) for text in (before, after)]
    turned = Counter({n[1:] if n[0] == "−" else f"−{n}": k for n, k in signs[0].items()})
    words = [("正相关", "负相关"), ("positively", "negatively")][language == "en"]

    assert signs[0]
    assert signs[1] == turned
    assert [before.count(word) for word in words] == [after.count(word) for word in words[::-1]]


def test_exchanged_mediators_and_a_turned_moderator(content, exchanged):
    """What was said of one mediator is said of the other; slopes that grew with the policy shrink with it."""
    names = {"Firms": "Rivals", "Rivals": "Firms", "Region": "Region"}
    expected = Counter()
    for (effect, place, direction), n in judgements(content).items():
        kind = effect[0]
        if kind not in {"mediated", "interaction"} or "single" in place or "later" in place:
            continue
        turned = tuple(names.get(word, word) for word in effect)
        if kind == "interaction":
            # The study asks for the paths of the factors to one mediator alone.
            if effect[-1] != "Green" or direction == "not_significant":
                continue
            direction = TURNED.get(direction, direction)  # noqa: PLW2901 - what the mirror says of it
        expected[turned, place, direction] += n

    said = Counter(
        {
            key: n
            for key, n in judgements(exchanged).items()
            if key[0][0] in {"mediated", "interaction"}
            and not any(word in key[1] for word in ("single", "later"))
            and not (
                key[0][0] == "interaction"
                and (key[0][-1] != "Green" or key[2] == "not_significant")
            )
        }
    )
    assert any(key[0][0] == "interaction" and key[2] == "negative" for key in said)
    assert {k: n for k, n in said.items() if k[0][0] == "interaction"} == {
        k: n for k, n in expected.items() if k[0][0] == "interaction"
    }
    # Draws of the bootstrap are the same whatever a mediator is called.
    of_mediators = [
        {k: n for k, n in found.items() if k[1] == "sentence: mechanism_effects"}
        for found in (said, expected)
    ]
    assert of_mediators[0]
    assert of_mediators[0] == of_mediators[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_low_and_high_moderator_change_places(content, exchanged, language):
    """The slope at a low level of the policy stands where that at a high level stood."""
    before, after = (
        {
            str(one.values["factor"]): numbers(say(one, language))
            for one in _messages(found.prose["moderation"][0])
            if one.template == "{factor} on {outcome} (from {low} to {high})"
            and str(one.values["outcome"]) == "Green"
        }
        for found in (content, exchanged)
    )
    names = {"Firms": "Rivals", "Rivals": "Firms"}

    assert before
    assert after == {names[name]: pair[::-1] for name, pair in before.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_exchanged_groups_exchange_their_slopes(content, exchanged, language):
    """The first and the other group of the regions have each other's slopes, under the same words."""

    def slopes(found):
        for one in _messages(found.prose["heterogeneity"][0]):
            if (
                one.template == "{grouping} ({slopes}; {p})"
                and str(one.values["grouping"]) == "Region"
            ):
                yield {
                    str(each.values["group"]): numbers(say(each, language))[0]
                    for each in _messages(one.values["slopes"])
                    if each.template == "{group} {b}"
                }

    before, after = list(slopes(content)), list(slopes(exchanged))
    assert before
    assert after == [{"east": each["other"], "other": each["east"]} for each in before]


def _messages(words):
    """Walk through a sentence and what stands in it."""
    if hasattr(words, "template"):
        yield words
        for value in words.values.values():
            yield from _messages(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reversed_years_turn_rise_into_fall(of_places, reversed_years, language):
    """What fell from a in the first year to b in the last rises from b to a; extremes keep their mirrored years."""
    before, after = (
        [say(one, language) for one in _sentences(found.prose["efficiency"][0])]
        for found in (of_places, reversed_years)
    )
    rose, fell = ("rose", "fell") if language == "en" else ("升至", "降至")
    assert (rose in before[0]) != (fell in before[0])
    assert (rose in before[0]) == (fell in after[0])
    first, last = numbers(before[0])
    assert numbers(after[0]) == [last, first]
    years = [[int(y) for y in re.findall(r"20\d\d", each[1])] for each in (before, after)]
    assert years[1] == [LAST - year for year in years[0]]
    assert numbers(after[1]) == numbers(before[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_names_stand_in_the_same_places(of_places, reversed_years, language):
    """The best is called by the new name of the best, the worst by that of the worst."""
    before, after = (
        say([*_sentences(found.prose["efficiency"][0])][-1], language)
        for found in (of_places, reversed_years)
    )
    names = other_place()
    if language == "en":
        names = {ENGLISH[old]: ENGLISH[new] for old, new in names.items()}
    pattern = re.compile("|".join(sorted(names, key=len, reverse=True)))

    assert pattern.search(before)
    assert after == pattern.sub(lambda m: names[m[0]], before)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reversed_years_exchange_the_counts_of_classes(of_places, reversed_years, language):
    """From 4 to 9 in a class becomes from 9 to 4."""
    pairs = [
        [
            (str(one.values["label"]), [int(n) for n in re.findall(r"\d+", say(one, language))])
            for one in _messages(found.prose["classes"][0])
            if one.template == "from {before} to {after} in the class {label}"
        ]
        for found in (of_places, reversed_years)
    ]

    assert pairs[0]
    assert pairs[1] == [(label, both[::-1]) for label, both in pairs[0]]


def test_reversed_years_turn_climbs_into_falls(of_places, reversed_years):
    """The largest fall between the dates is the largest climb; from rank a to b becomes from b to a."""

    def moves(found):
        (table,) = [t for group in found.tables.values() for t in group if t.id == "green_ranks"]
        for one in table.reading:
            v = one.values
            yield str(v["what"]), say(v["entity"], "zh"), v["before"], v["after"]

    turned = {"The largest fall": "The largest climb", "The largest climb": "The largest fall"}
    before, after = list(moves(of_places)), list(moves(reversed_years))
    assert before
    assert sorted(after) == sorted(
        (turned[what], other_place()[name], b, a) for what, name, a, b in before
    )


def test_reversed_years_turn_moves_between_classes(of_places, reversed_years):
    """Who rose falls, who fell rises, and who stayed stays; regions exchange their counts."""

    def counts(found):
        (paragraph,) = [
            one
            for p in found.prose["space"]
            for one in _messages(p)
            if one.template.startswith("Over the dates")
        ]
        return [paragraph.values[key] for key in ("rose", "fell", "stayed")]

    before, after = counts(of_places), counts(reversed_years)
    assert before[0] != before[1]
    assert after == [before[1], before[0], before[2]]


def _sentences(words):
    """Take a paragraph apart into its sentences."""
    if getattr(words, "template", "") == "{first} {second}":
        yield from _sentences(words.values["first"])
        yield from _sentences(words.values["second"])
    else:
        yield words
