"""What is expected of the files of a study: keys, number of rows, and of each column its unit and range.

What is expected of a source is a Table Schema (https://specs.frictionlessdata.io/table-schema/): `fields`
with name, type and constraints, and `primaryKey`. Two properties are ours: `unit` of a field, and `rows`
with its minimum and maximum. A file of expectations is

    expectations.yaml   {sources: {name of the source: Table Schema}}
    a .json             a Table Schema, where the study has one source; else a Data Package, whose
                        resources have the names of the sources

Of the constraints `required`, `unique`, `minimum`, `maximum` and `enum` are checked; others are named in a
warning, as are types other than string, number, integer, boolean, year and any.

A range that is written is wider than the data, since it is to find wrong units and slips, not growth: a
third of the smallest to three times the largest figure where none is negative, and the range on either
side where some are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xinzhi.study.file.edit import flow
from xinzhi.study.file.listing import files_of
from xinzhi.study.file.located import read_yaml
from xinzhi.study.schema.sources import Source
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.update.difference import SourceContent, content_of_source
from xinzhi.study.update.match import Delivered
from xinzhi_core.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.wording import Wording, message
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import listed

BESIDE = "expectations.yaml"
"""Name of the file beside a study file that a check reads without being told."""
WIDER = 3.0
"""A range that is written reaches from a third of the smallest to three times the largest figure."""
CHECKED = frozenset(("required", "unique", "minimum", "maximum", "enum"))
TYPES = frozenset(("string", "number", "integer", "boolean", "year", "any"))
NAMED = 3
HEAD = """\
# What the files of this study are expected to be: `xinzhi check` says what differs.
# Each source is a Table Schema; change a range, or remove a line, where it expects too much.
sources:
"""


class _Part(BaseModel):
    """A part of a document of others: what is not ours is kept out of the way."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class Constraints(_Part):
    """What the values of a column are to be."""

    required: bool = False
    unique: bool = False
    minimum: float | str | None = None
    maximum: float | str | None = None
    enum: tuple[str | float, ...] = ()


class SchemaField(_Part):
    """What is expected of a column."""

    name: str
    type: str = "any"
    unit: str | None = None
    constraints: Constraints = Constraints()


class Rows(_Part):
    """How many rows there are to be."""

    minimum: int | None = None
    maximum: int | None = None


