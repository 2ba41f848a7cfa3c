"""What steps of preparation need besides the panel: series, records, tables of codes, terms.

A step names a source of the study file, or a file beside it: a table of codes as csv, lists of
terms as YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.maps.section import BUILT_IN
from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.files import Files
from xinzhi.io.read import SeriesResult, read_series
from xinzhi.io.records import RecordFile
from xinzhi.prepare.measured import of_lists, said
from xinzhi.prepare.step import list_inputs
from xinzhi.study.file.listing import files_of
from xinzhi.study.file.lists import read_list
from xinzhi.study.schema.sources import Source
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import StudyView
from xinzhi.study.words import use_words_of_steps
from xinzhi.wording import message

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
    return (study, *(folder / name for name in named), *needed_files(spec, folder).values())


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
