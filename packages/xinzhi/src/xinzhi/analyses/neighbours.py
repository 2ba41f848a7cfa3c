"""Who is next to whom: outlines with weights by borders or by distance, or a file of pairs."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Self, TypeVar

import numpy as np
import pandas as pd
from pydantic import AfterValidator, model_validator

from xinzhi.analyses.analysis import Given, Reads, Study
from xinzhi.analyses.capabilities import OfFiles
from xinzhi.analyses.section import Refers, Section
from xinzhi.analyses.space_and_time import KEY, ScoreAnalysis
from xinzhi.options import Refused, refused
from xinzhi.present import numbers
from xinzhi.present.table import Table
from xinzhi_core.errors import DataError, Problem, StudyError, Where, nearest
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, Panel
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.space.scores import list_names
from xinzhi_econometrics.space.weights import (
    Contiguity,
    Neighbours,
    adjacent,
    near,
    neighbours_of,
    require_others,
    weights_of,
)
from xinzhi_panel.io.raw import shown_name
from xinzhi_panel.io.text.encoding import decode, find_delimiter, unclosed_quote

PAIRS = frozenset({".csv", ".tsv", ".txt"})
"""Endings of files of pairs; all others are outlines."""
HEADINGS: Mapping[str, str] = {
    "entity": "entity",
    "个体": "entity",
    "neighbour": "neighbour",
    "neighbor": "neighbour",
    "邻居": "neighbour",
    "weight": "weight",
    "权重": "weight",
}
"""Heading of a file of pairs -> what its column holds."""


def _check(text: str) -> str:
    try:
        return str(weights_of(text))
    except StudyError as error:
        raise refused(error) from error


WeightsText = Annotated[str, AfterValidator(_check)]
"""Weights of neighbours, as they are written."""


class NeighboursSection(Section):
    """A score, and who is next to whom."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    neighbours: Annotated[str, Refers("outlines")]
    """Who is next to whom: a map of the study by name, built_in for China, or a file of pairs such as
    pairs.csv; in Python and on the command line a file of outlines or pairs, or built_in."""
    weights: WeightsText | None = None
    """Of outlines: rook (a common border, also where left out), queen (a point is enough), nearest 4,
    within 300 (km), inverse_distance, or inverse_distance 2 for its square."""

    @model_validator(mode="after")
    def _weights_have_effect(self) -> Self:
        refuse_no_effect(self.neighbours, self.weights)
        return self


