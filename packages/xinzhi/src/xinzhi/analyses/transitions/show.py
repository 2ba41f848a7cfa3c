"""Tables of transitions: classes by period and region, the matrix, and the paths over the dates.

Running text on classes over space and time: regions at the last date, and moves since the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.show import class_columns
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.space_and_time import part_table, region_labels, region_words
from xinzhi.analyses.transitions.compute import Moves, TransitionsSection, last_by_region
from xinzhi.present.frames import nested, records
from xinzhi.present.numbers import level
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, in_a_row, listed, message
from xinzhi_econometrics.space.transitions import ClassPaths, Transitions
from xinzhi_panel.io.json_text import finite


def prose(
    result: Moves, labels: Mapping[str, Wording], regions: Mapping[str, Wording], shown: Shown
) -> tuple[Wording, ...]:
    """Compare the regions by their lowest and highest class, and count who rose and who fell."""
    sentences: list[Wording] = []
    if isinstance(result.by_region, pd.DataFrame):
        sentences += _regions(result.by_region, labels, regions, shown)
    if isinstance(result.paths, ClassPaths):
        sentences += _moves(result.paths, shown)
    return (in_a_row(sentences),) if sentences else ()


def _regions(
    counts: pd.DataFrame,
    labels: Mapping[str, Wording],
    regions: Mapping[str, Wording],
    shown: Shown,
) -> Iterator[Wording]:
    period, last = last_by_region(counts)
    totals = last.sum(axis=1)
    for name in () if last.empty else dict.fromkeys(map(str, last.columns[[0, -1]])):
        shares = (last[name] / totals).sort_values(ascending=False, kind="stable")
        items = [
            message(
                "{k} of {n} in {region}",
                k=int(last.loc[region, name]),
                n=int(totals[region]),
                region=region_words(region, regions),
            )
            for region in shares.index
        ]
        yield message(
            "In {period}, the class {name} comprises the following {things}: {items}.",
            period=period,
            name=labels.get(name, name),
            items=listed(items),
            things=shown.style.noun.many,
        )


def _moves(paths: ClassPaths, shown: Shown) -> Iterator[Wording]:
    kinds = paths.kinds.value_counts()
    yield message(
        "Over the dates {dates}, {rose} of {things} rose to a higher class without falling back, "
        "{fell} fell without rising, and {stayed} stayed in their class.",
        dates=", ".join(map(period_name, paths.of.columns)),
        things=shown.style.noun.count(len(paths.kinds)),
        **{kind: int(kinds.get(kind, 0)) for kind in ("rose", "fell", "stayed")},
    )


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
    labels = {label: message(label) for label in section.classes}
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
    table_id: str, title: Wording, chain: Transitions, *, labels: Mapping[str, Wording]
) -> Table:
    """Set the probabilities of moves from class (rows) to class (columns)."""
    words = {name: labels.get(name, name) for name in chain.names}
    return Table(
        id=table_id,
        title=title,
        stub=message("From class"),
        columns=(
            *(Column(name, label) for name, label in words.items()),
            Column("n", message("Number of transitions")),
        ),
        rows=(*_probabilities(chain, words), *_long_run(chain), *_evidence(chain, words)),
        notes=(
            message(
                "Shares of the transitions that start from a class; beneath, their number and "
                "Wilson's {level} interval. Shares add up to 1; transitions are taken as "
                "independent given their class.",
                level=level(chain.level),
            ),
            message(
                "Long run: the shares of the classes if the transitions continued for ever; "
                "interval: quantiles over matrices drawn from the transitions plus one half in "
                "each cell (Dirichlet)."
            ),
        )[: 2 if chain.long_run is not None else 1],  # the second note is on the long run
        reading=tuple(_reading(chain)),
        machine={
            "probabilities": records(chain.probabilities),
            "counts": records(chain.counts),
            "n": chain.n,
            "n_missing": chain.n_missing,
            "mobility": finite(chain.mobility),
            "level": chain.level,
            "low": records(chain.low),
            "high": records(chain.high),
            "long_run": None if chain.long_run is None else dict(chain.long_run),
            "long_run_interval": None
            if chain.long_run_interval is None
            else records(chain.long_run_interval),
        },
    )


def _probabilities(chain: Transitions, words: Mapping[str, Wording]) -> Iterator[Row]:
    numbers = zip(chain.probabilities.to_numpy(), chain.counts.to_numpy(), strict=True)
    for name, (shares, counts) in zip(chain.names, numbers, strict=True):
        cells = (Cell(finite(p), "number") for p in shares)
        yield Row(words[name], (*cells, Cell(int(counts.sum()), "count")), key=name)


def _long_run(chain: Transitions) -> Iterator[Row]:
    if chain.long_run is None or chain.long_run_interval is None:
        return
    cells = tuple(Cell(float(share), "number") for share in chain.long_run)
    yield Row(message("In the long run"), (*cells, EMPTY), key="long_run", rule_above=True)
    bounds = chain.long_run_interval.to_numpy()
    label = message("{level} interval", level=level(chain.level))
    yield Row(label, (*_intervals(bounds), EMPTY), key="long_run:interval")


def _evidence(chain: Transitions, words: Mapping[str, Wording]) -> Iterator[Row]:
    """Set the moves behind each probability, and its interval."""
    counts = chain.counts.to_numpy()
    bounds = np.stack([chain.low.to_numpy(), chain.high.to_numpy()], axis=-1)
    for position, name in enumerate(chain.names):
        cells = (Cell(int(n), "count") for n in counts[position])
        label = message("Transitions from {name}", name=words[name])
        yield Row(label, (*cells, EMPTY), key=f"{name}:moves", rule_above=position == 0)
        if counts[position].any():  # without a transition there is no interval
            interval = _intervals(bounds[position])
            label = message("{level} interval", level=level(chain.level))
            yield Row(label, (*interval, EMPTY), key=f"{name}:interval")


def _intervals(bounds: npt.NDArray[np.float64]) -> Iterator[Cell]:
    return (Cell(f"[{low:.2f}, {high:.2f}]", "text") for low, high in bounds)


def _reading(chain: Transitions) -> Iterator[Wording]:
    if chain.n:
        yield message(
            "{k} of {n} transitions from one period to the next end in the class in which they "
            "began.",
            one="{k} of {n} transitions from one period to the next ends in the class in which it began.",
            counting="k",
            k=int(np.trace(chain.counts.to_numpy())),
            n=chain.n,
        )


def paths_table(
    table_id: str, title: Wording, paths: ClassPaths, *, labels: Mapping[str, Wording]
) -> Table:
    """Set the paths through the classes over the dates, most common first, then their kinds."""
    kinds = paths.kinds.value_counts()
    rows = [
        Row(_path(str(path), labels), (Cell(int(n), "count"),), key=str(path))
        for path, n in paths.counts.items()
    ]
    rows += [
        Row(words, (Cell(int(kinds.get(kind, 0)), "count"),), key=kind, rule_above=kind == "stayed")
        for kind, words in KINDS.items()
        if kind != "unknown" or kinds.get(kind, 0)
    ]
    dates = ", ".join(map(period_name, paths.of.columns))
    return Table(
        id=table_id,
        title=title,
        stub=message("Path"),
        columns=(Column("n", message("Entities")),),
        rows=tuple(rows),
        notes=(message("Classes at the dates {dates}.", dates=dates),),
        reading=(
            message(
                "Of {n} entities {stayed} stayed in their class, {rose} rose and {fell} fell.",
                one="Of {n} entities {stayed} stayed in its class, {rose} rose and {fell} fell.",
                counting="stayed",
                n=len(paths.kinds) - int(kinds.get("unknown", 0)),
                stayed=int(kinds.get("stayed", 0)),
                rose=int(kinds.get("rose", 0)),
                fell=int(kinds.get("fell", 0)),
            ),
        ),
        machine={
            "counts": {str(path): int(k) for path, k in paths.counts.items()},
            "kinds": {str(kind): int(k) for kind, k in kinds.items()},
        },
    )


def _path(path: str, labels: Mapping[str, Wording]) -> Wording:
    """Word a path, class by class."""
    words = [labels.get(name, name) for name in path.split(" > ")]
    return reduce(
        lambda before, after: message("{before} → {after}", before=before, after=after), words
    )


def regions_table(
    table_id: str,
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
        id=table_id,
        title=title,
        stub=message("Period and region"),
        columns=columns,
        rows=tuple(_rows(counts, regions)),
        reading=tuple(_most_common_regions(counts, labels, regions)),
        machine={"periods": nested(counts)},
    )


def _rows(counts: pd.DataFrame, regions: Mapping[str, Wording]) -> Iterator[Row]:
    before: object = None
    for (period, region), row in zip(counts.index, counts.to_numpy(), strict=True):
        values = [int(n) for n in row]
        yield Row(
            message("{period} {region}", period=str(period), region=region_words(region, regions)),
            tuple(Cell(n, "count") for n in (*values, sum(values))),
            key=f"{period_name(period)}/{region}",
            rule_above=before is not None and before != period,
        )
        before = period


def _most_common_regions(
    counts: pd.DataFrame, labels: Mapping[str, Wording], regions: Mapping[str, Wording]
) -> Iterator[Wording]:
    """Say where the lowest and the highest class are most common at the last date."""
    period, last = last_by_region(counts)
    totals = last.sum(axis=1)
    for name in () if last.empty else dict.fromkeys(map(str, last.columns[[0, -1]])):
        counts_of_class = last[name]
        shares = counts_of_class / totals
        region = str(shares.idxmax())
        if shares[region] > 0:
            yield message(
                "{name}: most common in {region} in {period}, {k} of {n}.",
                name=labels.get(name, name),
                region=region_words(region, regions),
                period=period,
                k=int(counts_of_class[region]),
                n=int(totals[region]),
            )
