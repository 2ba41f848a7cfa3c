"""The option for standard errors: `hc1`, `{cluster: entity}`, `{driscoll_kraay: 2}`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from xinzhi.analyses.section import as_list
from xinzhi.errors import StudyError
from xinzhi.options import Refused, refused
from xinzhi.regression.specification import Covariance
from xinzhi.vocabulary import canonical
from xinzhi.wording import message


def covariance(value: Any) -> Any:
    """Read how errors are computed: `hc1`, `{cluster: entity}`, `{driscoll_kraay: 2}`.

    >>> covariance({"cluster": "entity"}).clusters
    ('entity',)
    """
    if isinstance(value, Covariance):
        return value
    try:
        return _covariance(value)
    except StudyError as error:
        raise refused(error) from error


def _covariance(value: Any) -> Covariance:
    if isinstance(value, str):
        kind = canonical("covariance", value)
        if kind in ("cluster", "two_way"):
            raise Refused(
                message("Errors by {kind} need to know the cluster.", kind=kind),
                message("write {{{kind}: entity}}.", kind=kind),
            )
        if kind == "driscoll_kraay":
            raise Refused(
                message("Driscoll-Kraay errors need a lag."),
                message("write {{driscoll_kraay: 2}}."),
            )
        return Covariance(kind=kind)
    if not isinstance(value, dict):
        raise Refused(
            message("Standard errors are a word, or one key with its value."),
            message(
                "write iid, hc1, {{cluster: entity}}, {{two_way: [entity, period]}} or {{driscoll_kraay: 2}}."
            ),
        )
    # Apart from `as`, the rule of the small-sample correction, one key names the kind.
    rest = dict(value)
    rule = canonical("rule", str(rest.pop("as", "fixest")))
    if len(rest) != 1:
        raise Refused(
            message("One kind of errors at a time."),
            message("write {{cluster: entity}}, for example."),
        )
    word, detail = rest.popitem()
    kind = canonical("covariance", str(word))
    if kind == "driscoll_kraay":
        if not isinstance(detail, int) or isinstance(detail, bool) or detail < 0:
            raise Refused(
                message("The lag of Driscoll-Kraay errors is a whole number, 0 or more."),
                message("write {{driscoll_kraay: 2}}."),
            )
        return Covariance(kind=kind, lag=detail, rule=rule)
    names = tuple(map(str, as_list(detail)))
    wanted = {"cluster": 1, "two_way": 2}.get(kind)
    if wanted is None or len(names) != wanted:
        raise Refused(
            message("Errors by {kind} do not have these clusters.", kind=kind),
            message(
                "write {{cluster: entity}} with one name or {{two_way: [entity, period]}} with two."
            ),
        )
    return Covariance(kind=kind, clusters=names, rule=rule)


Errors = Annotated[
    Covariance, BeforeValidator(covariance, json_schema_input_type=str | dict[str, Any])
]
