"""Writes the proof page in both languages: every figure of others beside ours, and what else is counted.

`just proof` computes all figures again (R with plm, sandwich, clubSandwich and estimatr, pyfixest and deapack
are needed) and writes docs/proof.json, docs/proof.md and docs/zh/proof.md. Both pages are made from the
facts in proof.json; a test computes those again that need no other programs.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import generate_gallery as gallery
import proof_frontiers  # noqa: F401 - registers witnesses
import proof_regressions  # noqa: F401 - registers witnesses
from proof_common import ROOT, WITNESSES, Number, Witness, deviation
from proof_page import page

import xinzhi
import xinzhi as xz

DOCS = Path(__file__).parents[2] / "docs"
FACTS = DOCS / "proof.json"
SHOWN = 12
"""Figures of a comparison that the page shows; of more, those that differ most."""
CASES = ROOT.parent / "shared" / "cases"
EXAMPLES = {"oecd": "green_efficiency", "resource_cities": "GTFP"}


def main(words: Sequence[str]) -> None:
    """Compute all figures and write the facts and the pages; with `--pages` the pages alone."""
    if "--pages" in words:
        found = json.loads(FACTS.read_text(encoding="utf-8"))
    else:
        found = facts()
        FACTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for path, text in pages(found).items():
        path.write_text(text, encoding="utf-8")


def pages(found: Mapping[str, Any]) -> dict[Path, str]:
    """Return path -> text of both pages."""
    return {DOCS / "proof.md": page(found, "en"), DOCS / "zh" / "proof.md": page(found, "zh")}


def facts() -> dict[str, Any]:
    """Collect everything that the pages say."""
    return {
        "version": xinzhi.__version__,
        "gallery": printed_tables(),
        "comparisons": {one.name: compared(one) for one in WITNESSES},
        "certificates": {name: certificates(name) for name in EXAMPLES},
        "hard": hard_scores(),
        "coverage": coverage(),
        "verdicts": verdicts(),
        **counts(),
    }


def printed_tables() -> list[dict[str, Any]]:
    """Run the studies of the gallery: figures of each, how many agree, the largest difference."""
    with tempfile.TemporaryDirectory() as folder:
        return [printed_table(name, gallery.run(name, Path(folder))) for name in gallery.ORDER]


def printed_table(name: str, found: gallery.Found) -> dict[str, Any]:
    """Count the printed figures of a study."""
    texts = gallery.spec(name)
    figures = list(gallery.all_figures(texts, found))
    off = [abs(one.difference) for one in figures if not isinstance(one.value, str)]
    return {
        "name": name,
        "title": texts["title"],
        "figures": len(figures),
        "agree": sum(one.agrees for one in figures),
        "largest": f"{max(off):.0e}",
    }


def compared(one: Witness) -> dict[str, Any]:
    """Compute a comparison: its figures, and the largest difference."""
    numbers = list(one.numbers())
    largest = max(deviation(theirs, ours) for _, theirs, ours in numbers)
    return {
        "field": one.field,
        "what": one.what,
        "by": one.by(),
        "test": one.test,
        "note": one.note,
        "figures": len(numbers),
        "largest": f"{largest:.0e}",
        "shown": [[label, f"{theirs:.10g}", f"{ours:.10g}", f"{deviation(theirs, ours):.0e}"]
                  for label, theirs, ours in shown(numbers)],
    }  # fmt: skip


def shown(numbers: Sequence[Number]) -> Sequence[Number]:
    """Choose the figures that stand on the page: all of a few, of many those that differ most."""
    if len(numbers) <= SHOWN:
        return numbers
    return sorted(numbers, key=lambda one: -deviation(one[1], one[2]))[:3]


def certificates(name: str) -> dict[str, Any]:
    """Measure the scores of an example; count what is certified, and give the worst residuals."""
    path = ROOT / "packages/xinzhi/src/xinzhi/examples" / name / "study.yaml"
    (result,) = (
        one
        for one in xz.run(path, only=EXAMPLES[name]).results["efficiency"].values()
        if hasattr(one, "certificate")
    )
    return {
        "scores": result.n,
        "certified": result.count("certified"),
        "worst": {key: f"{value:.0e}" for key, value in result.certificate.worst().items()},
    }


def hard_scores() -> dict[str, Any]:
    """Measure the hard rows of tests/unit/frontier/test_hard_data.py by every measure and both solvers."""
    case = runpy.run_path(str(ROOT / "tests" / "unit" / "frontier" / "test_hard_data.py"))
    found = [
        case["measured"](solver, measure, returns)
        for solver in ("auto", "highs")
        for measure, returns in case["CASES"]
    ]
    return {
        "rows": case["N"],
        "scores": sum(one.n for one in found),
        "certified": sum(one.count("certified") for one in found),
        "infeasible": sum(one.count("infeasible") for one in found),
        "worst": f"{max(v for one in found for v in one.certificate.worst().values()):.0e}",
    }


def table(path: Path, heading: str = "") -> list[dict[str, str]]:
    """Read a table of a Markdown file, the one whose head begins with a word."""
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    starts = [i for i, line in enumerate(lines) if line.startswith(f"| {heading}") and lines[i + 1].startswith(("| -", "|-"))]  # fmt: skip
    head, found = cells[starts[0]], []
    for line, row in zip(lines[starts[0] + 2 :], cells[starts[0] + 2 :], strict=True):
        if not line.startswith("|"):
            break
        found.append(dict(zip(head, row, strict=True)))
    return found


def coverage() -> dict[str, Any]:
    """Read the committed tables of simulated coverage."""
    folder = ROOT / "benchmarks"
    scores: dict[str, list[float]] = {}
    for row in table(folder / "coverage_scores.md", "interval"):
        scores.setdefault(row["interval"], []).append(float(row["coverage"]))
    return {
        "effects": table(folder / "coverage.md", "interval"),
        "scores": {
            name: {"designs": len(found), "lowest": min(found), "highest": max(found)}
            for name, found in scores.items()
        },
        "whole_study": [
            {key: row[key] for key in ("design", "interval", "coverage")}
            for row in table(folder / "coverage_whole_study.md", "design")
        ],
    }


def verdicts() -> dict[str, Any]:
    """Read the committed tables of how often a true zero is called found."""
    folder = ROOT / "benchmarks"
    return {
        "tests": table(folder / "verdict_size.md", "panel"),
        "doors": table(folder / "verdict_doors.md", "panel"),
    }


def counts() -> dict[str, Any]:
    """Count laws, mutants, faults and hard cases, from the tables that their runs wrote."""
    laws = table(DOCS / "methods" / "laws.md", "law")
    measures = table(DOCS / "methods" / "laws.md", "measure")
    killed = table(ROOT / "mutants" / "report.md", "mutant")
    kills = table(ROOT / "benchmarks" / "kills.md", "killed")
    delivery = table(ROOT / "benchmarks" / "delivery.md", "fault")
    return {
        "laws": {
            "laws": len(laws),
            "measures": len(measures),
            "cases": sum(int(row["cases"].replace(",", "")) for row in laws),
            "broken": sum(int(row["violations"]) for row in measures),
        },
        "mutants": mutants(),
        "killed": len(killed),
        "kills": [
            {key: row[key] for key in ("killed", "struck", "digits differ")} for row in kills
        ],
        "delivery": [
            {key: row[key] for key in ("fault", "struck", "mixed", "file of the user lost")}
            for row in delivery
        ],
        "cases": reference_cases(),
        "tests": tests(),
    }


def tests() -> dict[str, int]:
    """Count the test functions of each folder; many of them run on several cases."""
    found = {}
    for folder in sorted(path for path in (ROOT / "tests").iterdir() if path.is_dir()):
        texts = (path.read_text(encoding="utf-8") for path in folder.rglob("test_*.py"))
        if n := sum(len(re.findall(r"^ *def test_", text, re.MULTILINE)) for text in texts):
            found[folder.name] = n
    return found


def mutants() -> dict[str, int]:
    """Count the mutants that are kept, by the part that the name of their file begins with."""
    found: dict[str, int] = {}
    for path in sorted((ROOT / "mutants").glob("*.toml")):
        kept = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", ())
        part = path.stem.partition("_")[0]
        found[part] = found.get(part, 0) + len(kept)
    return found


def reference_cases() -> dict[str, int]:
    """Count the reference cases that the tests read from beside the repository; none where they are not."""
    dea = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((CASES / "dea").glob("*.json"))
    ]
    origins = [case["expected_origin"].split()[0] for case in dea]
    found = {
        "published": origins.count("published"),
        "software": origins.count("peer"),
        "derived": origins.count("derived"),
        "econometrics": len(list((CASES / "econ").glob("*.json"))),
    }
    for name in ("badinput", "t2"):
        manifest = CASES / name / "manifest.jsonl"
        lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
        found[name] = len(lines)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
