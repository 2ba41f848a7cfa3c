"""What a run has delivered, read from the folder of the results; it may load what computes."""

from __future__ import annotations

import csv
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinzhi.app.child import PAGE
from xinzhi.wording import Language, message, say
from xinzhi.work.marker import MARKER, read_marker

SCORES, NUMBERS = "scores.csv", "results.json"
SHOWN = ("measurement", "period", "score")
STATUSES = {
    "certified": message("certified"),
    "infeasible": message("infeasible"),
    "unsolved": message("unsolved"),
    "undefined": message("undefined"),
    "dropped": message("dropped"),
}


def files_in(folder: Path) -> list[str]:
    """List the files that a run wrote, in their order; nothing else of the folder is given away."""
    marker = read_marker(folder / MARKER)
    names = marker.files if marker is not None else ()
    return [name for name in names if (folder / name).is_file()]


def zip_results(folder: Path, room: Path) -> Path:
    """Pack all files of the results into a new file in another folder."""
    room.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".zip", dir=room)
    with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as pack:
        for member in files_in(folder):
            pack.write(folder / member, member, zipfile.ZIP_DEFLATED)
    return Path(name)


def describe_results(study: Path, folder: Path, language: Language) -> dict[str, Any]:
    """Describe what lies in a folder of results."""
    from xinzhi.app.regressions import choices, is_simulated, regressions_in
    from xinzhi.report.deliver import describe

    names = files_in(folder)
    made = (folder / MARKER).stat().st_mtime if names else None
    changed = study.stat().st_mtime if study.is_file() else None
    return {
        "has_page": PAGE in names,
        "when": made,
        "is_older": made is not None and changed is not None and changed > made,
        "files": [
            {
                "name": name,
                "what": say(describe(name), language),
                "bytes": (folder / name).stat().st_size,
            }
            for name in names
        ],
        "regressions": regressions_in(folder / NUMBERS) if NUMBERS in names else [],
        "is_simulated": NUMBERS in names and is_simulated(folder / NUMBERS),
        "choices": choices(),
        "entities": [*dict.fromkeys(row["entity"] for row in _scores(folder / SCORES))],
    }


def scores_of(scores: Path, entity: str, language: Language) -> dict[str, Any]:
    """Give what was measured of an entity, as scores.csv has it."""
    rows = [
        {
            **{key: row.get(key, "") for key in SHOWN},
            "status": say(STATUSES.get(row["status"], row["status"]), language),
        }
        for row in _scores(scores)
        if row["entity"] == entity
    ]
    return {"rows": rows}


def _scores(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream)
