"""Doing the declared steps one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.panel.panel import Panel
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, make_step
from xinzhi.wording import message


def plan_steps(
    steps: Sequence[tuple[str, Mapping[str, object]]], *, where: Where | None = None
) -> tuple[tuple[str, Step], ...]:
    """Check the options of all steps without doing any; raise all problems at once.

    Parameters
    ----------
    steps
        Name of each step and its options; the option `step` says which kind it is.

    Raises
    ------
    SpecError
        An unknown kind or option (with the nearest one), a missing option, a wrong type.
    """
    planned: list[tuple[str, Step]] = []
    problems: list[Problem] = []
    base = where or Where()
    for name, options in steps:
        place = Where(file=base.file, line=base.line, key=f"prepare.{name}")
        try:
            planned.append((name, _plan(options, place)))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return tuple(planned)


def _plan(options: Mapping[str, object], where: Where) -> Step:
    kind = options.get("step")
    if not isinstance(kind, str):
        raise SpecError(
            Problem(
                "option.missing",
                message("The option '{name}' is needed.", name="step"),
                where,
                message("known: {known}.", known=", ".join(STEPS.names())),
            )
        )
    rest = {key: value for key, value in options.items() if key != "step"}
    return make_step(STEPS.get(kind, where=where), rest, where)


def prepare(
    panel: Panel,
    steps: Sequence[tuple[str, Mapping[str, object]]],
    *,
    sources: Sources = NO_SOURCES,
    where: Where | None = None,
) -> Panel:
    """Return the panel after all steps, in their order, with the ledger written.

    Parameters
    ----------
    panel
        The panel as read; it is not changed.
    steps
        Name of each step and its options, as in the section `prepare` of a study file.
    sources
        Further tables that steps refer to by name.
    where
        Place of the section in the study file, for messages.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"x": [1.0, 3.0]}, index=index))
    >>> done = prepare(panel, [("growth", {"step": "expression", "expression": "diff(x)"})])
    >>> done.frame["growth"].tolist(), done.ledger.entries[0].change
    ([nan, 2.0], 'derived')
    """
    for name, step in plan_steps(steps, where=where):
        panel = step.apply(panel, name=name, sources=sources)
    return panel
