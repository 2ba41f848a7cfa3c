"""Every text that options of the study file, their choices and parts declare, in English."""

from __future__ import annotations

import inspect

from xinzhi.study.meanings import HEADING, REGISTERS
from xinzhi.study.schema.study import StudySpec
from xinzhi_app.form import label_of
from xinzhi_core.wording import declared


def declared_texts():
    """Walk the schema and the registers; each text with where it stands."""
    yield from _in_schema(StudySpec.model_json_schema(), "study")
    for kind, register in REGISTERS.items():
        for name, part in register:
            said = inspect.getdoc(getattr(part, "run", part)) or ""
            yield declared(said.partition(HEADING)[0]).name, f"{kind} {name}"


def _in_schema(node, place):
    if isinstance(node, dict):
        if isinstance(node.get("description"), str):
            yield declared(node["description"]).name, place
        if isinstance(node.get("properties"), dict):
            yield from ((label_of(key).name, f"{place}.{key}") for key in node["properties"])
        for key, one in node.items():
            yield from _in_schema(one, f"{place}.{key}")
    elif isinstance(node, list):
        for one in node:
            yield from _in_schema(one, place)
