"""Named changes of a regression: windows, percentiles, members left out, other frontiers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from xinzhi.analyses.section import Member, as_list
from xinzhi.errors import StudyError
from xinzhi.formula.effects import effect_name
from xinzhi.options import Names, Refused, refused
from xinzhi.wording import message

PREFIX = "efficiency."


def gather_frontier_options(value: Any) -> Any:
    """Gather keys such as `efficiency.returns_to_scale` under `efficiency`.

    >>> gather_frontier_options({"efficiency.bads": "inputs", "label": "b"})
    {'label': 'b', 'efficiency': {'bads': 'inputs'}}
    """
    if not isinstance(value, dict):
        return value
    dotted = {k: v for k, v in value.items() if isinstance(k, str) and k.startswith(PREFIX)}
    if not dotted:
        return value
    rest = {k: v for k, v in value.items() if k not in dotted}
    options = {k.removeprefix(PREFIX): v for k, v in dotted.items()}
    given = rest.get("efficiency", {})
    # Anything but options is left as it stands, for the schema to refuse with its place.
    return {**rest, "efficiency": {**given, **options} if isinstance(given, dict) else given}


def _check_window(window: tuple[int, int]) -> tuple[int, int]:
    if window[0] > window[1]:
        raise Refused(
            message("The window ends before it begins."),
            message("write [{first}, {last}].", first=window[1], last=window[0]),
        )
    return window


def _check_percentiles(percentiles: tuple[float, float]) -> tuple[float, float]:
    low, high = percentiles
    if not 0 <= low < high <= 100:
        raise Refused(
            message("These percentiles bound nothing."),
            message("write two between 0 and 100, such as [1, 99]."),
        )
    return percentiles


def _normalise_effects(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(map(effect_name, names))
    except StudyError as error:
        raise refused(error) from error


Effects = Annotated[Names, AfterValidator(_normalise_effects)]
"""Fixed effects; `province^period` and `province*period` are one effect for each pair."""
Window = Annotated[tuple[int, int], AfterValidator(_check_window)]
Percentiles = Annotated[tuple[float, float], AfterValidator(_check_percentiles)]
Members = Annotated[
    tuple[Member, ...],
    BeforeValidator(as_list, json_schema_input_type=Member | list[Member]),
    Field(min_length=1),
]
"""One member of a group or several."""
