"""Decoupling of one quantity from another by Tapio's elasticity, with its eight states in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.of_steps import PreparedSection, StepAnalysis, index_place, refuse_changed
from xinzhi.prepare.steps.coordination import TapioOptions, elasticities
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_econometrics.composite.coordination import STATES, state_places

WORDS: Mapping[str, Message] = {
    "strong_decoupling": message("strong decoupling"),
    "weak_decoupling": message("weak decoupling"),
    "expansive_coupling": message("expansive coupling"),
    "expansive_negative_decoupling": message("expansive negative decoupling"),
    "strong_negative_decoupling": message("strong negative decoupling"),
    "weak_negative_decoupling": message("weak negative decoupling"),
    "recessive_coupling": message("recessive coupling"),
    "recessive_decoupling": message("recessive decoupling"),
}
"""State -> its name in print."""


class TapioSection(PreparedSection, TapioOptions):
    """Decoupling of one quantity from another."""


@dataclass(frozen=True, slots=True, eq=False)
class TapioDecoupling(InNotebook):
    """Elasticity and state of each change; the row is that of its end."""

    rows: pd.DataFrame
    """By (entity, period): change of both quantities relative to their start, elasticity, state."""
    undefined: int
    """Changes whose quantities are known and whose elasticity is not defined."""

    @property
    def counts(self) -> pd.DataFrame:
        """Number of entities in each state by period, all eight states."""
        known = self.rows["state"].dropna()
        counts = pd.crosstab(known.index.get_level_values(PERIOD), known)
        return counts.reindex(columns=list(STATES), fill_value=0).rename_axis(index="period")

    @property
    def empty(self) -> tuple[str, ...]:
        """States that no change is in."""
        counts = self.counts
        return tuple(name for name in STATES if not counts[name].any())

    def to_frame(self) -> pd.DataFrame:
        """Return elasticity and state of each row."""
        return self.rows


class TapioAnalysis(StepAnalysis[TapioSection, TapioDecoupling]):
    """Relate the relative changes of two quantities, e = (Δy / y) / (Δx / x), and name the state of decoupling.

    Where x grows: strong decoupling e < 0, weak decoupling e < 0.8, expansive coupling up to 1.2, expansive negative
    decoupling above. Where x shrinks: strong negative decoupling e < 0, weak negative decoupling e < 0.8, recessive
    coupling up to 1.2, recessive decoupling above.

    Returns
    -------
    TapioDecoupling
        `rows`: change, by_change (relative to the start), elasticity and state of each row; `counts` of the states
        by period.

    Raises
    ------
    SpecError, OutOfDomain
        Data without periods, or a quantity below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"co2": [100.0, 105.0], "gdp": [100.0, 110.0]}, index=index)
    >>> xz.tapio(frame, of="co2", by="gdp").rows["state"].tolist()
    [None, 'weak_decoupling']

    References
    ----------
    Tapio (2005), doi 10.1016/j.tranpol.2005.01.001.
    """

    section = TapioSection
    step = "tapio"
    verb = "tapio"
    description = "Two quantities -> their decoupling."
    title = message("Decoupling")
    place = index_place(11.4)

    def columns(self, section: TapioSection) -> tuple[str, ...]:
        """List both quantities."""
        return (section.of, section.by)

    def compute(self, section: TapioSection, given: Given) -> TapioDecoupling:
        """Compute the elasticities, and name their states."""
        found = elasticities(given.panel, section, step=section.prepared or "tapio")
        e = found["elasticity"].to_numpy()
        refuse_changed(given.panel, section, e)
        places = state_places(e, (found["by_end"] > found["by_start"]).to_numpy())
        rows = pd.DataFrame(
            {
                "change": found["end"] / found["start"].where(found["start"] != 0) - 1,
                "by_change": found["by_end"] / found["by_start"].where(found["by_start"] != 0) - 1,
                "elasticity": e,
            }
        )
        names = [STATES[place] if place >= 0 else None for place in places]
        known = found[["start", "end", "by_start", "by_end"]].notna().all(axis=1)
        undefined = int((known & found["elasticity"].isna()).sum())
        return TapioDecoupling(rows.assign(state=pd.array(names, dtype=object)), undefined)

    def notices(self, result: TapioDecoupling) -> Iterator[Notice]:
        """Say which states no change is in, and how many changes have no elasticity."""
        if result.undefined:
            text = message(
                "{n} changes have no elasticity: a quantity starts from 0, or its driver does not change.",
                one="{n} change has no elasticity: a quantity starts from 0, or its driver does not change.",
                n=result.undefined,
            )
            yield Notice("tapio.undefined", text)
        if result.empty and len(result.empty) < len(STATES):
            names = listed([WORDS[name] for name in result.empty])
            text = message(
                "Nobody is in {n} of the eight states of decoupling: {names}.",
                n=len(result.empty),
                names=names,
            )
            yield Notice("tapio.empty_state", text)

    def show(self, section: TapioSection, result: TapioDecoupling, shown: Shown) -> Exhibits:
        """Set the number of entities in each state by period."""
        of, by = (shown.panel.label(name) for name in (section.of, section.by))
        counts = result.counts
        table = table_from(
            counts.rename_axis(PERIOD),
            {
                name: (message("Entities"), WORDS[name])
                for name in STATES
                if name not in result.empty
            },
            id=f"{shown.name}_states",
            title=message("Decoupling of {of} from {by}", of=of, by=by),
            stub=message("Period"),
            kinds=dict.fromkeys(STATES, "count"),
            notes=(
                message(
                    "Elasticity: relative change of {of} over that of {by}; coupled from 0.8 to 1.2.",
                    of=of,
                    by=by,
                ),
            ),
            reading=tuple(_most(counts)),
            machine={"periods": rows_of(counts), "rows": rows_of(result.rows)},
            part="text",
        )
        return Exhibits((table,))

    def draw(self, section: TapioSection, result: TapioDecoupling, shown: Shown) -> Iterator[Chart]:
        """Draw the number of entities in each state by period."""
        from xinzhi.present.plots import bars

        marks = [
            {"period": period_name(period), "n": int(n), "state": WORDS[state]}
            for state in STATES
            if state not in result.empty
            for period, n in result.counts[state].items()
        ]
        if marks:
            of, by = (shown.panel.label(name) for name in (section.of, section.by))
            yield bars(
                pd.DataFrame(marks),
                ("period", message("Period")),
                ("n", message("Entities")),
                series="state",
                id=f"{shown.name}_states_chart",
                title=message("Decoupling of {of} from {by}", of=of, by=by),
            )


def _most(counts: pd.DataFrame) -> Iterator[Wording]:
    """Say which state most entities are in at the last date."""
    if len(counts) and counts.iloc[-1].sum():
        last = counts.iloc[-1]
        yield message(
            "In {period}, {k} of {n} entities are in {state}.",
            period=period_name(int(counts.index[-1])),
            k=int(last.max()),
            n=int(last.sum()),
            state=WORDS[str(last.idxmax())],
        )


ANALYSES.add("tapio")(TapioAnalysis())
