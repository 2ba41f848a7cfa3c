"""The text of a study file, valid or not, as the page shows it: problems at their lines, boxes, values.

The server starts without this file: it loads the schema of all studies, which other processes do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from xinzhi.analyses.analysis import ANALYSES, in_file
from xinzhi.study.file.edit import apply_edits, is_path
from xinzhi.study.file.load import spec_of
from xinzhi.study.file.located import read_yaml
from xinzhi_app.answers import in_words
from xinzhi_app.boxes import DataColumn, Move, apply_move, describe_boxes, order
from xinzhi_app.example import entries, example, mapping, named
from xinzhi_app.workspace import refuse_outside
from xinzhi_core.errors import Problem, SpecError, StudyError
from xinzhi_core.wording import Language, message

KINDS = ("column", "variable", "score", "measured", "group", "outlines")
"""What a field with one name may refer to: the page offers the names that the study has."""
LAST = 1_000_000
"""Where a list is added to if no place is given: behind its last item."""


def describe_text(text: str, study: Path, folder: Path, language: Language) -> dict[str, object]:
    """Describe a text: `values` and `boxes` are missing where it is not YAML."""
    try:
        values = mapping(read_yaml(text, study.name).value)
    except SpecError as error:
        return {"text": text, "problems": in_words(error.problems, language), "is_valid": False}
    problems: tuple[Problem, ...] = ()
    try:
        refuse_outside(study, folder, spec_of(text, study.name))
    except StudyError as error:
        problems = error.problems
    return {
        "text": text,
        "problems": in_words(problems, language),
        "is_valid": not problems,
        "values": values,
        "boxes": describe_boxes(values, language),
        "names": {kind: named(kind, values) for kind in KINDS},
    }


def change_text(
    text: str, change: Mapping[str, object], study: Path, folder: Path, language: Language
) -> dict[str, object]:
    """Make a change of the form or of the boxes, and describe the text that it gives.

    Raises
    ------
    SpecError
        What is wrong with the text, or why the change is not made.
    """
    if "move" in change:
        text = apply_move(text, *_move(change))
    elif "example" in change:
        text = _with_example(text, entries(change["example"]))
    else:
        edit = {**mapping(change.get("edit"))}
        if "yaml" in edit:
            edit["value"] = read_yaml(str(edit.pop("yaml")), study.name).value
        is_known = edit.get("do") in ("put", "insert", "remove")
        edit = {"value": None, "at": LAST, "comment": "", **edit}
        is_sound = type(edit["at"]) is int and isinstance(edit["comment"], str)
        if not (is_known and is_sound and is_path(edit.get("path"))):
            raise _unknown()
        text = apply_edits(text, [edit], order())
    return describe_text(text, study, folder, language)


def _move(change: Mapping[str, object]) -> tuple[Move, dict[str, DataColumn] | None]:
    """Read a move, and what the page knows of the columns."""
    try:
        columns = {
            str(name): DataColumn.model_validate(facts)
            for name, facts in mapping(change.get("columns")).items()
        }
        return Move.model_validate(change["move"]), columns or None
    except ValidationError as error:
        raise _unknown() from error


def _with_example(text: str, path: list[object]) -> str:
    """Put a section as it could stand in this study."""
    analysis = ANALYSES.get(str(path[0])) if path else None
    if analysis is None or not is_path(path) or len(path) != (1 if analysis.is_single else 2):
        raise _unknown()
    values = mapping(read_yaml(text, "").value)
    made = example(in_file(analysis), values)
    return apply_edits(text, [{"do": "put", "path": path, "value": made}], order())


def _unknown() -> SpecError:
    return SpecError(Problem("app.change", message("This is not a change of a study file.")))