S = TypeVar("S", bound=NeighboursSection)
R = TypeVar("R")


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

    def reads(self, section: S, study: Study) -> Reads:
        """Read the score, and the outlines or the pairs."""
        named = (section.neighbours,)
        reads = super().reads(section, study)
        if is_pairs(section.neighbours):
            return replace(reads, files=named)
        return replace(reads, outlines=named)

    def inspect(self, section: S, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse more nearest places than there are others."""
        yield from super().inspect(section, study, panel)
        if not is_pairs(section.neighbours):
            try:
                require_others(weights_of(section.weights or "rook"), panel.n_entities)
            except StudyError as error:
                where = Where(key=f"{KEY}.{section.score}{self.inside}.weights")
                yield from (replace(problem, where=where) for problem in error.problems)

    def inspect_files(self, section: S, files: Mapping[str, bytes]) -> Iterator[Problem]:
        """Refuse a file of something else than pairs."""
        if is_pairs(section.neighbours):
            try:
                pairs_of(files[section.neighbours], section.neighbours)
            except StudyError as error:
                yield from error.problems

    def inspect_names(
        self, section: S, files: Mapping[str, bytes], panel: Panel
    ) -> Iterator[Problem]:
        """Refuse pairs of places that are not in the data."""
        name = section.neighbours
        if is_pairs(name):
            yield from unknown_names(pairs_of(files[name], name), name, panel.entities)


def structure(section: NeighboursSection, given: Given) -> Neighbours:
    """Make the neighbours among the entities with a score, and what must be known of them."""
    scores = given.panel.frame[section.score].dropna()
    entities = {str(entity) for entity in scores.index.get_level_values(ENTITY)}
    name, weights = section.neighbours, weights_of(section.weights or "rook")
    if is_pairs(name):
        pairs = pairs_of(given.files[name], name)
        notices = tuple(_of_pairs(pairs, shown_name(Path(name))))
        return replace(neighbours_of(pairs), notices=notices).among(entities)
    outline = given.outline(name)
    if weights.kind in {"rook", "queen"}:
        contiguity: Contiguity = "queen" if weights.kind == "queen" else "rook"
        found = adjacent(
            outline.topology, name=outline.areas, key=outline.key, contiguity=contiguity
        )
        return found.among(entities)
    middles = outline.middles(np.asarray)
    return near({each: middles[each] for each in sorted(entities) if each in middles}, weights)


def in_words(section: NeighboursSection) -> Wording:
    """Say who is a neighbour."""
    if is_pairs(section.neighbours):
        return message(
            "Neighbours are the pairs of {file}.", file=shown_name(Path(section.neighbours))
        )
    weights = weights_of(section.weights or "rook")
    if weights.kind == "nearest":
        return message(
            "Neighbours of a place: the nearest {k}, by the middles of the outlines on the sphere.",
            k=int(weights.number),
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
            "All places are neighbours, with weight 1 / distance^{power}, by the middles of the outlines on the sphere.",
            power=number,
        ),
    }[weights.kind]


def with_structure(
    table: Table, section: NeighboursSection, mean_number: float, *, is_standardised: bool = True
) -> Table:
    """Say under a table of figures, and in results.json, who is a neighbour and with which weight."""
    if "not_computed" in table.machine:
        return table
    mean = numbers.number(mean_number, 1)
    weighed = (
        message("Mean number of neighbours: {mean}; weights of a row add up to 1.", mean=mean)
        if is_standardised
        else message(
            "Mean number of neighbours: {mean}; weights are not divided by their sum, and a place weighs as much "
            "as its heaviest neighbour.",
            mean=mean,
        )
    )
    kind = "pairs" if is_pairs(section.neighbours) else section.weights or "rook"
    said = {
        "neighbours": shown_name(Path(section.neighbours)),
        "weights": kind,
        "row_standardised": is_standardised,
        "mean_neighbours": mean_number,
    }
    notes = (in_words(section), weighed, *table.notes)
    return replace(table, notes=notes, machine={**table.machine, **said})


def pairs_of(content: bytes, file: str) -> pd.DataFrame:
    """Read pairs of neighbours, a line for each direction: a place, its neighbour and, if wanted, a weight.

    Returns
    -------
    DataFrame
        `entity`, `neighbour`, `weight` and the `line` of the file.

    Raises
    ------
    DataError
        The file is not a table with these headings, a name is missing, a weight is no number, a place is its
        own neighbour, or a pair is listed twice.
    """
    where = Where(file=shown_name(Path(file)))
    text = decode(content, where).text
    reader = csv.reader(text.splitlines(keepends=True), delimiter=find_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row))
    except csv.Error as error:
        last = rows[-1][0] if rows else 0
        raise DataError(unclosed_quote(last, str(error), where)) from error
    columns = _columns(rows[0][1] if rows else [], where)
    problems, pairs = [], []
    for line, row in rows[1:]:
        cells = dict(zip(columns, row, strict=False))
        weight = pd.to_numeric(cells.get("weight", "1"), errors="coerce")
        if len(row) != len(columns) or not cells["entity"] or not cells["neighbour"]:
            what = message("The line is not a pair of places: {cells}.", cells=", ".join(row))
            remedy = message("write a place and its neighbour on each line.")
            problems.append(Problem("spatial.pair", what, replace(where, line=line), remedy))
        elif np.isnan(weight):
            what = message("The weight '{text}' is not a number.", text=cells["weight"])
            remedy = message("write a number that is greater than 0.")
            problems.append(Problem("spatial.pair", what, replace(where, line=line), remedy))
        else:
            pairs.append((cells["entity"], cells["neighbour"], weight, line))
    if not problems and not pairs:
        what, remedy = message("The file lists no pair."), message("list a pair on each line.")
        problems.append(Problem("spatial.no_pairs", what, where, remedy))
    if problems:
        raise DataError(problems)
    frame = pd.DataFrame(pairs, columns=["entity", "neighbour", "weight", "line"])
    try:
        neighbours_of(frame)
    except StudyError as error:
        raise DataError(
            replace(problem, where=replace(problem.where, file=where.file))
            for problem in error.problems
        ) from error
    return frame


def _columns(headings: Sequence[str], where: Where) -> list[str]:
    """Find what each column of a file of pairs holds."""
    found = [HEADINGS.get(heading.lower(), heading) for heading in headings]
    if {"entity", "neighbour"} <= {*found} <= {*HEADINGS.values()} and len({*found}) == len(found):
        return found
    what = message(
        "The headings of a file of pairs are entity, neighbour and, if wanted, weight; this file has: {names}.",
        names=list_names(headings) if headings else "-",
    )
    remedy = message("write these headings on the first line.")
    raise DataError(Problem("spatial.pairs", what, replace(where, line=1), remedy))


def unknown_names(pairs: pd.DataFrame, file: str, entities: Sequence[str]) -> Iterator[Problem]:
    """Refuse names that are no entity: each once, on its first line."""
    known = {str(entity) for entity in entities}
    rows = pairs.melt(["line"], ["entity", "neighbour"], value_name="name").sort_values("line")
    unknown = rows[~rows["name"].isin(known)].drop_duplicates("name")
    for line, name in unknown[["line", "name"]].itertuples(index=False):
        close = nearest(name, known)
        yield Problem(
            "spatial.unknown_name",
            message("'{entity}' is not in the data.", entity=name),
            Where(file=shown_name(Path(file)), line=int(line)),
            message("take out its lines, or write it as the data do.")
            if close is None
            else message("did you mean '{name}'?", name=close),
        )


def _of_pairs(pairs: pd.DataFrame, file: str) -> Iterator[Notice]:
    """Say which pairs are not the same in both directions."""
    weight = {(a, b): w for a, b, w in pairs[["entity", "neighbour", "weight"]].to_numpy()}
    single = [f"{a} → {b}" for a, b in weight if (b, a) not in weight]
    if single:
        text = message(
            "{n} pairs of {file} are listed in one direction only, and count in that direction alone: {pairs}.",
            one="{n} pair of {file} is listed in one direction only, and counts in that direction alone: {pairs}.",
            n=len(single),
            file=file,
            pairs=list_names(single),
        )
        yield Notice("spatial.one_sided", text)
    unequal = [f"{a} – {b}" for (a, b), w in weight.items() if a < b and weight.get((b, a), w) != w]
    if unequal:
        text = message(
            "{n} pairs of {file} have another weight in the other direction: {pairs}.",
            one="{n} pair of {file} has another weight in the other direction: {pairs}.",
            n=len(unequal),
            file=file,
            pairs=list_names(unequal),
        )
        yield Notice("spatial.unequal", text)
