"""What the typology of a study gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.study.evidence import Gathered
from xinzhi.typology.distance import Distance
from xinzhi.typology.evidence import Findings
from xinzhi.typology.matching import RoleModels
from xinzhi.typology.pathway import Pathways
from xinzhi.typology.what_if import WhatIf


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What the estimates support for each entity, and how far it is from the frontier."""

    gathered: Gathered
    """The estimates that were read."""
    findings: Findings
    """The same, found by what they are about."""
    pathways: Pathways
    empowerment: pd.DataFrame
    """Effect of each factor in each group, as `typology.empowerment` gives it."""
    groups: pd.DataFrame
    """Entity x grouping."""
    score: str | None
    """Score under `efficiency` that the outcome is made from; None where it is a column."""
    outcomes: pd.Series
    """Outcome in its own units, indexed (entity, period)."""
    ranks: pd.Series
    """Rank within the period, 1 the best; same index."""
    distance: Distance | None
    """Of the last period with a score of each entity; None without a score."""
    peers: pd.DataFrame
    """Columns entity, period, peer, peer_period, intensity, of the same rows."""
    role_models: RoleModels | None
    what_if: WhatIf | Unavailable | None
    moved_in: Mapping[str, int]
    """Entity -> period whose values the what-if starts from."""
    notices: tuple[Notice, ...]
