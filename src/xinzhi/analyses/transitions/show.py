"""Tables of transitions: classes by period and region, the matrix, and the paths over the dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.tables import class_columns
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.space_and_time import NONE, part_table, region_labels, region_words
from xinzhi.analyses.transitions.compute import Moves
from xinzhi.analyses.transitions.prose import prose
from xinzhi.analyses.transitions.section import TransitionsSection
from xinzhi.io.json_text import finite
from xinzhi.present.frames import nested, records
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.space.transitions import Paths, Transitions
from xinzhi.wording import Wording, message

KINDS: Mapping[str, Wording] = {
    "stayed": message("stayed in its class"),
    "rose": message("rose"),
    "fell": message("fell"),
    "mixed": message("rose and fell"),
    "unknown": message("a score is missing"),
}


def exhibits(
    heading: tuple[str, Wording], section: TransitionsSection, result: Moves, shown: Shown
) -> Exhibits:
    """Set the classes by region, the matrix, and the paths."""
    name, score = shown.name, shown.study.score_label(section.score)
    labels = {one: message(one) for one in section.classes}
    regions = region_labels(section.regions, result.regions, shown.study)
    by_region = part_table(
        f"{name}_regions",
        message("Classes of {score} by period and region", score=score),
        result.by_region,
        regions_table,
        labels=labels,
        regions=regions,
    )
    matrix = part_table(*heading, result.transitions, transitions_table, labels=labels)
    title = message("Paths through the classes of {score}", score=score)
    paths = part_table(f"{name}_paths", title, result.paths, paths_table, labels=labels)
    paragraphs = prose(result, labels, regions, shown)
    return Exhibits((*by_region, *matrix, *paths), prose=paragraphs)


def transitions_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Transitions,
    *,
    labels: Mapping[str, Wording],
) -> Table:
    """Set the probabilities of moves from class (rows) to class (columns)."""
    words = {name: labels.get(name, name) for name in found.names}
    rows = [*_probabilities(found, words), *_long_run(found), *_evidence(found, words)]
    return Table(
        id=id,
        title=title,
        stub=message("From class"),
        columns=(
            *(Column(name, labels.get(name, name)) for name in found.names),
            Column("n", message("Number of transitions")),
        ),
        rows=tuple(rows),
        notes=(
            message(
                "Shares of the transitions that start from a class, which add up to 1; beneath, "
                "the number of transitions and Wilson's 95% interval, transitions taken as "
                "independent given their class."
            ),
            message(
                "Long run: the shares of the classes if the transitions continued for ever; "
                "interval: quantiles over matrices drawn from the transitions plus one half in "
                "each cell (Dirichlet)."
            ),
        )[: 2 if found.long_run is not None else 1],
        reading=tuple(_reading(found)),
        machine={
            "probabilities": records(found.probabilities),
            "counts": records(found.counts),
            "n": found.n,
            "n_missing": found.n_missing,
            "mobility": finite(found.mobility),
            "low": records(found.low),
            "high": records(found.high),
            "long_run": None if found.long_run is None else dict(found.long_run),
            "long_run_interval": None
            if found.long_run_interval is None
            else records(found.long_run_interval),
        },
    )


def _probabilities(found: Transitions, words: Mapping[str, Wording]) -> Iterator[Row]:
    numbers = zip(found.probabilities.to_numpy(), found.counts.to_numpy(), strict=True)
    for name, (shares, moves) in zip(found.names, numbers, strict=True):
        cells = (Cell(finite(p), "number") for p in shares)
        yield Row(words[name], (*cells, Cell(int(moves.sum()), "count")), key=name)


def _long_run(found: Transitions) -> Iterator[Row]:
    if found.long_run is None or found.long_run_interval is None:
        return
    cells = tuple(Cell(float(share), "number") for share in found.long_run)
    yield Row(message("In the long run"), (*cells, EMPTY), key="long_run", rule_above=True)
    bounds = found.long_run_interval.to_numpy()
    yield Row(message("95% interval"), (*_intervals(bounds), EMPTY), key="long_run:interval")


def _evidence(found: Transitions, words: Mapping[str, Wording]) -> Iterator[Row]:
    """Set the moves behind each probability, and its interval."""
    counts = found.counts.to_numpy()
    bounds = np.stack([found.low.to_numpy(), found.high.to_numpy()], axis=-1)
    for at, name in enumerate(found.names):
        cells = (Cell(int(n), "count") for n in counts[at])
        label = message("Transitions from {name}", name=words[name])
        yield Row(label, (*cells, EMPTY), key=f"{name}:moves", rule_above=at == 0)
        if counts[at].sum():
            between = _intervals(bounds[at])
            yield Row(message("95% interval"), (*between, EMPTY), key=f"{name}:interval")


def _intervals(bounds: npt.NDArray[np.float64]) -> Iterator[Cell]:
    return (Cell(f"[{low:.2f}, {high:.2f}]", "text") for low, high in bounds)


def _reading(found: Transitions) -> Iterator[Wording]:
    stayed = int(np.trace(found.counts.to_numpy()))
    if found.n:
        yield message(
            "{k} of {n} transitions from one period to the next end in the class in which they "
            "began.",
            k=stayed,
            n=found.n,
        )


def paths_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Paths,
    *,
    labels: Mapping[str, Wording],
) -> Table:
    """Set the paths through the classes over the dates, most common first, then their kinds."""
    kinds = found.kinds.value_counts()
    rows = [
        Row(_path(str(path), labels), (Cell(int(n), "count"),), key=str(path))
        for path, n in found.counts.items()
    ]
    rows += [
        Row(words, (Cell(int(kinds.get(kind, 0)), "count"),), key=kind, rule_above=kind == "stayed")
        for kind, words in KINDS.items()
        if kind != "unknown" or kinds.get(kind, 0)
    ]
    dates = ", ".join(str(date) for date in found.of.columns)
    n = len(found.kinds) - int(kinds.get("unknown", 0))
    return Table(
        id=id,
        title=title,
        stub=message("Path"),
        columns=(Column("n", message("Entities")),),
        rows=tuple(rows),
        notes=(message("Classes at the dates {dates}.", dates=dates),),
        reading=(
            message(
                "Of {n} entities {stayed} stayed in their class, {rose} rose and {fell} fell.",
                n=n,
                stayed=int(kinds.get("stayed", 0)),
                rose=int(kinds.get("rose", 0)),
                fell=int(kinds.get("fell", 0)),
            ),
        ),
        machine={
            "counts": {str(path): int(k) for path, k in found.counts.items()},
            "kinds": {str(kind): int(k) for kind, k in kinds.items()},
        },
    )


def _path(path: str, labels: Mapping[str, Wording]) -> Wording:
    """Word a path, class by class."""
    words: Wording | None = None
    for name in path.split(" > "):
        one = labels.get(name, name)
        words = one if words is None else message("{before} → {after}", before=words, after=one)
    return words or ""


def regions_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    counts: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    regions: Mapping[str, Wording],
) -> Table:
    """Set the counts of classes by period and region.

    `counts` is indexed (period, group), its columns the classes from low to high and `none`;
    `labels` words the classes, `regions` the regions.
    """
    counts, columns = class_columns(counts, labels)
    return Table(
        id=id,
        title=title,
        stub=message("Period and region"),
        columns=columns,
        rows=tuple(_rows(counts, regions)),
        reading=tuple(
            _most_common_regions(counts.drop(columns=NONE, errors="ignore"), labels, regions)
        ),
        machine={"periods": nested(counts)},
    )


def _rows(counts: pd.DataFrame, regions: Mapping[str, Wording]) -> Iterator[Row]:
    before: object = None
    for key, found in zip(counts.index, counts.to_numpy(), strict=True):
        period, region = key
        values = [int(n) for n in found]
        yield Row(
            message("{period} {region}", period=str(period), region=region_words(region, regions)),
            tuple(Cell(n, "count") for n in (*values, sum(values))),
            key=f"{period}/{region}",
            rule_above=before is not None and before != period,
        )
        before = period


def _most_common_regions(
    counts: pd.DataFrame, labels: Mapping[str, Wording], regions: Mapping[str, Wording]
) -> Iterator[Wording]:
    """Say where the lowest and the highest class are most common at the last date."""
    last = max(key[0] for key in counts.index)
    classes = [str(name) for name in counts.columns]
    now = {
        str(key[1]): dict(zip(classes, map(int, row), strict=True))
        for key, row in zip(counts.index, counts.to_numpy(), strict=True)
        if key[0] == last and key[1] != NONE and row.sum() > 0
    }
    for name in dict.fromkeys((classes[0], classes[-1])):
        shares = {region: row[name] / sum(row.values()) for region, row in now.items()}
        region = max(shares, key=lambda one: shares[one], default="")
        if not region or shares[region] == 0:
            continue
        yield message(
            "{name}: most common in {region} in {period}, {k} of {n}.",
            name=labels.get(name, name),
            region=region_words(region, regions),
            period=str(last),
            k=now[region][name],
            n=sum(now[region].values()),
        )
