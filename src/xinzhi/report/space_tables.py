"""The tables of space and time of a study."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.report.naming import class_labels, entity_labels, score_label
from xinzhi.study.groups import member_label
from xinzhi.study.mechanism import NotTested
from xinzhi.study.result import StudyResult
from xinzhi.study.space import Space
from xinzhi.tables.space.association import local_table, moran_table
from xinzhi.tables.space.convergence import beta_table, sigma_table
from xinzhi.tables.space.ends import end_table, ranks_table
from xinzhi.tables.space.inequality import dagum_table, theil_table
from xinzhi.tables.space.moves import paths_table, transitions_table
from xinzhi.tables.space.regions import regions_table
from xinzhi.tables.table import Table
from xinzhi.typology.hot_spots import LocalPattern
from xinzhi.typology.inequality import Dagum, Theil
from xinzhi.wording import Wording, message


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
    if space.by_region is not None:
        yield regions_table(
            f"{name}_regions",
            message("Classes of {score} by period and region", score=score),
            space.by_region,
            labels=class_labels(result.classes[name]),
            regions=region_labels(result, name, space),
        )
    if space.transitions is not None and not isinstance(space.transitions, NotTested):
        title = message("Moves between the classes of {score}", score=score)
        words = class_labels(result.classes[name])
        yield transitions_table(f"{name}_transitions", title, space.transitions, labels=words)
    if space.paths is not None:
        title = message("Paths through the classes of {score}", score=score)
        words = class_labels(result.classes[name])
        yield paths_table(f"{name}_paths", title, space.paths, labels=words)


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
    if space.sigma is not None and not isinstance(space.sigma, NotTested):
        title = message("Dispersion of {score} (σ convergence)", score=score)
        yield sigma_table(f"{name}_sigma", title, space.sigma)
    if space.beta is not None and not isinstance(space.beta, NotTested):
        title = message("Growth of {score} and its start (β convergence)", score=score)
        yield beta_table(f"{name}_beta", title, space.beta)


def _inequality(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score = score_label(result, name)
    if isinstance(space.theil, Theil):
        title = message("Inequality of {score} within and between regions (Theil)", score=score)
        yield theil_table(f"{name}_theil", title, space.theil)
    if isinstance(space.dagum, Dagum):
        title = message("Inequality of {score} within and between regions (Dagum)", score=score)
        regions = region_labels(result, name, space)
        yield dagum_table(f"{name}_dagum", title, space.dagum, regions=regions)


def _association(result: StudyResult, name: str, space: Space) -> Iterator[Table]:
    score, labels = score_label(result, name), entity_labels(result)
    if space.moran is not None:
        title = message("Association of {score} in space (Moran's I)", score=score)
        yield moran_table(f"{name}_moran", title, space.moran[0])
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
