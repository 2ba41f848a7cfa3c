"""The tables of pathways: how many cities each one is open to, city by city, and the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from xinzhi.analyses.pathways.empowerment import VERDICTS
from xinzhi.analyses.pathways.evidence import ARROW, Evidence, Findings
from xinzhi.analyses.pathways.pathways import CityPathways, Pathway, Pathways
from xinzhi.present import numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

STATUSES: Mapping[str, Wording] = MappingProxyType(
    {
        "supported": message("supported"),
        "effect_only": message("effect significant, channel not"),
        "contested": message("groups disagree"),
        "opposed": message("factor negatively associated"),
        "small": message("effect too small to count"),
        "unsupported": message("effect not significant"),
        "untested": message("not estimated"),
    }
)
"""What is found of a pathway, in words."""


def pathway_counts(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Pathways,
    style: Style,
) -> Table:
    """Count the cities by pathway and by what is found of it."""
    counts: dict[str, Counter[str]] = {}
    words: dict[str, Pathway] = {}
    for city in found.by_city.values():
        for pathway in city.pathways:
            counts.setdefault(pathway.rule, Counter())[pathway.status] += 1
            words.setdefault(pathway.rule, pathway)
    seen = [s for s in STATUSES if s == "supported" or any(one[s] for one in counts.values())]
    rows = (
        Row(words[rule].label, tuple(Cell(one[s], "count") for s in seen), key=rule)
        for rule, one in counts.items()
    )
    return Table(
        id=id,
        title=title,
        stub=message("Pathway"),
        columns=tuple(Column(status, STATUSES[status]) for status in seen),
        rows=tuple(rows),
        notes=(
            message(
                "Supported: the factor is positively associated with {outcome}, also through a "
                "channel, both statistically significant at the {level} level, according to the "
                "estimates that apply to the entity.",
                outcome=name_of(found.outcome, style.labels),
                level=numbers.level(found.thresholds.level),
            ),
        ),
        reading=tuple(_counted(found, counts, words)),
        machine=MappingProxyType({"pathways": {rule: dict(one) for rule, one in counts.items()}}),
    )


def _counted(
    found: Pathways, counts: Mapping[str, Counter[str]], words: Mapping[str, Pathway]
) -> Iterator[Wording]:
    n = len(found.by_city)
    open_to = sum(bool(city.supported) for city in found.by_city.values())
    if not open_to:
        yield message(
            "The estimates support no pathway for any of {n} entities; that is a result too.",
            one="The estimates support no pathway for the {n} entity; that is a result too.",
            n=n,
        )
        return
    yield message(
        "The estimates support a pathway for {k} of {n} entities.",
        one="The estimates support a pathway for {k} of {n} entity.",
        k=open_to,
        n=n,
    )
    for rule, one in counts.items():
        if one["supported"]:
            yield message(
                "{pathway}: {k} of {n} entities.",
                one="{pathway}: {k} of {n} entity.",
                pathway=words[rule].label,
                k=one["supported"],
                n=n,
            )


def pathways_by_city(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Pathways,
    *,
    scores: Mapping[str, float],
    models: Mapping[str, Wording],
    style: Style,
) -> Table:
    """List the cities: last score, what is found of each pathway, tools, role models.

    Parameters
    ----------
    scores, models
        Last score and role models in words, by city; a city without is a dash.
    """
    columns = (
        Column("score", message("Score")),
        *(Column(rule, label) for rule, label in labels_of(found).items()),
        Column("helps", message("Tools that help")),
        Column("hinders", message("Tools that hinder")),
        Column("models", message("Role models")),
    )
    rows = tuple(
        Row(
            style.entities.get(city.entity, city.entity),
            (
                Cell(scores.get(city.entity), decimals=style.decimals),
                *(Cell(STATUSES[one.status], "text") for one in city.pathways),
                Cell(_tools(city, "helps", style), "text"),
                Cell(_tools(city, "hinders", style), "text"),
                Cell(models.get(city.entity) or numbers.MISSING, "text"),
            ),
            key=city.entity,
        )
        for city in found.by_city.values()
    )
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=columns,
        rows=rows,
        machine=MappingProxyType(
            {"cities": {city.entity: _machine(city) for city in found.by_city.values()}}
        ),
    )


def labels_of(found: Pathways) -> dict[str, Wording]:
    """Give the names of the pathways, in the order in which each city has them."""
    return {one.rule: one.label for city in found.by_city.values() for one in city.pathways}


def _tools(city: CityPathways, what: str, style: Style) -> Wording:
    names = dict.fromkeys(tool for pathway in city.supported for tool in pathway.tools_that(what))
    return listed([name_of(name, style.labels) for name in names]) or numbers.MISSING


def _machine(city: CityPathways) -> dict[str, object]:
    return {
        "groups": dict(city.groups),
        "pathways": {
            one.rule: {
                "factor": one.factor,
                "status": one.status,
                "evidence": [_plain(applied.evidence) for applied in one.effect.applicable],
                "channels": [c.mediator for c in one.channels if c.works],
                "helps": list(one.tools_that("helps")),
                "hinders": list(one.tools_that("hinders")),
            }
            for one in city.pathways
        },
    }


def _plain(e: Evidence) -> dict[str, object]:
    return {
        "path": e.path,
        "grouping": e.grouping,
        "group": e.group,
        "b": e.b,
        "se": e.se,
        "p": e.p,
        "ci_low": e.ci_low,
        "ci_high": e.ci_high,
        "n": e.n,
    }


def channel_evidence(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Findings,
    style: Style,
) -> Table:
    """Set the estimates of channels and of tools that the pathways rest on."""
    shown = [
        e for e in found.estimates.values() if e.is_common and (e.tool or e.path.count(ARROW) > 1)
    ]
    return Table(
        id=id,
        title=title,
        stub=message("Effect"),
        columns=(
            Column("b", message("b")),
            Column("se", message("Standard error")),
            Column("low", message("Lower bound")),
            Column("high", message("Upper bound")),
            Column("p", message("p")),
            Column("verdict", message("Meaning")),
        ),
        rows=tuple(_effect(e, found, style) for e in shown),
        notes=(
            message(
                "A channel is the mediated effect, its error by Sobel; a tool is its interaction "
                "with a step. Bounds: interval of {confidence}, which leaves out zero where p is "
                "below the level.",
                confidence=numbers.level(1 - found.thresholds.level),
            ),
            *(
                (
                    message(
                        "Channels are judged by draws of whole clusters: p and the bounds, of "
                        "95%, are those of the percentile interval."
                    ),
                )
                if style.inference.indirect == "bootstrap"
                else ()
            ),
        ),
        machine=MappingProxyType(
            {"evidence": [{**_plain(e), "tool": e.tool} for e in found.estimates.values()]}
        ),
    )


def effect_in_words(e: Evidence, labels: Mapping[str, Wording]) -> Wording:
    """Word a path: the names of its links, and the tool that acts on it."""
    links = [name_of(link, labels) for link in e.path.split(ARROW)]
    path: Wording = links[0]
    for link in links[1:]:
        path = message("{first} → {second}", first=path, second=link)
    if e.tool:
        return message("{tool} on {path}", tool=name_of(e.tool, labels), path=path)
    return path


def _effect(
    e: Evidence,
    found: Findings,
    style: Style,
) -> Row:
    return Row(
        effect_in_words(e, style.labels),
        (
            Cell(e.b, "estimate", numbers.marks(e.p, style.stars), style.decimals),
            Cell(e.se, decimals=style.decimals),
            Cell(e.ci_low, decimals=style.decimals),
            Cell(e.ci_high, decimals=style.decimals),
            Cell(e.p, "p_value"),
            Cell(_says(e, found), "text"),
        ),
        key=f"{e.path} | {e.tool}",
    )


def _says(e: Evidence, found: Findings) -> Wording:
    verdict = found.thresholds.verdict(e)
    if not e.tool:
        return VERDICTS[verdict]
    words: Mapping[str, Wording] = {
        "works": message("positive interaction"),
        "harms": message("negative interaction"),
    }
    return words.get(verdict, VERDICTS[verdict])
