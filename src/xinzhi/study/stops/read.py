"""Read and prepare: files -> Panel -> Panel."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from pathlib import Path

from xinzhi.panel.panel import Panel
from xinzhi.prepare.apply import prepare
from xinzhi.study import fingerprint
from xinzhi.study.memory import Memory
from xinzhi.study.reading import read_sources
from xinzhi.study.result import Reading
from xinzhi.study.schema.study import StudySpec


def read_panel_of(spec: StudySpec, folder: Path, memory: Memory) -> Reading:
    """Read: files -> Panel."""
    parts = {
        "panel": fingerprint.of_options(spec.panel.model_dump(mode="json")),
        "method": fingerprint.of_method("io"),
    }
    for name, source in spec.sources.items():
        path = folder / source.file
        content = path.read_bytes() if path.is_file() else b""
        parts[f"file {source.file}"] = sha256(content).hexdigest()
        parts[f"source {name}"] = fingerprint.of_options(source.model_dump(mode="json"))
    return memory.recall("read", parts, partial(read_sources, spec, folder))


def prepare_panel(spec: StudySpec, panel: Panel, memory: Memory) -> Panel:
    """Prepare: Panel -> Panel, by the steps of the study file and nothing else."""
    if not spec.prepare:
        return panel
    parts = {
        "steps": fingerprint.of_options(spec.prepare),
        "method": fingerprint.of_method("prepare"),
        **fingerprint.of_columns(panel.frame, map(str, panel.frame.columns)),
    }
    return memory.recall("prepare", parts, partial(prepare, panel, spec.prepare))
