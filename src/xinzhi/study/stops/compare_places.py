"""Compare places: scores and classes -> ranks, moves, convergence, inequality, association."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from xinzhi.analyses.classes.compute import Classification
from xinzhi.analyses.members import as_written
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import DataError, Problem, Where
from xinzhi.figures.boundaries import Boundaries
from xinzhi.figures.maps import side_by_side
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.space.class_counts import counts_by_group
from xinzhi.space.convergence import beta, sigma
from xinzhi.space.hot_spots import LocalPattern, hot_spots, local_moran
from xinzhi.space.inequality import dagum, theil
from xinzhi.space.moran import moran_by_period
from xinzhi.space.ranks import end, rank
from xinzhi.space.scores import named
from xinzhi.space.transitions import paths, transitions
from xinzhi.space.weights import Neighbours, adjacent
from xinzhi.study.attempts import tried
from xinzhi.study.groups import memberships
from xinzhi.study.outlines import built_in
from xinzhi.study.results import Results
from xinzhi.study.schema.maps import BUILT_IN
from xinzhi.study.schema.space import SpaceAndTime
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.space import Space
from xinzhi.wording import message

FEW, MANY = 999, 9999
"""Permutations where none are asked for; local Moran's p-values have no other source."""
ALL = "all"
"""The one region of a study that names none."""


def check_places(spec: StudySpec, panel: Panel) -> None:
    """Refuse dates and regions that the data do not have, before anything is measured.

    Raises
    ------
    DataError
        A date is not in the data, or an entity changes its region.
    """
    for score, section in spec.space_and_time.items():
        _refuse_unknown(score, section.dates or (), panel)
        if section.regions is not None:
            regions_of(spec, panel, section.regions)


def compare_places(
    spec: StudySpec,
    panel: Panel,
    results: Results,
    outlines: Mapping[str, Boundaries],
) -> dict[str, Space | Unavailable]:
    """Look at scores over space and time, as the study file asks; see `check_places`."""
    measured = results["efficiency"]
    return {
        score: measured[score]
        if isinstance(measured[score], Unavailable)
        else tried(
            score, partial(_space, score, section, spec, panel, _classes(results, score), outlines)
        )
        for score, section in spec.space_and_time.items()
    }


def _classes(results: Results, score: str) -> Classification | None:
    found = results["classes"].get(score)
    return None if isinstance(found, Unavailable) else found


def _space(
    score: str,
    section: SpaceAndTime,
    spec: StudySpec,
    panel: Panel,
    found: Classification | None,
    outlines: Mapping[str, Boundaries],
) -> Space:
    scores = panel.frame[score]
    dates = section.dates or side_by_side(panel.periods)
    regions = None if section.regions is None else regions_of(spec, panel, section.regions)
    anywhere = pd.Series(ALL, index=pd.Index(panel.entities))
    groups = anywhere if regions is None else regions
    whole = found is not None and panel.has_periods and len(panel.periods) > 1
    neighbours = tried("neighbours", lambda: _neighbours(section, panel, outlines))
    return Space(
        dates=tuple(sorted(dates)),
        regions=regions,
        ranks=rank(scores),
        top=end(scores, groups, side="top", n=section.top, periods=sorted(dates)),
        bottom=end(scores, groups, side="bottom", n=section.top, periods=sorted(dates)),
        by_region=tried("by_region", lambda: _by_region(found, regions, dates)),
        transitions=tried("transitions", lambda: transitions(found.of, found.names, seed=spec.seed))
        if whole and found
        else None,
        paths=tried("paths", lambda: paths(found.of, found.names, periods=sorted(dates)))
        if whole and found and len(dates) > 1
        else None,
        sigma=tried("sigma", lambda: sigma(scores)) if "sigma" in section.convergence else None,
        beta=tried("beta", lambda: beta(scores)) if "beta" in section.convergence else None,
        theil=tried("theil", lambda: theil(scores, groups))
        if "theil" in section.inequality
        else None,
        dagum=tried("dagum", lambda: dagum(scores, groups))
        if "dagum" in section.inequality
        else None,
        moran=_moran(section, spec.seed, scores, neighbours),
        hot_spots=_hot_spots(section, spec.seed, scores, neighbours, sorted(dates)),
        local_moran=_local_moran(section, spec.seed, scores, neighbours, sorted(dates)),
    )


