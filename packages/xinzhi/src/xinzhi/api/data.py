"""From a file to a panel, and from one panel to the next."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.api.declared import Data, panel_and_order
from xinzhi.prepare.step import NO_SOURCES, Sources, StepOptions, prepare
from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import PanelProfile, profile_panel
from xinzhi_panel.columns.keys import Key
from xinzhi_panel.io.read import read

__all__ = ["prepare_panel", "profile", "read"]


def profile(data: Data, *, entity: Key | None = None, period: Key | None = None) -> PanelProfile:
    """Describe each column of a panel: empty cells and their place, range, variation, what is odd.

    With x̄_i the mean of entity i and N the number of values, as Stata's xtsum has it,

        between_sd = sd of the x̄_i,    within_sd = sqrt(Σ_it (x_it - x̄_i)² / (N - 1)).

    Parameters
    ----------
    data
        A panel, or a frame whose keys are its index levels or are named by `entity` and `period`.
    entity, period
        Columns or index levels of a frame.

    Returns
    -------
    PanelProfile
        `.to_frame()` has one row a column; ranges and standard deviations are in its unit. `odd` holds
        words such as `integers` or `zeros`, and the codes of warnings about the column, such as
        `panel.unit_jump`.

    Raises
    ------
    DataError
        A key is empty or stands in two rows, or a period is not a whole number.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"city": ["a", "a", "b"], "year": [2008, 2009, 2008], "gdp": [1.0, 3.0, 4.0]})
    >>> found = profile(frame, entity="city", period="year").to_frame().loc["gdp"]
    >>> int(found["n"]), float(found["maximum"]), found["odd"]
    (3, 4.0, ('integers',))
    """
    panel, _ = panel_and_order(data, entity, period)
    return profile_panel(panel, check_panel(panel))


def prepare_panel(
    data: Data,
    steps: Mapping[str, StepOptions],
    *,
    sources: Sources = NO_SOURCES,
    entity: Key | None = None,
    period: Key | None = None,
) -> Panel:
    """Apply preparation steps in order; the given data are not changed.

    Parameters
    ----------
    data
        A panel, or a frame whose keys are its index levels or are named by `entity` and `period`.
    steps
        Name of the new column -> `step` and the options of that step, under the keys of the section
        `prepare` of a study file. `xinzhi parts` lists the steps.
    sources
        Tables that steps name, such as `shares` of an exposure: name -> frame indexed by its keys.
    entity, period
        Columns or index levels of a frame.

    Returns
    -------
    Panel
        With the new columns and, where they are known, their units; in `.ledger` what each step filled,
        changed or derived.

    Raises
    ------
    SpecError
        With all options that are unknown, missing or of a wrong type, each with the nearest key.
    DataError
        A column is missing or holds text, or a step is not defined for some rows.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"city": ["a", "a"], "year": [2008, 2009], "gdp": [1.0, 3.0]})
    >>> steps = {"growth": {"step": "difference", "column": "gdp", "by": 1}}
    >>> prepare_panel(frame, steps, entity="city", period="year").frame["growth"].tolist()
    [nan, 2.0]
    """
    panel, _ = panel_and_order(data, entity, period)
    return prepare(panel, tuple(steps.items()), sources=sources)
