"""The boxes of the study page: which option each is, what lies in it, and what it takes.

A variable moved into a box, out of one, or from one to another: changes of the study file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from xinzhi.analyses.analysis import in_file, in_order
from xinzhi.analyses.capabilities import Measured
from xinzhi.analyses.section import Box, Refers, Section
from xinzhi.study.file.edit import apply_edits, comment_behind
from xinzhi.study.file.located import Path, read_yaml
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import is_formula
from xinzhi_app.example import Values, entries, example, mapping
from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.wording import Label, Language, Message, Wording, message, say

Kind = Literal["column", "variable", "group"]
"""What a box holds: columns of the data, variables of the tables, groupings."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One name in a box."""

    name: str
    path: Path
    kind: Literal["column", "variable", "group", "formula"]
    set: str = ""
    """The set through which it is there."""


@dataclass(frozen=True, slots=True)
class BoxPlace:
    """A box of one section of the study."""

    box: Box
    kind: Kind
    section: type[Section]
    base: Path
    """Path of the section."""
    path: Path
    """Path of the option."""
    others: frozenset[str]
    """Sets that other boxes of the option hold."""
    is_single: bool
    is_there: bool
    """Whether the study has the section."""

    @property
    def id(self) -> str:
        """Name it towards the browser."""
        return ".".join(map(str, (*self.path, self.box.members)))

    def chips(self, values: Values) -> list[Chip]:
        """List what lies in the box; a set that is named shows its members."""
        value = at(values, self.path)
        is_list = isinstance(value, list)
        return [
            chip
            for n, name in enumerate(entries(value))
            for chip in self._chips(str(name), (*self.path, n) if is_list else self.path, values)
        ]

    def _chips(self, name: str, path: Path, values: Values) -> Iterator[Chip]:
        members = mapping(values.get("sets")).get(name) if self.kind == "variable" else None
        of_box = self.box.members
        if of_box and (name in self.others or (name != of_box and not self.is_rest)):
            return
        if members is None:
            kind = "formula" if self.kind == "variable" and is_formula(name) else self.kind
            yield Chip(name, path, kind)
            return
        is_list = isinstance(members, list)
        for number, member in enumerate(entries(members)):
            place: Path = ("sets", name, number) if is_list else ("sets", name)
            yield replace(Chip(str(member), place, "variable"), set=name)

    @property
    def is_rest(self) -> bool:
        """Whether it holds all of the option that no other box does."""
        first = next(mark for mark in _marks(self.section, self.path, self.base) if mark.members)
        return first is self.box

    def home(self, values: Values) -> Path:
        """Path of the list that a new name joins."""
        members, named = self.box.members, entries(at(values, self.path))
        if members and (members in named or not named or not self.is_rest):
            return ("sets", members)
        sets = mapping(values.get("sets"))
        if not members and len(named) == 1 and named[0] in sets:
            return ("sets", named[0])
        return self.path


def at(values: object, path: Path) -> object:
    """Find what stands at a path; None where nothing does."""
    for key in path:
        if isinstance(values, Mapping):
            values = values.get(str(key))
        elif isinstance(values, list) and isinstance(key, int) and key < len(values):
            values = values[key]
        else:
            return None
    return values


def places(values: Values) -> list[BoxPlace]:
    """List the boxes of a study: those of each section, and those of the first of each kind."""
    return sorted(_places(values), key=lambda place: place.box.order)


def _places(values: Values) -> Iterator[BoxPlace]:
    for key, analysis in in_order():
        section = in_file(analysis)
        options = [*_options(section, ())] if analysis.is_declared else []
        if not options:
            continue
        sections = mapping(values.get(key))
        bases: list[Path] = [(key,)] if analysis.is_single else [(key, name) for name in sections]
        shown = [base for base in bases if any(at(values, (*base, *p)) for p, _ in options)]
        shown = shown or bases[:1]
        for base in shown or [(key, options[0][1].name or key)]:
            for path, box in options:
                field = _field(section, path)
                refers = next((m.kind for m in field.metadata if isinstance(m, Refers)), "")
                others = {b.members for p, b in options if p == path and b is not box}
                yield BoxPlace(
                    box,
                    "group"
                    if refers == "grouping"
                    else "column"
                    if refers in ("", "data")
                    else "variable",
                    section,
                    base,
                    (*base, *path),
                    frozenset(others - {""}),
                    not _is_several(field.annotation),
                    is_there=at(values, base) is not None,
                )


