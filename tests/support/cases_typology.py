"""Small panels and frames of estimates that the tests of the typology share."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xinzhi.analyses.pathways import compute
from xinzhi.analyses.pathways.evidence import Evidence, Thresholds, build_findings
from xinzhi.analyses.pathways.pathways import OwnLevels
from xinzhi.analyses.pathways.section import Care, PathwayDeclaration


def panel_of_scores(table: Mapping[str, Mapping[int, float]]) -> pd.Series:
    """Scores per entity and period, as a series indexed (entity, period)."""
    rows = {(entity, period): y for entity, row in table.items() for period, y in row.items()}
    index = pd.MultiIndex.from_tuples(list(rows), names=["entity", "period"])
    return pd.Series(list(rows.values()), index=index)


def one_period(values: Mapping[str, float], period: int = 2023) -> pd.Series:
    """Scores of one period."""
    return panel_of_scores({entity: {period: y} for entity, y in values.items()})


def codes(notices) -> list[str]:
    """Codes of notices, in order."""
    return [notice.code for notice in notices]


def estimates(*rows: tuple) -> pd.DataFrame:
    """Frame of estimates from (path, grouping, group, tool, b, p); the error follows from p."""
    from scipy import stats

    frame = pd.DataFrame(rows, columns=["path", "grouping", "group", "tool", "b", "p"])
    z = stats.norm.isf(frame["p"].astype(float) / 2)
    return frame.assign(se=frame["b"].abs() / z, n=100)


def differences(*rows: tuple) -> pd.DataFrame:
    """Frame of difference tests from (path, grouping, p)."""
    frame = pd.DataFrame(rows, columns=["path", "grouping", "p"])
    return frame.assign(b=0.1, se=0.05, n=100)


def find_pathways(frame, groups, declared, *, tests=None, thresholds=None, **options):
    """Pathways from frames of estimates and difference tests."""
    findings = build_findings(frame, tests, thresholds or Thresholds())
    return compute.find_pathways(findings, groups, declared, **options)


TOOLS = ("EPPCN", "RDER")
PAPER = (
    PathwayDeclaration(
        "technology", "Technology-led succession", "PGPP", ("SEE",), TOOLS,
        cautions=(Care("Supporting industries may be lacking.", {"region": ("west",)}), Care("Be prudent with regulation.")),
    ),
    PathwayDeclaration(
        "education", "Education-driven upgrading", "HEE", ("SEE",), TOOLS,
        cautions=(Care("Those who were trained may leave.", {"stage": ("declining",)}),),
    ),
    PathwayDeclaration("equipment", "Equipment-driven diversification", "IRD", ("NEPP", "SEE"), TOOLS),
)  # fmt: skip
"""The pathways of the paper, as a study would declare them."""


def at_level(path: str, tool: str, effects: Mapping[str, tuple[float, float]]) -> OwnLevels:
    """Effects (b, p) along a path at the own levels of cities, whose level of the tool is 1."""
    evidence = {
        city: Evidence(path, "", "", tool, b, 0.1, p, 100, b - 0.1, b + 0.1)
        for city, (b, p) in effects.items()
    }
    return OwnLevels({tool: dict.fromkeys(effects, (1.0, 2023))}, {(path, tool): evidence})
