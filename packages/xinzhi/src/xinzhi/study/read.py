"""Read and prepare: files -> Panel -> Panel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from xinzhi.analyses.of_steps import steps_of
from xinzhi.analyses.section import unknown_name
from xinzhi.prepare.step import prepare
from xinzhi.study import fingerprint
from xinzhi.study.again import Cache
from xinzhi.study.file.listing import files_of
from xinzhi.study.file.step_inputs import needed_files, sample_warnings, series_sources, step_inputs
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.result import Reading, SourceFile
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.template import input_of_template
from xinzhi.study.words import use_words_of_study
from xinzhi_core.errors import SpecError, Where
from xinzhi_core.panel.panel import Panel
from xinzhi_panel.columns.indicators import OWN
from xinzhi_panel.io.files import Files


def read_panel_of(spec: StudySpec, files: Files, cache: Cache) -> Reading:
    """Read: files -> Panel."""
    parts = {
        "panel": fingerprint.of_options(spec.panel.model_dump(mode="json", exclude={"labels"})),
        # Columns: what is doubted of the rows, and what their headings mean.
        **fingerprint.of_methods("io", "columns"),
        "registry": fingerprint.of_method("places") if spec.panel.cities else "",
    }
    if (files.folder / OWN).is_file():
        parts[f"file {OWN}"] = files.take(OWN).sha256
    for name in (*spec.panel.sources, *series_sources(spec)):
        source = spec.sources[name]
        listing = files_of(source, files.folder)
        for path in listing.paths:
            parts[f"file {path}"] = files.take(path).sha256
        # What lies in a folder and is not read is warned of.
        options = (
            source.model_dump(mode="json", exclude={"title"}),
            listing.left_out,
            listing.empty,
        )
        parts[f"source {name}"] = fingerprint.of_options(options)
    reading: Reading = cache.get_or_compute("read", parts, partial(read_sources, spec, files))
    return replace(
        reading,
        panel=use_words_of_study(reading.panel, spec),
        files=(
            *reading.files,
            *_files_of_steps(spec, files, reading),
            *input_of_template(spec, files),
        ),
        # Outside of the cache: steps, not the files that are read here, name lists of the package.
        warnings=(*reading.warnings, *sample_warnings(spec)),
    )


def _files_of_steps(spec: StudySpec, files: Files, reading: Reading) -> Iterator[SourceFile]:
    """Describe the files that only the steps read: records, codes, terms."""
    described = {file.name for file in reading.files}
    for name, path in needed_files(spec, files.folder).items():
        if name not in described and (digest := files.take(path).sha256):
            file = spec.sources[name].paths[0] if name in spec.sources else name
            yield SourceFile(name, file, digest, None)


def prepare_panel(spec: StudySpec, panel: Panel, files: Files, cache: Cache) -> Panel:
    """Prepare: Panel -> Panel, by the steps of the study file, then name the columns as it says."""
    if spec.prepare:
        needed = needed_files(spec, files.folder)
        parts = {
            "steps": fingerprint.of_options(spec.prepare),
            # Records, series and lists of terms are read by the steps themselves.
            **fingerprint.of_methods("prepare", "io", "columns", "regression"),
            **fingerprint.of_columns(panel.frame, map(str, panel.frame.columns)),
            # Steps convert by the units of columns, and the prepared panel carries what is known of them.
            "columns": fingerprint.of_panel(panel),
            **{f"file {name}": files.take(path).sha256 for name, path in needed.items()},
            # A source that only steps read has its options nowhere else: sheet, roles, keys.
            **{
                f"source {name}": fingerprint.of_options(
                    spec.sources[name].model_dump(mode="json", exclude={"title"})
                )
                for name in needed
                if name in spec.sources
            },
        }
        panel = cache.get_or_compute("prepare", parts, partial(_prepare, spec, panel, files))
    # Outside of the cache: another label computes nothing again.
    return _label(panel, spec)


def _label(panel: Panel, spec: StudySpec) -> Panel:
    columns = tuple(map(str, panel.frame.columns))
    indices = steps_of(spec, "entropy_index").values()
    dimensions = {name for step in indices for name in getattr(step, "dimensions", ())}
    unknown = [name for name in spec.panel.labels if name not in {*columns, *dimensions}]
    if unknown:
        raise SpecError(
            replace(unknown_name("column", name, columns), where=Where(key=f"panel.labels.{name}"))
            for name in unknown
        )
    labels = {name: words.label(name) for name, words in spec.panel.labels.items()}
    return replace(panel, labels=MappingProxyType({**panel.labels, **labels})) if labels else panel


def _prepare(spec: StudySpec, panel: Panel, files: Files) -> Panel:
    prepared = prepare(panel, spec.prepare, sources=step_inputs(spec, files))
    files.verify()
    return prepared
