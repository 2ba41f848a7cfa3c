"""Report: a result of a study -> the files of its results folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.econometrics.export.exported import Exported
from xinzhi.econometrics.export.r import r_script
from xinzhi.econometrics.export.stata import stata_script
from xinzhi.efficiency.result import STATUSES, EfficiencyResult
from xinzhi.io.json_text import json_text
from xinzhi.io.write import csv_text, write_atomically
from xinzhi.panel.ledger import Ledger
from xinzhi.report.comparison import comparison_of, nested
from xinzhi.report.compose import compose
from xinzhi.report.format import write_report
from xinzhi.report.readme import readme
from xinzhi.report.section import Material
from xinzhi.study.manifest import manifest_of
from xinzhi.study.result import StudyResult
from xinzhi.wording import Wording, message, say

WHAT: Mapping[str, Wording] = {
    "report.html": message("the report: open it in a browser, no network needed"),
    "tables.xlsx": message("every table, numbers as numbers"),
    "results.json": message("every number of every table, machine-readable"),
    "scores.csv": message("scores, status, slacks, targets and peers of each row"),
    "report.docx": message("the report as a Word document"),
    "scripts/study.R": message("the regressions again in R"),
    "scripts/study.do": message("the regressions again in Stata"),
    "scripts/panel.csv": message("the data of these scripts"),
    "README.md": message("what these files are, and how to compute them again"),
    "run.json": message("versions, seed, hashes, options, certificates, what was computed and why"),
}


def deliver(
    result: StudyResult, material: Material, folder: Path, *, formats: tuple[str, ...] = ()
) -> tuple[tuple[Path, Wording], ...]:
    """Write all files of a study; each is written whole or not at all.

    `formats` names formats of the report; those of the study file where it is empty.

    Returns
    -------
    tuple
        (path, what it is) of each file, the report first.

    Raises
    ------
    ReportError
        A file cannot be written, with path, needed and free bytes.
    """
    files: dict[str, bytes] = dict(
        write_report(
            compose(material),
            formats=formats or result.spec.report.formats,
            languages=result.spec.report.languages,
            decimals=result.spec.report.decimals,
        )
    )
    files["results.json"] = json_text(results_json(result, material)).encode()
    if result.efficiency:
        files["scores.csv"] = csv_text(scores_frame(result)).encode("utf-8-sig")
    files |= _reviews(result.panel.ledger)
    files["run.json"] = json_text(manifest_of(result)).encode()
    if result.scripts is not None:
        files |= _scripts(result.scripts, simulated=result.spec.simulated)
    there = ("README.md", *files)
    files["README.md"] = readme(result, material.title, there, WHAT).encode()
    for path in folder.glob("review_*.csv"):
        if path.name not in files:
            path.unlink()
    for name, content in files.items():
        write_atomically(folder / name, content)
    return tuple((folder / name, WHAT.get(name, "")) for name in files)


def _reviews(ledger: Ledger) -> dict[str, bytes]:
    """Write the records that a person has to decide, a file for each step."""
    tables = {
        f"review_{entry.step}.csv": pd.DataFrame(entry.records[1:], columns=entry.records[0])
        for entry in ledger.entries
        if entry.records
    }
    return {name: csv_text(table).encode("utf-8-sig") for name, table in tables.items()}


def _scripts(study: Exported, *, simulated: bool) -> dict[str, bytes]:
    first = "{mark} SIMULATED DATA: nothing here describes a real place.\n" if simulated else ""
    return {
        "scripts/study.R": (first.format(mark="#") + r_script(study)).encode(),
        "scripts/study.do": (first.format(mark="*") + stata_script(study)).encode(),
        "scripts/panel.csv": csv_text(study.frame).encode(),
    }


def results_json(result: StudyResult, material: Material) -> dict[str, Any]:
    """Every number of every table, with stable keys."""
    compared = comparison_of(result, material.tables)
    return {
        **({"comparison": nested(compared)} if compared else {}),
        "title": {language: say(material.title, language) for language in ("zh", "en")},
        "simulated": result.spec.simulated,
        "tables": {
            table.id: table.machine for tables in material.tables.values() for table in tables
        },
        "efficiency": {
            name: {
                "n": one.n,
                **{status: one.count(status) for status in STATUSES},
            }
            for name, one in result.efficiency.items()
        },
        "notices": [
            {
                "code": n.code,
                "text": {"zh": say(n.text, "zh"), "en": say(n.text, "en")},
                "where": str(n.where),
            }
            for n in result.notices
        ],
    }


def scores_frame(result: StudyResult) -> pd.DataFrame:
    """Scores of all measurements below each other: entity, period, score, status, slacks and so on."""
    parts = []
    for name, one in result.efficiency.items():
        frame = one.to_frame()
        frame.insert(0, "measurement", name)
        frame["peers"] = [_peers(one, position) for position in range(one.n)]
        parts.append(frame.reset_index())
    every = pd.concat(parts, ignore_index=True)
    return every.assign(simulated="simulated") if result.spec.simulated else every


def _peers(one: EfficiencyResult, position: int) -> str:
    """Peers with their intensities: `CHE 2019: 0.31; POL 2019: 0.1`."""
    words = []
    for peer in one.peers[position]:
        entity, period = one.labels[peer.position]
        when = "" if period is None else f" {period}"
        words.append(f"{entity}{when}: {peer.intensity:.6g}")
    return "; ".join(words)
