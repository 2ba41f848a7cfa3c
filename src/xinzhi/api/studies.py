"""Whole studies, and the audit of published tables."""

from __future__ import annotations

from pathlib import Path

from xinzhi.api.arguments import Names, names_of
from xinzhi.api.study import Study
from xinzhi.regression.replication.audit import Audit
from xinzhi.regression.replication.audit import audit as audit_text
from xinzhi.study.run import run as run_study


def run(
    path: str | Path,
    *,
    results: str | Path | None = None,
    only: Names = (),
    jobs: int = 1,
) -> Study:
    """Run a study file, without writing its report.

    Parameters
    ----------
    path
        The study file.
    results
        Folder in which finished work is remembered; nothing is remembered where it is left out.
    only
        Names of scores, tables, maps or sections, with what these rest on; everything where it is left
        out.
    jobs
        Number of processes; the result does not depend on it.

    Returns
    -------
    Study
        Results by analysis, `.variables`, and the exhibits of the report: `.tables["baseline"].to_docx()`,
        `.figures["GTFP_map"].to_png()`.

    Raises
    ------
    SpecError, DataError
        With all problems of the study file, or of the data.

    Examples
    --------
    >>> from importlib.resources import files
    >>> result = run(files("xinzhi") / "examples" / "oecd" / "study.yaml")
    >>> result.results["tables"]["baseline"].fitted[0].n
    224
    """
    folder = Path(results) if results else None
    return Study.taken_from(run_study(Path(path), results=folder, only=names_of(only), jobs=jobs))


def audit(path: str | Path) -> Audit:
    """Check the internal consistency of published regression tables by interval arithmetic.

    Parameters
    ----------
    path
        A TOML file of printed figures, each digit as printed.

    Raises
    ------
    SpecError
        The file does not say what is needed, with the place.
    """
    return audit_text(Path(path).read_text(encoding="utf-8"))
