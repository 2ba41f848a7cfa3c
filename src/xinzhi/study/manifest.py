"""run.json: what was run, with what, and what each piece of work depended on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from xinzhi.study.fingerprint import LIBRARIES
from xinzhi.study.result import StudyResult
from xinzhi.wording import say


def build_manifest(result: StudyResult) -> dict[str, Any]:
    """Describe a run: versions, seed, hashes of inputs, every option in force, times, certificates."""
    return {
        "xinzhi": _version("xinzhi"),
        "python": platform.python_version(),
        "libraries": {library: _version(library) for library in LIBRARIES},
        "seed": result.spec.seed,
        "simulated": result.spec.simulated,
        "inputs": [
            {
                "source": f.name,
                "file": f.file,
                "sha256": f.sha256,
                "rows": f.n_rows,
                "ledger": [ledger.to_dict() for ledger in f.ledgers],
            }
            for f in result.reading.files
        ],
        "set": list(result.settings),
        "options": result.spec.model_dump(mode="json", by_alias=True),
        "match": result.reading.coverage.to_dict() if result.reading.coverage else None,
        "certificates": {
            name: efficiency.certificate.worst()
            for name, efficiency in result.of("efficiency").items()
        },
        "decisions": [
            {"what": say(d.what, "en"), "where": str(d.where), "count": d.count}
            for d in result.reading.decisions
        ],
        "stages": [
            {
                "name": stage.name,
                "computed": stage.computed,
                "why": say(stage.why, "en"),
                "seconds": round(stage.seconds, 4),
                "fingerprint": stage.fingerprint,
                "parts": dict(stage.parts),
            }
            for stage in result.stages
        ],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
