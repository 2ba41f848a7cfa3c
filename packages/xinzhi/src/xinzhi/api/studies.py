"""Whole studies, and the audit of published tables."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path

from xinzhi.api.declared import Names, names_of
from xinzhi.api.study import ComputedStudy
from xinzhi.study.run import run as run_study
from xinzhi.study.update.exchange import require_no_open
from xinzhi.work.draws.plan import Plan
from xinzhi_econometrics.replication.audit import Audit
from xinzhi_econometrics.replication.audit import audit as audit_tables
from xinzhi_econometrics.replication.published_tables import read as read_published


def run(
    path: str | Path,
    *,
    results: str | Path | None = None,
    only: Names = (),
    settings: Mapping[str, object] | None = None,
    jobs: int | None = None,
    engine: str | None = None,
    address: str | None = None,
    cancel: threading.Event | None = None,
) -> ComputedStudy:
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
    settings
        Key of the study file -> value that takes its place in this run, as with `--set`:
        `{"report.decimals": 2, "tables.baseline.columns[2].effects": ["period"]}`.
    jobs
        Number of processes; the result does not depend on it.
    engine
        What computes draws: `serial`, `processes` or `dask`; the result does not depend on it.
    address
        Scheduler of the dask cluster, such as `tcp://10.0.0.1:8786`.
    cancel
        Set from another thread, it stops the computation within a second: `KeyboardInterrupt` is raised,
        and what is finished is kept in `results`.

    Returns
    -------
    Study
        Results by analysis, in the units of the study file, `.variables`, and the exhibits of the report: `.tables["baseline"].to_docx()`,
        `.figures["GTFP_map"].to_png()`.

    Raises
    ------
    SpecError, DataError
        With all problems of the study file, or of the data.
    ReportError
        An update of its files was cut off: some may be new, and others old.

    Examples
    --------
    >>> from importlib.resources import files
    >>> result = run(files("xinzhi") / "examples" / "oecd" / "study.yaml")
    >>> result.results["tables"]["baseline"].fitted[0].n
    224
    """
    require_no_open(Path(path))
    folder = Path(results) if results else None
    plan = Plan(engine, jobs, address, cancel=cancel)
    # JSON is YAML, in which the values of settings are written.
    written = (f"{key}={json.dumps(v, ensure_ascii=False)}" for key, v in (settings or {}).items())
    return ComputedStudy.taken_from(
        run_study(
            Path(path), results=folder, only=names_of(only), settings=tuple(written), plan=plan
        )
    )


def audit(path: str | Path) -> Audit:
    """Check the internal consistency of published regression tables by interval arithmetic.

    Parameters
    ----------
    path
        A TOML file of printed figures, each digit as printed.

    Returns
    -------
    Audit
        `.checks`, each with its verdict, in the units of the printed figures; `.to_frame()` has one row
        a check.

    Raises
    ------
    SpecError
        The file cannot be read, or does not say what is needed, with the place.

    Examples
    --------
    >>> from importlib.resources import files
    >>> found = audit(files("xinzhi") / "examples" / "resource_cities" / "published.toml")
    >>> len(found.checks) == len(found.to_frame()) > 0
    True
    """
    return audit_tables(read_published(Path(path)))
