"""Outlines for maps: a TopoJSON file, checked before anything is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.figures.boundaries import Boundaries
from xinzhi.study.schema.maps import Map
from xinzhi.wording import message

MAX_BYTES = 50_000_000


def read_outlines(section: Map, folder: Path) -> Boundaries:
    """Read the outlines that a map names.

    Raises
    ------
    DataError
        The file is not there, is no TopoJSON, or lacks the objects or the property.
    """
    topology = _topology(folder / section.boundaries)
    problems = [
        Problem(
            "map.no_object",
            message("The boundaries have no object '{name}'.", name=name),
            Where(file=section.boundaries),
            suggestion(name, tuple(topology["objects"])),
        )
        for name in (section.areas, section.land)
        if name not in topology["objects"]
    ]
    if not problems:
        problems = _without_key(topology, section)
    if problems:
        raise DataError(problems)
    return Boundaries(topology, areas=section.areas, land=section.land, key=section.key)


def _without_key(topology: Mapping[str, Any], section: Map) -> list[Problem]:
    areas = topology["objects"][section.areas]["geometries"]
    known = sorted({str(key) for area in areas for key in area.get("properties", {})})
    if all(section.key in area.get("properties", {}) for area in areas):
        return []
    return [
        Problem(
            "map.no_key",
            message("Not every outline has the property '{name}'.", name=section.key),
            Where(file=section.boundaries),
            suggestion(section.key, known),
        )
    ]


def _topology(path: Path) -> Mapping[str, Any]:
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            raise DataError(_unreadable(path, message("it is larger than {n} bytes", n=MAX_BYTES)))
        found: dict[str, Any] = json.loads(content)
    except OSError as error:
        raise DataError(_unreadable(path, error.strerror or str(error))) from error
    except ValueError as error:
        raise DataError(_unreadable(path, message("it is no JSON"))) from error
    is_topology = isinstance(found, dict) and found.get("type") == "Topology"
    if not (is_topology and {"objects", "arcs", "transform"} <= set(found)):
        raise DataError(_unreadable(path, message("it is no quantised TopoJSON")))
    return found


def _unreadable(path: Path, reason: object) -> Problem:
    return Problem(
        "map.unreadable",
        message("The boundaries cannot be used: {reason}.", reason=reason),
        Where(file=path.name),
        message("name a TopoJSON file with longitudes and latitudes."),
    )
