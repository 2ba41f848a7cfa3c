"""What an efficiency measurement gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.columns.beside import beside
from xinzhi.columns.keys import Key
from xinzhi.frontier.options import Options, in_force
from xinzhi.notices import Notice
from xinzhi.panel.by_value import ByValue
from xinzhi.panel.calendar import YEARS, Calendar
from xinzhi.panel.notebook import SHOWN

Array = npt.NDArray[np.float64]
Status = Literal["certified", "infeasible", "unsolved", "undefined", "dropped"]
"""`certified`: proved optimal; `infeasible`: proved to have no answer; `unsolved`: no solver could
prove an answer; `undefined`: a zero in the row makes a term of the measure meaningless; `dropped`:
a zero keeps the row out of the scores and of the reference set (`zeros: drop_row`)."""


STATUSES: tuple[Status, ...] = ("certified", "infeasible", "unsolved", "undefined", "dropped")
WITHOUT_SCORE = STATUSES[1:]


@dataclass(frozen=True, slots=True)
class Peer:
    """A row of the reference set that shows how, and how strongly it enters."""

    position: int
    """Position among the evaluated rows."""
    intensity: float


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """How far each score can be from the optimum, on the scaled data; NaN where none was found."""

    primal: Array
    """Largest violation of a constraint, shape (n,)."""
    dual: Array
    """Largest violation of a dual constraint over all reference columns, shape (n,)."""
    gap: Array
    """Relative distance of primal and dual objective, shape (n,)."""

    def worst(self) -> dict[str, float]:
        """Largest of each over all proofs, of infeasibility too; 0 where there are none."""
        return {
            name: float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
            for name, values in (("primal", self.primal), ("dual", self.dual), ("gap", self.gap))
        }


@dataclass(frozen=True, slots=True, eq=False)
class EfficiencyResult(ByValue):
    """Scores of n rows, in the order in which the rows were given."""

    options: Options
    """Every option in force, defaults included."""
    labels: tuple[tuple[str, int | None], ...]
    """(entity, period) per row; period None in a cross-section."""
    variables: tuple[str, ...]
    """Names of inputs, good outputs, bad outputs: the columns of slacks and targets."""
    scores: Array
    """Shape (n,); NaN where the status is not `certified`."""
    statuses: tuple[Status, ...]
    slacks: Array
    """Shape (n, k), own units, >= 0: what the row uses, lacks or emits too much (for super scores:
    by how much the target is worse than the row). One optimum of possibly many."""
    targets: Array
    """Shape (n, k), own units: the point on the frontier that the score compares with."""
    peers: Sequence[tuple[Peer, ...]]
    certificate: Certificate
    methods: tuple[str, ...]
    """Per row, which program gave the score: `sbm`, `super`, or a named fallback."""
    notices: tuple[Notice, ...] = ()
    duals: Array = field(default_factory=lambda: np.empty((0, 0)))
    """Shape (n, k): change of the program's value if the row had one unit more of the variable (an
    input, a bad; one unit less of a good). One optimum of possibly many."""
    has_bads: bool = True
    """Whether there are bad outputs; without them options about them say nothing."""
    dropped_terms: tuple[tuple[str, ...], ...] = ()
    """Per row, columns whose term left its score because they are 0 (`zeros: drop_term`); empty where
    no row has one."""
    calendar: Calendar = YEARS
    """How the periods of the labels are numbered."""

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.scores)

    def count(self, status: Status) -> int:
        """Count the rows with a status."""
        return self.statuses.count(status)

    def to_frame(self) -> pd.DataFrame:
        """Return score, status, slacks and targets, indexed (entity, period), rows as given.

        Where terms were dropped, `dropped_terms` names their columns in each row.
        """
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        frame = pd.DataFrame({"score": self.scores, "status": self.statuses}, index=index)
        if self.dropped_terms:
            frame["dropped_terms"] = [", ".join(names) for names in self.dropped_terms]
        for prefix, values in (("slack", self.slacks), ("target", self.targets)):
            for column, name in enumerate(self.variables):
                frame[f"{prefix}_{name}"] = values[:, column]
        return self.calendar.named(frame)

    def join(
        self,
        data: Any,
        *,
        entity: Key | None = None,
        period: Key | None = None,
        prefix: str = "",
    ) -> pd.DataFrame:
        """Put score, status, slacks and targets behind the columns of the data, rows as given there.

        Rows are found by entity and period, so that the data may be in another order; rows that were not
        measured have empty cells. `prefix` stands before the names of the new columns.

        Raises
        ------
        DataError
            The data lack a row that was measured, or have a column of the same name.

        Examples
        --------
        >>> import xinzhi as xz
        >>> data = pd.DataFrame({"labour": [1.0, 2.0], "gdp": [1.0, 1.0]}, index=["a", "b"])
        >>> scores = xz.evaluate(data, inputs="labour", good_outputs="gdp", measure="sbm")
        >>> scores.join(data.iloc[::-1])["score"].to_dict()
        {'b': 0.5, 'a': 1.0}
        """
        columns = self.to_frame().add_prefix(prefix)
        return beside(data, self.labels, columns, entity, period)

    def __repr__(self) -> str:
        counts = {status: self.count(status) for status in STATUSES if self.count(status)}
        summary = ", ".join(f"{n} {status}" for status, n in counts.items())
        frame = self.to_frame()[["score", "status"]]
        return f"{self.options.measure}, {self.n} rows: {summary}\n{self._in_force()}\n{frame}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._in_force())}</p>{self.to_frame().to_html(max_rows=SHOWN)}"

    def _in_force(self) -> str:
        return in_force(self.options, has_bads=self.has_bads)
