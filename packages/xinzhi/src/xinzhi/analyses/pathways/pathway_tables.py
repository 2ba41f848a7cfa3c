"""The tables of pathways and of the estimates that they rest on.

The result sorted by entity, once, as the pages of all entities and pathways read it.

Differentiated empowerment: which factor works in which group, and whether groups differ.

Running text on pathways: for how many entities the evidence supports which one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.compute import Classification, class_labels
from xinzhi.analyses.effects import defaults_in_prose, defaults_in_words
from xinzhi.analyses.exhibits import NOT_TO_CONCLUDE, AbstractSentence, HeadSentence
from xinzhi.analyses.implied_change import FactorChange
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.evidence import (
    ALL,
    ARROW,
    ApplicableEstimate,
    Evidence,
    Naming,
    PathwayEvidence,
    frame_records,
)
from xinzhi.analyses.pathways.pathways import CityPathways, Like, OwnHelp, Pathway, Pathways, Status
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.pathways.what_if import WhatIf
from xinzhi.present import numbers
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.present.units import unit_in_words, with_unit
from xinzhi_core.wording import Wording, distinct, in_a_row, listed, message
from xinzhi_econometrics.verdict import JudgementRule

EntityRow = dict[str, Any]
Records = Mapping[str, list[EntityRow]]


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What a column of the data is called."""

    label: Wording
    unit: Wording
    both: Wording


@dataclass(frozen=True, slots=True, eq=False)
class PathwayView:
    """The result by entity, sorted once for the pages of all entities, and what things are called."""

    result: PathwayResult
    section: TypologySection
    shown: Shown
    classes: Mapping[str, Wording] | None
    """Class of the score -> its name; None without classes."""
    last_scores: Mapping[str, float]
    """Entity -> its last known score."""
    values: Records
    """Period, score, rank and, where there are classes, class."""
    n_ranked: Mapping[Any, int]
    """Period -> number of entities with a rank."""
    peers: Records
    models: Records
    what_ifs: Records
    moves: Mapping[str, FactorChange]
    """Factor -> how it moves in the what-ifs."""
    distances: Records
    columns: Mapping[str, ColumnWords]
    """Inputs and outputs of the distances -> what they are called."""

    @property
    def names(self) -> Mapping[str, Wording]:
        """Entity -> its label."""
        return self.shown.style.entities

    @property
    def decimals(self) -> int:
        """Digits after the point in the report."""
        return self.shown.style.decimals

    @property
    def has_periods(self) -> bool:
        """Whether the panel has periods."""
        return self.shown.panel.has_periods

    @property
    def naming(self) -> Naming:
        """What variables, paths and groups are called."""
        return self.result.findings.naming

    def name(self, variable: str) -> Wording:
        """Word a variable."""
        return self.naming.variable(variable)

    def unit(self, variable: str) -> Wording:
        """Name the unit of a variable: as the study file states it, else that of its column."""
        origin = self.shown.study.origin(variable)
        unit = origin.unit or self.shown.panel.units.get(origin.column)
        return unit_in_words(unit) if unit else ""

    def amount(self, variable: str, value: float) -> Wording:
        """Write a value of a variable with its unit."""
        return _write_amount(value, self.unit(variable))

    def column_amount(self, column: str, value: float) -> Wording:
        """Write a value of a column of the data with its unit."""
        return _write_amount(value, self.columns[column].unit)

    def _models_of(self, entity: str, likes: Iterable[Like]) -> list[dict[str, object]]:
        """List the role models that share the groups of one of the pathways, the first ones only."""
        # The groups are the entity's own, and a shared grouping has both in one group: comparing
        # groupings is enough.
        wanted = [{grouping for grouping, _ in like} for like in likes]
        shared = [
            row
            for row in self.models.get(entity, [])
            if any(groupings <= set(row["shared_groups"].split(", ")) for groupings in wanted)
        ]
        return shared[: self.section.role_models]

    def role_models(self, city: CityPathways) -> Wording:
        """Word the role models that share the groups of a supported pathway; empty without any."""
        likes = [pathway.like for pathway in city.supported]
        return listed([self._role_model(row) for row in self._models_of(city.entity, likes)])

    def first_peers(self, entity: str) -> Wording:
        """Word the peers with the largest shares, whatever their groups; empty without any."""
        rows = self.models.get(entity, [])[: self.section.role_models]
        return listed([self._role_model(row) for row in rows])

    def shared_groups(self, row: Mapping[str, object]) -> list[Wording]:
        """Word the groupings that a role model shares; two of one label, such as two of stages, once."""
        names = str(row.get("shared_groups", "")).split(", ")
        return distinct(self.naming.grouping(name) for name in names if name)

    def _role_model(self, row: Mapping[str, Any]) -> Wording:
        """Word a role model with its years and its share among the peers."""
        name = self.names.get(str(row["model"]), str(row["model"]))
        share = numbers.percent(float(row["share"]), 0)
        if self.has_periods:
            name = message("{city} {period}", city=name, period=row["periods"])
        shared = self.shared_groups(row)
        if not shared:
            return message("{city} ({share})", city=name, share=share)
        return message(
            "{city} ({share}; same {groups})", city=name, share=share, groups=listed(shared)
        )


