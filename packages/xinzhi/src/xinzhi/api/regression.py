"""The regression from which a function starts: outcome, regressors, effects and standard errors.

Checks of a call before anything is computed: its options by their declaration, and its data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from xinzhi.analyses.equation import Errors
from xinzhi.api.declared import Keyword, Names, names_of
from xinzhi.options import Section
from xinzhi.study.file.refusals import refusals
from xinzhi_core.errors import DuplicateKey, MissingColumn, Problem, SpecError, Where
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.panel.profile import require_numbers
from xinzhi_core.problems import duplicate_key, missing_key
from xinzhi_core.vocabulary import CHOICES, canonical
from xinzhi_econometrics.specification import DEFAULT, Covariance, Regression

T = TypeVar("T")
SHOWN = 10
"""Keys that stand in two rows, of which an error names so many."""


def validate(read: Callable[[], T], option: str, root: type[Section] = Section) -> T:
    """Read options by their declaration; what pydantic refuses is worded as for a study file.

    Parameters
    ----------
    read
        Reads the options, or a single one.
    option
        What an error of all of them together is about.
    root
        The section that declares them.
    """
    try:
        return read()
    except ValidationError as error:
        raise SpecError(
            Problem(
                refusal.code,
                refusal.what,
                Where(key=key_of(refusal.path) or option),
                refusal.remedy,
            )
            for refusal in refusals(error, root, option=option)
        ) from error


def key_of(place: tuple[int | str, ...]) -> str:
    """Write the place of an option: `tests.0`."""
    return ".".join(str(part) for part in place)


def refuse_unusable(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse two rows of one key, and variables that do not hold finite numbers."""
    if not frame.index.is_unique:
        twice = frame.index[frame.index.duplicated()].unique()
        raise DuplicateKey(
            duplicate_key(str(entity), str(period)) for entity, period in twice[:SHOWN]
        )
    require_numbers(frame, dict.fromkeys(name for name in names if name in frame))


def require(names: tuple[str, ...], data: Panel | pd.DataFrame) -> None:
    """Refuse names that are neither columns nor keys of the data."""
    keys = data.keys if isinstance(data, Panel) else data.index.names
    others = tuple(n for n in dict.fromkeys(names) if n not in {*keys, ENTITY, PERIOD})
    if isinstance(data, Panel):
        data.require(others)
        return
    columns = [*map(str, data.columns)]
    if missing := [name for name in others if name not in columns]:
        raise MissingColumn(missing_key(name, columns) for name in missing)


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
            str | Mapping[str, object] | None,
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
