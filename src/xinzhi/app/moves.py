"""A variable moved into a box, out of one, or from one to another: changes of the study file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from xinzhi.app.boxes import BoxPlace, at, places
from xinzhi.app.example import Values, entries, example, mapping
from xinzhi.errors import Problem, SpecError
from xinzhi.study.file.edit import apply_edits, comment_behind
from xinzhi.study.file.located import Path, read_yaml
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Message, message

FEW = 6
"""Values up to which each value of a column is a group of its own; more are cut at the median."""


class Move(BaseModel):
    """What was moved, from where, and where to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["column", "variable", "score", "group", "formula"]
    name: str
    box: str = ""
    """Id of the box; empty takes it out."""
    position: int = 10_000
    taken: tuple[str | int, ...] = ()
    """Path of the name in the box that it leaves."""


class DataColumn(BaseModel):
    """What is known of a column of the data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_values: int
    is_number: bool


def apply_move(text: str, move: Move, columns: Mapping[str, DataColumn] | None = None) -> str:
    """Write the study file after a move.

    Parameters
    ----------
    columns
        Columns of the prepared data; None where not known.

    Raises
    ------
    SpecError
        `app.box`: the box does not take it, in words.
    """
    values = _values(text)
    if not move.box:
        return _edit(text, {"do": "remove", "path": move.taken})
    place = next((box for box in places(values) if box.id == move.box), None)
    if place is None:
        raise _refusal(message("This box is no longer in the study file."))
    if move.kind == "column" and columns is not None and move.name not in columns:
        raise _refusal(message("There is no column '{name}' in the data.", name=move.name))
    column = (columns or {}).get(move.name) if move.kind == "column" else None
    if column is not None and not column.is_number and place.kind != "group":
        raise _refusal(message("'{name}' holds words, and this box takes numbers.", name=move.name))
    name, made = _name(values, move, place, columns or {})
    position = move.position
    for chip in place.chips(values):
        if chip.name == name and chip.path != move.taken:
            raise _refusal(message("'{name}' is already in this box.", name=name))
    text = _edit(text, *made)
    chips = place.chips(values)
    before = chips[position].path if position < len(chips) else ()
    comment = comment_behind(text, move.taken) if move.taken else ""
    # The last place of a list first, so that the others stay where they are.
    for path in sorted(_left(values, move, name, place), key=_position, reverse=True):
        text = _edit(text, {"do": "remove", "path": path})
        before = _shift(before, path)
    return _insert(text, place, name, before, comment)


def _left(values: Values, move: Move, name: str, place: BoxPlace) -> set[Path]:
    """Where the name is no longer: in the box that it leaves, and in others of the same section."""
    paths = set()
    for other in places(values):
        for chip in other.chips(values):
            is_moved = chip.path == move.taken
            is_same_name = other.base == place.base and chip.name == name
            is_replaced = place.is_single and other.id == place.id
            # A column that becomes a variable stays where it was a column.
            if other.kind == place.kind and (is_moved or is_same_name) and not is_replaced:
                paths.add(chip.path)
    return paths


def _insert(text: str, place: BoxPlace, name: str, before: Path, comment: str) -> str:
    values = _values(text)
    home = place.home(values)
    if place.is_single:
        home = place.path
        put: dict[str, Any] = {"do": "put", "path": home, "value": name}
    else:
        is_inside = before != () and before[:-1] == home
        position = int(before[-1]) if is_inside else len(entries(at(values, home)))
        put = {"do": "insert", "path": home, "at": position, "value": name, "comment": comment}
    if at(values, place.base) is None:
        if home != place.path:
            text = _edit(text, put)
        made = example(place.section, _values(text))
        if home == place.path:
            made[str(place.path[-1])] = name if place.is_single else [name]
        return _edit(text, {"do": "put", "path": place.base, "value": made})
    text = _edit(text, put)
    values = _values(text)
    if home != place.path and home[-1] not in entries(at(values, place.path)):
        where = 0 if place.is_rest else len(entries(at(values, place.path)))
        text = _edit(text, {"do": "insert", "path": place.path, "at": where, "value": home[-1]})
    return text


def _position(path: Path) -> tuple[int, str]:
    return (path[-1] if isinstance(path[-1], int) else -1, str(path))


def _shift(before: Path, removed: Path) -> Path:
    """Follow a place in a list from which another one was taken."""
    same = before[:-1] == removed[:-1] and before and isinstance(removed[-1], int)
    if same and int(before[-1]) > int(removed[-1]):
        return (*before[:-1], int(before[-1]) - 1)
    return before


def _name(
    values: Values, move: Move, place: BoxPlace, columns: Mapping[str, DataColumn]
) -> tuple[str, tuple[dict[str, Any], ...]]:
    """Tell how a box calls what is moved into it, and what has to be declared for that."""
    variables = mapping(values.get("variables"))
    if move.kind == "group" and place.kind != "group":
        raise _refusal(message("'{name}' is a grouping, not a variable.", name=move.name))
    column = move.name
    if move.kind == "variable":
        column = mapping(variables.get(move.name)).get("column") or ""
    if place.kind == "variable":
        return _variable(variables, move)
    if move.kind == "group":
        return move.name, ()
    if move.kind in {"score", "formula"} or not column:
        raise _refusal(
            message("'{name}' is computed, and this box takes columns of the data.", name=move.name)
        )
    if place.kind == "column":
        return column, ()
    groups = mapping(values.get("groups"))
    group = next(
        (
            n
            for n, options_of_group in groups.items()
            if mapping(options_of_group).get("column") == column
        ),
        None,
    )
    if group is not None:
        return group, ()
    names = {*variables, *mapping(values.get("sets"))}
    name = f"{column}_groups" if column in names else column
    facts = columns.get(column)
    is_many = facts is not None and facts.is_number and facts.n_values > FEW
    options = {"column": column, **({"split": "median"} if is_many else {})}
    return name, ({"do": "put", "path": ("groups", name), "value": options},)


def _variable(variables: Mapping[str, Any], move: Move) -> tuple[str, tuple[dict[str, Any], ...]]:
    if move.kind in {"variable", "formula"}:
        return move.name, ()
    key = "from" if move.kind == "score" else "column"
    plain = {key, "label", "unit", "transform"}
    for name, options in variables.items():
        if mapping(options).get(key) == move.name and set(mapping(options)) <= plain:
            return name, ()
    name = move.name if move.name not in variables else f"{move.name}_{key}"
    return name, ({"do": "put", "path": ("variables", name), "value": {key: move.name}},)


def order() -> tuple[str, ...]:
    """List the keys of the study file in their usual order: what is written is said last."""
    return tuple(sorted(StudySpec.model_fields, key=lambda key: key == "report"))


def _edit(text: str, *edits: Mapping[str, Any]) -> str:
    return apply_edits(text, edits, order())


def _values(text: str) -> dict[str, Any]:
    return mapping(read_yaml(text, "").value)


def _refusal(words: Message) -> SpecError:
    return SpecError(Problem("app.box", words))
