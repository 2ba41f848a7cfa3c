"""What steps of preparation need besides the panel: series, records, tables of codes, terms.

A step names a source of the study file, or a file beside it: a table of codes as csv, lists of
terms as YAML.

How much of a file an error may show: at most 40 characters a time, nothing from elsewhere.

A study file can name any file of the computer, such as one of another study, and what cannot be read
is quoted in the error. What the study file itself says is never cut; what an error quotes beyond it
comes from the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.maps.compute import BUILT_IN
from xinzhi.prepare.judged_terms import of_lists, said
from xinzhi.prepare.step import list_inputs
from xinzhi.study.file.listing import files_of
from xinzhi.study.file.lists import read_list
from xinzhi.study.schema.sources import Source
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.texts import text_files
from xinzhi.study.view import StudyView
from xinzhi.study.words import use_words_of_steps
from xinzhi_core.errors import DataError, Problem, StudyError, Where, quoted
from xinzhi_core.wording import Label, Message, Wording, message
from xinzhi_panel.columns.indicators import OWN
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import shown_name
from xinzhi_panel.io.read import RecordFile, SeriesResult, read_series

EXAMPLE, LISTS_OF_PREPARE = "xinzhi.examples.resource_cities", "xinzhi.prepare.data"
IN_PACKAGE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sample_codes": (EXAMPLE, "emerging_codes.csv"),
        "sample_terms": (EXAMPLE, "emerging_terms.yaml"),
        "sample_causes": (EXAMPLE, "penalty_terms.yaml"),
        "emerging_codes": (LISTS_OF_PREPARE, "emerging_codes.csv"),
        "emerging_terms": (LISTS_OF_PREPARE, "emerging_terms.csv"),
        "environmental_penalties": (LISTS_OF_PREPARE, "environmental_penalties.csv"),
    }
)
"""Names of tables and lists that come with the package -> where they are."""


def needed_sources(spec: StudySpec) -> tuple[str, ...]:
    """Names that the steps need: sources of the study file, or files beside it."""
    return tuple(dict.fromkeys(name for name, _ in _needs(spec)))


def needed_files(spec: StudySpec, folder: Path) -> dict[str, Path]:
    """Files that the steps need, by the names that the steps use."""
    return {
        name: folder / spec.sources[name].paths[0]
        if name in spec.sources
        else _locate(name, folder)
        for name in needed_sources(spec)
    }


def files_read(spec: StudySpec, study: Path) -> tuple[Path, ...]:
    """Every file that a study reads, the study file first: none of them is ever written."""
    folder = study.parent
    named = [path for source in spec.sources.values() for path in files_of(source, folder).paths]
    named += [
        section.boundaries
        for section in spec.sections("maps").values()
        if section.boundaries != BUILT_IN
    ]
    named += [
        file
        for key, analysis in ANALYSES
        for section in spec.sections(key).values()
        for file in analysis.reads(section, StudyView(spec)).files
    ]
    named += [spec.report.template] if spec.report.template else []
    beside = (*([own] if (own := folder / OWN).is_file() else []), *text_files(folder))
    return (
        study,
        *(folder / name for name in named),
        *needed_files(spec, folder).values(),
        *beside,
    )


def sample_warnings(spec: StudySpec) -> tuple[Problem, ...]:
    """Warn where a step rests on a sample or a list that comes with the package."""
    used = [name for name in needed_sources(spec) if name not in spec.sources]
    packages = {name: IN_PACKAGE[name] for name in used if name in IN_PACKAGE}
    lists = tuple(
        Problem(
            "prepare.built_in_list",
            message("{figures}.", figures=said(one)),
            Where(key="prepare"),
            message(
                "judge a hundred of your records and measure with `xinzhi evaluate-terms`; add lists of your "
                "own where ours err."
            ),
            severity="warning",
        )
        for one in of_lists(
            [name for name, (package, _) in packages.items() if package == LISTS_OF_PREPARE]
        )
    )
    samples = (
        Problem(
            "prepare.sample",
            message(
                "'{name}' is a sample for trying out: it was not checked against the official "
                "classification.",
                name=name,
            ),
            Where(key="prepare"),
            message("give a file of your own before the numbers are used: {file}.", file=file),
            severity="warning",
        )
        for name, (package, file) in packages.items()
        if package == EXAMPLE
    )
    return (*samples, *lists)


def _locate(name: str, folder: Path) -> Path:
    """Locate a file beside the study file, a sample, or a list of the package."""
    if name in IN_PACKAGE:
        package, file = IN_PACKAGE[name]
        return Path(str(files(package).joinpath(file)))
    return folder / name


def is_packaged(file: Path) -> bool:
    """Tell whether a file is a table or a list that comes with the package."""
    return any(file == _locate(name, Path()) for name in IN_PACKAGE)


def step_inputs(spec: StudySpec, opened: Files) -> dict[str, object]:
    """Read what the steps need, by the names that the steps use.

    Raises
    ------
    DataError
        A file is not there or not readable, with its place.
    """
    return {
        name: _source(spec, name, opened)
        if name in spec.sources
        else _file(opened.take(_locate(name, opened.folder)).path, kind)
        for name, kind in dict(_needs(spec)).items()
    }


def _needs(spec: StudySpec) -> Iterator[tuple[str, str]]:
    for _, options in spec.prepare:
        yield from list_inputs(options).items()


def _source(spec: StudySpec, name: str, opened: Files) -> object:
    source = spec.sources[name]
    if source.kind == "records":
        path = opened.take(source.paths[0]).path
        _require(path)
        how = source.read
        return RecordFile(path, source.roles(), source.sheet, how.encoding, how.delimiter)
    if source.kind != "series":
        return pd.DataFrame()
    return use_words_of_steps(series_of(source, opened).frame, spec)


def series_sources(spec: StudySpec) -> tuple[str, ...]:
    """Names of the series that the steps need."""
    return tuple(
        name
        for name in needed_sources(spec)
        if name in spec.sources and spec.sources[name].kind == "series"
    )


def series_of(source: Source, opened: Files) -> SeriesResult:
    """Read a series, with what the reader decided."""
    reading = source.read.reading()
    path = opened.take(source.paths[0]).path
    return read_series(path, keys=source.keys, sheet=source.sheet, reading=reading)


def list_inputs_of(kinds: Mapping[str, str], folder: Path) -> dict[str, object]:
    """Read lists by their names: those of the package, or files.

    Parameters
    ----------
    kinds
        Name -> `terms`, `codes` or `table`.

    Raises
    ------
    DataError
        A file is not there or not readable.
    """
    return {name: _file(_locate(name, folder), kind) for name, kind in kinds.items()}


def _file(path: Path, kind: str) -> object:
    _require(path)
    return read_list(path, kind)


def _require(path: Path) -> None:
    if not path.is_file():
        text = message("The file '{name}' is not there.", name=path.name)
        remedy = message("name a source of the study file, or a file in its folder.")
        raise DataError(Problem("file.missing", text, Where(file=path.name), remedy))


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
    values = {n: _value(n, value, words, hides=hides) for n, value in wording.values.items()}  # noqa: PD011 - a field of ours
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
