"""What lags, leads and differences need."""

from __future__ import annotations

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.panel.panel import Panel
from xinzhi.wording import message


def refuse_cross_section(panel: Panel, by: int, *, step: str) -> None:
    """Refuse shifts of no period, and shifts of data without periods.

    Raises
    ------
    SpecError
        `expression.no_periods`, `option.domain`.
    """
    where = Where(file=panel.source, key=f"prepare.{step}")
    if by < 1:
        raise SpecError(
            Problem(
                "option.domain",
                message("The number of periods is at least 1, not {by}.", by=by),
                where,
                message("use `lead` for later periods."),
            )
        )
    if not panel.has_periods:
        raise SpecError(
            Problem(
                "expression.no_periods",
                message("{name} needs periods; the data are a cross-section.", name=step),
                where,
                message("name the column of periods."),
            )
        )
