"""The tables of space and time of a study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from xinzhi.analyses.classes.compute import class_labels
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.report.naming import entity_labels, score_label
from xinzhi.space.hot_spots import LocalPattern
from xinzhi.study.groups import member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.space import Space
from xinzhi.tables.not_computed import not_computed_table
from xinzhi.tables.space.association import local_table, moran_table
from xinzhi.tables.space.convergence import beta_table, sigma_table
from xinzhi.tables.space.ends import end_table, ranks_table
from xinzhi.tables.space.inequality import dagum_table, theil_table
from xinzhi.tables.space.moves import paths_table, transitions_table
from xinzhi.tables.space.regions import regions_table
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message

Found = TypeVar("Found")


def space_tables(result: StudyResult) -> dict[str, tuple[Table, ...]]:
    """Set the tables of space and time."""
    tables = tuple(
        table for name, space in result.space.items() for table in _tables(result, name, space)
    )
    return {"space": tables} if tables else {}


def _tables(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    yield from _classes(result, name, space)
    yield from _ends(result, name, space)
    yield from _convergence(result, name, space)
    yield from _inequality(result, name, space)
    yield from _association(result, name, space)


def region_labels(result: StudyResult, name: str, space: Space) -> dict[str, Wording]:
    """Words for the regions of a score."""
    grouping = result.spec.space_and_time[name].regions
    if grouping is None or space.regions is None:
        return {}
    members = sorted(map(str, space.regions.dropna().unique()))
    return {member: member_label(result.spec, grouping, member) for member in members}


def _classes(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score = score_label(result, name)
    words = class_labels(result.of("classes")[name]) if name in result.of("classes") else {}
    title = message("Classes of {score} by period and region", score=score)
    yield from _one(
        f"{name}_regions",
        title,
        space.by_region,
        lambda found: regions_table(
            f"{name}_regions",
            title,
            found,
            labels=words,
            regions=region_labels(result, name, space),
        ),
    )
    key, moves = f"{name}_transitions", message("Moves between the classes of {score}", score=score)
    yield from _one(
        key,
        moves,
        space.transitions,
        lambda found: transitions_table(key, moves, found, labels=words),
    )
    where, through = f"{name}_paths", message("Paths through the classes of {score}", score=score)
    yield from _one(
        where, through, space.paths, lambda found: paths_table(where, through, found, labels=words)
    )


def _one(
    key: str,
    title: Wording,
    found: Found | Unavailable | None,
    make: Callable[[Found], Table],
) -> Iterator[Table]:
    """Set a table; nothing where it was not asked for, the reasons where it has no answer."""
    if isinstance(found, Unavailable):
        yield not_computed_table(key, title, found.problems)
    elif found is not None:
        yield make(found)


def _ends(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score, labels = score_label(result, name), entity_labels(result)
    regions = region_labels(result, name, space)
    n = space.top.n
    title = message("The {n} highest values of {score}", n=n, score=score)
    yield end_table(f"{name}_top", title, space.top, labels=labels, regions=regions)
    title = message("The {n} lowest values of {score}", n=n, score=score)
    yield end_table(f"{name}_bottom", title, space.bottom, labels=labels, regions=regions)
    title = message("Ranks by {score}", score=score)
    yield ranks_table(f"{name}_ranks", title, space.ranks, space.dates, labels=labels)


def _convergence(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score = score_label(result, name)
    title = message("Dispersion of {score} (σ convergence)", score=score)
    yield from _one(
        f"{name}_sigma", title, space.sigma, partial(sigma_table, f"{name}_sigma", title)
    )
    title = message("Growth of {score} and its start (β convergence)", score=score)
    yield from _one(f"{name}_beta", title, space.beta, partial(beta_table, f"{name}_beta", title))


def _inequality(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score = score_label(result, name)
    title = message("Inequality of {score} within and between regions (Theil)", score=score)
    yield from _one(
        f"{name}_theil", title, space.theil, partial(theil_table, f"{name}_theil", title)
    )
    title = message("Inequality of {score} within and between regions (Dagum)", score=score)
    regions = region_labels(result, name, space)
    make = partial(dagum_table, f"{name}_dagum", title, regions=regions)
    yield from _one(f"{name}_dagum", title, space.dagum, make)


def _association(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score, labels = score_label(result, name), entity_labels(result)
    title = message("Association of {score} in space (Moran's I)", score=score)
    by_period = space.moran[0] if isinstance(space.moran, tuple) else space.moran
    make = partial(moran_table, f"{name}_moran", title)
    yield from _one(f"{name}_moran", title, by_period, make)
    kinds = (
        ("hot_spots", space.hot_spots, message("Hot and cold spots of {score}", score=score)),
        (
            "local_moran",
            space.local_moran,
            message("Clusters of {score} (local Moran)", score=score),
        ),
    )
    for kind, found, title in kinds:
        known = {date: one for date, one in found.items() if isinstance(one, LocalPattern)}
        if known:
            yield local_table(f"{name}_{kind}", title, known, labels=labels)
        yield from _without_answer(f"{name}_{kind}", title, found, is_alone=not known)


def _without_answer(
    key: str, title: Wording, found: Mapping[int, LocalPattern | Unavailable], *, is_alone: bool
) -> Iterator[Table]:
    """Say of which dates there are no clusters, and why; in the place of the table where of all."""
    failed = {date: one for date, one in found.items() if isinstance(one, Unavailable)}
    if failed:
        problems = tuple(dict.fromkeys(p for one in failed.values() for p in one.problems))
        dates = message("{title}: {name}", title=title, name=", ".join(map(str, failed)))
        yield not_computed_table(key if is_alone else f"{key}_not_computed", dates, problems)
