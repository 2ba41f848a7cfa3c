"""The columns of a study's prepared data, for its boxes: what each is, and what it seems to be good for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from xinzhi.study.again import Cache
from xinzhi.study.analyses import read_data
from xinzhi.study.file.edit import flow
from xinzhi.study.file.load import spec_of
from xinzhi.study.file.located import read_yaml
from xinzhi.study.first.roles import candidates, propose_roles
from xinzhi.study.schema.study import StudySpec
from xinzhi_app.example import entries, mapping
from xinzhi_app.workspace import refuse_outside
from xinzhi_core.wording import Language, say
from xinzhi_panel.columns.indicators import with_own
from xinzhi_panel.io.files import Files

Value = TypeVar("Value")
OF_DATA = ("title", "seed", "sources", "panel", "prepare")
"""Keys of the study file that make the data; the rest may be unfinished."""


def columns(text: str, study: Path, folder: Path, language: Language) -> dict[str, object]:
    """Read and prepare the data of a study.

    Raises
    ------
    StudyError
        With what is wrong with the files or with these sections; no file outside the folder is read.
    """
    values = mapping(read_yaml(text, study.name).value)
    part = {"title": "", **{key: values[key] for key in OF_DATA if key in values}}
    try:
        spec = StudySpec.model_validate(part)
    except ValidationError:  # said in our words
        spec = spec_of(flow(part), study.name)
    refuse_outside(study, folder, spec)
    with Files(study.parent) as files:
        panel = read_data(spec, study, files, Cache(None, {}), _silently).panel
    vocabulary = with_own(study.parent)
    roles = propose_roles(panel, vocabulary=vocabulary)
    suggested = {**asdict(candidates(panel, roles.others, vocabulary)), **asdict(roles)}
    return {
        "columns": [
            {
                "name": str(name),
                "label": say(panel.label(str(name)), language),
                "unit": panel.units.get(str(name), ""),
                "is_number": panel.frame[name].dtype.kind in "fiub",
                "n_values": int(panel.frame[name].nunique()),
                "why": say(roles.reasons[name], language) if name in roles.reasons else "",
            }
            for name in panel.frame.columns
        ],
        "suggested": {
            role: [*names] if isinstance(names, tuple) else entries(names)
            for role, names in suggested.items()
            if isinstance(names, (tuple, str))
        },
        "problems": [],
    }


def _silently(stage: str, work: Callable[[], Value]) -> Value:
    del stage  # nobody listens
    return work()
