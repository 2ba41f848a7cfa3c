"""What the section on space and time gives back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import pandas as pd

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.space.convergence import Beta, Sigma
from xinzhi.space.hot_spots import LocalPattern
from xinzhi.space.inequality import Dagum, Theil
from xinzhi.space.ranks import End, Ranks
from xinzhi.space.transitions import Paths, Transitions

Local = Mapping[int, LocalPattern]


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """One score over space and time; None where it was not asked for."""

    dates: tuple[int, ...]
    regions: pd.Series | None
    """Region per entity."""
    ranks: Ranks
    top: End
    bottom: End
    by_region: pd.DataFrame | Unavailable | None
    """Counts of classes, indexed (period, group)."""
    transitions: Transitions | Unavailable | None
    """From one period to the next."""
    paths: Paths | Unavailable | None
    """Over the dates."""
    sigma: Sigma | Unavailable | None
    beta: Beta | Unavailable | None
    theil: Theil | Unavailable | None
    dagum: Dagum | Unavailable | None
    moran: tuple[pd.DataFrame, tuple[Notice, ...]] | Unavailable | None
    """By period."""
    hot_spots: Mapping[int, LocalPattern | Unavailable]
    """Date -> its hot and cold spots."""
    local_moran: Mapping[int, LocalPattern | Unavailable]

    @property
    def failures(self) -> tuple[Unavailable, ...]:
        """Everything that could not be computed."""
        return tuple(one for one in self._parts() if isinstance(one, Unavailable))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Everything that a reader must know; what holds in several periods is said once."""
        told = list(self.moran[1]) if isinstance(self.moran, tuple) else []
        for part in self._parts():
            if isinstance(part, Unavailable):
                told += [Notice(problem.code, problem.what) for problem in part.problems]
            else:
                told += getattr(part, "notices", ())
        by_text: dict[tuple[str, str], list[Notice]] = {}
        for notice in told:
            by_text.setdefault((notice.code, str(notice.text)), []).append(notice)
        return tuple(
            same[0] if len(set(same)) == 1 else Notice(same[0].code, same[0].text)
            for same in by_text.values()
        )

    def _parts(self) -> Iterator[object]:
        for field in fields(self):
            part = getattr(self, field.name)
            if field.name in {"hot_spots", "local_moran"}:
                yield from part.values()
            else:
                yield part
