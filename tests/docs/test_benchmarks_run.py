"""Every benchmark and every recipe runs: small, in a copy of the folder, so that no table is written over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from made_warm import STUDIES as WALKED
from places import ROOT

pytestmark = pytest.mark.long

SMALL: dict[str, list[str]] = {
    "dose_coverage.py": ["--samples", "2"],
    "draws.py": [],
    "figures.py": [],
    "frontier.py": ["--largest", "300", "--draws", "20", "--rows", "40"],
    "imports.py": [],
    "interval_coverage.py": ["--samples", "2", "--jobs", "1", "--only", "mediation"],
    "intervals/whole_study.py": ["--samples", "1", "--draws", "40", "--out", "whole_study.md"],
    "large.py": ["--entities", "20"],
    "placebo_size.py": [],
    "reading.py": [],
    "registry.py": ["--rows", "20000"],
    "registry_query.py": ["--rows", "20000"],
    "run.py": ["--only", "oecd sbm scipy"],
    "verdict_doors.py": ["--samples", "1"],
    "verdict_size.py": ["--samples", "2", "--draws", "19"],
    "scale.py": ["--entities", "12", "--entities", "16", "--entities", "20"],
}
"""Benchmark -> the words that make it small."""
ELSEWHERE = {
    "altered_figures.py": "needs the tests beside it; `test_altered_figures_are_counted` below",
    "app.py": "runs in `just browser`",
    "delivery.py": "`.ci/run` runs it, by `just delivery 40 11`",
    "first_studies.py": "needs the tests beside it; `test_a_first_study_is_judged` below",
    "kills.py": "the tests of kills run its drivers",
    "power_cuts.py": "`test_power_cuts.py` tries 60 of its states",
    "surroundings.py": "`tests/cli/test_surroundings.py` runs its surroundings",
    "warm_cold.py": "needs the tests beside it; `test_random_edits_run` below",
    "intervals/scores.py": "needs the group bench; tests of coverage import it",
}
"""Benchmark that is not started here -> where it is."""
RECIPES = re.compile(r"^([a-z][\w-]*)(?: [^:=\n]*)?:(?!=)", re.MULTILINE)


def scripts() -> set[str]:
    """Name the files of the folder that are started, not imported."""
    folder = ROOT / "benchmarks"
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
        and path.name not in {"worker.py", "measured.py"}
    }


def test_no_benchmark_is_forgotten():
    """A new benchmark is run small here, or it is said where it is run."""
    assert scripts() == SMALL.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("script", SMALL)
def test_a_benchmark_runs(script: str, tmp_path: Path):
    """It ends without an error on the smallest data, and prints something."""
    folder = tmp_path / "benchmarks"
    shutil.copytree(ROOT / "benchmarks", folder, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, str(folder / script), *SMALL[script]],
        cwd=folder,
        env={**os.environ, "XINZHI_SMOKE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.strip()


def test_random_edits_run():
    """The walk of random edits ends with its table, one sequence of one edit of one study."""
    words = ["--sequences", "1", "--edits", "1", "--only", next(iter(WALKED))]
    done = subprocess.run(
        [sys.executable, "benchmarks/warm_cold.py", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert words[-1] in done.stdout


def test_altered_figures_are_counted():
    """Few altered figures and cells, and the page that counts them; the table of the whole is not written over."""
    page = ROOT / "benchmarks" / "altered_figures.md"
    before = page.read_bytes()
    done = subprocess.run(
        [sys.executable, "benchmarks/altered_figures.py", "--every", "61"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert re.search(r"^\| all \| 3\d \| 3\d \|", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^\| (times 100|a hundredth) \| [1-9]", done.stdout, re.MULTILINE), (
        done.stdout
    )
    assert page.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ["mutants/run.py", "--only", "nonsense"],
        ["mutants/run.py", "--random", "1", "--kind", "nonsense"],
        ["tools/release/check.py", "--dry-run", "--only", "nonsense"],
        ["benchmarks/interval_coverage.py", "--only", "nonsense"],
        ["benchmarks/warm_cold.py", "--only", "nonsense"],
        ["benchmarks/run.py", "--only", "nonsense"],
    ],
    ids=" ".join,
)
def test_a_filter_that_matches_nothing_is_an_error(words: list[str]):
    """Nothing is run and nothing is written: the exit code says so, as a green end would hide it."""
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "nonsense" in done.stderr


def recipes() -> list[str]:
    return RECIPES.findall((ROOT / "justfile").read_text(encoding="utf-8"))


@pytest.mark.parametrize("recipe", recipes())
def test_a_recipe_can_be_run(recipe: str):
    """`just` expands it, and each script or module that it names is there."""
    words = ["lowest"] if recipe == "test-versions" else ["folder"] if recipe == "simulate" else []
    done = subprocess.run(
        [shutil.which("just") or "just", "--dry-run", recipe, *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    for name in re.findall(r"(?<![\w/{])[\w/]+\.(?:py|sh)\b", done.stderr):
        assert (ROOT / name).is_file(), name


def test_a_first_study_is_judged(tmp_path: Path):
    """A yearbook of a stranger, small: from files to Word by two commands, and at least 18 of 20 points."""
    script = ROOT / "benchmarks" / "first_studies.py"
    words = ["--only", "city_yearbook", "--entities", "12", "--years", "6", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(script), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr
    head, points = done.stdout.splitlines()
    assert head == "== city_yearbook"
    assert re.match(r"(18|19|20) of 20; lost: ", points), points
