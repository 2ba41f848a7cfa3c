"""The table of doses: how much more of a tool each entity needs for a step to be significant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from math import inf
from statistics import median
from types import MappingProxyType

from xinzhi.analyses.pathways.dose import Answer, Dose
from xinzhi.analyses.pathways.pathway_tables import PathwayView, amount_cell
from xinzhi.analyses.pathways.pathways import CityPathways, Pathways, PathwayStep, list_doses
from xinzhi.present import numbers
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message

ANSWERS: Mapping[Answer, Wording] = MappingProxyType(
    {
        "already": message("significant at today's level"),
        "needed": message("more needed"),
        "beyond": message("only beyond the largest amount in the data"),
        "never": message("no dose in the range of the data"),
        "weakens": message("more of it weakens the step"),
        "not_shown": message("no dose: the tool is not shown to change the step"),
        "unknown": message("level not known"),
        "untested": message("not estimated"),
    }
)
"""What is said of the dose of a tool, in words."""
WITH_NUMBERS = frozenset({"already", "needed"})
BEYOND = message("beyond the data")
DOSE_COLUMNS: Mapping[str, Wording] = MappingProxyType(
    {
        "more": message("More needed"),
        "more_low": message("Lower bound"),
        "more_high": message("Upper bound"),
    }
)
"""Columns of a dose, as `dose_cells` fills them."""
COLUMNS: Mapping[str, Wording] = MappingProxyType(
    {
        "tool": message("Tool"),
        "step": message("Step"),
        "own": message("Today"),
        "level": message("Significant from"),
        **DOSE_COLUMNS,
    }
)
"""Columns of the table."""
StepOfTool = tuple[str, str]
"""Tool, path of the step."""


def doses_of(pathways: Pathways) -> dict[StepOfTool, dict[str, Dose]]:
    """Sort the doses by tool and step, in the order of the study file: entity -> dose."""
    found: dict[StepOfTool, dict[str, Dose]] = {}
    for city in pathways.by_city.values():
        for key, dose in list_doses(city).items():
            found.setdefault(key, {})[city.entity] = dose
    tools = dict.fromkeys(tool for tool, _ in found)
    return {key: found[key] for tool in tools for key in found if key[0] == tool}


def dose_cells(dose: Dose | None) -> tuple[Cell, ...]:
    """Set what is needed beyond the own level, with its interval; words where there is no number."""
    if dose is None:
        return (EMPTY,) * 3
    if dose.answer not in WITH_NUMBERS:
        return (Cell(ANSWERS[dose.answer], "text"), EMPTY, EMPTY)
    high = Cell(BEYOND, "text") if dose.high == inf else amount_cell(dose.more_high)
    return (amount_cell(dose.more), amount_cell(dose.more_low), high)


def doses_table(view: PathwayView) -> Table | None:
    """Set who needs more of a tool, a row an entity and step; None where no step has a model with an interaction.

    What is answered in words (significant today, at no dose, unknown) is counted in a sentence a step.
    """
    doses = doses_of(view.result.pathways)
    if not doses:
        return None
    needed = [
        (city, key, doses[key][city])
        for city in view.result.pathways.by_city
        for key in doses
        if city in doses[key] and doses[key][city].answer == "needed"
    ]
    return Table(
        id=f"{view.shown.name}_doses",
        title=message("Doses of the tools: where more of one would make a step significant"),
        stub=message("Entity") if needed else "",
        columns=tuple(starmap(Column, COLUMNS.items())) if needed else (),
        rows=tuple(_row(view, *of_entity) for of_entity in needed),
        notes=tuple(_notes(view)) if needed else (),
        reading=tuple(_sentence(view, *key, list(of.values())) for key, of in doses.items()),
        machine=MappingProxyType(
            {
                "doses": [
                    {"entity": entity, "tool": tool, "path": path, **dose.to_dict()}
                    for (tool, path), of_entities in doses.items()
                    for entity, dose in of_entities.items()
                ]
            }
        ),
    )


def _row(view: PathwayView, entity: str, of: StepOfTool, dose: Dose) -> Row:
    tool, path = of
    cells = (
        Cell(view.name(tool), "text"),
        Cell(view.naming.path(path), "text"),
        amount_cell(dose.own),
        amount_cell(dose.level),
        *dose_cells(dose),
    )
    return Row(view.names.get(entity, entity), cells, key=f"{entity}:{tool}:{path}")


def _sentence(view: PathwayView, tool: str, path: str, doses: Sequence[Dose]) -> Wording:
    """Count the entities by what they need, and give the median of what is needed."""
    counts = Counter(dose.answer for dose in doses)
    parts: list[Wording] = []
    for answer, words in ANSWERS.items():
        if answer == "needed" and counts[answer]:
            needed = [dose for dose in doses if dose.answer == "needed"]
            parts.append(
                message(
                    "{words} ({n}; from {levels} on, {more} more in the median)",
                    words=words,
                    n=counts[answer],
                    levels=_levels(view, tool, [dose.level for dose in needed]),
                    more=view.amount(tool, median(dose.more for dose in needed)),
                )
            )
        elif counts[answer]:
            parts.append(message("{help} ({n})", help=words, n=counts[answer]))
    return message("{path}: {said}.", path=view.naming.path(path, tool), said=listed(parts))


def _levels(view: PathwayView, tool: str, levels: Sequence[float]) -> Wording:
    """Give the level of a step, or a range: a step that is significant in several stretches has several levels."""
    low, high = view.amount(tool, min(levels)), view.amount(tool, max(levels))
    return low if low == high else message("{low} to {high}", low=low, high=high)


def _notes(view: PathwayView) -> Iterator[Wording]:
    level = view.result.pathways.thresholds.level
    yield message(
        "More needed: what an entity lacks of the tool, in its units, until the effect of the "
        "step is positive and statistically significant at the {level} level. This is a bound of "
        "the region of Johnson and Neyman (1936), by the test that judges. A dose is given only "
        "where the interaction is significant and positive, and within the range of the data. An "
        "association, not a forecast.",
        level=numbers.level(level),
    )
    yield message(
        "Bounds: interval of {confidence} by inverting a test at each amount, as Fieller (1954) does for a ratio; "
        "“{beyond}” where no amount in the data bounds it from above.",
        confidence=numbers.level(1 - level),
        beyond=BEYOND,
    )


def dose_sentences(view: PathwayView, city: CityPathways) -> Iterator[Wording]:
    """Say how much of each tool makes a step of a supported pathway significant, where it is not yet."""
    steps: dict[StepOfTool, PathwayStep] = {}
    for pathway in city.supported:
        for tool in pathway.tools:
            for step in tool.steps:
                steps.setdefault((tool.name, step.interaction.path), step)
    for (name, path), step in steps.items():
        dose = step.dose
        if dose is None or dose.answer not in {"needed", "beyond", "never"}:
            continue
        words = {"tool": view.name(name), "step": view.naming.path(path)}
        if dose.answer == "needed":
            yield _needed(view, name, dose, words)
        elif dose.answer == "beyond":
            yield message(
                "{step} would be significant only beyond the largest amount of {tool} in the data ({largest}).",
                largest=view.amount(name, dose.largest),
                **words,
            )
        else:
            yield message("{step} is significant at no amount of {tool} in the data.", **words)


def _needed(view: PathwayView, tool: str, dose: Dose, words: Mapping[str, Wording]) -> Wording:
    level = view.result.pathways.thresholds.level
    numbers_of = {
        "level": view.amount(tool, dose.level),
        "more": view.amount(tool, dose.more),
        "confidence": numbers.level(1 - level),
        "low": view.amount(tool, dose.more_low),
    }
    if dose.high == inf:
        return message(
            "{step} is significant from {tool} {level} on: {more} more than today ({confidence} interval: {low} "
            "more to beyond the data).",
            **words,
            **numbers_of,
        )
    return message(
        "{step} is significant from {tool} {level} on: {more} more than today ({confidence} interval: {low} to "
        "{high} more).",
        high=view.amount(tool, dose.more_high),
        **words,
        **numbers_of,
    )