def _options(section: type[Section], path: Path) -> Iterator[tuple[Path, Box]]:
    """Find the options that are boxes, those of the first of a list of sections too."""
    for name, field in section.model_fields.items():
        here = (*path, field.alias or name)
        yield from ((here, mark) for mark in field.metadata if isinstance(mark, Box))
        inner = get_args(field.annotation)[:1] if get_origin(field.annotation) is tuple else ()
        for annotation in inner:
            if (
                isinstance(annotation, type)
                and issubclass(annotation, Section)
                and field.is_required()
            ):
                yield from ((p, b) for p, b in _options(annotation, (*here, 0)) if b.members)


def _field(section: type[Section], path: Path) -> FieldInfo:
    key, *rest = path
    field = next(f for n, f in section.model_fields.items() if (f.alias or n) == key)
    if not rest:
        return field
    return _field(get_args(field.annotation)[0], tuple(rest[1:]))


def _marks(section: type[Section], path: Path, base: Path) -> list[Box]:
    field = _field(section, path[len(base) :])
    return [mark for mark in field.metadata if isinstance(mark, Box)]


def _is_several(annotation: object) -> bool:
    return get_origin(annotation) is tuple or any(map(_is_several, get_args(annotation)))


def label_of(name: str, options: object) -> Label:
    """Take the name for people of a variable or a group, as the file gives it.

    In a language without a label the heading of its column says more than a symbol.
    """
    words, heading = mapping(options).get("label"), mapping(options).get("column")
    if isinstance(words, str):
        return Label(name, zh=words, en=words)
    given = {k: str(v) for k, v in mapping(words).items() if k in {"zh", "en"} and v}
    return Label(heading if isinstance(heading, str) else name, **given)


def describe_boxes(values: Values, language: Language) -> dict[str, object]:
    """Describe the boxes, and the names of the study that may be moved into them."""
    titles: dict[str, Wording] = {key: analysis.title for key, analysis in in_order()}
    groups: dict[Path, dict[str, Any]] = {}
    named = {**mapping(values.get("variables")), **mapping(values.get("groups"))}
    for place in places(values):
        key, *name = map(str, place.base)
        card = groups.setdefault(
            place.base,
            {
                "key": key,
                "name": "".join(name),
                "path": list(place.base),
                "title": say(titles[key], language),
                "is_there": place.is_there,
                "boxes": [],
            },
        )
        card["boxes"].append(
            {
                "id": place.id,
                "title": say(place.box.title, language),
                "about": say(place.box.about, language),
                "holds": place.kind,
                "role": place.box.role,
                "set": place.box.members,
                "single": place.is_single,
                "chips": [
                    {
                        "name": chip.name,
                        "label": say(label_of(chip.name, named.get(chip.name)), language),
                        "path": list(chip.path),
                        "kind": chip.kind,
                        "set": chip.set,
                    }
                    for chip in place.chips(values)
                ],
            }
        )
    return {"cards": [*groups.values()], **_names(values, language)}


def _names(values: Values, language: Language) -> dict[str, object]:
    def describe(name: str, options: object) -> dict[str, object]:
        label = say(label_of(name, options), language)
        return {"name": name, "label": label, "column": mapping(options).get("column")}

    variables, groups = mapping(values.get("variables")), mapping(values.get("groups"))
    return {
        "variables": [
            {**describe(name, options), "score": options.get("from")}
            for name, options in variables.items()
            if isinstance(options, dict)
        ],
        "scores": [
            name
            for key, analysis in in_order()
            if isinstance(analysis, Measured) and analysis.is_declared
            for name in mapping(values.get(key))
        ],
        "groups": [describe(name, options) for name, options in groups.items()],
    }


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
        raise _refusal(message("Column '{name}' is not in the data.", name=move.name))
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
        put: dict[str, object] = {"do": "put", "path": home, "value": name}
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
) -> tuple[str, tuple[dict[str, object], ...]]:
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


def _variable(
    variables: Mapping[str, object], move: Move
) -> tuple[str, tuple[dict[str, object], ...]]:
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


def _edit(text: str, *edits: Mapping[str, object]) -> str:
    return apply_edits(text, edits, order())


def _values(text: str) -> dict[str, object]:
    return mapping(read_yaml(text, "").value)


def _refusal(words: Message) -> SpecError:
    return SpecError(Problem("app.box", words))
