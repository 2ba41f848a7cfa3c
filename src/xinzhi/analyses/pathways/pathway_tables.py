"""The tables of pathways and of the estimates that they rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType

from xinzhi.analyses.pathways.applicable import ApplicableEstimate
from xinzhi.analyses.pathways.empowerment import VERDICTS
from xinzhi.analyses.pathways.evidence import Evidence, PathwayEvidence
from xinzhi.analyses.pathways.naming import ARROW
from xinzhi.analyses.pathways.pathways import OwnHelp, Pathway, Pathways, Status
from xinzhi.analyses.pathways.prose import describe_defaults
from xinzhi.analyses.pathways.view import PathwayView
from xinzhi.present import numbers
from xinzhi.present.style import Style
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
"""What the estimates say of a pathway, in words."""
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


def by_pathway(pathways: Pathways) -> dict[str, dict[str, Pathway]]:
    """Sort by pathway: name -> entity -> what the estimates say, in the order of the study file."""
    by_name: dict[str, dict[str, Pathway]] = {}
    for city in pathways.by_city.values():
        for pathway in city.pathways:
            by_name.setdefault(pathway.name, {})[city.entity] = pathway
    return by_name


def none_supported(view: PathwayView) -> Wording:
    """Say in one sentence that no pathway is supported, with the effects of the factors."""
    result, decimals = view.result, view.decimals
    cities = result.pathways.by_city.values()
    n = len(cities)
    paths = dict.fromkeys(pathway.effect.path for city in cities for pathway in city.pathways)
    effects = [
        message(
            "{factor} {b} ({confidence} interval {low} to {high})",
            factor=view.name(path.split(ARROW)[0]),
            b=numbers.number(e.b, decimals),
            low=numbers.number(e.ci_low, decimals),
            high=numbers.number(e.ci_high, decimals),
            confidence=numbers.level(1 - result.pathways.thresholds.level),
        )
        for path in paths
        if (e := result.findings.estimate(path)) is not None
    ]
    if not effects:
        return message(
            "The estimates support no pathway for any of {n} entities.",
            one="The estimates support no pathway for the {n} entity.",
            n=n,
        )
    return message(
        "The estimates support no pathway for any of {n} entities: {effects}.",
        one="The estimates support no pathway for the {n} entity: {effects}.",
        n=n,
        effects=listed(effects),
    )


@dataclass(frozen=True, slots=True)
class EstimateUse:
    """An estimate, to how many entities it applies, and for how many of them the pathway is supported."""

    estimate: ApplicableEstimate
    n: int
    n_supported: int


def count_uses(pathways: Mapping[str, Pathway], mediator: str = "") -> list[EstimateUse]:
    """List the estimates of the effect, or of the one through a mediator, with their entities."""
    first: dict[tuple[str, str], ApplicableEstimate] = {}
    n: Counter[tuple[str, str]] = Counter()
    supported: Counter[tuple[str, str]] = Counter()
    for pathway in pathways.values():
        channels = {channel.mediator: channel.indirect for channel in pathway.channels}
        resolved = channels[mediator] if mediator else pathway.effect
        for applied in resolved.applicable:
            key = applied.evidence.grouping, applied.evidence.group
            first.setdefault(key, applied)
            n[key] += 1
            supported[key] += pathway.status == "supported"
    return [EstimateUse(first[key], n[key], supported[key]) for key in first]


def pathways_table(view: PathwayView) -> Table:
    """Set for each pathway the estimates that apply to groups of entities, and to how many."""
    result = view.result
    pathways = by_pathway(result.pathways)
    machine = {
        "pathways": {
            name: dict(Counter(pathway.status for pathway in of_entities.values()))
            for name, of_entities in pathways.items()
        }
    }
    defaults = describe_defaults(result, view.shown.style.inference)
    if not result.pathways.is_any_supported:
        reading = (none_supported(view), *defaults)
        return Table(
            view.shown.name, view.shown.title, (), (), reading=reading, machine=machine, part="text"
        )
    return Table(
        id=view.shown.name,
        title=view.shown.title,
        stub=message("Pathway, effect on {outcome}", outcome=view.name(result.pathways.outcome)),
        columns=(
            *ESTIMATE_COLUMNS,
            Column("n", message("Entities")),
            Column("supported", message("Supported")),
        ),
        rows=tuple(row for of_entities in pathways.values() for row in _rows(view, of_entities)),
        notes=tuple(_notes(view)),
        reading=(*_count_sentences(view, pathways), *defaults),
        machine=MappingProxyType(machine),
        part="text",
    )


def _rows(view: PathwayView, of_entities: Mapping[str, Pathway]) -> Iterator[Row]:
    # Label, factor and channels are declared once and are the same for every entity.
    pathway = next(iter(of_entities.values()))
    supported = sum(each.status == "supported" for each in of_entities.values())
    head = (*(EMPTY,) * 5, Cell(len(of_entities), "count"), Cell(supported, "count"))
    yield Row(pathway.label, head, key=pathway.name, rule_above=True)
    for mediator in ("", *(channel.mediator for channel in pathway.channels)):
        for use in sorted(count_uses(of_entities, mediator), key=lambda use: _order(view, use)):
            e = use.estimate.evidence
            yield Row(
                _row_label(view, pathway, mediator, e),
                (
                    *estimate_cells(view.decimals, e),
                    Cell(VERDICTS[use.estimate.verdict], "text"),
                    Cell(use.n, "count"),
                    Cell(use.n_supported, "count"),
                ),
                key=f"{pathway.name}/{e.path}/{e.grouping}/{e.group}",
            )


def _row_label(view: PathwayView, pathway: Pathway, mediator: str, e: Evidence) -> Wording:
    """Name the factor, or the mediator through which it acts, and the group."""
    words = view.name(pathway.factor)
    if mediator:
        words = message("through {mediator}", mediator=view.name(mediator))
    if e.is_common and mediator:
        return words
    return message("{effect}, {group}", effect=words, group=view.naming.groups(e.groups))


def _order(view: PathwayView, use: EstimateUse) -> tuple[int, int]:
    """Order groups as the study file does: groupings, then their members."""
    study, e = view.shown.study, use.estimate.evidence
    if e.is_common:
        return -1, -1
    members = study.members(e.grouping)
    position = members.index(e.group) if e.group in members else len(members)
    return study.groupings.index(e.grouping), position


def estimate_cells(decimals: int, e: Evidence) -> tuple[Cell, ...]:
    """Set estimate, bounds and p-value."""
    return (
        Cell(e.b, "estimate", decimals=decimals),
        Cell(e.ci_low, decimals=decimals),
        Cell(e.ci_high, decimals=decimals),
        Cell(e.p, "p_value"),
    )


def _notes(view: PathwayView) -> Iterator[Wording]:
    level = view.result.pathways.thresholds.level
    yield message(
        "Supported: {outcome} is positively associated with the factor, and positively through a "
        "channel, both with p below {level}, by the estimates that apply to the entity: those of its "
        "groups where the groups differ, otherwise those for all. Bounds: interval of {confidence}.",
        outcome=view.name(view.result.pathways.outcome),
        level=numbers.level(level),
        confidence=numbers.level(1 - level),
    )
    yield from bootstrap_note(view.shown.style)


def bootstrap_note(style: Style) -> Iterator[Wording]:
    """Say that draws judge the channels, where they do."""
    if style.inference.indirect == "bootstrap":
        yield message(
            "Channels are judged by draws of whole clusters: p and the bounds, of {level}, are those of "
            "the percentile interval.",
            level=numbers.level(1 - style.level),
        )


def _count_sentences(
    view: PathwayView, pathways: Mapping[str, Mapping[str, Pathway]]
) -> Iterator[Wording]:
    cities = view.result.pathways.by_city
    yield message(
        "The estimates support a pathway for {k} of {n} entities.",
        one="The estimates support a pathway for {k} of {n} entity.",
        k=sum(bool(city.supported) for city in cities.values()),
        n=len(cities),
    )
    for of_entities in pathways.values():
        yield from supported_sentences(view, of_entities)


def supported_sentences(view: PathwayView, of_entities: Mapping[str, Pathway]) -> Iterator[Wording]:
    """Say for how many entities of which groups a pathway is supported, and what its tools do there."""
    label = next(iter(of_entities.values())).label
    supported = [each for each in of_entities.values() if each.status == "supported"]
    if supported:
        likes = dict.fromkeys(pathway.like for pathway in supported)
        yield message(
            "{pathway}: supported for {k} of {n} entities ({groups}).",
            pathway=label,
            k=len(supported),
            n=len(of_entities),
            groups=in_turn([view.naming.groups(like) for like in likes]),
        )
    counts = Counter(pathway.status for pathway in of_entities.values())
    others = [
        message("{status} ({n})", status=words, n=counts[status])
        for status, words in STATUSES.items()
        if status != "supported" and counts[status]
    ]
    if others:
        text = message("{pathway}: not supported for the others: {others}.", pathway=label, others=listed(others))  # fmt: skip
        none = message("{pathway}: supported for no entity: {others}.", pathway=label, others=listed(others))  # fmt: skip
        yield text if supported else none
    for name in dict.fromkeys(tool.name for pathway in supported for tool in pathway.tools):
        helps = Counter(
            tool.help for pathway in supported for tool in pathway.tools if tool.name == name
        )
        yield message(
            "{pathway}, by the entity's own level of {tool}: {said}.",
            tool=view.name(name),
            pathway=label,
            said=listed(
                [
                    message("{help} ({n})", help=words, n=helps[kind])
                    for kind, words in HELPS.items()
                    if helps[kind]
                ]
            ),
        )


def in_turn(items: Sequence[Wording]) -> Wording:
    """Put words that hold commas themselves into a list."""
    return reduce(lambda first, rest: message("{first}; {rest}", first=first, rest=rest), items)


INTERACTIONS: Mapping[str, Wording] = MappingProxyType(
    {**VERDICTS, "works": message("positive interaction"), "harms": message("negative interaction")}
)
"""What the interaction of a tool says, in words."""


def channel_evidence(view: PathwayView) -> Table:
    """Set the estimates for all entities of the channels and tools that the pathways rest on."""
    findings, style = view.result.findings, view.shown.style
    estimates = findings.estimates.values()
    shown = [e for e in estimates if e.is_common and (e.tool or e.path.count(ARROW) > 1)]
    b, *others = ESTIMATE_COLUMNS
    return Table(
        id=f"{view.shown.name}_evidence",
        title=message("Channels and tools"),
        stub=message("Effect"),
        columns=(b, Column("se", message("Standard error")), *others),
        rows=tuple(_evidence_row(e, findings, style) for e in shown),
        notes=(
            message(
                "A channel is the mediated effect, its error by Sobel; a tool is its interaction "
                "with a step. Bounds: interval of {confidence}, which leaves out zero where p is "
                "below the level.",
                confidence=numbers.level(1 - findings.thresholds.level),
            ),
            *bootstrap_note(style),
        ),
        machine=MappingProxyType(
            {"evidence": [{**e.to_dict(), "tool": e.tool} for e in estimates]}
        ),
    )


def _evidence_row(e: Evidence, findings: PathwayEvidence, style: Style) -> Row:
    mark = numbers.marks(e.p, style.stars)
    _, low, high, p = estimate_cells(style.decimals, e)
    words = INTERACTIONS if e.tool else VERDICTS
    return Row(
        findings.naming.path(e.path, e.tool),
        (
            Cell(e.b, "estimate", mark, style.decimals),
            Cell(e.se, decimals=style.decimals),
            low,
            high,
            p,
            Cell(words[findings.thresholds.verdict(e)], "text"),
        ),
        key=f"{e.path} | {e.tool}",
    )
