"""Read and prepare: files -> Panel -> Panel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from xinzhi.analyses.section import unknown_name
from xinzhi.errors import SpecError, Where
from xinzhi.io.files import Files
from xinzhi.panel.panel import Panel
from xinzhi.prepare.step import prepare
from xinzhi.study import fingerprint
from xinzhi.study.cache import Cache
from xinzhi.study.file.listing import files_of
from xinzhi.study.file.step_inputs import needed_files, series_sources, step_inputs
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.result import Reading, SourceFile
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.words import under_its_words


def read_panel_of(spec: StudySpec, files: Files, cache: Cache) -> Reading:
    """Read: files -> Panel."""
    parts = {
        "panel": fingerprint.of_options(spec.panel.model_dump(mode="json", exclude={"labels"})),
        "method": fingerprint.of_method("io"),
        "registry": fingerprint.of_method("places") if spec.panel.cities else "",
    }
    for name in (*spec.panel.sources, *series_sources(spec)):
        source = spec.sources[name]
        for path in files_of(source, files.folder).paths:
            parts[f"file {path}"] = files.take(path).sha256
        parts[f"source {name}"] = fingerprint.of_options(source.model_dump(mode="json"))
    reading: Reading = cache.get_or_compute("read", parts, partial(read_sources, spec, files))
    return replace(
        reading,
        panel=under_its_words(reading.panel, spec),
        files=(*reading.files, *_files_of_steps(spec, files, reading)),
    )


def _files_of_steps(spec: StudySpec, files: Files, reading: Reading) -> Iterator[SourceFile]:
    """Describe the files that only the steps read: records, codes, terms."""
    told = {file.name for file in reading.files}
    for name, path in needed_files(spec, files.folder).items():
        if name not in told and (digest := files.take(path).sha256):
            file = spec.sources[name].paths[0] if name in spec.sources else name
            yield SourceFile(name, file, digest, None)


def prepare_panel(spec: StudySpec, panel: Panel, files: Files, cache: Cache) -> Panel:
    """Prepare: Panel -> Panel, by the steps of the study file, then name the columns as it says."""
    return _labelled(_prepared(spec, panel, files, cache), spec)


def _labelled(panel: Panel, spec: StudySpec) -> Panel:
    known = tuple(map(str, panel.frame.columns))
    unknown = [name for name in spec.panel.labels if name not in known]
    if unknown:
        raise SpecError(
            replace(unknown_name("column", name, known), where=Where(key=f"panel.labels.{name}"))
            for name in unknown
        )
    own = {name: words.label(name) for name, words in spec.panel.labels.items()}
    return replace(panel, labels=MappingProxyType({**panel.labels, **own})) if own else panel


def _prepared(spec: StudySpec, panel: Panel, files: Files, cache: Cache) -> Panel:
    if not spec.prepare:
        return panel
    needed = needed_files(spec, files.folder)
    parts = {
        "steps": fingerprint.of_options(spec.prepare),
        "method": fingerprint.of_method("prepare"),
        **fingerprint.of_columns(panel.frame, map(str, panel.frame.columns)),
        **{f"file {name}": files.take(path).sha256 for name, path in needed.items()},
    }
    return cache.get_or_compute("prepare", parts, partial(_prepare, spec, panel, files))


def _prepare(spec: StudySpec, panel: Panel, files: Files) -> Panel:
    prepared = prepare(panel, spec.prepare, sources=step_inputs(spec, files))
    files.verify()
    return prepared