class TableSchema(_Part):
    """What is expected of a source."""

    fields_: tuple[SchemaField, ...] = Field(alias="fields")
    primary_key: tuple[str, ...] | str = Field(default=(), alias="primaryKey")
    rows: Rows = Rows()

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns that name each row once."""
        one = self.primary_key
        return (one,) if isinstance(one, str) else one


@dataclass(frozen=True, slots=True, eq=False)
class SourceFacts:
    """What a source is today."""

    keys: tuple[str, ...]
    frame: pd.DataFrame
    """The rows of all its files below each other, by their keys."""
    n_rows: int
    units: Mapping[str, str]
    one_sided: frozenset[str]
    """Columns that only some of the files have: their empty cells are of the others."""


def facts_of(
    spec: StudySpec, folder: Path, files: Files, newer: Sequence[Delivered] = ()
) -> dict[str, SourceFacts]:
    """Read the sources of a study; records, which are read piece by piece, are left out.

    Parameters
    ----------
    newer
        Files that are to take the place of some, or to come beside them: the sources are read as they will be.

    Raises
    ------
    DataError
        A file cannot be read.
    """
    found: dict[str, SourceFacts] = {}
    for name, source in spec.sources.items():
        if source.kind != "records":
            new = [one for one in newer if name in one.slot.sources]
            instead = {one.slot.path: one.contents[name] for one in new if not one.adds}
            paths = files_of(source, folder).paths
            parts = [
                instead.get(path) or content_of_source(source, name, path, files) for path in paths
            ]
            parts += [one.contents[name] for one in new if one.adds]
            found[name] = facts_from(source, parts)
    return found


def facts_from(source: Source, parts: Sequence[SourceContent]) -> SourceFacts:
    """Put the files of a source below each other."""
    keys = source.keys or tuple(filter(None, (source.entity, source.period)))
    frames = [part.frame for part in parts]
    everywhere = set.intersection(*(set(part.columns) for part in parts))
    units = {column: unit for part in reversed(parts) for column, unit in part.units.items()}
    frame = pd.concat(frames)
    return SourceFacts(
        keys,
        frame,
        len(frame),
        units,
        frozenset(str(column) for column in frame.columns if column not in everywhere),
    )


def expectations_of(facts: Mapping[str, SourceFacts]) -> dict[str, dict[str, object]]:
    """Make a Table Schema of each source as it is."""
    return {name: _schema(one) for name, one in facts.items()}


def _schema(facts: SourceFacts) -> dict[str, object]:
    fields: list[dict[str, object]] = [
        {"name": key, "type": "any", "constraints": {"required": True}} for key in facts.keys
    ]
    for column in facts.frame.columns:
        values = facts.frame[column]
        name = str(column)
        is_number = holds_numbers(values)
        field: dict[str, object] = {"name": name, "type": "number" if is_number else "string"}
        if unit := facts.units.get(name):
            field["unit"] = unit
        constraints = _range(values) if is_number else {}
        if values.notna().all() and name not in facts.one_sided:
            constraints = {"required": True, **constraints}
        if constraints:
            field["constraints"] = constraints
        fields.append(field)
    return {"fields": fields, "primaryKey": [*facts.keys], "rows": {"minimum": facts.n_rows}}


def _range(values: pd.Series) -> dict[str, object]:
    """Give the bounds of a column; none where it has no figure.

    >>> _range(pd.Series([3.0, 10.0])), _range(pd.Series([-1.0, 1.0]))
    ({'minimum': 1.0, 'maximum': 30.0}, {'minimum': -3.0, 'maximum': 3.0})
    """
    known = values.dropna()
    if known.empty:
        return {}
    low, high = float(known.min()), float(known.max())
    if low >= 0:
        return {"minimum": _outwards(low / WIDER, up=False), "maximum": _outwards(high * WIDER)}
    width = high - low
    return {"minimum": _outwards(low - width, up=False), "maximum": _outwards(high + width)}


def _outwards(bound: float, *, up: bool = True) -> float:
    """Round a bound to three digits, away from the data."""
    if bound == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(bound))) - 2)
    whole = math.ceil(bound / step - 1e-9) if up else math.floor(bound / step + 1e-9)
    return float(f"{whole * step:.12g}")


def written(expected: Mapping[str, Mapping[str, object]], spec: StudySpec, suffix: str) -> str:
    """Write expectations as YAML, or as JSON: a Table Schema of one source, a Data Package of several."""
    if suffix == ".json":
        schemas = [*expected.values()]
        resources = [
            {"name": name, "path": [*spec.sources[name].paths], "schema": schema}
            for name, schema in expected.items()
        ]
        document = schemas[0] if len(schemas) == 1 else {"resources": resources}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    lines = [HEAD.rstrip("\n")]
    for name, schema in expected.items():
        lines += [f"  {flow(name)}:", f"    primaryKey: {flow(schema['primaryKey'])}"]
        lines += [f"    rows: {flow(schema['rows'])}", "    fields:"]
        fields = schema["fields"]
        lines += [f"      - {flow(field)}" for field in fields] if isinstance(fields, list) else []
    return "\n".join(lines) + "\n"


def read_expectations(path: Path, spec: StudySpec) -> dict[str, TableSchema]:
    """Read a file of expectations.

    Raises
    ------
    SpecError
        `expect.file`: it is not there, not readable, or not a file of expectations.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        whole = json.loads(text) if path.suffix.lower() == ".json" else None
    except (OSError, ValueError) as error:
        raise SpecError(_unreadable(path, str(error))) from error
    document = read_yaml(text, path.name).value if whole is None else whole
    document = document if isinstance(document, Mapping) else {}
    parts = document.get("sources")
    if "fields" in document and len(spec.sources) == 1:
        parts = {next(iter(spec.sources)): document}
    elif isinstance(document.get("resources"), list):
        named = [r for r in document["resources"] if isinstance(r, Mapping)]
        parts = {str(r.get("name", "")): r.get("schema", {}) for r in named}
    if not isinstance(parts, Mapping):
        why = message("neither `sources`, nor `resources`, nor the `fields` of the only source")
        raise SpecError(_unreadable(path, why))
    found: dict[str, TableSchema] = {}
    for name, part in parts.items():
        if name not in spec.sources:
            words = message("The study file has no source '{name}'.", name=name)
            remedy = suggestion(str(name), tuple(spec.sources))
            raise SpecError(Problem("expect.source", words, Where(file=path.name), remedy))
        try:
            found[str(name)] = TableSchema.model_validate(part)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, (name, *first["loc"])))
            raise SpecError(_unreadable(path, f"{place}: {first['msg']}")) from error
    return found


