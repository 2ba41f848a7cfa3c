"""Load: study.yaml -> StudySpec, or every problem of the file at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

from pydantic import ValidationError

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.study.file.formulas import with_formulas
from xinzhi.study.file.located import Located, full_width_colon, read_yaml
from xinzhi.study.file.references import find_unresolved
from xinzhi.study.file.refusals import Refusal, refusals
from xinzhi.study.file.settings import with_settings
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import message


def load(path: FilePath, settings: Sequence[str] = ()) -> StudySpec:
    """Load a study file.

    Parameters
    ----------
    path
        The study file, YAML 1.2 in UTF-8.
    settings
        Values that replace those of the file for this run: `report.decimals=2`.

    Raises
    ------
    SpecError
        With all problems of the file, each with line, column and remedy.
    """
    return spec_of(read_text(path), str(path.name), settings)


def read_text(path: FilePath) -> str:
    """Read the text of a study file; a file that is not there or not UTF-8 is an error."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = message("The study file is not UTF-8: byte {n} cannot be read.", n=error.start + 1)
        remedy = message("save it as UTF-8.")
        raise SpecError(Problem("study.encoding", text, Where(file=path.name), remedy)) from error
    except OSError as error:
        text = message(
            "The study file cannot be read: {reason}.",
            reason=error.strerror or "unknown reason",
        )
        remedy = message("name a study file, or write one with `xinzhi demo`.")
        raise SpecError(Problem("study.unreadable", text, Where(file=str(path)), remedy)) from error


def spec_of(text: str, file: str, settings: Sequence[str] = ()) -> StudySpec:
    """Turn the text of a study file into a StudySpec."""
    located = read_yaml(text, file)
    # A text without sections is often one whose colons are all full-width.
    if not isinstance(located.value, dict):
        raise SpecError(_not_a_mapping(text, file))
    located = with_settings(located, settings)
    try:
        spec = StudySpec.model_validate(located.value)
    except ValidationError as error:
        lines = text.splitlines()
        raise SpecError(
            _problem(refusal, located, lines) for refusal in refusals(error, StudySpec)
        ) from error
    spec, mistakes = with_formulas(spec, located)
    if problems := (*mistakes, *find_unresolved(spec, located)):
        raise SpecError(problems)
    return spec


def _not_a_mapping(text: str, file: str) -> Problem:
    for number, line in enumerate(text.splitlines(), 1):
        if "：" in line:
            return full_width_colon(file, number, line)
    return Problem(
        "study.empty",
        message("The study file holds no sections."),
        Where(file=file),
        message("start from an example: `xinzhi demo`."),
    )


def _problem(refusal: Refusal, located: Located, lines: list[str]) -> Problem:
    where = located.where(refusal.path)
    is_in_file = where.line is not None
    # "key： value" is one plain scalar of YAML: what it is refused for is not what is wrong with it.
    if is_in_file and not refusal.is_ours and (number := _full_width(refusal.given, where, lines)):
        return full_width_colon(located.file, number, lines[number - 1])
    return Problem(refusal.code, refusal.what, where, refusal.remedy)


def _full_width(text: object, where: Where, lines: list[str]) -> int | None:
    """Find the line of a full-width colon in the key or the text that cannot be used."""
    first = (where.line or 1) - 1
    nearby = range(first, len(lines)) if isinstance(text, str) and "：" in text else [first]
    return next((n + 1 for n in nearby if n < len(lines) and "：" in lines[n]), None)
