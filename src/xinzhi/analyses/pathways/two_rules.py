"""Two rules beside each other: significance within groups, as papers judge, and the test of the difference.

Many papers take a group as one for which a factor works because its estimate is significant there and not in
the other group. That shows no difference between the two (Gelman and Stern 2006); the typology takes the
estimate of a group only where the test of the difference says so. The table sets what both rules say of the
effect of a factor beside each other, entity by entity; it changes nothing of what is supported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from xinzhi.analyses.pathways.applicable import ResolvedEstimates
from xinzhi.analyses.pathways.evidence import Findings
from xinzhi.analyses.pathways.naming import ALL
from xinzhi.analyses.pathways.pathway_tables import by_pathway
from xinzhi.analyses.pathways.pathways import CityPathways, Pathway
from xinzhi.analyses.pathways.view import PathwayView
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

Says = Literal["yes", "in_part", "no", "untested"]
WORDS: Mapping[Says, Wording] = MappingProxyType(
    {
        "yes": message("yes"),
        "in_part": message("in part"),
        "no": message("no"),
        "untested": message("not estimated"),
    }
)
Groups = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule says of the effect of a factor in an entity."""

    says: Says
    groups: Groups
    """Groups of the entity whose own positive, significant estimates speak for it; none: that for all."""

    def to_dict(self) -> dict[str, object]:
        """Give it for results.json."""
        return {"says": self.says, "groups": dict(self.groups)}


def by_significance(findings: Findings, path: str, groups: Mapping[str, str]) -> Told:
    """Judge as papers do: positive and significant in the entity's group, and not in another one.

    A grouping in which the estimates of all groups say the same tells nothing; where none tells anything, the
    estimate for all entities speaks. `in_part`: it works in the group of one grouping and not in that of
    another.
    """
    works: list[tuple[str, str]] = []
    fails = 0
    for grouping, group in groups.items():
        verdicts = {
            member: findings.thresholds.verdict(e) == "works"
            for (p, g, member, tool), e in findings.estimates.items()
            if (p, g, tool) == (path, grouping, ALL)
        }
        if group not in verdicts or len(set(verdicts.values())) < 2:
            continue
        if verdicts[group]:
            works.append((grouping, group))
        else:
            fails += 1
    if works or fails:
        return Told("in_part" if works and fails else "yes" if works else "no", tuple(works))
    common = findings.estimate(path)
    if common is None:
        return Told("untested", ())
    return Told("yes" if findings.thresholds.verdict(common) == "works" else "no", ())


def by_difference(effect: ResolvedEstimates) -> Told:
    """Judge as the typology does: the estimates of the groups that the test of the difference tells apart."""
    if effect.judgement == "untested":
        return Told("untested", ())
    works = [one.evidence for one in effect.applicable if one.verdict == "works"]
    pairs = tuple(pair for evidence in works for pair in evidence.groups)
    if effect.judgement == "contested":
        return Told("in_part" if works else "no", pairs)
    return Told("yes" if works else "no", pairs)


def two_rules(findings: Findings, city: CityPathways, pathway: Pathway) -> tuple[Told, Told]:
    """Say what both rules say of a pathway of an entity."""
    first = by_significance(findings, pathway.effect.path, city.groups)
    return first, by_difference(pathway.effect)


def two_rules_table(view: PathwayView) -> Table | None:
    """Set both rules beside each other by entity; None where nothing was estimated by group."""
    findings, pathways = view.result.findings, view.result.pathways
    cities = list(pathways.by_city.values())
    paths = {pathway.effect.path for city in cities for pathway in city.pathways}
    if not any(key[0] in paths and key[1] != ALL and key[3] == ALL for key in findings.estimates):
        return None
    told = {
        city.entity: {p.name: two_rules(findings, city, p) for p in city.pathways}
        for city in cities
    }
    labels = {name: next(iter(of.values())).label for name, of in by_pathway(pathways).items()}
    counts = {name: Counter(_pair(*told[city.entity][name]) for city in cities) for name in labels}
    return Table(
        id=f"{view.shown.name}_two_rules",
        title=message("Two rules for groups: significance and difference"),
        stub=message("Entity"),
        columns=tuple(
            Column(f"{name}/{rule}", heading, label)
            for name, label in labels.items()
            for rule, heading in (
                ("significance", message("As papers judge")),
                ("difference", message("As the difference test judges")),
            )
        ),
        rows=tuple(
            Row(
                view.names.get(city.entity, city.entity),
                tuple(
                    Cell(_in_words(view, one), "text")
                    for name in labels
                    for one in told[city.entity][name]
                ),
                key=city.entity,
            )
            for city in cities
        ),
        notes=(
            message(
                "As papers judge: the effect of the factor is positive and statistically significant in a "
                "group of the entity and not in another group of the same grouping. As the difference test "
                "judges: the estimate of a group is used only where the groups differ by a test. That one "
                "estimate is significant and another is not shows no difference between them (Gelman and "
                "Stern 2006)."
            ),
        ),
        reading=tuple(_sentence(labels[name], counts[name]) for name in labels),
        machine=MappingProxyType(
            {
                "counts": {name: dict(count) for name, count in counts.items()},
                "cities": {
                    entity: {
                        name: {"significance": a.to_dict(), "difference": b.to_dict()}
                        for name, (a, b) in rules.items()
                    }
                    for entity, rules in told.items()
                },
            }
        ),
    )


def _pair(first: Told, second: Told) -> str:
    """Sort an entity by which rule lets the factor work there, if only in part."""
    yes = ("yes", "in_part")
    if first.says in yes:
        return "both" if second.says in yes else "significance_only"
    return "difference_only" if second.says in yes else "neither"


def _sentence(label: Wording, counts: Mapping[str, int]) -> Wording:
    return message(
        "{pathway}: by both rules for {both} entities, only as papers judge for {first}, only as the difference "
        "test judges for {second}, by neither for {neither}.",
        pathway=label,
        both=counts.get("both", 0),
        first=counts.get("significance_only", 0),
        second=counts.get("difference_only", 0),
        neither=counts.get("neither", 0),
    )


def _in_words(view: PathwayView, told: Told) -> Wording:
    groups = tuple(_groups(view, told.groups))
    if not groups:
        return WORDS[told.says]
    return message("{answer} ({groups})", answer=WORDS[told.says], groups=listed(list(groups)))


def _groups(view: PathwayView, groups: Groups) -> Iterator[Wording]:
    for grouping, group in groups:
        yield view.naming.group(grouping, group)
