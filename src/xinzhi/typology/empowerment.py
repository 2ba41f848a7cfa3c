"""Differentiated empowerment: which factor works in which group, and whether groups differ."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from xinzhi.typology.evidence import ALL, CUSTOMARY, NUMBERS, Thresholds, findings_of, path_of


def empowerment(
    estimates: pd.DataFrame,
    *,
    factors: Sequence[str],
    outcome: str,
    differences: pd.DataFrame | None = None,
    thresholds: Thresholds = CUSTOMARY,
) -> pd.DataFrame:
    """Set out the effect of each factor on the outcome in each group.

    Parameters
    ----------
    estimates, differences
        Frames as `xinzhi.typology.evidence` describes them.
    factors, outcome
        Ends of the paths.
    thresholds
        When an effect counts.

    Returns
    -------
    pandas.DataFrame
        Indexed (grouping, group, factor), all cities first: `b`, `se`, `p`, `ci_low`, `ci_high`,
        `n`, `verdict` (works, harms, null, untested), `difference_p` (missing without a test),
        `speaks`: `own` where the groups differ, else `common` (the estimate for all speaks for the
        group too); `in_force`: the verdict of the one that speaks.

    Examples
    --------
    >>> frame = pd.DataFrame({"path": ["HEE -> GTFP"] * 2, "grouping": ["", "stage"],
    ...     "group": ["", "mature"], "b": [0.02, 0.03], "se": [0.01, 0.01], "p": [0.046, 0.003],
    ...     "n": [1840, 900]})
    >>> empowerment(frame, factors=["HEE"], outcome="GTFP")["speaks"].tolist()
    ['common', 'common']
    """
    findings = findings_of(estimates, differences, thresholds)
    rows = []
    for grouping, group in findings.groups():
        for factor in factors:
            path = path_of(factor, outcome)
            found = findings.estimate(path, grouping, group)
            if found is None:
                continue
            test = None if grouping == ALL else findings.difference(path, grouping)
            own = bool(thresholds.differs(test))
            in_force = found if own else findings.estimate(path)
            rows.append(
                {
                    "grouping": grouping,
                    "group": group,
                    "factor": factor,
                    **{name: getattr(found, name) for name in NUMBERS},
                    "verdict": thresholds.verdict(found),
                    "difference_p": float("nan") if test is None else test.p,
                    "speaks": "own" if own else "common",
                    "in_force": thresholds.verdict(in_force),
                }
            )
    keys = ["grouping", "group", "factor"]
    columns = [*keys, *NUMBERS, "verdict", "difference_p", "speaks", "in_force"]
    return pd.DataFrame(rows, columns=columns).set_index(keys)
