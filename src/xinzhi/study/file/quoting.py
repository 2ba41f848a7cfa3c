"""How much of a file an error may show: at most 40 characters a time, nothing from elsewhere.

A study file can name any file of the computer, such as one of another study, and what cannot be read
is quoted in the error. What the study file itself says is never cut; what an error quotes beyond it
comes from the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from xinzhi.errors import Problem, StudyError, Where, quoted
from xinzhi.io.raw import shown_name
from xinzhi.study.file.step_inputs import files_read, is_packaged
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Label, Message, Wording, message

HIDDEN = "…"
LISTS = frozenset({"known", "names", "columns", "theirs", "ours"})
"""Values of messages that list names, each of which may have `QUOTED` characters."""


@contextmanager
def quoting(spec: StudySpec, study: Path, *, of_any_file: bool = False) -> Iterator[None]:
    """Cut what errors quote from the files of a study; hide what lies outside its folder.

    Parameters
    ----------
    spec, study
        The study and its file.
    of_any_file
        Whether an error that names no file may quote one, such as a list of terms.
    """
    try:
        yield
    except StudyError as error:
        problems = limit_quotes(error.problems, spec, study, of_any_file=of_any_file)
        raise type(error)(problems) from None


def limit_quotes(
    problems: Iterable[Problem], spec: StudySpec, study: Path, *, of_any_file: bool = False
) -> list[Problem]:
    """Cut what problems quote from the files of a study; parameters as in `quoting`."""
    # Errors name a file without its folder: of two files of one name the one outside decides.
    names: dict[str, bool] = {}
    for file in files_read(spec, study)[1:]:
        name = shown_name(file)
        names[name] = names.get(name, False) or _is_outside(file, study.parent)
    words = frozenset(_words(spec.model_dump(mode="json", by_alias=True)))
    words |= frozenset(names)
    elsewhere = of_any_file and any(names.values())
    return [_limit(problem, names, words, elsewhere=elsewhere) for problem in problems]


def _is_outside(file: Path, folder: Path) -> bool:
    """Tell whether a file lies outside a folder, links followed; files of the package do not count."""
    if is_packaged(file):
        return False
    try:
        return not file.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # no path, or links in a circle
        return True


def _limit(
    problem: Problem, names: Mapping[str, bool], words: frozenset[str], *, elsewhere: bool
) -> Problem:
    file = problem.where.file
    is_outside = elsewhere if file is None else names.get(PurePath(file).name)
    if is_outside is None:  # not about a file that was read
        return problem
    cut = replace(
        problem,
        what=_wording(problem.what, words, hides=is_outside),
        remedy=_wording(problem.remedy, words, hides=is_outside),
        where=_place(problem.where, words, hides=is_outside),
    )
    if not is_outside:
        return cut
    remedy = message(
        "{remedy} The content of files outside the folder of the study is not shown: look with "
        "`xinzhi check FILE`.",
        remedy=cut.remedy,
    )
    return replace(cut, remedy=remedy)


def _wording(wording: Wording, words: frozenset[str], *, hides: bool) -> Wording:
    if not isinstance(wording, Message):
        return wording
    values = {n: _value(n, value, words, hides=hides) for n, value in wording.values.items()}
    return replace(wording, values=MappingProxyType(values))


def _value(name: str, value: object, words: frozenset[str], *, hides: bool) -> object:
    if isinstance(value, Message):
        return _wording(value, words, hides=hides)
    if isinstance(value, (int, Label)) or str(value) in words:
        return value
    if hides:
        return HIDDEN
    if name in LISTS:
        return ", ".join(map(quoted, str(value).split(", ")))
    return value if isinstance(value, float) else quoted(value)


def _place(where: Where, words: frozenset[str], *, hides: bool) -> Where:
    """Keep what the study file says, rows and addresses; names out of the file are cut or left out."""
    changed: dict[str, Any] = {}
    for field in ("column", "sheet", "entity", "period", "key"):
        text = getattr(where, field)
        if not isinstance(text, str) or text in words:
            continue
        if field == "key" and text.split(".")[0].split("[")[0] in StudySpec.model_fields:
            continue
        changed[field] = None if hides else quoted(text)
    return replace(where, **changed)


def _words(part: Any) -> Iterator[str]:
    """Every word that a study file says: keys, names, values."""
    if isinstance(part, Mapping):
        for key, inner in part.items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(part, (list, tuple)):
        for inner in part:
            yield from _words(inner)
    elif part is not None:
        yield str(part)