def _write_amount(value: float, unit: Wording) -> Wording:
    return with_unit(numbers.number(value, choose_decimals(value)), unit)


def choose_decimals(value: float) -> int:
    """Choose decimals for a value in its own units; a whole number, such as a count, has none."""
    # A whole number loses up to 1e-9 on the way through a logarithm and back.
    is_whole = not math.isfinite(value) or abs(value - round(value)) < 1e-9
    return 0 if is_whole else numbers.digits_for(value)


def number_or_none(value: Any) -> float | None:
    """Give a number, or None where there is none."""
    return None if value is None or math.isnan(value) else float(value)


def moves_of(result: PathwayResult, section: TypologySection) -> Mapping[str, FactorChange]:
    """Give how the factors move: as computed, as declared where nothing could be computed."""
    return result.what_if.moves if isinstance(result.what_if, WhatIf) else section.what_if


def build_view(result: PathwayResult, section: TypologySection, shown: Shown) -> PathwayView:
    """Sort the result by entity."""
    values = pd.DataFrame(
        {"score": result.outcomes, "rank": result.ranks.reindex(result.outcomes.index)}
    )
    classes = shown.results.get("classes", {}).get(result.score or "")
    if isinstance(classes, Classification):
        values["class"] = classes.of.reindex(values.index)
    last = result.outcomes.dropna().groupby(level="entity").last()
    return PathwayView(
        result=result,
        section=section,
        shown=shown,
        classes=class_labels(classes) if isinstance(classes, Classification) else None,
        last_scores={str(entity): float(score) for entity, score in last.items()},
        values=_by_entity(values.reset_index()),
        n_ranked=values["rank"].dropna().groupby(level="period").size().to_dict(),
        peers=_by_entity(result.peers),
        models=_by_entity(result.role_models.by_city.reset_index()) if result.role_models else {},
        moves=moves_of(result, section),
        what_ifs=_by_entity(result.what_if.by_city) if isinstance(result.what_if, WhatIf) else {},
        distances=_by_entity(result.distance.by_city.reset_index()) if result.distance else {},
        columns={
            name: ColumnWords(shown.panel.label(name), shown.column_unit(name), shown.column(name))
            for name in result.measured_variables
        },
    )


def _by_entity(frame: pd.DataFrame) -> Records:
    records: dict[str, list[dict[str, object]]] = {}
    for row in frame_records(frame):
        records.setdefault(str(row["entity"]), []).append(row)
    return records


VERDICTS: Mapping[str, Wording] = MappingProxyType(
    {
        "works": message("positive association"),
        "harms": message("negative association"),
        "small": message("association too small to count"),
        "null": message("not statistically significant"),
        "untested": message("not estimated"),
        "contested": message("groups disagree"),
    }
)
"""What the estimates say of an effect, in words."""
FAMILIES: Mapping[str, Wording] = MappingProxyType(
    {
        "holm": message("adjusted by Holm's method for the number of groupings"),
        "none": message("not adjusted for the number of groupings"),
    }
)
"""How p-values of differences are adjusted, in words."""


def empowerment_table(view: PathwayView) -> Table:
    """Set the effect of each factor in each group, and whether the groups differ."""
    result, naming, style = view.result, view.naming, view.shown.style
    effects = result.empowerment
    factors = list(dict.fromkeys(effects.index.get_level_values("factor")))
    studied = set(effects.index.get_level_values("grouping"))
    groupings = [ALL, *(grouping for grouping in naming.groupings if grouping in studied)]
    words = {
        "outcome": naming.variable(result.inputs.outcome),
        "level": numbers.level(result.pathways.thresholds.level),
    }
    return Table(
        id="empowerment",
        title=message("Differentiated empowerment by group"),
        stub=message("Group"),
        columns=tuple(Column(factor, naming.variable(factor)) for factor in factors),
        rows=tuple(
            row
            for grouping in groupings
            for row in _grouping_rows(effects, grouping, factors, naming, style)
        ),
        notes=(
            message(
                "Slope of {outcome} on each factor, beneath it the standard error on which its "
                "p-value rests. The p-value of the difference is that of the test that the "
                "slopes of the groups are equal. A group's own estimate is used only where it is "
                "below {level}, otherwise that for all entities.",
                **words,
            ),
            message("p of the difference: {family}.", family=FAMILIES[style.inference.family]),
        ),
        reading=tuple(_reading(effects, factors, naming, words)),
        machine=MappingProxyType({"empowerment": frame_records(effects.reset_index())}),
    )


