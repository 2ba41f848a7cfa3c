"""What two runs of a study say differently: scores, ranks, classes, coefficients, verdicts, pathways.

Both runs are read as their reports say them: a verdict is the one that the analysis has given, stars are
those under its table; nothing is judged again here. Numbers count as changed where they differ by more
than 1e-9 of their size, scores by more than 1e-9: programs are solved to that precision, so smaller
differences are not of the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from xinzhi.report.build import every_table
from xinzhi.report.exhibits import entity_labels
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi_core.wording import Wording

TOLERANCE = 1e-9
ROOM = {"score": TOLERANCE}
"""Value -> difference that is not one, whatever its size."""
SIDES = ("before", "after")
VERDICTS = ("verdict", "judgement", "in_force")
"""Keys of results.json that hold what an analysis says of an effect."""
CITIES = "pathways_by_city"
BETWEEN = " / "
"""Between the names of an effect."""
NAMES = (
    *("entity", "name", "path", "focal", "factor", "mediator", "moderator", "outcome", "tool"),
    *("grouping", "group"),
)
"""Keys of results.json that tell one effect from another."""
KEYS: Mapping[str, tuple[str, ...]] = {
    "scores": ("measurement", "entity", "period"),
    "ranks": ("measurement", "entity"),
    "classes": ("measurement", "entity", "period"),
    "coefficients": ("table", "column", "variable"),
    "verdicts": ("table", "effect", "kind"),
    "pathways": ("pathway", "entity"),
}
"""Part of a run -> what names its rows."""
VALUES: Mapping[str, tuple[str, ...]] = {
    "scores": ("score", "status"),
    "ranks": ("rank",),
    "classes": ("class",),
    "coefficients": ("estimate", "std_error", "p_value", "stars", "n"),
    "verdicts": ("verdict",),
    "pathways": ("status",),
}
"""Part of a run -> what may change."""
PARTS = tuple(KEYS)


@dataclass(frozen=True, slots=True, eq=False)
class RunSnapshot:
    """What a run says."""

    frames: Mapping[str, pd.DataFrame]
    """Part -> its rows: the keys, then the values."""
    titles: Mapping[str, Wording]
    """Table of results.json -> its title."""
    labels: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """Variable, grouping, member, score, pathway or entity -> its name in the report."""


class PartCounts(NamedTuple):
    """How many rows of a part differ."""

    changed: int
    """Of those that both runs have."""
    shared: int
    """Rows that both runs have."""
    new: int
    gone: int


def snapshot(result: StudyResult) -> RunSnapshot:
    """Take down what a run says."""
    tables = [table for group in every_table(result).values() for table in group]
    machines = {table.id: table.machine for table in tables}
    rows: dict[str, list[tuple[object, ...]]] = {
        "scores": [*_scores(result)],
        "ranks": [*_ranks(machines)],
        "classes": [*_classes(result)],
        "coefficients": [*_coefficients(machines)],
        "verdicts": [
            (table, *found)
            for table, machine in machines.items()
            if table != CITIES
            for found in verdicts_in(machine)
        ],
        "pathways": [*_pathways(machines)],
    }
    frames = {
        part: pd.DataFrame(rows[part], columns=[*KEYS[part], *VALUES[part]]) for part in PARTS
    }
    # Effects of one name are told apart by their order.
    verdicts = frames["verdicts"]
    number = verdicts.groupby([*KEYS["verdicts"]]).cumcount()
    mark = number.map(lambda n: f" ({n + 1})" if n else "")
    frames["verdicts"] = verdicts.assign(effect=verdicts["effect"] + mark)
    titles = {table.id: table.title for table in tables}
    return RunSnapshot(frames, titles, _labels(result))


def _labels(result: StudyResult) -> dict[str, Wording]:
    """Name what names the rows, as the report does; a name of two things is that of the later kind."""
    view = StudyView(result.spec)
    pathways = [
        pathway
        for section in result.spec.sections("typology").values()
        for pathway in section.pathways or ()
    ]
    return {
        **entity_labels(result),
        **{pathway.name: pathway.label.label(pathway.name) for pathway in pathways},
        **{
            member: view.member_label(grouping, member)
            for grouping in view.groupings
            for member in view.members(grouping)
        },
        **{name: view.group_label(name) for name in view.groupings},
        **{name: view.score_label(name) for name in result.spec.sections("efficiency")},
        **view.style.labels,
    }


def _scores(result: StudyResult) -> Iterator[tuple[object, ...]]:
    for name, scores in result.of("efficiency").items():
        frame = scores.to_frame()
        for key, score, status in zip(frame.index, frame["score"], frame["status"], strict=True):
            yield (name, *_key(key), float(score), str(status))


def _classes(result: StudyResult) -> Iterator[tuple[object, ...]]:
    for name, classes in result.of("classes").items():
        for key, word in classes.of.items():
            yield (name, *_key(key), str(word) if isinstance(word, str) else None)


def _key(key: object) -> tuple[str, str]:
    """Give entity and period in words; a cross-section has no period."""
    levels = key if isinstance(key, tuple) else (key,)
    return str(levels[0]), " ".join(map(str, levels[1:]))


def _ranks(machines: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[object, ...]]:
    for table, machine in machines.items():
        entities = machine.get("entities")
        for entity, row in entities.items() if isinstance(entities, Mapping) else ():
            if isinstance(row, Mapping) and row.get("rank") is not None:
                yield table.removesuffix("_ranking"), str(entity), int(row["rank"])


def _coefficients(machines: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[object, ...]]:
    for table, machine in machines.items():
        columns = machine.get("columns")
        for number, column in enumerate(columns if isinstance(columns, Sequence) else (), start=1):
            found = column.get("coefficients") if isinstance(column, Mapping) else None
            for variable, row in found.items() if isinstance(found, Mapping) else ():
                words = f"{number}: {column.get('label', '')}".strip(": ")
                numbers = (row.get("b"), row.get("se"), row.get("p"))
                yield table, words, str(variable), *numbers, row.get("stars", ""), column.get("n")


def verdicts_in(node: object, names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """Find the verdicts below a part of results.json, each with the names above it."""
    if isinstance(node, Mapping):
        own = (*names, *(str(node[key]) for key in NAMES if node.get(key) not in (None, "")))
        for kind in VERDICTS:
            if isinstance(node.get(kind), str):
                yield BETWEEN.join(own), kind, str(node[kind])
        for key, part in node.items():
            is_named = isinstance(part, Mapping)
            yield from verdicts_in(part, (*own, str(key)) if is_named else own)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for part in node:
            yield from verdicts_in(part, names)


def _pathways(machines: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[object, ...]]:
    cities = machines.get(CITIES, {}).get("cities")
    for entity, city in cities.items() if isinstance(cities, Mapping) else ():
        for pathway, found in city["pathways"].items():
            yield str(pathway), str(entity), str(found["status"])


def compare_runs(before: RunSnapshot, after: RunSnapshot) -> dict[str, pd.DataFrame]:
    """List what differs: part -> the keys, then each value before and after.

    A row that only one of the runs has is listed too; its other side is empty. The largest changes of
    the first number come first.
    """
    return {part: _changed(before.frames[part], after.frames[part], part) for part in PARTS}


def count_changes(
    before: RunSnapshot, after: RunSnapshot, changes: Mapping[str, pd.DataFrame]
) -> dict[str, PartCounts]:
    """Count, part by part, what changed of the rows that both runs have, and the rows of one alone."""
    counts: dict[str, PartCounts] = {}
    for part in PARTS:
        keys = [*KEYS[part]]
        old, new, differ = (
            set(map(tuple, frame[keys].to_numpy(dtype=object).tolist()))
            for frame in (before.frames[part], after.frames[part], changes[part])
        )
        both = old & new
        counts[part] = PartCounts(len(differ & both), len(both), len(new - old), len(old - new))
    return counts


def _changed(old: pd.DataFrame, new: pd.DataFrame, part: str) -> pd.DataFrame:
    keys, values = [*KEYS[part]], VALUES[part]
    both = old.merge(new, on=keys, how="outer", suffixes=("_before", "_after"), sort=False)
    differs = np.zeros(len(both), dtype=bool)
    for name in values:
        was, now = (both[f"{name}_{side}"] for side in SIDES)
        a, b = (pd.to_numeric(column, errors="coerce") for column in (was, now))
        room = np.maximum(TOLERANCE * np.maximum(a.abs(), b.abs()), ROOM.get(name, 0.0))
        is_same = (was == now) | (was.isna() & now.isna()) | ((a - b).abs() <= room)
        differs |= (~is_same).to_numpy(dtype=bool)
    both = both[differs]
    first = values[0]
    pair = [pd.to_numeric(both[f"{first}_{side}"], errors="coerce") for side in SIDES]
    change = pair[1] - pair[0]
    if part in ("scores", "ranks", "coefficients"):
        both = both.assign(change=change)
        order = change.abs().sort_values(ascending=False, kind="stable", na_position="first")
        both = both.loc[order.index]
    columns = [f"{name}_{side}" for name in values for side in SIDES]
    more = ["change"] if "change" in both else []
    return both[[*keys, *columns, *more]].reset_index(drop=True)
