"""A page for each pathway: what it means, the entities it is open to, tools and cautions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.analyses.pathways.by_entity import Sorted, number_or_none, sort_findings
from xinzhi.analyses.pathways.city_tables import (
    distance_table,
    pathways_table,
    peers_table,
    scores_table,
    what_if_table,
)
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.pathway_tables import STATUSES, labels_of
from xinzhi.analyses.pathways.pathways import CityPathways, Pathway
from xinzhi.analyses.pathways.rule import rules
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.present import numbers
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

Found = Mapping[str, Pathway]
"""Entity -> what is found of one pathway."""


def pathway_pages(
    known: Sorted, scores: Mapping[str, float], models: Mapping[str, Wording]
) -> Iterator[Table]:
    """Write a page for each pathway, in the order of the rules.

    Parameters
    ----------
    scores, models
        Last score and role models in words, by entity; an entity without is a dash.
    """
    for rule, label in labels_of(known.found.pathways).items():
        found = {
            city.entity: one
            for city in known.found.pathways.by_city.values()
            for one in city.pathways
            if one.rule == rule
        }
        yield _page(known, label, found, scores, models)


def _page(
    known: Sorted,
    label: Wording,
    found: Found,
    scores: Mapping[str, float],
    models: Mapping[str, Wording],
) -> Table:
    rule = next(iter(found.values())).rule
    open_to = {entity: one for entity, one in found.items() if one.status == "supported"}
    columns = (
        Column("score", message("Score")),
        Column("effect", message("b")),
        Column("of", message("Estimate for")),
        Column("channels", message("Channels")),
        Column("helps", message("Tools that help")),
        Column("hinders", message("Tools that hinder")),
        Column("models", message("Role models")),
    )
    return Table(
        id=f"pathway_{rule}",
        title=message("{pathway}: entities it is open to", pathway=label),
        stub=message("Entity"),
        columns=columns if open_to else (),
        rows=tuple(_row(known, entity, one, scores, models) for entity, one in open_to.items()),
        notes=tuple(_cautions(found)),
        reading=tuple(_sentences(known, rule, found)),
        machine=MappingProxyType({"entities": list(open_to)}),
    )


def _row(
    known: Sorted,
    entity: str,
    one: Pathway,
    scores: Mapping[str, float],
    models: Mapping[str, Wording],
) -> Row:
    speaking = [applied.evidence for applied in one.effect.applicable]
    effects = [numbers.number(e.b, known.decimals) for e in speaking]
    words = (
        listed(effects),
        listed([known.group(e.grouping, e.group) for e in speaking]),
        _names(known, [channel.mediator for channel in one.channels if channel.works]),
        _names(known, one.tools_that("helps")),
        _names(known, one.tools_that("hinders")),
        models.get(entity) or numbers.MISSING,
    )
    score = Cell(scores.get(entity), decimals=known.decimals)
    cells = (score, *(Cell(text, "text") for text in words))
    return Row(known.names.get(entity, entity), cells, key=entity)


def _names(known: Sorted, variables: Sequence[str]) -> Wording:
    return listed([known.name(one) for one in variables]) or numbers.MISSING


def _sentences(known: Sorted, rule: str, found: Found) -> Iterator[Wording]:
    first = next(iter(found.values()))
    yield rules.get(rule).idea
    yield message(
        "Factor: {factor}. Channel: {channels}.",
        factor=known.name(first.factor),
        channels=_names(known, [channel.mediator for channel in first.channels]),
    )
    counts: Counter[str] = Counter(one.status for one in found.values())
    for status, words in STATUSES.items():
        if counts[status]:
            yield message(
                "{status}: {k} of {n} entities.", status=words, k=counts[status], n=len(found)
            )
    yield from _by_groups(known, found)


def _by_groups(known: Sorted, found: Found) -> Iterator[Wording]:
    """Say for how many of each group it is open, where it is open to any."""
    open_to = {entity for entity, one in found.items() if one.status == "supported"}
    if not open_to:
        return
    study = known.shown.study
    for grouping, column in known.found.groups.items():
        members = column.dropna()
        parts = [
            message(
                "{group} {k} of {n}",
                group=study.member_label(str(grouping), str(group)),
                k=sum(str(entity) in open_to for entity in inside.index),
                n=len(inside),
            )
            for group, inside in members.groupby(members)
        ]
        yield message(
            "{grouping}: {parts}.", grouping=study.group_label(str(grouping)), parts=listed(parts)
        )


def _cautions(found: Found) -> Iterator[Wording]:
    """Gather the cautions of the literature and of the estimates, with the number of entities."""
    told = Counter(caution for one in found.values() for caution in one.cautions)
    for caution, n in told.items():
        words = {"text": caution.text, "n": n}
        if caution.source == "literature":
            yield message("Caution of the literature, for {n} entities: {text}", **words)
        else:
            yield message("Caution by the estimates, for {n} entities: {text}", **words)


HELPS = message("Tools that help: {tools}.", tools="").template
HINDERS = message("Tools that hinder: {tools}.", tools="").template
OF_ESTIMATES = message("Caution by the estimates: {text}", text="").template
OF_LITERATURE = message("Caution of the literature: {text}", text="").template


def city_pages(result: PathwayResult, section: TypologySection, shown: Shown) -> Profiles:
    """Write the pages, one for each entity."""
    known = sort_findings(result, section, shown)
    mean = result.outcomes.groupby(level="period").mean()
    return Profiles(
        title=message("Entity by entity"),
        items=tuple(_entity_page(known, city) for city in result.pathways.by_city.values()),
        mean=tuple((int(str(p)), float(v)) for p, v in mean.dropna().items()),
    )


def _entity_page(known: Sorted, city: CityPathways) -> Profile:
    tables = (
        scores_table(known, city.entity),
        pathways_table(known, city),
        peers_table(known, city.entity),
        distance_table(known, city.entity),
        what_if_table(known, city.entity),
    )
    return Profile(
        key=city.entity,
        name=known.names.get(city.entity, city.entity),
        sentences=tuple(_entity_sentences(known, city)),
        tables=tuple(table for table in tables if table.rows),
        series=tuple(
            (int(row["period"]), number_or_none(row["score"])) for row in known.values[city.entity]
        ),
    )


def _entity_sentences(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    scored = [row for row in known.values[city.entity] if number_or_none(row["score"]) is not None]
    if scored:
        yield _standing(known, scored[-1])
    if city.groups:
        groups = listed([known.group(*pair) for pair in city.groups.items()])
        yield message("Groups: {groups}.", groups=groups)
    elif len(known.found.groups.columns):
        yield message("This entity is in no group; the estimates for all entities apply to it.")
    yield from _supported(known, city)
    yield from _entity_cautions(city)


def _standing(known: Sorted, last: Mapping[str, Any]) -> Wording:
    words = {
        "score": numbers.number(float(last["score"]), known.decimals),
        "rank": int(last["rank"]),
        "n": known.n_ranked[last["period"]],
    }
    if not known.has_periods:
        return message("Score {score}: rank {rank} of {n}.", **words)
    return message("Score {score} in {period}: rank {rank} of {n}.", period=last["period"], **words)


def _supported(known: Sorted, city: CityPathways) -> Iterator[Wording]:
    if not city.supported:
        yield message("The estimates support no pathway for this entity.")
    for one in city.supported:
        channels = listed([known.name(c.mediator) for c in one.channels if c.works])
        yield message(
            "{pathway}: {factor} works, through {channels}.",
            pathway=one.label,
            factor=known.name(one.factor),
            channels=channels,
        )
        for what, template in (("helps", HELPS), ("hinders", HINDERS)):
            tools = one.tools_that(what)
            if tools:
                yield message(template, tools=listed([known.name(tool) for tool in tools]))


def _entity_cautions(city: CityPathways) -> Iterator[Wording]:
    told: dict[Wording, None] = {}
    for pathway in city.pathways:
        for caution in pathway.cautions:
            template = OF_ESTIMATES if caution.source == "estimates" else OF_LITERATURE
            told[message(template, text=caution.text)] = None
    yield from told