def _unreadable(path: Path, why: Wording) -> Problem:
    text = message("'{name}' is not a file of expectations: {why}.", name=path.name, why=why)
    remedy = message("write one with `xinzhi check STUDY --write-expectations`.")
    return Problem("expect.file", text, Where(file=str(path)), remedy)


def unmet(
    expected: Mapping[str, TableSchema], facts: Mapping[str, SourceFacts]
) -> tuple[Problem, ...]:
    """Say what differs from what is expected, the sources in the order of the file."""
    return tuple(
        problem
        for name, schema in expected.items()
        if name in facts
        for problem in _of_source(name, schema, facts[name])
    )


def _of_source(name: str, schema: TableSchema, facts: SourceFacts) -> Iterator[Problem]:
    where, n = Where(key=f"sources.{name}"), facts.n_rows
    least, most = schema.rows.minimum, schema.rows.maximum
    if (least is not None and n < least) or (most is not None and n > most):
        text = message(
            "'{source}' has {n} rows; expected are {range}.",
            one="'{source}' has {n} row; expected are {range}.",
            source=name,
            n=n,
            range=_between(least, most),
        )
        yield Problem("expect.rows", text, where)
    if schema.keys and schema.keys != facts.keys:
        text = message(
            "The keys of '{source}' are {keys}; expected are {expected}.",
            source=name,
            keys=listed(facts.keys),
            expected=listed(schema.keys),
        )
        yield Problem("expect.keys", text, where)
    for field in schema.fields_:
        if field.name not in facts.keys:
            yield from _of_field(name, field, facts)


def _of_field(name: str, field: SchemaField, facts: SourceFacts) -> Iterator[Problem]:
    where = Where(key=f"sources.{name}", column=field.name)
    words: dict[str, object] = {"column": field.name, "source": name}
    if field.name not in facts.frame.columns:
        text = message("Column '{column}' of '{source}' is expected, and is not there.", **words)
        remedy = suggestion(field.name, tuple(map(str, facts.frame.columns)))
        yield Problem("expect.column", text, where, remedy)
        return
    yield from _not_checked(field, where)
    values = facts.frame[field.name]
    unit = facts.units.get(field.name)
    if field.unit and field.unit != unit:
        text = message(
            "'{column}' of '{source}' is expected in {unit}; the file says {other}.",
            unit=field.unit,
            other=unit or message("no unit"),
            **words,
        )
        yield Problem("expect.unit", text, where)
    is_number = holds_numbers(values)
    if field.type in ("number", "integer", "year") and not is_number:
        text = message(
            "'{column}' of '{source}' is expected to hold numbers, and holds text.", **words
        )
        yield Problem("expect.type", text, where)
    elif field.type == "string" and is_number:
        text = message(
            "'{column}' of '{source}' is expected to hold text, and holds numbers.", **words
        )
        yield Problem("expect.type", text, where)
    elif field.type in ("integer", "year") and (values.dropna() % 1 != 0).any():
        text = message("'{column}' of '{source}' is expected to hold whole numbers.", **words)
        yield Problem("expect.type", text, where)
    yield from _of_values(field, values, where, words, is_number=is_number)


