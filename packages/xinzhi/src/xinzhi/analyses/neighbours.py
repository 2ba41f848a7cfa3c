"""Who is next to whom: outlines with weights by borders or by distance, or a file of pairs."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import pandas as pd
from pydantic import AfterValidator

from xinzhi.analyses.analysis import Given, Reads, Study
from xinzhi.analyses.capabilities import OfFiles
from xinzhi.analyses.section import Section
from xinzhi.analyses.space_and_time import ScoreAnalysis
from xinzhi.options import Refused, refused
from xinzhi.present.table import Table
from xinzhi_core.errors import DataError, Problem, StudyError, Where, nearest
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.space.near import near, weights_of
from xinzhi_econometrics.space.scores import list_names
from xinzhi_econometrics.space.weights import Neighbours, adjacent, neighbours_of
from xinzhi_panel.io.raw import shown_name
from xinzhi_panel.io.text.encoding import decode, find_delimiter

S = TypeVar("S", bound=Section)
R = TypeVar("R")
PAIRS = frozenset({".csv", ".tsv", ".txt"})
"""Endings of files of pairs; all others are outlines."""
WEIGHT = frozenset({"weight", "权重"})


def _check(text: str) -> str:
    try:
        return str(weights_of(text))
    except StudyError as error:
        raise refused(error) from error


WeightsText = Annotated[str, AfterValidator(_check)]
"""Weights of neighbours, as they are written."""


def is_pairs(neighbours: str | None) -> bool:
    """Tell whether neighbours are a file of pairs."""
    return neighbours is not None and Path(neighbours).suffix.lower() in PAIRS


def refuse_no_effect(neighbours: str | None, weights: str | None) -> None:
    """Refuse weights beside a file of pairs, which has its own."""
    if weights is not None and is_pairs(neighbours):
        raise Refused(
            message("`weights` has no effect on a file of pairs."),
            message("leave it out; a third column called weight holds the weights of the pairs."),
        )


class OfNeighbours(ScoreAnalysis[S, R], OfFiles[S]):
    """Analysis of a score that knows who is next to whom."""

    def reads(self, section: Any, study: Study) -> Reads:
        """Read the score, and the outlines or the pairs."""
        named = (section.neighbours,)
        reads = super().reads(section, study)
        if is_pairs(section.neighbours):
            return replace(reads, files=named)
        return replace(reads, outlines=named)

    def inspect_files(self, section: Any, files: Mapping[str, bytes]) -> Iterator[Problem]:
        """Refuse a file of something else than pairs."""
        if is_pairs(section.neighbours):
            try:
                pairs_of(files[section.neighbours], section.neighbours)
            except StudyError as error:
                yield from error.problems


def structure(section: Any, given: Given) -> Neighbours:
    """Make the neighbours of the entities, and what must be known of them."""
    entities = tuple(map(str, given.panel.entities))
    name, weights = section.neighbours, weights_of(section.weights or "rook")
    if is_pairs(name):
        return among(pairs_of(given.files[name], name), shown_name(Path(name)), entities)
    outline = given.outline(name)
    if weights.kind in {"rook", "queen"}:
        return adjacent(
            outline.topology, name=outline.areas, key=outline.key, contiguity=weights.kind
        )
    middles = outline.middles(np.asarray)
    return near({each: middles[each] for each in entities if each in middles}, weights)


def in_words(section: Any) -> Wording:
    """Say who is a neighbour."""
    if is_pairs(section.neighbours):
        return message(
            "Neighbours: the pairs of {file}.", file=shown_name(Path(section.neighbours))
        )
    weights = weights_of(section.weights or "rook")
    if weights.kind == "nearest":
        return message(
            "Neighbours are the {n} nearest places, by the middles of the outlines on the sphere.",
            one="The neighbour of a place is the {n} nearest, by the middles of the outlines on the sphere.",
            n=int(weights.number),
        )
    number = f"{weights.number:.15g}"
    return {
        "rook": message("Neighbours share a border."),
        "queen": message("Neighbours share a border or a point of it."),
        "within": message(
            "Neighbours are at most {km} km apart, by the middles of the outlines on the sphere.",
            km=number,
        ),
        "inverse_distance": message(
            "All places are neighbours, with the distance to the power of -{power} as weight, by the middles of "
            "the outlines on the sphere.",
            power=number,
        ),
    }[weights.kind]


def with_structure(table: Table, section: Any) -> Table:
    """Say under a table of figures, and in results.json, who is a neighbour."""
    if "not_computed" in table.machine:
        return table
    weights = "pairs" if is_pairs(section.neighbours) else section.weights or "rook"
    said = {"neighbours": section.neighbours, "weights": weights}
    return replace(
        table, notes=(in_words(section), *table.notes), machine={**table.machine, **said}
    )


def pairs_of(content: bytes, file: str) -> pd.DataFrame:
    """Read pairs of neighbours, a line for each direction: a place, its neighbour and, if wanted, a weight.

    Returns
    -------
    DataFrame
        `entity`, `neighbour`, `weight` and the `line` of the file.

    Raises
    ------
    DataError
        The file is not a table of two or three columns, a name is missing, or a weight is no number.
    """
    where = Where(file=shown_name(Path(file)))
    text = decode(content, where).text
    reader = csv.reader(text.splitlines(keepends=True), delimiter=find_delimiter(text))
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    width = len(rows[0][1]) if rows else 0
    if len(rows) < 2 or width not in {2, 3} or (width == 3 and rows[0][1][2].lower() not in WEIGHT):
        raise DataError(
            Problem(
                "spatial.pairs",
                message("The file is not a table of pairs of neighbours."),
                where,
                message(
                    "write headings, then on each line a place and its neighbour; a third column called weight may "
                    "hold a weight."
                ),
            )
        )
    problems, pairs = [], []
    for line, row in rows[1:]:
        weight = _number(row[2]) if len(row) == width == 3 else 1.0
        if len(row) != width or not row[0] or not row[1] or weight is None:
            what = message(
                "The line is not a pair of places: {cells}.", cells=", ".join(row) or "-"
            )
            remedy = message("write a place and its neighbour, and a number as weight.")
            problems.append(Problem("spatial.pairs", what, replace(where, line=line), remedy))
        pairs.append((*row[:2], weight, line))
    if problems:
        raise DataError(problems)
    frame = pd.DataFrame(pairs, columns=["entity", "neighbour", "weight", "line"])
    try:
        neighbours_of(frame)
    except StudyError as error:
        raise type(error)(
            replace(problem, where=replace(problem.where, file=where.file))
            for problem in error.problems
        ) from error
    return frame


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def among(pairs: pd.DataFrame, file: str, entities: Sequence[str]) -> Neighbours:
    """Take the pairs of entities that there are; say which names are none, and which pairs are one-sided.

    Raises
    ------
    DataError
        No name is one of an entity.
    """
    names = dict.fromkeys((*pairs["entity"], *pairs["neighbour"]))
    unknown = [name for name in names if name not in set(entities)]
    if len(unknown) == len(names):
        first = unknown[0]
        near_name = nearest(first, entities)
        remedy = message("write the names as the data do, such as {name}.", name=entities[0])
        if near_name is not None:
            remedy = message("did you mean '{name}'?", name=near_name)
        what = message(
            "No name of the pairs is one of the data: {names}.", names=list_names(unknown)
        )
        raise DataError(Problem("spatial.no_name", what, Where(file=file), remedy))
    known = pairs[~pairs["entity"].isin(unknown) & ~pairs["neighbour"].isin(unknown)]
    both = set(zip(known["entity"], known["neighbour"], strict=True))
    single = sorted(f"{a} → {b}" for a, b in both if (b, a) not in both)
    return replace(neighbours_of(known), notices=tuple(_of_pairs(file, unknown, single, entities)))


def _of_pairs(
    file: str, unknown: Sequence[str], single: Sequence[str], entities: Sequence[str]
) -> Iterator[Notice]:
    if unknown:
        near_names = ((name, nearest(name, entities)) for name in unknown)
        text = message(
            "{n} names of {file} are not in the data, and their pairs are left out: {names}.",
            one="{n} name of {file} is not in the data, and its pairs are left out: {names}.",
            n=len(unknown),
            file=file,
            names=list_names(
                name if other is None else message("{name} (near: {other})", name=name, other=other)
                for name, other in near_names
            ),
        )
        yield Notice("spatial.unknown_names", text)
    if single:
        text = message(
            "{n} pairs of {file} stand in one direction only and are taken so: {pairs}.",
            one="{n} pair of {file} stands in one direction only and is taken so: {pairs}.",
            n=len(single),
            file=file,
            pairs=list_names(single),
        )
        yield Notice("spatial.one_sided", text)
