"""How efficiency is measured: the options of one score."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.classes.compute import Classes
from xinzhi.analyses.section import Box, Names, OneOrMore, Section, WordChoices, refused
from xinzhi.options import PeriodNumber, Refused
from xinzhi_core.errors import StudyError
from xinzhi_core.vocabulary import canonical, with_implied
from xinzhi_core.wording import message
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.resolve import usual_orientation
from xinzhi_frontier.scale import suited_for_scale


def choice(option: str) -> object:
    """Make the type of an option: short forms are understood, unknown words refused."""

    def understand(word: object) -> object:
        if not isinstance(word, str):
            return word
        if option == "measure":
            # A measure of the user's own package is in the register and in no vocabulary.
            measure = checked(Options(measure=word)).measure
            if measure in MEASURES.names():
                return measure
        try:
            return canonical(option, word)
        except StudyError as error:
            raise refused(error) from error

    return Annotated[str, BeforeValidator(understand), WordChoices(option)]


SCORE = "efficiency"
INPUTS = Box(
    message("Inputs"),
    message("What is used up: labour, capital, energy. Less of it is better."),
    order=10,
    role="inputs",
    name=SCORE,
)
GOOD_OUTPUTS = Box(
    message("Good outputs"),
    message("What is wanted: real GDP, value added. More of it is better."),
    order=11,
    role="good_outputs",
    name=SCORE,
)
BAD_OUTPUTS = Box(
    message("Bad outputs"),
    message(
        "What is produced besides and is not wanted: waste water, SO2, CO2. It may stay empty."
    ),
    order=12,
    role="bad_outputs",
    name=SCORE,
)
OTHER_ANALYSES = frozenset({"classes", "scale_efficiency"})
"""Options of other analyses of the same score: they change no score."""


class Measurement(Section):
    """One efficiency score, computed from columns of the panel."""

    measure: choice("measure") = "super_sbm"  # type: ignore[valid-type]
    """sbm, super_sbm …: see `xinzhi parts`."""
    returns_to_scale: choice("returns_to_scale") = "constant"  # type: ignore[valid-type]
    """constant, variable, non_increasing, non_decreasing, or generalised by the bounds of the sum of
    intensities, such as 0.8..1.2."""
    orientation: choice("orientation") = "none"  # type: ignore[valid-type]
    """none, input or output; the usual one of the measure where left out."""
    reference: choice("reference") = "global"  # type: ignore[valid-type]
    """Which rows make the frontier: global (all periods), contemporaneous, sequential, window, base …"""
    window: int | None = Field(default=None, ge=1)
    """Periods of a window frontier, the evaluated one included."""
    base_period: PeriodNumber | None = None
    """Period of the frontier, with `reference: base`; the first where left out."""
    exclude: choice("exclude") = "observation"  # type: ignore[valid-type]
    """What leaves the frontier when a row is compared with the others: observation or entity."""
    bads: choice("bads") = "outputs"  # type: ignore[valid-type]
    """Bad outputs on the side of the outputs (form A) or of the inputs (form B)."""
    group: str | None = None
    """Column of groups, with `reference: group`: a frontier for each group."""
    disposability: choice("disposability") = "strong"  # type: ignore[valid-type]
    """Of bad outputs: strong, weak or kuosmanen, where the measure has it."""
    direction: Literal["own", "mean"] | dict[str, float] | None = None
    """Direction of directional measures: own, mean, or a number for each column."""
    epsilon: float | None = Field(default=None, ge=0, le=1)
    """Of the epsilon-based measure; from the data where left out."""
    nonseparable: Names | None = None
    """Columns that only move together, of sbm_nonseparable and sbm_nonseparable_free."""
    alpha_min: float | None = Field(default=None, ge=0, le=1)
    """Least share that stays of what moves together, of sbm_nonseparable_free; 0 where left out."""
    noncontrollable: Names | None = None
    """Columns that no row controls, of radial: they do not move, and the peers have as much of them."""
    nondiscretionary: Names | None = None
    """Columns fixed from outside, of radial: they do not move, and the peers are no worse in them
    (Banker and Morey)."""
    fallback: choice("fallback") = "none"  # type: ignore[valid-type]
    """What stands in for an infeasible super score: none, form_b or two_stage; marked row by row."""
    zeros: choice("zeros") = "refuse"  # type: ignore[valid-type]
    """A zero that the measure divides by: refuse (an error that names it), keep (the row has no score
    and stays in the reference set), drop_row (it leaves both) or drop_term (Tone 2001, section 6.1)."""
    missing: Literal["refuse", "leave_out"] = "refuse"
    """An empty cell: refuse (an error that names it) or leave_out (the row has no score, named)."""
    weights: dict[str, float] | None = None
    """Weight of columns in the score; equal where left out."""
    inputs: Annotated[OneOrMore, INPUTS]
    """Columns of inputs."""
    good_outputs: Annotated[OneOrMore, GOOD_OUTPUTS]
    """Columns of good outputs."""
    bad_outputs: Annotated[Names, BAD_OUTPUTS] = ()
    """Columns of bad outputs."""
    scale_efficiency: bool = False
    """true compares constant, variable and non-increasing returns: scale efficiency and returns to
    scale of each row."""
    classes: Classes | None = None
    """Name of a class -> range of scores, such as {low: "< 0.30", high: ">= 0.30"}."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read: inputs, outputs, and that of groups."""
        groups = (self.group,) if self.group else ()
        return (*self.inputs, *self.good_outputs, *self.bad_outputs, *groups)

    @model_validator(mode="before")
    @classmethod
    def _implied_and_usual(cls, value: object) -> object:
        """Spell out short forms, then let the measure say its usual orientation."""
        if not isinstance(value, dict):
            return value
        try:
            value = with_implied(value)
        except StudyError as error:
            raise refused(error) from error
        if "orientation" in value:
            return value
        measure = checked(Options(measure=str(value.get("measure", "super_sbm")))).measure
        if measure not in MEASURES.names():  # the field of the measure refuses it
            return value
        return {**value, "orientation": usual_orientation(measure)}

    @model_validator(mode="after")
    def _window_has_effect(self) -> Measurement:
        if (self.reference == "window") != (self.window is not None):
            raise Refused(
                message("`window` and `reference: window` belong together."),
                message("give both or neither."),
            )
        if self.base_period is not None and self.reference != "base":
            raise Refused(
                message("`base_period` needs `reference: base`."),
                message("give both, or leave it out."),
            )
        if (self.reference == "group") != (self.group is not None):
            raise Refused(
                message("`group` and `reference: group` belong together."),
                message("give both or neither."),
            )
        if self.scale_efficiency and self.measure in MEASURES.names():
            try:
                suited_for_scale(self.measure)
            except StudyError as error:
                raise refused(error) from error
        return self
