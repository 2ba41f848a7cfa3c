"""The diagram of the pathways: their steps, the tools that change them, the groups that they are supported for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.analyses.analysis import Shown, in_order
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.naming import ARROW
from xinzhi.analyses.pathways.pathway_tables import by_pathway, speaking
from xinzhi.analyses.pathways.pathways import Pathway
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.chart import Chart
from xinzhi.present.pathway_diagram import Channel, Lane, Step, Tool, pathway_diagram
from xinzhi.regression.verdict import Verdict
from xinzhi.wording import Wording, message

Steps = Mapping[tuple[str, str], Verdict]
"""(Source, target) -> what is known of the arrow between them."""


def charts(result: PathwayResult, shown: Shown) -> Iterator[Chart]:
    """Draw the pathways, each in a lane; nothing where the estimates know none of their steps."""
    steps = _steps(shown)
    lanes = [_lane(own, result, steps, shown) for own in by_pathway(result.pathways).values()]
    if any(
        step.verdict for lane in lanes for one in lane.channels for step in (one.first, one.second)
    ):
        title = message("The pathways and their estimates")
        yield pathway_diagram(f"{shown.name}_mechanism", title, lanes, shown.style)


def _steps(shown: Shown) -> Steps:
    """Judge the arrows of all analyses; of several, the first one speaks."""
    found: dict[tuple[str, str], Verdict] = {}
    for key, analysis in in_order():
        for result in shown.results.get(key, {}).values():
            if not isinstance(result, Unavailable):
                for one in analysis.arrows(result):
                    verdict = shown.style.judge(one.estimate, one.p_value)
                    found.setdefault((one.source, one.target), verdict)
    return found


def _lane(own: Mapping[str, Pathway], result: PathwayResult, steps: Steps, shown: Shown) -> Lane:
    one, naming = next(iter(own.values())), result.findings.naming
    outcome = result.pathways.outcome
    return Lane(
        title=one.label,
        factor=naming.variable(one.factor),
        channels=tuple(
            Channel(
                naming.variable(channel.mediator),
                _step(one, (one.factor, channel.mediator), result, steps, shown),
                _step(one, (channel.mediator, outcome), result, steps, shown),
            )
            for channel in one.channels
        ),
        outcome=naming.variable(outcome),
        aside=tuple(_supported(own, result)),
    )


def _step(
    one: Pathway, ends: tuple[str, str], result: PathwayResult, steps: Steps, shown: Shown
) -> Step:
    tools = []
    for tool in one.tools:
        for step in tool.steps:
            e = next((applied.evidence for applied in step.interaction.applicable), None)
            if e is None or e.path != ARROW.join(ends):
                continue
            verdict = shown.style.judge(e.b, e.p)
            if verdict.is_significant:
                tools.append(Tool(result.findings.naming.variable(tool.name), verdict))
    return Step(steps.get(ends), tuple(tools))


def _supported(own: Mapping[str, Pathway], result: PathwayResult) -> Iterator[Wording]:
    """Say for how many entities a pathway is supported, and in which groups they are."""
    n = sum(each.status == "supported" for each in own.values())
    if not n:
        yield message("supported for none of {n} entities", n=len(own))
        return
    yield message("supported for {k} of {n} entities", k=n, n=len(own))
    for spoken in speaking(own):
        e = spoken.estimate.evidence
        if spoken.n_supported and not e.is_common:
            group = result.findings.naming.group(e.grouping, e.group)
            yield message("{group}: {k} of {n}", group=group, k=spoken.n_supported, n=spoken.n)
