"""Gap ratios: how far a group's frontier lies inside the frontier of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.activities import Activities
from xinzhi.frontier.evaluate import evaluate
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.options import Options, checked
from xinzhi.frontier.result import Array, EfficiencyResult
from xinzhi.wording import message


@dataclass(frozen=True, slots=True, eq=False)
class GapRatios:
    """Efficiency of n rows in their group and among all, and the ratio of both."""

    group: EfficiencyResult
    meta: EfficiencyResult
    group_efficiency: Array
    """Shape (n,): 1 is efficient, more is better (1/φ of an output-oriented score)."""
    meta_efficiency: Array
    ratio: Array
    """Shape (n,): meta / group efficiency, at most 1 for measures without super-efficiency."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per row, indexed (entity, period)."""
        index = pd.MultiIndex.from_tuples(self.group.labels, names=["entity", "period"])
        return pd.DataFrame(
            {
                "group_efficiency": self.group_efficiency,
                "meta_efficiency": self.meta_efficiency,
                "gap_ratio": self.ratio,
            },
            index=index,
        )


def gap_ratios(
    activities: Activities, *, options: Options, groups: Sequence[str], jobs: int = 1
) -> GapRatios:
    """Compare each row's efficiency in its group with that among all rows.

    gap ratio = efficiency on the meta-frontier / efficiency on the group's frontier.

    References
    ----------
    O'Donnell, C. J., Rao, D. S. P., Battese, G. E. (2008), doi 10.1007/s00181-007-0119-4.

    Raises
    ------
    SpecError
        The measure is an inefficiency, of which no ratio is made.
    """
    options = checked(options)
    traits = MEASURES.get(options.measure).traits
    if traits.is_inefficiency:
        text = message(
            "A gap ratio needs an efficiency; {m} is an inefficiency.", m=options.measure
        )
        remedy = message("choose radial, sbm or another efficiency.")
        raise SpecError(Problem("efficiency.gap", text, Where(key="measure"), remedy))
    group = evaluate(
        activities, options=replace(options, reference="group"), groups=groups, jobs=jobs
    )
    meta = evaluate(activities, options=replace(options, reference="global", group=None), jobs=jobs)
    inside, among = (traits.efficiency(result.scores, options) for result in (group, meta))
    return GapRatios(group, meta, inside, among, np.asarray(among / inside))
