"""A page for each city: score over time, rank, peers, slacks, groups, pathways, what-if."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.report.document import Profile, Profiles
from xinzhi.report.naming import class_labels, entity_labels
from xinzhi.report.pathway_tables import variables_of, with_unit
from xinzhi.study.advice import Advice
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables import numbers
from xinzhi.tables.empowerment import VERDICTS
from xinzhi.tables.pathways import STATUSES, effect_in_words
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.sentences import listed
from xinzhi.tables.table import EMPTY, Cell, Column, Row, Table
from xinzhi.tables.what_if import DIRECTIONS, move_in_words
from xinzhi.typology.applicable import Applied, Spoken
from xinzhi.typology.evidence import ALL
from xinzhi.typology.pathway import CityPathways, Pathway
from xinzhi.typology.what_if import WhatIf
from xinzhi.wording import Wording, message

Records = Mapping[str, list[dict[str, Any]]]


def city_pages(result: StudyResult) -> Profiles | None:
    """Write the pages; None where the study has no typology."""
    found = result.typology
    if found is None:
        return None
    writer = _writer(result, found)
    cities = found.pathways.by_city.values()
    mean = found.outcomes.groupby(level="period").mean()
    return Profiles(
        title=message("City pages"),
        items=tuple(writer.page(city) for city in cities),
        mean=tuple((int(str(p)), float(v)) for p, v in mean.dropna().items()),
    )


def _by_entity(frame: pd.DataFrame) -> Records:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.astype(object).to_dict(orient="records"):
        found.setdefault(str(row["entity"]), []).append({str(k): v for k, v in row.items()})
    return found


def _writer(result: StudyResult, found: Advice) -> _Writer:
    values = pd.DataFrame(
        {"score": found.outcomes, "rank": found.ranks.reindex(found.outcomes.index)}
    )
    classes = result.classes.get(found.score or "")
    if classes is not None:
        values["class"] = classes.of.reindex(values.index)
    moved = found.what_if.by_city if isinstance(found.what_if, WhatIf) else pd.DataFrame()
    models = found.role_models.by_city.reset_index() if found.role_models else pd.DataFrame()
    return _Writer(
        result=result,
        found=found,
        words=labels(result.spec),
        names=entity_labels(result),
        values=_by_entity(values.reset_index()),
        n_ranked=values["rank"].dropna().groupby(level="period").size().to_dict(),
        peers=_by_entity(found.peers),
        models=_by_entity(models),
        moved=_by_entity(moved),
        apart=_by_entity(found.distance.by_city.reset_index()) if found.distance else {},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Writer:
    """Writes pages from rows that were sorted by city beforehand."""

    result: StudyResult
    found: Advice
    words: Mapping[str, Wording]
    names: Mapping[str, Wording]
    values: Records
    n_ranked: Mapping[Any, int]
    peers: Records
    models: Records
    moved: Records
    apart: Records

    def page(self, city: CityPathways) -> Profile:
        """Write the page of a city."""
        tables = (
            self._scores(city.entity),
            self._pathways(city),
            self._peers(city.entity),
            self._distance(city.entity),
            self._what_if(city.entity),
        )
        return Profile(
            key=city.entity,
            name=self.names.get(city.entity, city.entity),
            sentences=tuple(self._sentences(city)),
            tables=tuple(table for table in tables if table is not None and table.rows),
            series=tuple(
                (int(row["period"]), _number(row["score"])) for row in self.values[city.entity]
            ),
        )

    @property
    def _decimals(self) -> int:
        return self.result.spec.report.decimals

    def _group(self, grouping: str, group: str) -> Wording:
        spec = self.result.spec
        if grouping == ALL:
            return message("All")
        return message(
            "{grouping}: {group}",
            grouping=group_label(spec, grouping),
            group=member_label(spec, grouping, group),
        )

    def _sentences(self, city: CityPathways) -> Iterator[Wording]:
        known = [row for row in self.values[city.entity] if _number(row["score"]) is not None]
        if known:
            yield self._standing(known[-1])
        if city.groups:
            groups = listed([self._group(*pair) for pair in city.groups.items()])
            yield message("Groups: {groups}.", groups=groups)
        elif len(self.found.groups.columns):
            yield message("This city is in no group; the estimates for all speak for it.")
        yield from self._supported(city)
        yield from self._cautions(city)

    def _standing(self, last: Mapping[str, Any]) -> Wording:
        words = {
            "score": numbers.number(float(last["score"]), self._decimals),
            "rank": int(last["rank"]),
            "n": self.n_ranked[last["period"]],
        }
        if not self.result.panel.has_periods:
            return message("Score {score}: rank {rank} of {n}.", **words)
        return message(
            "Score {score} in {period}: rank {rank} of {n}.", period=last["period"], **words
        )

    def _supported(self, city: CityPathways) -> Iterator[Wording]:
        if not city.supported:
            yield message("The estimates support no pathway for this city.")
        for one in city.supported:
            channels = listed([self._name(c.mediator) for c in one.channels if c.works])
            yield message(
                "{pathway}: {factor} works, through {channels}.",
                pathway=one.label,
                factor=self._name(one.factor),
                channels=channels,
            )
            for what, template in (("helps", HELPS), ("hinders", HINDERS)):
                tools = one.tools_that(what)
                if tools:
                    yield message(template, tools=listed([self._name(tool) for tool in tools]))

    def _cautions(self, city: CityPathways) -> Iterator[Wording]:
        told: dict[Wording, None] = {}
        for pathway in city.pathways:
            for caution in pathway.cautions:
                template = OF_ESTIMATES if caution.source == "estimates" else OF_LITERATURE
                told[message(template, text=caution.text)] = None
        yield from told

    def _name(self, variable: str) -> Wording:
        return name_of(variable, self.words)

    def _scores(self, entity: str) -> Table:
        has_class = self.found.score in self.result.classes
        classes = class_labels(self.result.classes[self.found.score or ""]) if has_class else {}
        more = (Column("class", message("Class")),) if has_class else ()
        return Table(
            id="scores",
            title=message("Score over time"),
            stub=message("Period"),
            columns=(Column("score", message("Score")), Column("rank", message("Rank")), *more),
            rows=tuple(
                Row(
                    str(row["period"]) if self.result.panel.has_periods else "",
                    (
                        Cell(_number(row["score"]), decimals=self._decimals),
                        Cell(_number(row["rank"]), "count"),
                        *((Cell(classes.get(row["class"]), "text"),) if has_class else ()),
                    ),
                )
                for row in self.values[entity]
            ),
        )

    def _pathways(self, city: CityPathways) -> Table:
        rows = tuple(row for one in city.pathways for row in self._pathway(one))
        return Table(
            id="pathways",
            title=message("Pathways and their evidence"),
            stub=message("Pathway"),
            columns=(
                Column("verdict", message("What it says")),
                Column("b", message("b")),
                Column("low", message("Lower bound")),
                Column("high", message("Upper bound")),
                Column("p", message("p")),
                Column("of", message("Estimate for")),
                Column("difference", message("p of the difference")),
            ),
            rows=rows,
        )

    def _pathway(self, one: Pathway) -> Iterator[Row]:
        yield Row(one.label, (Cell(STATUSES[one.status], "text"), *(EMPTY,) * 6), rule_above=True)
        yield from self._evidence(one.effect, VERDICTS)
        if one.status in {"supported", "effect_only"}:
            for channel in one.channels:
                yield from self._evidence(channel.indirect, VERDICTS)
                for tool in channel.tools:
                    for step in tool.steps:
                        yield from self._evidence(step, OF_TOOLS)

    def _evidence(self, spoken: Spoken, verdicts: Mapping[str, Wording]) -> Iterator[Row]:
        for applied in spoken.applied:
            yield self._estimate(applied, verdicts)

    def _estimate(self, applied: Applied, verdicts: Mapping[str, Wording]) -> Row:
        e, test = applied.evidence, applied.difference
        return Row(
            effect_in_words(e, self.words),
            (
                Cell(verdicts.get(applied.verdict, VERDICTS[applied.verdict]), "text"),
                Cell(e.b, "estimate", decimals=self._decimals),
                Cell(e.ci_low, decimals=self._decimals),
                Cell(e.ci_high, decimals=self._decimals),
                Cell(e.p, "p_value"),
                Cell(self._group(e.grouping, e.group), "text"),
                EMPTY if test is None else Cell(test.p, "p_value"),
            ),
        )

    def _peers(self, entity: str) -> Table | None:
        shares = {row["model"]: row for row in self.models.get(entity, [])}
        own = self.peers.get(entity, [])
        rows = tuple(self._peer(row, shares.get(row["peer"], {})) for row in own)
        return Table(
            id="peers",
            title=message("Peers on the frontier"),
            stub=message("Peer"),
            columns=(
                Column("intensity", message("Intensity")),
                Column("share", message("Share as role model")),
                Column("shared", message("Same group")),
            ),
            rows=rows,
        )

    def _peer(self, row: Mapping[str, Any], model: Mapping[str, Any]) -> Row:
        name = self.names.get(str(row["peer"]), str(row["peer"]))
        when = row["peer_period"] if self.result.panel.has_periods else None
        label = name if when is None else message("{city}, {period}", city=name, period=when)
        shared = [word for word in str(model.get("shared_groups", "")).split(", ") if word]
        groups = listed([group_label(self.result.spec, word) for word in shared])
        return Row(
            label,
            (
                Cell(float(row["intensity"]), decimals=self._decimals),
                Cell(model["share"], "percent") if model else EMPTY,
                Cell(groups or numbers.MISSING, "text"),
            ),
        )

    def _distance(self, entity: str) -> Table | None:
        own = {str(row["variable"]): row for row in self.apart.get(entity, [])}
        columns = ("value", "target", "gap")
        return Table(
            id="distance",
            title=message("Distance to the frontier"),
            stub=message("Input or output"),
            columns=(
                Column("value", message("Value")),
                Column("target", message("Target")),
                Column("gap", message("By")),
                Column("share", message("Share")),
                Column("direction", message("Direction")),
            ),
            rows=tuple(
                Row(
                    with_unit(self.result, name),
                    (
                        *(Cell(float(own[name][column])) for column in columns),
                        Cell(float(own[name]["share"]), "percent"),
                        Cell(DIRECTIONS[own[name]["direction"]], "text"),
                    ),
                )
                for name in variables_of(self.found)
                if name in own
            ),
        )

    def _what_if(self, entity: str) -> Table | None:
        section = self.result.spec.typology
        assert section is not None
        columns = ("value", "new_value", "score", "new_score", "change", "ci_low", "ci_high")
        headings = (
            message("Value"),
            message("New value"),
            message("Score"),
            message("New score"),
            message("Change"),
            message("Lower bound"),
            message("Upper bound"),
        )
        return Table(
            id="what_if",
            title=message("What if a factor moved"),
            stub=message("Factor"),
            columns=(
                *(Column(c, heading) for c, heading in zip(columns, headings, strict=True)),
                Column("of", message("Estimate for")),
                Column("outside", message("Beyond the data")),
            ),
            rows=tuple(
                Row(
                    message(
                        "{factor} {move}",
                        factor=self._name(row["factor"]),
                        move=move_in_words(section.what_if[row["factor"]]),
                    ),
                    (
                        *(Cell(float(row[c]), decimals=self._decimals) for c in columns),
                        Cell(self._group(row["grouping"], row["group"]), "text"),
                        Cell(message("yes") if row["is_outside"] else message("no"), "text"),
                    ),
                )
                for row in self.moved.get(entity, [])
            ),
        )


OF_TOOLS: Mapping[str, Wording] = {
    "works": message("strengthens it"),
    "harms": message("weakens it"),
}
HELPS = message("Tools that help: {tools}.", tools="").template
HINDERS = message("Tools that hinder: {tools}.", tools="").template
OF_ESTIMATES = message("Caution by the estimates: {text}", text="").template
OF_LITERATURE = message("Caution of the literature: {text}", text="").template


def _number(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