def _of_values(
    field: SchemaField,
    values: pd.Series,
    where: Where,
    words: Mapping[str, object],
    *,
    is_number: bool,
) -> Iterator[Problem]:
    """Compare the values of a column with its constraints."""
    asked = field.constraints
    if asked.required and (n := int(values.isna().sum())):
        text = message(
            "{n} cells of '{column}' of '{source}' are empty: {cells}; none is expected to be.",
            one="{n} cell of '{column}' of '{source}' is empty: {cells}; none is expected to be.",
            n=n,
            cells=_places(values[values.isna()]),
            **words,
        )
        yield Problem("expect.required", text, where)
    low, high = (b if isinstance(b, float) else None for b in (asked.minimum, asked.maximum))
    if is_number and (low is not None or high is not None):
        below = values < (-math.inf if low is None else low)
        outside = values[below | (values > (math.inf if high is None else high))]
        if n := len(outside):
            text = message(
                "{n} figures of '{column}' of '{source}' are outside {range}: {cells}.",
                one="{n} figure of '{column}' of '{source}' is outside {range}: {cells}.",
                n=n,
                range=_between(low, high),
                cells=_places(outside, figures=True),
                **words,
            )
            yield Problem("expect.range", text, where)
    known = values.dropna()
    if asked.unique and (n := int(known.duplicated().sum())):
        text = message(
            "{n} values of '{column}' of '{source}' stand there again; each is expected once.",
            one="{n} value of '{column}' of '{source}' stands there again; each is expected once.",
            n=n,
            **words,
        )
        yield Problem("expect.unique", text, where)
    if asked.enum:
        others = known[~known.isin(asked.enum)]
        if n := len(others):
            text = message(
                "{n} values of '{column}' of '{source}' are none of those expected: {values}.",
                one="{n} value of '{column}' of '{source}' is none of those expected: {values}.",
                n=n,
                values=listed(dict.fromkeys(others), most=NAMED),
                **words,
            )
            yield Problem("expect.enum", text, where)


def _not_checked(field: SchemaField, where: Where) -> Iterator[Problem]:
    """Name what a Table Schema asks and is not looked at."""
    names = sorted((field.constraints.model_extra or {}).keys() - CHECKED)
    for bound in ("minimum", "maximum"):
        if isinstance(getattr(field.constraints, bound), str):
            names.append(bound)
    names += [] if field.type in TYPES else [f"type: {field.type}"]
    if names:
        text = message(
            "Not checked of '{column}': {names}.", column=field.name, names=listed(names)
        )
        yield Problem("expect.not_checked", text, where, severity="warning")


def _between(low: float | None, high: float | None) -> Wording:
    if high is None:
        return message("at least {low}", low=f"{low:.10g}")
    if low is None:
        return message("at most {high}", high=f"{high:.10g}")
    return message("{low} to {high}", low=f"{low:.10g}", high=f"{high:.10g}")


def _places(values: pd.Series, *, figures: bool = False) -> Wording:
    """Name the first rows of some cells, with their figures."""
    rows = [" ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in values.index]
    if figures:
        rows = [f"{row} {value:.10g}" for row, value in zip(rows, values, strict=True)]
    return listed(rows, most=NAMED)


def check_expectations(
    study: Path, spec: StudySpec, against: Path | None, newer: Sequence[Delivered] = ()
) -> tuple[Problem, ...]:
    """Compare the files of a study with the file beside it, or with another; nothing where there is none.

    With `newer` files the sources are compared as they will be, and no file is touched.

    Raises
    ------
    SpecError
        `expect.file`.
    """
    path = against or study.parent / BESIDE
    if against is None and not path.is_file():
        return ()
    expected = read_expectations(path, spec)
    with Files(study.parent) as files:
        try:
            return unmet(expected, facts_of(spec, study.parent, files, newer))
        except DataError as error:
            return error.problems
