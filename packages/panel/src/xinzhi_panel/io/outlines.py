"""Boundary files of a user: GeoJSON, TopoJSON or GeoParquet, checked before anything is drawn.

Longitudes and latitudes only (WGS84 or CGCS2000, which no map of a country tells apart). Other
projections are refused, not guessed. Rings that run the wrong way round are turned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.problems import missing_file
from xinzhi_core.wording import Wording, message
from xinzhi_panel.io.topology import (
    AREAS,
    Polygons,
    arcs_of,
    polygons_from_wkb,
    polygons_of,
    rewind,
    topology_of,
)

MAX_BYTES = 50_000_000
KNOWN_CRS = re.compile(r"(CRS:?84|EPSG:(:|[\d.]+:)?(4326|4490))$", re.IGNORECASE)
WIDEST, HIGHEST = 180.0, 90.0
ROUNDING = 1e-6
MOST_DIGITS = 19
Area = tuple[Mapping[str, object], Polygons]


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """A boundary file as TopoJSON: outer rings clockwise, holes the other way."""

    topology: Mapping[str, Any]
    n_turned: int
    """Rings that ran the other way than the format asks for."""


def read_boundaries(path: Path) -> Outlines:
    """Read a boundary file.

    Parameters
    ----------
    path
        `.geojson`, `.json`, `.topojson` (told apart by what is inside) or `.parquet`.

    Raises
    ------
    DataError
        The file is not there, is none of these, is not in longitudes and latitudes, a ring is not
        closed or crosses the line where 180 east meets 180 west.
    """
    content = _content(path)
    try:
        if content[:4] == b"PAR1":
            return _from_areas(path, list(_geoparquet(path)), is_directed=False)
        document = json.loads(content, parse_int=_whole)
    except RecursionError as error:
        raise DataError(unreadable(path, message("it is nested too deeply"))) from error
    except ValueError as error:
        raise DataError(unreadable(path, message("it is not JSON"))) from error
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Topology":
        return _from_topology(path, document)
    if kind == "FeatureCollection":
        _check_crs(path, _crs_name(document.get("crs")))
        return _from_areas(path, list(_geojson(path, document)), is_directed=True)
    raise DataError(unreadable(path, message("it is neither TopoJSON nor a GeoJSON collection")))


def _whole(digits: str) -> int | float:
    """Read a whole number; one of more digits than any coordinate is infinite, or as good as that."""
    return int(digits) if len(digits) < MOST_DIGITS else float(digits)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(missing_file(path, "map.unreadable")) from error
    except OSError as error:
        raise DataError(unreadable(path, error.strerror or str(error))) from error
    if len(content) > MAX_BYTES:
        raise DataError(unreadable(path, message("it is larger than {n} bytes", n=MAX_BYTES)))
    return content


def unreadable(path: Path, reason: Wording) -> Problem:
    """Say why a boundary file cannot be used."""
    text = message("The boundaries cannot be used: {reason}.", reason=reason)
    remedy = message("name a GeoJSON, TopoJSON or GeoParquet file with longitudes and latitudes.")
    return Problem("map.unreadable", text, Where(file=path.name), remedy)


def _from_topology(path: Path, document: Mapping[str, Any]) -> Outlines:
    try:
        points = np.concatenate(arcs_of(document))
        shapes = [shape for group in document["objects"].values() for shape in group["geometries"]]
        rings = [ring for s in shapes for polygon in polygons_of(s) for ring in polygon]
        # ~n is arc n backwards.
        used = {n if n >= 0 else ~n for ring in rings for n in ring}
        is_whole = max(used, default=-1) < len(document["arcs"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise DataError(unreadable(path, message("it is not complete TopoJSON"))) from error
    if not is_whole:
        raise DataError(unreadable(path, message("it is not complete TopoJSON")))
    _check_places(path, points)
    for arc in arcs_of(document):
        _check_jump(path, arc)
    topology, turned, _ = rewind(document, document["objects"])
    return Outlines(topology, turned)


def _from_areas(path: Path, areas: Sequence[Area], *, is_directed: bool) -> Outlines:
    """Join areas; GeoJSON asks for outer rings counterclockwise (RFC 7946), GeoParquet does not."""
    rings = [ring for _, polygons in areas for polygon in polygons for ring in polygon]
    if not rings:
        raise DataError(unreadable(path, message("it holds no area")))
    for ring in rings:
        if len(ring) < 4 or tuple(ring[0]) != tuple(ring[-1]):
            raise DataError(unreadable(path, message("a ring is not closed")))
    _check_places(path, np.array([p[:2] for ring in rings for p in ring], dtype=np.float64))
    for ring in rings:
        _check_jump(path, np.array([point[:2] for point in ring], dtype=np.float64))
    # GeoJSON asks for the other direction than TopoJSON: there a ring that is not turned was wrong.
    topology, turned, total = rewind(topology_of(areas), (AREAS,))
    return Outlines(topology, total - turned if is_directed else 0)


def _geojson(path: Path, document: Mapping[str, Any]) -> Iterator[Area]:
    try:
        for feature in document["features"]:
            geometry = feature["geometry"] or {"type": None}
            properties = {**(feature.get("properties") or {})}
            if "id" in feature:
                properties.setdefault("id", feature["id"])
            if geometry["type"] == "Polygon":
                yield properties, [geometry["coordinates"]]
            elif geometry["type"] == "MultiPolygon":
                yield properties, geometry["coordinates"]
            elif geometry["type"] is not None:
                words = message("it holds a {kind} among its areas", kind=geometry["type"])
                raise DataError(unreadable(path, words))
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(unreadable(path, message("it is not complete GeoJSON"))) from error


def _crs_name(crs: Any) -> str:
    """Name the projection of a GeoJSON file; longitudes and latitudes where it says nothing."""
    if crs is None:
        return "CRS84"
    try:
        return str(crs["properties"]["name"])
    except (KeyError, TypeError):
        return str(crs)


def _geoparquet(path: Path) -> Iterator[Area]:
    try:
        table = pq.read_table(path)
        geo = json.loads((table.schema.metadata or {})[b"geo"])
        name = geo["primary_column"]
        column = geo["columns"][name]
    except (pa.ArrowException, KeyError, TypeError) as error:
        raise DataError(unreadable(path, message("it is not GeoParquet"))) from error
    _check_crs(path, _projjson_name(column))
    if column.get("encoding") != "WKB":
        words = message("its areas are written as {kind}, not as WKB", kind=column.get("encoding"))
        raise DataError(unreadable(path, words))
    shapes = table[name].to_pylist()
    for properties, shape in zip(table.drop_columns([name]).to_pylist(), shapes, strict=True):
        if shape is None:
            continue
        try:
            yield properties, polygons_from_wkb(shape)
        except ValueError as error:
            raise DataError(unreadable(path, str(error))) from error


def _projjson_name(column: Mapping[str, Any]) -> str:
    """Name the projection of a GeoParquet column: absent means CRS84, null means unknown."""
    if "crs" not in column:
        return "CRS84"
    crs = column["crs"]
    if not isinstance(crs, Mapping):
        return "-"
    identifier = crs.get("id", {})
    if "code" in identifier:
        return f"{identifier.get('authority')}:{identifier['code']}"
    return str(crs.get("name", "-"))


def _check_crs(path: Path, name: str) -> None:
    if not KNOWN_CRS.search(name):
        raise DataError(_projected(path, message("its projection is {name}", name=name)))


def _check_places(path: Path, points: np.ndarray) -> None:
    """Refuse what cannot be longitudes and latitudes."""
    x, y = (np.abs(column) for column in points.T)
    if not (np.isfinite(points).all() and x.max() <= WIDEST + ROUNDING):
        longitude = float(points[int(np.argmax(x)), 0])
        reason = message("one of its longitudes is {at}", at=f"{longitude:g}")
        raise DataError(_projected(path, reason))
    if y.max() > HIGHEST + ROUNDING:
        latitude = float(points[int(np.argmax(y)), 1])
        reason = message("one of its latitudes is {at}", at=f"{latitude:g}")
        raise DataError(_projected(path, reason))


def _projected(path: Path, reason: Wording) -> Problem:
    text = message("The boundaries are not in longitudes and latitudes: {reason}.", reason=reason)
    remedy = message(
        "export them as WGS84 (EPSG:4326) or CGCS2000 (EPSG:4490), longitude before latitude."
    )
    return Problem("map.projection", text, Where(file=path.name), remedy)


def _check_jump(path: Path, line: np.ndarray) -> None:
    if len(line) > 1 and np.abs(np.diff(line[:, 0])).max() > WIDEST:
        words = message("an outline crosses from 180 degrees east to 180 degrees west")
        raise DataError(unreadable(path, words))
