"""The diagram of the pathways: their steps, the tools that change them, the groups that they are supported for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from statistics import median

from xinzhi.analyses.analysis import Shown, in_order
from xinzhi.analyses.capabilities import Mechanism
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.evidence import ARROW
from xinzhi.analyses.pathways.pathway_tables import (
    STATUSES,
    by_pathway,
    choose_decimals,
    count_uses,
)
from xinzhi.analyses.pathways.pathways import Pathway
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.pathway_diagram import DrawnChannel, DrawnStep, DrawnTool, Lane, pathway_diagram
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.verdict import Verdict

StepVerdicts = Mapping[tuple[str, str], Verdict]
"""(Source, target) -> verdict on the arrow between them."""


def charts(result: PathwayResult, shown: Shown) -> Iterator[Chart]:
    """Draw the pathways, each in a lane; nothing where the estimates know none of their steps."""
    verdicts = _step_verdicts(shown)
    lanes = [_lane(each, result, verdicts, shown) for each in by_pathway(result.pathways).values()]
    if any(c.first.verdict or c.second.verdict for lane in lanes for c in lane.channels):
        title = message("The pathways and their estimates")
        yield pathway_diagram(f"{shown.name}_mechanism", title, lanes, shown.style)


def _step_verdicts(shown: Shown) -> StepVerdicts:
    """Judge the arrows of all analyses; of several estimates of one arrow the first counts."""
    verdicts: dict[tuple[str, str], Verdict] = {}
    for key, analysis in in_order():
        if not isinstance(analysis, Mechanism):
            continue
        for result in shown.results.get(key, {}).values():
            if not isinstance(result, Unavailable):
                for arrow in analysis.arrows(result):
                    verdict = shown.style.judge(arrow.estimate, arrow.p_value)
                    verdicts.setdefault((arrow.source, arrow.target), verdict)
    return verdicts


def _lane(
    of_entities: Mapping[str, Pathway], result: PathwayResult, verdicts: StepVerdicts, shown: Shown
) -> Lane:
    pathway, naming = next(iter(of_entities.values())), result.findings.naming
    outcome = result.pathways.outcome

    def step(source: str, target: str) -> DrawnStep:
        return _step(pathway, (source, target), result, verdicts, shown)

    return Lane(
        title=pathway.label,
        factor=naming.variable(pathway.factor),
        channels=tuple(
            DrawnChannel(
                naming.variable(channel.mediator),
                step(pathway.factor, channel.mediator),
                step(channel.mediator, outcome),
            )
            for channel in pathway.channels
        ),
        outcome=naming.variable(outcome),
        aside=tuple(_supported(of_entities, result, shown)),
    )


def _step(
    pathway: Pathway,
    ends: tuple[str, str],
    result: PathwayResult,
    verdicts: StepVerdicts,
    shown: Shown,
) -> DrawnStep:
    tools = []
    for tool in pathway.tools:
        for step in tool.steps:
            e = next((applied.evidence for applied in step.interaction.applicable), None)
            if e is None or e.path != ARROW.join(ends):
                continue
            verdict = shown.style.judge(e.b, e.p)
            if verdict.is_significant:
                tools.append(DrawnTool(result.findings.naming.variable(tool.name), verdict))
    return DrawnStep(verdicts.get(ends), tuple(tools))


def _why_none(
    of_entities: Mapping[str, Pathway], result: PathwayResult, shown: Shown
) -> Iterator[Wording]:
    """Say what a pathway lacks that is supported for none: its total effect, or what leads through."""
    counts = Counter(pathway.status for pathway in of_entities.values())
    for status, n in counts.items():
        why = STATUSES[status]
        yield why if len(counts) == 1 else message("{n}: {why}", n=n, why=why)
    pathway = next(iter(of_entities.values()))
    naming, decimals = result.findings.naming, shown.style.decimals
    for use in count_uses(of_entities):
        e, group = use.estimate.evidence, message("total effect")
        if not e.is_common:
            group = message("{what} ({group})", what=group, group=naming.group(e.grouping, e.group))
        yield message(
            "{effect}: {b} (p {p})",
            effect=group,
            b=numbers.number(e.b, decimals),
            p=numbers.p_value(e.p),
        )
    if any(status == "effect_only" for status in counts):
        for channel in pathway.channels:
            for applied in channel.indirect.applicable:
                yield message(
                    "through {mediator}: {b} (p {p})",
                    mediator=naming.variable(channel.mediator),
                    b=numbers.number(applied.evidence.b, decimals),
                    p=numbers.p_value(applied.evidence.p),
                )


def _supported(
    of_entities: Mapping[str, Pathway], result: PathwayResult, shown: Shown
) -> Iterator[Wording]:
    """Say for how many entities a pathway is supported, and in which groups they are."""
    n = sum(each.status == "supported" for each in of_entities.values())
    if not n:
        yield message(
            "supported for none of {n} entities",
            one="not supported for {n} entity",
            n=len(of_entities),
        )
        yield from _why_none(of_entities, result, shown)
        return
    yield message(
        "supported for {k} of {n} entities",
        one="supported for {k} of {n} entity",
        k=n,
        n=len(of_entities),
    )
    for use in count_uses(of_entities):
        e = use.estimate.evidence
        if use.n_supported and not e.is_common:
            group = result.findings.naming.group(e.grouping, e.group)
            yield message("{group}: {k} of {n}", group=group, k=use.n_supported, n=use.n)
    yield from _doses(of_entities, result)


def _doses(of_entities: Mapping[str, Pathway], result: PathwayResult) -> Iterator[Wording]:
    """Say for each tool how many of the supported entities need more of it, and how much in the median."""
    needed: dict[str, dict[str, float]] = {}
    for entity, pathway in of_entities.items():
        for tool in pathway.tools if pathway.status == "supported" else ():
            more = [s.dose.more for s in tool.steps if s.dose and s.dose.answer == "needed"]
            if more:
                needed.setdefault(tool.name, {})[entity] = max(more)
    for tool_name, by_entity in needed.items():
        amount = median(by_entity.values())
        yield message(
            "{n} need more {tool}: {more} in the median",
            one="{n} needs more {tool}: {more}",
            n=len(by_entity),
            tool=result.findings.naming.variable(tool_name),
            more=numbers.number(amount, choose_decimals(amount)),
        )
