"""Edits of a study drawn at random: every option of every section, by the schema, and every file.

Options are found in the models of the study file, so that one that is added later is drawn too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pandas as pd
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from made_warm import Made
from xinzhi.study.file.load import load
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import StudyError

Place = tuple[str | int, ...]
SHOWN = frozenset({"title", "titles", "label", "labels", "description", "note"})
UNTOUCHED = frozenset({"sources", "languages", "formats"})
"""Sections that are changed by their files, and what only chooses files of the report."""


def options_in(
    model: type[BaseModel], written: Mapping[str, Any], place: Place
) -> Iterator[tuple[Place, Any]]:
    """List the options of a section: where each stands in the study file, and its annotation."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in UNTOUCHED:
            continue
        inner = _model_in(field.annotation)
        sections = () if inner is None else _sections(written.get(key), (*place, key), field)
        if inner is None or not sections:
            yield (*place, key), field.annotation
        for inside, below in sections:
            yield from options_in(inner, inside, below) if inner else ()
    if "named" in model.model_fields:  # variables and groups: names stand beside the options
        named = _model_in(model.model_fields["named"].annotation)
        for each, inside in written.items():
            if named is not None and isinstance(inside, dict) and each not in model.model_fields:
                yield from options_in(named, inside, (*place, each))


def _sections(value: Any, place: Place, field: FieldInfo) -> list[tuple[dict[str, Any], Place]]:
    """List the sections that stand at a place of the study file: one, several by name, or a list."""
    if isinstance(value, dict) and _is_mapping(field.annotation):
        return [(v, (*place, name)) for name, v in value.items() if isinstance(v, dict)]
    if isinstance(value, list):
        return [(v, (*place, n)) for n, v in enumerate(value) if isinstance(v, dict)]
    return [(value, place)] if isinstance(value, dict) else []


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    models = [p for p in _parts(annotation) if isinstance(p, type) and issubclass(p, BaseModel)]
    return models[0] if models else None


def _is_mapping(annotation: Any) -> bool:
    return any(get_origin(part) in {dict, Mapping} for part in _parts(annotation))


def values_for(annotation: Any, old: Any, names: list[str]) -> list[Any]:
    """Propose values of an option; which of them the study file takes is found by loading it."""
    parts = list(_parts(annotation))
    values: list[Any] = [
        word for part in parts if get_origin(part) is Literal for word in get_args(part)
    ]
    if bool in parts:
        values += [True, False]
    if isinstance(old, list) and old:
        values += [old[:-1], old[::-1], [*old, *names[:1]]]
    if int in parts or float in parts:
        values += [
            v for v in (2, 3, 9, 13, 0.5, 0.8, 0.05, 2010, 101) if float in parts or v == int(v)
        ]
    if str in parts:
        values += names
    values += [[value] for value in values if any(get_origin(p) is tuple for p in parts)]
    return [value for value in values if value != old]


def names_in(document: Mapping[str, Any]) -> list[str]:
    """List names that options can mean."""
    keys = ("variables", "sets", "groups", "efficiency", "productivity", "tables")
    return [name for key in keys for name in document.get(key, {}) if name != "transform"]


def get(document: Any, place: Place) -> Any:
    """Give what stands at a place; None where nothing does."""
    for key in place:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def put(document: Any, place: Place, value: Any) -> None:
    """Write a value; None removes it."""
    for key in place[:-1]:
        document = document.setdefault(key, {}) if isinstance(document, dict) else document[key]
    if value is None:
        document.pop(place[-1], None)
    else:
        document[place[-1]] = value


def draw_option(made: Made, document: dict[str, Any], draw: random.Random) -> str | None:
    """Change one option, or remove it, such that the study file can still be read; say which."""
    places = list(options_in(StudySpec, document, ()))
    for place, annotation in draw.sample(places, len(places)):
        old = get(document, place)
        values = values_for(annotation, old, names_in(document))
        if old is not None:
            values.append(None)
        for value in draw.sample(values, min(4, len(values))):
            put(document, place, value)
            made.put(document)
            if _can_be_read(made.study):
                return f"{'.'.join(map(str, place))}: {value}"
            put(document, place, old)
    made.put(document)
    return None


def _can_be_read(study: Path) -> bool:
    try:
        load(study)
    except StudyError:
        return False
    return True


def draw_data(made: Made, draw: random.Random) -> str:
    """Change a cell, take a row or a city away, exchange two columns or two rows."""
    path = draw.choice([path for path in made.folder.rglob("*.csv") if path.name != "codes.csv"])
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    numbers = [c for c in frame.columns[1:] if c not in {"year", "city", "industry"}]
    row, column = draw.randrange(len(frame)), draw.choice(numbers)
    kind = draw.choice(["cell", "cell", "row", "heading", "rows", "columns", "gap"])
    if kind == "cell":
        frame.loc[row, column] = f"{draw.uniform(5, 50):.3f}"
    elif kind == "gap":
        frame.loc[row, column] = ""
    elif kind == "row":
        frame = frame.drop(index=row)
    elif kind == "rows":
        frame = frame.iloc[::-1]
    elif kind == "columns" and len(numbers) > 1:
        other = draw.choice([c for c in numbers if c != column])
        frame[[column, other]] = frame[[other, column]].to_numpy()
    elif kind == "heading":
        plain = column.partition("（")[0]
        frame = frame.rename(columns={column: plain if "（" in column else f"{plain}（万元）"})
    frame.to_csv(path, index=False)
    return f"{path.name}: {kind} {row} {column}"


def draw_edit(made: Made, document: dict[str, Any], draw: random.Random) -> str:
    """Change something of a study: an option, its seed, a file; or go back to the beginning."""
    kind = draw.random()
    if kind < 0.1:
        made.restore()
        document.clear()
        document.update(made.base())
        return "as it was at first"
    if kind < 0.2:
        document["seed"] = draw.randrange(5)
        made.put(document)
        return f"seed: {document['seed']}"
    if kind < 0.45:
        return draw_data(made, draw)
    return draw_option(made, document, draw) or draw_data(made, draw)