def _grouping_rows(
    effects: pd.DataFrame, grouping: str, factors: Sequence[str], naming: Naming, style: Style
) -> Iterator[Row]:
    rows = effects[effects.index.get_level_values("grouping") == grouping]
    by_key = _by_key(rows)
    for position, group in enumerate(dict.fromkeys(rows.index.get_level_values("group"))):
        cells = [_cells(by_key.get((grouping, group, factor)), style) for factor in factors]
        key = f"{grouping}/{group}"
        # A rule sets each grouping apart from what stands above it; nothing stands above "All".
        rule = position == 0 and grouping != ALL
        estimates, errors = zip(*cells, strict=True)
        yield Row(naming.group(grouping, group), estimates, key=key, rule_above=rule)
        yield Row("", errors, key=f"{key}:std_error")
    if grouping != ALL and len(rows):
        # The test is about the grouping as a whole: all its groups carry the same p-value.
        tests = rows["difference_p"].groupby(level="factor").first()
        p_values = tuple(
            Cell(float(tests[factor]), "p_value") if factor in tests else EMPTY
            for factor in factors
        )
        words = message("{grouping}: p of the difference", grouping=naming.grouping(grouping))
        yield Row(words, p_values, key=f"{grouping}:difference")


def _cells(effect: Mapping[str, Any] | None, style: Style) -> tuple[Cell, Cell]:
    if effect is None:
        return EMPTY, EMPTY
    mark = numbers.marks(float(effect["p"]), style.stars)
    return (
        Cell(float(effect["b"]), "estimate", mark, style.decimals),
        Cell(float(effect["se"]), "std_error", decimals=style.decimals),
    )


def _reading(
    effects: pd.DataFrame, factors: Sequence[str], naming: Naming, words: Mapping[str, Wording]
) -> Iterator[Wording]:
    for factor in factors:
        name = naming.variable(factor)
        rows = effects[effects.index.get_level_values("factor") == factor]
        common = rows[rows.index.get_level_values("grouping") == ALL]
        if len(common):
            yield message(
                "{factor} and {outcome}, all entities: {verdict}.",
                factor=name,
                verdict=VERDICTS[str(common["verdict"].iloc[0])],
                outcome=words["outcome"],
            )
        of_groups = _by_key(rows[rows["speaks"] == "own"])
        for (grouping, group, _), effect in of_groups.items():
            yield message(
                "{factor} in {group}: {verdict} (difference between the groups: {p}).",
                factor=name,
                group=naming.group(grouping, group),
                verdict=VERDICTS[str(effect["verdict"])],
                p=numbers.p_equals(float(effect["difference_p"])),
            )
        if len(rows) > len(common) and not of_groups:
            yield message(
                "{factor}: no grouping shows a difference below {level}; the estimate for all "
                "entities is used throughout.",
                factor=name,
                level=words["level"],
            )


