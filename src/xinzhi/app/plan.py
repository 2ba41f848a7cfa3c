"""What a run would do, and how long that took the last time; it reads the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinzhi.study.cache import name_stage
from xinzhi.study.preview import look_untouched, preview
from xinzhi.wording import Language, say
from xinzhi.work.last_run import last_run


def plan_of(study: Path, results: Path, language: Language) -> dict[str, Any]:
    """List what a run would read, compute and take from the last run.

    Raises
    ------
    StudyError
        What the run would refuse before it measures anything.
    """
    if last_run(look_untouched(results), study) is not None:
        return {"unchanged": True, "reads": [], "computes": [], "stored": [], "seconds": None}
    found = preview(study, results=results)
    before = seconds_before(results / "run.json")
    computes = [
        {
            "what": say(name_stage(one.name), language),
            "why": say(one.why, language),
            "seconds": before.get(one.name),
        }
        for one in found.stages
        if one.computed
    ]
    known = [one["seconds"] for one in computes if one["seconds"] is not None]
    return {
        "unchanged": False,
        "reads": [*dict.fromkeys(path.name for path in found.reads)],
        "computes": computes,
        "stored": [say(name_stage(one.name), language) for one in found.stages if not one.computed],
        "seconds": sum(known) if known else None,
        "n_unknown": len(computes) - len(known),
    }


def seconds_before(manifest: Path) -> Mapping[str, float]:
    """Read how long each stage took that the last run computed; nothing where there was none."""
    try:
        stages = json.loads(manifest.read_bytes())["stages"]
        return {one["name"]: float(one["seconds"]) for one in stages if one["computed"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