def _refuse_unknown(score: str, dates: tuple[int, ...], panel: Panel) -> None:
    absent = [date for date in dates if date not in panel.periods]
    if absent:
        raise DataError(
            Problem(
                "space.no_period",
                message("The data have no period {period}.", period=period),
                Where(key=f"space_and_time.{score}.dates", period=period),
                message("known: {known}.", known=named(panel.periods)),
            )
            for period in absent
        )


def regions_of(spec: StudySpec, panel: Panel, name: str) -> pd.Series:
    """Give each entity its region: the member of a grouping, or the value of a column.

    Raises
    ------
    DataError
        An entity changes its region, or there is no such column.
    """
    if name in spec.groups:
        rows = memberships(spec, panel)[name]
    else:
        panel.require((name,))
        rows = panel.frame[name].map(as_written, na_action="ignore")
    known = rows.dropna()
    by_entity = known.groupby(level=ENTITY)
    changing = by_entity.nunique()
    if (changing > 1).any():
        raise DataError(
            Problem(
                "space.region_changes",
                message("{entity} stands in more than one region.", entity=str(entity)),
                Where(entity=str(entity), column=name),
                message("give each entity one region in all periods."),
            )
            for entity in changing.index[changing > 1]
        )
    return by_entity.first().reindex(list(panel.entities))


def _by_region(
    found: Classification | None, regions: pd.Series | None, dates: tuple[int, ...]
) -> pd.DataFrame | None:
    if found is None or regions is None:
        return None
    return counts_by_group(found.of, regions, found.names, periods=sorted(dates))


def _neighbours(
    section: SpaceAndTime, panel: Panel, outlines: Mapping[str, Boundaries]
) -> Neighbours | None:
    if section.neighbours is None:
        return None
    known = outlines.get(section.neighbours)
    if known is None:
        assert section.neighbours == BUILT_IN
        known = built_in(panel.entities)
    return adjacent(known.topology, name=known.areas, key=known.key)


def _moran(
    section: SpaceAndTime,
    seed: int,
    scores: pd.Series,
    neighbours: Neighbours | Unavailable | None,
) -> tuple[pd.DataFrame, tuple[Notice, ...]] | Unavailable | None:
    if neighbours is None or "moran" not in section.asked:
        return None
    if isinstance(neighbours, Unavailable):
        return neighbours
    compute = partial(
        moran_by_period,
        scores,
        neighbours,
        generator=_stream(seed, 0),
        permutations=section.permutations or FEW,
    )
    return tried("moran", compute)


def _hot_spots(
    section: SpaceAndTime,
    seed: int,
    scores: pd.Series,
    neighbours: Neighbours | Unavailable | None,
    dates: list[int],
) -> dict[int, LocalPattern | Unavailable]:
    if neighbours is None or "hot_spots" not in section.asked:
        return {}
    if isinstance(neighbours, Unavailable):
        return dict.fromkeys(dates, neighbours)
    compute = partial(
        hot_spots,
        neighbours=neighbours,
        generator=_stream(seed, 1),
        permutations=section.permutations or FEW,
        test=section.local_test or "two_sided",
    )
    return {date: tried(f"hot_spots {date}", partial(compute, _at(scores, date))) for date in dates}


def _local_moran(
    section: SpaceAndTime,
    seed: int,
    scores: pd.Series,
    neighbours: Neighbours | Unavailable | None,
    dates: list[int],
) -> dict[int, LocalPattern | Unavailable]:
    if neighbours is None or "local_moran" not in section.asked:
        return {}
    if isinstance(neighbours, Unavailable):
        return dict.fromkeys(dates, neighbours)
    compute = partial(
        local_moran,
        neighbours=neighbours,
        generator=_stream(seed, 2),
        permutations=section.permutations or MANY,
        test=section.local_test or "two_sided",
    )
    return {
        date: tried(f"local_moran {date}", partial(compute, _at(scores, date))) for date in dates
    }


def _at(scores: pd.Series, date: int) -> pd.Series:
    there = scores.index.get_level_values(PERIOD) == date
    return scores[there].droplevel(PERIOD)


def _stream(seed: int, place: int) -> np.random.Generator:
    """Give each kind of association draws of its own, whatever else is asked for."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(place,)))
