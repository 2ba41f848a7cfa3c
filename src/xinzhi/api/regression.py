"""The regression from which a function starts: outcome, regressors, effects and standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from pydantic import TypeAdapter

from xinzhi.analyses.standard_errors import Errors
from xinzhi.api.arguments import Names, names_of
from xinzhi.api.checks import validate
from xinzhi.api.declared import Keyword
from xinzhi.regression.specification import DEFAULT, Covariance, Regression
from xinzhi.vocabulary import CHOICES, canonical

BOTH = ("entity", "period")
VARIABLES: Mapping[str, Keyword] = MappingProxyType(
    {
        "outcome": Keyword(str, about="Column that is explained."),
        "regressors": Keyword(
            Names, about="Columns of interest; one that cannot be estimated is an error."
        ),
        "controls": Keyword(
            Names, (), "Columns of controls; one that cannot be estimated is left out and named."
        ),
    }
)
"""Keywords of what is regressed on what."""
REGRESSION: Mapping[str, Keyword] = MappingProxyType(
    {
        **VARIABLES,
        "effects": Keyword(
            Names,
            BOTH,
            "Fixed effects: entity, period or columns; none for pooled least squares with a constant.",
        ),
        "covariance": Keyword(
            str | Mapping[str, Any] | None,
            None,
            "Standard errors: iid, hc1, cluster, two_way or driscoll_kraay, or as in the study file, "
            "{driscoll_kraay: 2}. Left out: clustered by entity in a panel, iid in a cross-section.",
        ),
        "cluster": Keyword(
            Names, (), "One or two columns of clusters; enough for clustered standard errors."
        ),
    }
)
"""Keywords of the regression from which an analysis starts."""
SMALL_SAMPLE: Mapping[str, Keyword] = MappingProxyType(
    {
        "lag": Keyword(int | None, None, "Lag of Driscoll-Kraay standard errors."),
        "rule": Keyword(
            Literal[tuple(CHOICES["rule"])] | None,
            None,
            "Small-sample rule of clustered and of Driscoll-Kraay standard errors: fixest (the same "
            "as reghdfe), stata or areg.",
            usual="fixest",
        ),
    }
)
"""Further keywords of one regression, which the study file writes into `covariance`."""


def regression_of(asked: Mapping[str, Any]) -> Regression:
    """Put a regression together from the keywords that are given; clusters imply clustered errors."""
    return Regression(
        outcome=asked["outcome"],
        regressors=names_of(asked["regressors"]),
        controls=names_of(asked.get("controls", ())),
        effects=names_of(asked.get("effects", ())),
        covariance=_covariance(asked),
    )


def _covariance(asked: Mapping[str, Any]) -> Covariance:
    word, clusters = asked.get("covariance"), names_of(asked.get("cluster", ()))
    if isinstance(word, Covariance):
        return word
    if isinstance(word, Mapping):
        # Clusters beside a mapping that names its own kind are refused as two kinds of errors.
        written = {**word, **({"cluster": list(clusters)} if clusters else {})}
        covariance = validate(lambda: TypeAdapter(Errors).validate_python(written), "covariance")
    elif word is not None:
        kind = canonical("covariance", word)
        # "cluster" alone is by entity, the usual choice in a panel.
        covariance = Covariance(kind, clusters or (("entity",) if kind == "cluster" else ()))
    elif clusters:
        covariance = Covariance("two_way" if len(clusters) > 1 else "cluster", clusters)
    else:
        covariance = DEFAULT
    lag, rule = asked.get("lag"), asked.get("rule")
    return replace(
        covariance,
        lag=covariance.lag if lag is None else lag,
        rule=covariance.rule if rule is None else canonical("rule", rule),
    )
