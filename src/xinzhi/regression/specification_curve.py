"""The specification curve: one slope under every combination of declared choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, product

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, SpecError
from xinzhi.panel.panel import Panel
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.regression.robustness import Variation, Varied, vary
from xinzhi.regression.specification import Covariance, Regression
from xinzhi.wording import message

CHOICES = ("controls", "effects", "window", "covariance", "replace", "drop", "winsorise")
MOST = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationCurve:
    """Estimates of the variables of interest under all combinations."""

    table: pd.DataFrame
    """A row a specification and variable: the choices, estimate, std_error, p_value, ci_low,
    ci_high, n, r2_adjusted, repaired; sorted by variable and estimate."""
    n_specifications: int
    refused: tuple[Varied, ...]
    """Combinations that could not be estimated, with their reasons."""
    rules: tuple[CovarianceRule, ...] = ()
    """Errors of the specifications, one rule for each kind."""
    panels: tuple[tuple[CovarianceRule, int, int], ...] = ()
    """Errors, entities and periods of the specifications, each combination once."""

    @property
    def n_repaired(self) -> int:
        """Specifications whose two-way covariance had negative eigenvalues, set to 0."""
        if self.table.empty:
            return 0
        return int(self.table.loc[self.table["repaired"], "specification"].nunique())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a specification and variable of interest."""
        return self.table

    def summary(self) -> pd.DataFrame:
        """Return one row a variable: median, range, share positive, share below 5 %."""
        groups = self.table.groupby("name", sort=False)
        return pd.DataFrame(
            {
                "n": groups.size(),
                "median": groups["estimate"].median(),
                "low": groups["estimate"].min(),
                "high": groups["estimate"].max(),
                "share_positive": groups["estimate"].agg(lambda b: float(np.mean(b > 0))),
                "share_significant": groups["p_value"].agg(lambda p: float(np.mean(p < 0.05))),
            }
        )


def subsets(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """List every subset, from none to all: what `controls: each` means.

    >>> subsets(("a", "b"))
    ((), ('a',), ('b',), ('a', 'b'))
    """
    sizes = range(len(names) + 1)
    return tuple(chain.from_iterable(combinations(names, size) for size in sizes))


def specification_curve(
    data: Panel | pd.DataFrame,
    regression: Regression,
    choices: Mapping[str, tuple[object, ...]],
) -> SpecificationCurve:
    """Estimate the product of all choices.

    Parameters
    ----------
    choices
        Kind of choice (`controls, effects, window, covariance, replace, drop, winsorise`) -> the
        values that a `Variation` takes there; None keeps what the regression has.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), doi:10.1038/s41562-020-0912-z.
    """
    _check(choices)
    combined = list(product(*choices.values()))
    variations = tuple(
        _variation(dict(zip(choices, values, strict=True)), number)
        for number, values in enumerate(combined)
    )
    found = vary(data, regression, variations)
    rows = [row for one in found for row in _rows(one, regression, tuple(choices))]
    table = pd.DataFrame(rows)
    if len(table):
        order = {name: i for i, name in enumerate(regression.regressors)}
        table = table.sort_values(
            ["name", "estimate", "specification"],
            key=lambda s: s.map(order) if s.name == "name" else s,
            kind="stable",
            ignore_index=True,
        )
    refused = tuple(one for one in found if not isinstance(one.estimates, Estimates))
    fitted = [one.estimates for one in found if isinstance(one.estimates, Estimates)]
    rules = distinct(one.covariance for one in fitted)
    return SpecificationCurve(
        table, len(combined), refused, rules, distinct_panels(map(_panel, fitted))
    )


def _panel(found: Estimates) -> tuple[CovarianceRule, int, int]:
    """Give the errors of a specification, and the size of the panel behind it."""
    entities, periods = (found.residuals.index.get_level_values(level) for level in (0, 1))
    return found.covariance, entities.nunique(), periods.nunique()


def distinct_panels(
    panels: Iterable[tuple[CovarianceRule, int, int]],
) -> tuple[tuple[CovarianceRule, int, int], ...]:
    """Keep the first of each kind of errors and size of panel."""
    kept: dict[object, tuple[CovarianceRule, int, int]] = {}
    for rule, entities, periods in panels:
        names = tuple(name for name, _ in rule.clusters)
        kept.setdefault((rule.kind, names, entities, periods), (rule, entities, periods))
    return tuple(kept.values())


def distinct(rules: Iterable[CovarianceRule]) -> tuple[CovarianceRule, ...]:
    """Keep the first rule of each kind of errors."""
    kept: dict[object, CovarianceRule] = {}
    for rule in rules:
        names = tuple(name for name, _ in rule.clusters)
        kept.setdefault((rule.kind, names, rule.is_default), rule)
    return tuple(kept.values())


def _check(choices: Mapping[str, tuple[object, ...]]) -> None:
    unknown = [name for name in choices if name not in CHOICES]
    if unknown:
        raise SpecError(
            Problem(
                "curve.choice",
                message("'{name}' cannot be varied.", name=unknown[0]),
                remedy=message("vary {known}.", known=", ".join(CHOICES)),
            )
        )
    count = int(np.prod([len(values) for values in choices.values()], dtype=float))
    if not 0 < count <= MOST:
        raise SpecError(
            Problem(
                "curve.size",
                message(
                    "The choices make {n} specifications.",
                    one="The choices make {n} specification.",
                    n=count,
                ),
                remedy=message("name between 1 and {most} combinations.", most=MOST),
            )
        )


def _variation(chosen: Mapping[str, object], number: int) -> Variation:
    given = {name: value for name, value in chosen.items() if value is not None}
    return replace(Variation(name=str(number)), **given)  # type: ignore[arg-type]


def _rows(one: Varied, regression: Regression, choices: tuple[str, ...]) -> list[dict[str, object]]:
    """One row for each variable of interest, under the name that it has in the regression."""
    found = one.estimates
    if not isinstance(found, Estimates):
        return []
    chosen = {choice: _said(getattr(one.variation, choice)) for choice in choices}
    rows = []
    for name in regression.regressors:
        j = found.position(one.variation.replace.get(name, name))
        rows.append(
            {
                "specification": int(one.variation.name),
                "name": name,
                **chosen,
                "estimate": float(found.estimate[j]),
                "std_error": float(found.std_error[j]),
                "p_value": float(found.p_value[j]),
                "ci_low": float(found.ci_low[j]),
                "ci_high": float(found.ci_high[j]),
                "n": found.n,
                "r2_adjusted": found.fit.r2_adjusted,
                "repaired": found.covariance.was_repaired,
            }
        )
    return rows


def _said(value: object) -> str:
    """Say a choice in the words of the study file."""
    if value is None:
        return ""
    if isinstance(value, Covariance):
        return " ".join((value.kind, *value.clusters))
    if isinstance(value, Mapping):
        return ", ".join(f"{new} for {old}" for old, new in value.items())
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "-"
    return str(value)
