"""The table of pathways: what each group of entities can do, and on what evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from xinzhi.analyses.pathways.applicable import ApplicableEstimate
from xinzhi.analyses.pathways.by_default import left_of_pathways
from xinzhi.analyses.pathways.by_entity import Sorted
from xinzhi.analyses.pathways.empowerment import VERDICTS
from xinzhi.analyses.pathways.evidence import Evidence
from xinzhi.analyses.pathways.pathways import OwnHelp, Pathway, Pathways, Status
from xinzhi.present import numbers
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

STATUSES: Mapping[Status, Wording] = MappingProxyType(
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
HELPS: Mapping[OwnHelp, Wording] = MappingProxyType(
    {
        "helps": message("helps at this level"),
        "needs_more": message("would help at a higher level"),
        "hinders": message("hinders at this level"),
        "mixed": message("strengthens one step and weakens another"),
        "none": message("makes no difference that is shown"),
        "unknown": message("level not known"),
        "untested": message("not estimated"),
    }
)
"""What a tool does at the level that an entity has of it, in words."""
ESTIMATE_COLUMNS = (
    Column("b", message("b")),
    Column("low", message("Lower bound")),
    Column("high", message("Upper bound")),
    Column("p", message("p")),
    Column("verdict", message("Meaning")),
)
"""Columns of an estimate and of what it means, as `estimate_cells` and a verdict fill them."""


def by_pathway(found: Pathways) -> dict[str, dict[str, Pathway]]:
    """Sort what is found by pathway: name -> entity -> what is found, in the order of the study file."""
    pathways: dict[str, dict[str, Pathway]] = {}
    for city in found.by_city.values():
        for one in city.pathways:
            pathways.setdefault(one.name, {})[city.entity] = one
    return pathways


def none_supported(known: Sorted) -> Wording:
    """Say in one sentence that no pathway is supported, with the effects of the factors."""
    found, style = known.found, known.shown.style
    n = len(found.pathways.by_city)
    said = [
        message(
            "{factor} {b} ({confidence} interval {low} to {high})",
            factor=known.name(e.factor),
            b=numbers.number(e.b, style.decimals),
            low=numbers.number(e.ci_low, style.decimals),
            high=numbers.number(e.ci_high, style.decimals),
            confidence=numbers.level(1 - found.pathways.thresholds.level),
        )
        for path in dict.fromkeys(
            one.effect.path for city in found.pathways.by_city.values() for one in city.pathways
        )
        for e in (found.findings.estimate(path),)
        if e is not None
    ]
    if not said:
        return message(
            "The estimates support no pathway for any of {n} entities.",
            one="The estimates support no pathway for the {n} entity.",
            n=n,
        )
    return message(
        "The estimates support no pathway for any of {n} entities: {effects}.",
        one="The estimates support no pathway for the {n} entity: {effects}.",
        n=n,
        effects=listed(said),
    )


@dataclass(frozen=True, slots=True)
class Speaking:
    """An estimate that speaks for entities, and for how many of them the pathway is supported."""

    estimate: ApplicableEstimate
    n: int
    n_supported: int


def speaking(found: Mapping[str, Pathway], mediator: str = "") -> list[Speaking]:
    """List the estimates of the effect, or of the one through a mediator, with their entities."""
    first: dict[tuple[str, str], ApplicableEstimate] = {}
    n: Counter[tuple[str, str]] = Counter()
    supported: Counter[tuple[str, str]] = Counter()
    for one in found.values():
        channels = {channel.mediator: channel.indirect for channel in one.channels}
        resolved = channels[mediator] if mediator else one.effect
        for applied in resolved.applicable:
            key = applied.evidence.grouping, applied.evidence.group
            first.setdefault(key, applied)
            n[key] += 1
            supported[key] += one.status == "supported"
    return [Speaking(first[key], n[key], supported[key]) for key in first]


def pathways_table(id: str, title: Wording, known: Sorted) -> Table:  # noqa: A002 - its field
    """Set for each pathway the estimates that speak for groups of entities, and for how many."""
    found = known.found.pathways
    pathways = by_pathway(found)
    counts = {name: Counter(one.status for one in own.values()) for name, own in pathways.items()}
    machine = {"pathways": {name: dict(one) for name, one in counts.items()}}
    if not found.is_any_supported:
        return Table(
            id,
            title,
            (),
            (),
            reading=(none_supported(known), *_left(known)),
            machine=machine,
            part="text",
        )
    return Table(
        id=id,
        title=title,
        stub=message("Pathway, effect on {outcome}", outcome=known.name(found.outcome)),
        columns=(
            *ESTIMATE_COLUMNS,
            Column("n", message("Entities")),
            Column("supported", message("Supported")),
        ),
        rows=tuple(row for own in pathways.values() for row in _group_rows(known, own)),
        notes=tuple(_group_notes(known)),
        reading=(*_counted(known, pathways), *_left(known)),
        machine=MappingProxyType(machine),
        part="text",
    )


def _left(known: Sorted) -> Iterator[Wording]:
    """Say what the default errors, tests and families leave of the pathways."""
    found = known.found
    return left_of_pathways(found.pathways, found.supported_by_default, known.shown.style.inference)


def _group_rows(known: Sorted, own: Mapping[str, Pathway]) -> Iterator[Row]:
    one = next(iter(own.values()))
    supported = sum(each.status == "supported" for each in own.values())
    head = (*(EMPTY,) * 5, Cell(len(own), "count"), Cell(supported, "count"))
    yield Row(one.label, head, key=one.name, rule_above=True)
    for mediator in ("", *(channel.mediator for channel in one.channels)):
        for spoken in sorted(speaking(own, mediator), key=lambda one: _place(known, one)):
            e = spoken.estimate.evidence
            yield Row(
                _row_label(known, one, mediator, e),
                (
                    *estimate_cells(known, e),
                    Cell(VERDICTS[spoken.estimate.verdict], "text"),
                    Cell(spoken.n, "count"),
                    Cell(spoken.n_supported, "count"),
                ),
                key=f"{one.name}/{e.path}/{e.grouping}/{e.group}",
            )


def _row_label(known: Sorted, one: Pathway, mediator: str, e: Evidence) -> Wording:
    """Name the factor, or the mediator through which it acts, and the group."""
    words = known.name(one.factor)
    if mediator:
        words = message("through {mediator}", mediator=known.name(mediator))
    if e.is_common and mediator:
        return words
    return message(
        "{effect}, {group}",
        effect=words,
        group=known.naming.groups(() if e.is_common else ((e.grouping, e.group),)),
    )


def _place(known: Sorted, spoken: Speaking) -> tuple[int, int]:
    """Order groups as the study file does: groupings, then their members."""
    study, e = known.shown.study, spoken.estimate.evidence
    if e.is_common:
        return -1, -1
    members = study.members(e.grouping)
    at = members.index(e.group) if e.group in members else len(members)
    return study.groupings.index(e.grouping), at


def estimate_cells(known: Sorted, e: Evidence) -> tuple[Cell, ...]:
    """Set estimate, bounds and p-value."""
    return (
        Cell(e.b, "estimate", decimals=known.decimals),
        Cell(e.ci_low, decimals=known.decimals),
        Cell(e.ci_high, decimals=known.decimals),
        Cell(e.p, "p_value"),
    )


def _group_notes(known: Sorted) -> Iterator[Wording]:
    level = known.found.pathways.thresholds.level
    yield message(
        "Supported: {outcome} is positively associated with the factor, and positively through a "
        "channel, both with p below {level}, by the estimates that apply to the entity: those of its "
        "groups where the groups differ, otherwise those for all. Bounds: interval of {confidence}.",
        outcome=known.name(known.found.pathways.outcome),
        level=numbers.level(level),
        confidence=numbers.level(1 - level),
    )
    if known.shown.style.inference.indirect == "bootstrap":
        yield message(
            "Channels are judged by draws of whole clusters: p and the bounds, of 95%, are those of the "
            "percentile interval."
        )


def _counted(known: Sorted, pathways: Mapping[str, Mapping[str, Pathway]]) -> Iterator[Wording]:
    cities = known.found.pathways.by_city
    yield message(
        "The estimates support a pathway for {k} of {n} entities.",
        one="The estimates support a pathway for {k} of {n} entity.",
        k=sum(bool(city.supported) for city in cities.values()),
        n=len(cities),
    )
    for own in pathways.values():
        yield from supported_sentences(known, own)


def supported_sentences(known: Sorted, own: Mapping[str, Pathway]) -> Iterator[Wording]:
    """Say for how many entities of which groups a pathway is supported, and what its tools do there."""
    first = next(iter(own.values()))
    counts = Counter(one.status for one in own.values())
    others = [
        message("{status} ({n})", status=words, n=counts[status])
        for status, words in STATUSES.items()
        if status != "supported" and counts[status]
    ]
    words = {"pathway": first.label, "k": counts["supported"], "n": len(own)}
    if counts["supported"]:
        likes = dict.fromkeys(one.like for one in own.values() if one.status == "supported")
        groups = [known.naming.groups(like) for like in likes]
        words["groups"] = in_turn(groups)
        yield message("{pathway}: supported for {k} of {n} entities ({groups}).", **words)
    if others:
        text = message("{pathway}: not supported for the others: {others}.", pathway=first.label, others=listed(others))  # fmt: skip
        none = message("{pathway}: supported for no entity: {others}.", pathway=first.label, others=listed(others))  # fmt: skip
        yield text if counts["supported"] else none
    yield from _of_tools(known, own)


def in_turn(items: Sequence[Wording]) -> Wording:
    """Put words that hold commas themselves into a list."""
    found = items[0]
    for item in items[1:]:
        found = message("{first}; {rest}", first=found, rest=item)
    return found


def _of_tools(known: Sorted, own: Mapping[str, Pathway]) -> Iterator[Wording]:
    supported = [one for one in own.values() if one.status == "supported"]
    for name in dict.fromkeys(tool.name for one in supported for tool in one.tools):
        helps = Counter(tool.help for one in supported for tool in one.tools if tool.name == name)
        said = [
            message("{help} ({n})", help=words, n=helps[kind])
            for kind, words in HELPS.items()
            if helps[kind]
        ]
        yield message(
            "{pathway}, by the entity's own level of {tool}: {said}.",
            tool=known.name(name),
            pathway=supported[0].label,
            said=listed(said),
        )
