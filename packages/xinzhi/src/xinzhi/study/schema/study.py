"""The whole study file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, TypeAdapter, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from xinzhi.analyses.analysis import ANALYSES, AnyAnalysis, in_file, in_order
from xinzhi.analyses.section import BothLanguages, Names, Section, Words
from xinzhi.options import Refused
from xinzhi.prepare.step import STEPS
from xinzhi.study.schema.report import ReportSection
from xinzhi.study.schema.sources import PanelSection, Source
from xinzhi.study.schema.space import SpaceAndTime
from xinzhi.study.schema.variables import Group, Variables
from xinzhi_core.wording import message


def _steps(value: object) -> object:
    """Turn `- name: {step: …}` into pairs; a list keeps the order in which steps are done."""
    if not isinstance(value, list):
        return value
    wrong = [
        number
        for number, item in enumerate(value, 1)
        if not (isinstance(item, dict) and [*map(type, item.values())] == [dict])
    ]
    if wrong:
        raise Refused(
            message("Step {n} of the list is not one name with its options.", n=wrong[0]),
            message("write `- gdp: {{step: real_output, …}}`."),
        )
    return [next(iter(item.items())) for item in value]


@cache
def _named_steps(*steps: tuple[str, Any]) -> CoreSchema:
    """Make the type that the schema shows: a list of names with the options of one step each.

    It is for editors; `plan_steps` checks the options, and says which step they belong to. It is kept, as
    the models of all steps take half a second to make.
    """
    make: Any = create_model
    kinds = reduce(
        or_,
        (
            make(kind.__name__, __base__=kind, __doc__=kind.__doc__, step=Literal[name])
            for name, kind in steps
        ),
    )
    step: Any = Annotated[kinds, Field(discriminator="step")]
    one_step = Annotated[dict[str, step], Field(min_length=1, max_length=1)]
    return TypeAdapter(list[one_step]).core_schema


class _StepsInSchema:
    """Describes the steps in the schema of the study file; made when a schema is asked for."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        del schema
        return handler(_named_steps(*STEPS))


Steps = Annotated[
    tuple[tuple[str, dict[str, object]], ...], BeforeValidator(_steps), _StepsInSchema()
]


class StudyOptions(Section):
    """The sections of a study that are not analyses."""

    title: BothLanguages
    """Title of the study."""
    description: BothLanguages = Words()
    """What the study asks, in a paragraph."""
    seed: int = Field(default=1, ge=0)
    """Start of all random draws."""
    simulated: bool = False
    """true prints the word on every page, table and figure."""
    sources: dict[str, Source] = Field(min_length=1)
    """Name -> file of data."""
    panel: PanelSection
    """Which sources and rows make the panel."""
    prepare: Steps = ()
    """Steps of preparation, done in this order."""
    variables: Variables = Variables()
    """Names used in the tables."""
    sets: dict[str, Names] = Field(default_factory=dict)
    """Name -> variables; the set `controls` holds the control variables."""
    groups: dict[str, Group] = Field(default_factory=dict)
    """Name -> groups of entities."""
    space_and_time: dict[str, SpaceAndTime] = Field(default_factory=dict)
    """Score -> its ranks, moves between classes, convergence, inequality, neighbours."""
    report: ReportSection = ReportSection()
    """What is written, and how."""

    def keys(self) -> frozenset[str]:
        """Columns that name entities and periods, or that choose rows."""
        named = {c for s in self.sources.values() for c in (s.entity, s.period) if c is not None}
        return frozenset(named | set(self.panel.keep))

    def sections(self, analysis: str) -> Mapping[str, Any]:
        """Name -> options of an analysis; empty where the study does not ask for it."""
        sections: Mapping[str, object] = ANALYSES.get(analysis).sections(analysis, self)
        return sections


def _field(analysis: AnyAnalysis) -> tuple[Any, Any]:
    """Make the field of an analysis: its one section, or sections by name."""
    words: dict[str, Any] = {"title": str(analysis.title), "description": analysis.description}
    if analysis.is_single:
        return in_file(analysis) | None, Field(default=None, **words)
    return dict[str, analysis.section], Field(default_factory=dict, **words)  # type: ignore[name-defined]


if TYPE_CHECKING:
    StudySpec = StudyOptions
else:
    StudySpec = create_model(
        "StudySpec",
        __base__=StudyOptions,
        __doc__="A study: every choice in words. Sections that are absent are simply not done.",
        **{key: _field(analysis) for key, analysis in in_order() if analysis.is_declared},
    )


def schema() -> dict[str, object]:
    """Return the JSON schema of the study file."""
    return dict(StudySpec.model_json_schema())


def schema_text() -> str:
    """Write the schema as the file beside a study file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1)
