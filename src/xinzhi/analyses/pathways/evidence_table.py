"""The estimates of channels and tools that the pathways rest on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xinzhi.analyses.pathways.by_entity_table import plain
from xinzhi.analyses.pathways.empowerment import VERDICTS
from xinzhi.analyses.pathways.evidence import Evidence, Findings
from xinzhi.analyses.pathways.naming import ARROW
from xinzhi.present import numbers
from xinzhi.present.style import Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message

OF_TOOLS: Mapping[str, Wording] = {
    "works": message("positive interaction"),
    "harms": message("negative interaction"),
}
"""What the interaction of a tool says."""


def channel_evidence(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Findings,
    style: Style,
) -> Table:
    """Set the estimates of channels and of tools that the pathways rest on."""
    shown = [
        e for e in found.estimates.values() if e.is_common and (e.tool or e.path.count(ARROW) > 1)
    ]
    return Table(
        id=id,
        title=title,
        stub=message("Effect"),
        columns=(
            Column("b", message("b")),
            Column("se", message("Standard error")),
            Column("low", message("Lower bound")),
            Column("high", message("Upper bound")),
            Column("p", message("p")),
            Column("verdict", message("Meaning")),
        ),
        rows=tuple(_effect(e, found, style) for e in shown),
        notes=(
            message(
                "A channel is the mediated effect, its error by Sobel; a tool is its interaction "
                "with a step. Bounds: interval of {confidence}, which leaves out zero where p is "
                "below the level.",
                confidence=numbers.level(1 - found.thresholds.level),
            ),
            *(
                (
                    message(
                        "Channels are judged by draws of whole clusters: p and the bounds, of "
                        "95%, are those of the percentile interval."
                    ),
                )
                if style.inference.indirect == "bootstrap"
                else ()
            ),
        ),
        machine=MappingProxyType(
            {"evidence": [{**plain(e), "tool": e.tool} for e in found.estimates.values()]}
        ),
    )


def _effect(e: Evidence, found: Findings, style: Style) -> Row:
    verdict = found.thresholds.verdict(e)
    said = OF_TOOLS.get(verdict, VERDICTS[verdict]) if e.tool else VERDICTS[verdict]
    return Row(
        found.naming.path(e.path, e.tool),
        (
            Cell(e.b, "estimate", numbers.marks(e.p, style.stars), style.decimals),
            Cell(e.se, decimals=style.decimals),
            Cell(e.ci_low, decimals=style.decimals),
            Cell(e.ci_high, decimals=style.decimals),
            Cell(e.p, "p_value"),
            Cell(said, "text"),
        ),
        key=f"{e.path} | {e.tool}",
    )
