"""What a run would do, and how long that took the last time; it reads the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinzhi.study.again import name_stage
from xinzhi.study.run import look_untouched, preview
from xinzhi.work.results import last_run
from xinzhi_app.workspace import RESULTS, refuse_outside
from xinzhi_core.wording import Language, say


def accept(study: Path, folder: Path) -> dict[str, object]:
    """Refuse a study file that cannot be read, or that names files outside the folder."""
    refuse_outside(study, folder)
    return {}


def plan(study: Path, folder: Path, language: Language) -> dict[str, Any]:
    """List what a run would read, compute and take from the last run.

    Raises
    ------
    StudyError
        What the run would refuse before it measures anything.
    """
    refuse_outside(study, folder)
    results = study.parent / RESULTS
    if last_run(look_untouched(results), study) is not None:
        return {"unchanged": True, "reads": [], "computes": [], "stored": [], "seconds": None}
    planned = preview(study, results=results)
    seconds = _seconds_of_last_run(results / "run.json")
    stages = [(name_stage(stage.name), stage) for stage in planned.stages]
    computes = [
        {
            "what": say(words, language),
            "why": say(stage.why, language),
            "seconds": seconds.get(stage.name),
        }
        for words, stage in stages
        if stage.computed
    ]
    timed = [stage["seconds"] for stage in computes if stage["seconds"] is not None]
    return {
        "unchanged": False,
        "reads": [*dict.fromkeys(path.name for path in planned.reads)],
        "computes": computes,
        "stored": [say(words, language) for words, stage in stages if not stage.computed],
        "seconds": sum(timed) if timed else None,
        "n_unknown": len(computes) - len(timed),
    }


def _seconds_of_last_run(manifest: Path) -> Mapping[str, float]:
    """Read how long each stage took that the last run computed; nothing where there was none."""
    try:
        stages = json.loads(manifest.read_bytes())["stages"]
        return {stage["name"]: float(stage["seconds"]) for stage in stages if stage["computed"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