def _by_key(effects: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Give the rows by (grouping, group, factor)."""
    return dict(zip(effects.index.tolist(), frame_records(effects), strict=True))


def abstract(result: PathwayResult, shown: Shown) -> Iterator[AbstractSentence]:
    """Count the entities for which the evidence supports a pathway."""
    counts = _counts(result, "supported")
    if counts:
        yield AbstractSentence("conclusion", _supported_in_brief(result, shown))
        for is_left, phrase in _remaining(result, shown):
            yield AbstractSentence("left" if is_left else "gone", phrase)
    else:
        yield AbstractSentence("conclusion", _none(shown))


def head(result: PathwayResult, shown: Shown) -> Iterator[HeadSentence]:
    """Count the entities with a pathway, as declared and by default."""
    if not _counts(result, "supported"):
        yield HeadSentence("found", _none(shown), 2)
        return
    yield HeadSentence("found", _supported_in_brief(result, shown), 2)
    for is_left, phrase in _remaining(result, shown):
        yield HeadSentence("left" if is_left else "gone", phrase, 2)
    yield HeadSentence("not_shown", _single(shown), 1)


def _single(shown: Shown) -> Wording:
    return message(
        "That the pathway of a single {entity} is established.", entity=shown.style.noun.one
    )


def not_established(shown: Shown) -> Wording:
    """Say on the page of an entity what the head of the report says is not to be concluded."""
    return message(NOT_TO_CONCLUDE, what=_single(shown))


def _supported_in_brief(result: PathwayResult, shown: Shown) -> Wording:
    """Count the entities with a pathway."""
    cities, noun = result.pathways.by_city.values(), shown.style.noun
    k = sum(bool(city.supported) for city in cities)
    if k == len(cities):
        return message("At least one pathway is supported for every {entity}.", entity=noun.one)
    return message(
        "At least one pathway is supported for {k} of {things}.",
        k=k,
        things=noun.count(len(cities)),
    )


def _remaining(result: PathwayResult, shown: Shown) -> Iterator[tuple[bool, Wording]]:
    """Say whether and for how many entities a pathway is left by default, where other inference is declared."""
    if result.supported_by_default is not None:
        k, n = result.supported_by_default[""], len(result.pathways.by_city)
        things = shown.style.noun.count(n)
        some = message("pathways for {k} of {things}", k=k, things=things)
        yield k > 0, some if k else message("pathway")


def prose(result: PathwayResult, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on pathways."""
    supported, contested = (_counts(result, status) for status in ("supported", "contested"))
    if not supported and not contested:
        return (_none(shown),)
    sentences = [_supported(result, supported, shown)] if supported else []
    if contested:
        sentences.append(
            message(
                "Estimates for the groups of a {entity} contradict one another: {items}.",
                entity=shown.style.noun.one,
                items=_items(result, contested),
            )
        )
    return (in_a_row([*sentences, *under_defaults(result, shown)]),)


def _none(shown: Shown) -> Wording:
    return message(
        "The estimates support no pathway for any {entity}.", entity=shown.style.noun.one
    )


def under_defaults(result: PathwayResult, shown: Shown) -> Iterator[Wording]:
    """Say for how many entities the default errors, tests and families leave a pathway."""
    by_default = result.supported_by_default
    if by_default is None or by_default == result.pathways.n_supported:
        return
    noun, how = shown.style.noun, defaults_in_prose(shown)
    if not by_default[""]:
        yield message(
            "With {how} together, no pathway is supported for any {entity}.",
            how=how,
            entity=noun.one,
        )
    else:
        yield message(
            "With {how} together, a pathway is supported for {k} of {things}.",
            how=how,
            k=by_default[""],
            things=noun.count(len(result.pathways.by_city)),
        )


def _counts(result: PathwayResult, status: str) -> Mapping[str, int]:
    cities = result.pathways.by_city.values()
    return Counter(p.name for city in cities for p in city.pathways if p.status == status)


def _supported(result: PathwayResult, counts: Mapping[str, int], shown: Shown) -> Wording:
    cities = result.pathways.by_city.values()
    words = {"things": shown.style.noun.count(len(cities)), "items": _items(result, counts)}
    k = sum(bool(city.supported) for city in cities)
    if k == len(cities) > 1:
        return message(
            "The estimates support at least one pathway for all {things} (several may apply): {items}.",
            **words,
        )
    return message(
        "The estimates support at least one pathway for {k} of {things} (several may apply): {items}.",
        k=k,
        **words,
    )


def _items(result: PathwayResult, counts: Mapping[str, int]) -> Wording:
    cities = result.pathways.by_city.values()
    labels = {pathway.name: pathway.label for city in cities for pathway in city.pathways}
    return listed(
        [
            message("{pathway} for {k}", pathway=label, k=counts[name])
            for name, label in labels.items()
            if counts.get(name)
        ]
    )


def describe_defaults(result: PathwayResult, declared: JudgementRule) -> Iterator[Wording]:
    """Say below the table for how many entities the default errors, tests and families leave a pathway."""
    by_default, as_declared = result.supported_by_default, result.pathways.n_supported
    if by_default is None or by_default == as_declared:
        return
    cities = result.pathways.by_city.values()
    words: dict[str, object] = {
        "how": defaults_in_words(declared, mediated=True, differences=True),
        "k": as_declared[""],
        "n": len(cities),
        "left": by_default[""],
    }
    if not by_default[""]:
        yield message(
            "With {how}, no pathway is supported for any of {n} entities; as declared, one is for {k}.",
            **words,
        )
        return
    labels = {pathway.name: pathway.label for city in cities for pathway in city.pathways}
    items = [
        message(
            "{pathway} {left} instead of {k}",
            pathway=label,
            left=by_default.get(name, 0),
            k=as_declared.get(name, 0),
        )
        for name, label in labels.items()
        if by_default.get(name, 0) != as_declared.get(name, 0)
    ]
    yield message(
        "With {how}, a pathway is supported for {left} of {n} entities; as declared, for {k}: {items}.",
        items=listed(items),
        **words,
    )


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
        "channel, both with p below {level}. The estimates are those that apply to the entity: "
        "those of its groups where the groups differ, otherwise those for all. Bounds: interval "
        "of {confidence}.",
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


def amount_cell(value: float) -> Cell:
    """Set a value in its own units; a dash where it is not known."""
    amount = number_or_none(value)
    return Cell(amount, decimals=0 if amount is None else choose_decimals(amount))
