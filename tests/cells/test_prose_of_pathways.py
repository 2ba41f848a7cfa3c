"""Sentences on pathways, written a second time from drawn statuses, tools and levels: for whom, how many, which."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import second_writer as again
from made_shown import asked
from printed import digits, in_english
from xinzhi.analyses.pathways import city_tables, pathway_tables, show
from xinzhi.analyses.pathways import pathway_tables as of_pathways
from xinzhi.analyses.pathways.pathway_tables import build_view
from xinzhi.analyses.pathways.pathways import EntityCaution
from xinzhi.analyses.pathways.show import apply_labels
from xinzhi_core.wording import say

SEEDS = range(25)
MANY, ONE = "provinces", "province"
LABELS = {"first": "Education", "second": "Equipment", "third": "Technology"}
STATUSES = {
    "supported": "supported",
    "effect_only": "effect significant, channel not",
    "contested": "groups disagree",
    "opposed": "factor negatively associated",
    "small": "effect too small to count",
    "unsupported": "effect not significant",
    "untested": "not estimated",
}
HELPS = {
    "helps": (
        "helps at this level",
        "policy helps at the level of this entity ({level}): {names}.",
    ),
    "needs_more": (
        "would help at a higher level",
        "policy would help at a higher level than that of this entity ({level}): {names}.",
    ),
    "hinders": (
        "hinders at this level",
        "policy hinders at the level of this entity ({level}): {names}.",
    ),
    "mixed": (
        "strengthens one step and weakens another",
        "policy strengthens one step and weakens another, at the level of this entity ({level}): {names}.",
    ),
    "none": ("makes no difference that is shown", ""),
    "unknown": ("level not known", ""),
    "untested": ("not estimated", ""),
}
IN_CHINESE = {
    "helps": "上有助益",
    "needs_more": "时方有助益",
    "hinders": "上构成阻碍",
    "mixed": "增强一个环节而削弱另一个",
}


def labelled(everything):
    """Give the pathways of the study with the labels of what they are about."""
    one = asked(everything.result, "typology")
    return replace(one, result=apply_labels(one.result, one.section, one.shown))


def drawn(everything, seed, *, dull=False):
    """Draw three pathways of every entity: their statuses, what the tool does, its level, its median."""
    draw = np.random.default_rng(seed)
    one = labelled(everything)
    cities = {}
    for name, city in one.result.pathways.by_city.items():
        (real,) = city.pathways
        (tool,) = real.tools
        pathways = []
        for key, label in LABELS.items():
            statuses = [s for s in STATUSES if s != "supported"] if dull else list(STATUSES)
            chances = None if dull else [0.5, *([0.5 / 6] * 6)]
            made = replace(
                tool,
                help=str(draw.choice(list(HELPS))),
                level=replace(tool.level, median=float(tool.level.value + draw.normal())),
            )
            level = replace(real.level, median=float(real.level.value + draw.normal()))
            status = str(draw.choice(statuses, p=chances))
            pathways.append(
                replace(
                    real,
                    name=key,
                    label=label,
                    status=status,
                    tools=(made,),
                    level=level,
                    cautions=(),
                )
            )
        cities[name] = replace(city, pathways=tuple(pathways))
    found = replace(one.result.pathways, by_city=cities)
    return replace(one, result=replace(one.result, pathways=found, supported_by_default=None))


def counted(one, status):
    """Count the entities of each pathway with a status."""
    found = Counter(
        p.name
        for city in one.result.pathways.by_city.values()
        for p in city.pathways
        if p.status == status
    )
    return [(label, found[name]) for name, label in LABELS.items() if found[name]]


def any_supported(one):
    """Count the entities for which any is supported."""
    cities = one.result.pathways.by_city.values()
    return sum(any(p.status == "supported" for p in city.pathways) for city in cities)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_chapter_counts_entities_by_pathway(everything, seed):
    """How many have any, how many have each, and for how many the groups contradict one another."""
    one = drawn(everything, seed)
    told = [again.supported(counted(one, "supported"), any_supported(one), 12, ONE, MANY)]
    if contested := counted(one, "contested"):
        items = again.listed([f"{label} for {k}" for label, k in contested])
        told.append(f"Estimates for the groups of a {ONE} contradict one another: {items}.")

    (said,) = of_pathways.prose(one.result, one.shown)
    ((part, brief),) = [(s.part, str(s.text)) for s in of_pathways.abstract(one.result, one.shown)]

    assert str(said) == " ".join(told)
    in_brief = again.supported_in_brief(any_supported(one), 12, ONE, MANY)
    assert (part, brief) == ("conclusion", in_brief)
    assert [(each.line, str(each.text)) for each in of_pathways.head(one.result, one.shown)] == [
        ("found", in_brief),
        ("not_shown", f"That the pathway of a single {ONE} is established."),
    ]


def test_none_and_all(everything):
    """No entity at all, and every one of them, have words of their own."""
    dull, one = drawn(everything, 1, dull=True), drawn(everything, 1)
    cities = {
        name: replace(city, pathways=tuple(replace(p, status="supported") for p in city.pathways))
        for name, city in one.result.pathways.by_city.items()
    }
    pathways = replace(one.result.pathways, by_city=cities)
    whole = replace(one, result=replace(one.result, pathways=pathways))
    nothing = "The estimates support no pathway for any province."

    (first,) = of_pathways.head(dull.result, dull.shown)
    assert (first.line, str(first.text)) == ("found", nothing)
    (brief,) = of_pathways.abstract(dull.result, dull.shown)
    assert str(brief.text) == nothing
    (every,) = of_pathways.abstract(whole.result, whole.shown)
    assert str(every.text) == again.supported_in_brief(12, 12, ONE, MANY)
    (said,) = of_pathways.prose(whole.result, whole.shown)
    assert str(said) == (
        "The estimates support at least one pathway for all 12 provinces (several may apply): Education for 12, "
        "Equipment for 12, Technology for 12."
    )


@pytest.mark.parametrize("left", [0, 5])
def test_what_the_defaults_leave(everything, left):
    """Under default errors and tests: for how many a pathway remains, and by pathway before and after."""
    one = drawn(everything, 3).with_inference(indirect="sobel", family="none")
    k = any_supported(one)
    counts = dict(counted(one, "supported"))
    by_default = {"": left, "first": 2 if left else 0, "second": counts["Equipment"], "third": 0}
    by_default = {name: n for name, n in by_default.items() if n or not name}
    result = replace(one.result, supported_by_default=by_default)
    how = "the bootstrap over provinces and Holm's adjustment"
    told = (
        f"With {how} together, a pathway is supported for {left} of 12 provinces."
        if left
        else f"With {how} together, no pathway is supported for any province."
    )

    _, remains = of_pathways.abstract(result, one.shown)
    phrase = ("left", f"pathways for {left} of 12 provinces") if left else ("gone", "pathway")
    assert (remains.part, str(remains.text)) == phrase
    assert phrase in [(each.line, str(each.text)) for each in of_pathways.head(result, one.shown)]
    assert str(of_pathways.prose(result, one.shown)[0]).endswith(told)

    (said,) = of_pathways.describe_defaults(result, one.shown.style.inference)
    how = (
        "With standard errors clustered by entity, mediated effects judged by draws of whole clusters, p-values "
        "adjusted by Holm's method"
    )
    if not left:
        assert str(said) == (
            f"{how}, no pathway is supported for any of 12 entities; as declared, one is for {k}."
        )
        return
    changed = f"Education 2 instead of {counts['Education']}, Technology 0 instead of {counts['Technology']}"
    assert str(said) == (
        f"{how}, a pathway is supported for {left} of 12 entities; as declared, for {k}: {changed}."
    )
    same = replace(one.result, supported_by_default=one.result.pathways.n_supported)
    assert list(of_pathways.describe_defaults(same, one.shown.style.inference)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sentences_beside_the_tables(everything, seed):
    """Pathway by pathway: for how many, why not for the others, what the tool does for how many."""
    one = drawn(everything, seed)
    view = build_view(one.result, one.section, one.shown)
    by_name = pathway_tables.by_pathway(one.result.pathways)
    told = [f"The estimates support a pathway for {any_supported(one)} of 12 entities."]
    for name, label in LABELS.items():
        of_all = list(by_name[name].values())
        good = [p for p in of_all if p.status == "supported"]
        if good:
            told.append(f"{label}: supported for {len(good)} of 12 entities (all entities).")
        others = again.listed(
            [
                f"{words} ({n})"
                for status, words in STATUSES.items()
                if status != "supported" and (n := sum(p.status == status for p in of_all))
            ]
        )
        if others:
            told.append(
                f"{label}: not supported for the others: {others}."
                if good
                else f"{label}: supported for no entity: {others}."
            )
        if good:
            helps = Counter(p.tools[0].help for p in good)
            items = again.listed(
                [f"{words} ({helps[k]})" for k, (words, _) in HELPS.items() if helps[k]]
            )
            told.append(f"{label}, by the entity's own level of policy: {items}.")

    assert [str(each) for each in pathway_tables.pathways_table(view).reading] == told


@pytest.mark.parametrize("seed", SEEDS)
def test_the_page_of_an_entity_says_what_its_tools_do(everything, seed):
    """Supported pathways, each tool under its own verb with the own level, what is not supported, what lies below."""
    one = drawn(everything, seed)
    view = build_view(one.result, one.section, one.shown)
    frame = everything.result.panel.frame[["talent", "policy"]].groupby(level="entity").last()
    for page, city in zip(
        show.city_pages(view).items, one.result.pathways.by_city.values(), strict=True
    ):
        said = [str(each) for each in page.sentences]
        good = [p for p in city.pathways if p.status == "supported"]
        talent, policy = (float(frame[v][city.entity]) for v in ("talent", "policy"))
        heads = [s.split(":")[0] for s in said if ": higher Talent goes with higher Green" in s]
        assert heads == [p.label for p in good]
        assert ("The estimates support no pathway for this entity." in said) == (not good)
        kinds = dict.fromkeys(p.tools[0].help for p in good)
        told = [
            HELPS[kind][1].format(
                level=digits(policy),
                names=again.listed([p.label for p in good if p.tools[0].help == kind]),
            )
            for kind in kinds
            if HELPS[kind][1]
        ]
        assert [s for s in said if s.startswith("policy ")] == told
        chinese = [
            s for s in (say(each, "zh") for each in page.sentences) if s.startswith("policy")
        ]
        for text, kind in zip(chinese, (k for k in kinds if HELPS[k][1]), strict=True):
            assert IN_CHINESE[kind] in text
        others = [f"{p.label} ({STATUSES[p.status]})" for p in city.pathways if p not in good]
        assert (f"Not supported: {again.listed(others)}." in said) == bool(others)
        _check_what_is_below(said, good, talent, policy)


def _check_what_is_below(said, good, talent, policy):
    """The factor and the tools that strengthen, where the own level is below the median; each once."""
    below = {}
    for p in good:
        if talent < p.level.median:
            below.setdefault("Talent", (talent, p.level.median))
        if p.tools[0].help in {"helps", "needs_more"} and policy < p.tools[0].level.median:
            below.setdefault("policy", (policy, p.tools[0].level.median))
    items = again.listed(
        [
            f"{name} ({digits(own)}, median {digits(median)})"
            for name, (own, median) in below.items()
        ]
    )
    found = [s for s in said if s.startswith("Below the median")]
    assert found == ([f"Below the median of its group: {items}."] if items else [])


def test_a_page_says_where_the_entity_stands_and_what_it_would_change(everything):
    """Score, rank and groups of each entity; inputs less, outputs more, each with its own share and amount."""
    one = labelled(everything)
    view = build_view(one.result, one.section, one.shown)
    codes = everything.result.panel.frame["region"].groupby(level=0).first()
    gaps = one.result.distance.by_city
    last = everything.result.panel.periods[-1]
    scores = everything.result.panel.frame["green"].astype(float).xs(last, level="period")
    for page in show.city_pages(view).items:
        said = [str(each) for each in page.sentences]
        assert said[0] == (
            f"Score {digits(scores[page.key])} in {last}: rank {1 + int((scores > scores[page.key]).sum())} of 12."
        )
        assert said[1] == f"Groups: region: {'east' if codes[page.key] == 1 else 'other'}."
        # An entity on the frontier in its last period has nothing to change.
        rows = gaps.loc[page.key] if page.key in gaps.index.get_level_values("entity") else None
        told = []
        if rows is not None:
            for (period, variable), row in rows.iterrows():
                if period == last and row["direction"] in {"less", "more"}:
                    gap = f"{digits(row['gap'], _decimals(row['gap']))}"
                    told.append(
                        f"{row['direction']} {variable} ({digits(100 * row['share'], 1)}%, {gap})"
                    )
        found = [s for s in said if s.startswith("On the frontier")]
        assert found == ([f"On the frontier it would have {again.listed(told)}."] if told else [])


def _decimals(value):
    return 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 3


def test_cautions_name_who_says_them(everything):
    """A caution of the estimates, and one of the literature, on the page of an entity and of a pathway."""
    one = labelled(everything)
    cities = {
        name: replace(
            city,
            pathways=tuple(
                replace(
                    p,
                    cautions=(
                        EntityCaution("Mind.", "estimates"),
                        EntityCaution("Read.", "literature"),
                    ),
                )
                for p in city.pathways
            ),
        )
        for name, city in one.result.pathways.by_city.items()
    }
    result = replace(one.result, pathways=replace(one.result.pathways, by_city=cities))
    view = build_view(result, one.section, one.shown)

    said = [str(each) for each in show.city_pages(view).items[0].sentences]
    assert said[-2:] == ["Caution by the estimates: Mind.", "Caution of the literature: Read."]
    (table,) = list(city_tables.pathway_pages(view))
    said = [str(each) for each in (*table.reading, *table.notes)]
    assert "Caution by the estimates, for 12 entities: Mind." in said
    assert "Caution of the literature, for 12 entities: Read." in said


def test_the_groups_of_a_pathway_are_counted(everything):
    """For how many entities of each group the pathway is supported, of how many."""
    one = labelled(everything)
    cities = dict(one.result.pathways.by_city)
    codes = everything.result.panel.frame["region"].groupby(level=0).first()
    dull = [name for name in cities if codes[name] == 1][:2]
    for name in dull:
        cities[name] = replace(
            cities[name],
            pathways=tuple(replace(p, status="unsupported") for p in cities[name].pathways),
        )
    result = replace(one.result, pathways=replace(one.result.pathways, by_city=cities))
    view = build_view(result, one.section, one.shown)
    (table,) = list(city_tables.pathway_pages(view))
    n = {group: int((codes == code).sum()) for group, code in (("east", 1), ("other", 0))}

    assert f"region: east {n['east'] - 2} of {n['east']}, other {n['other']} of {n['other']}." in [
        str(each) for each in table.reading
    ]


def test_role_models_are_those_of_the_last_period(everything):
    """Each with its years and its weight; those in the same groups say so."""
    one = labelled(everything)
    view = build_view(one.result, one.section, one.shown)
    models = one.result.role_models.by_city
    for page in show.city_pages(view).items:
        said = [str(each) for each in page.sentences]
        own = models[models.index.get_level_values("entity") == page.key].reset_index()
        names = [
            f"{in_english(row['model'])} {row['periods']} ({digits(100 * row['share'], 0)}%"
            + (f"; same {row['shared_groups']})" if row["shared_groups"] else ")")
            for _, row in own.iterrows()
        ][: one.section.role_models]
        told = f"Role models: {again.listed(names)}."
        assert (told in said) if names else any("no role model" in s for s in said)
