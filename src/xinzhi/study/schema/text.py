"""The JSON schema of the study file, as editors read it."""

from __future__ import annotations

import json

from xinzhi.study.schema.study import StudySpec


def schema() -> dict[str, object]:
    """Return the JSON schema of the study file."""
    return dict(StudySpec.model_json_schema())


def schema_text() -> str:
    """Write the schema as the file beside a study file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1)
