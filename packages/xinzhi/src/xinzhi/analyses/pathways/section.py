"""Typology: what the estimates support for each entity, and what if a factor moved.

What the pathways read: effects and differences of other analyses, by their protocol.

The pathways that a study asks for: those that it declares, or every factor with every mediator.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any

import pandas as pd
from pydantic import BeforeValidator, Field, field_validator, model_validator

from xinzhi.analyses.analysis import ANALYSES, AnyAnalysis, Effect, Study, in_order
from xinzhi.analyses.capabilities import Mechanism, TableOfColumns
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.implied_change import FactorChange
from xinzhi.analyses.pathways.evidence import UNNAMED, join_path
from xinzhi.analyses.section import BothLanguages, Names, OneOrMore, Refers, Section, Words
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.options import Refused
from xinzhi.present.regression.fitted import name_of
from xinzhi_core.errors import quoted
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Label, Message, Wording, listed, message, say
from xinzhi_econometrics.verdict import Direction, JudgementRule, judge

LEVEL = Annotated[float, Field(gt=0, lt=1)]
SHARE = re.compile(r"([+\-−]?\d+(?:\.\d+)?)\s*[%％]")


def move(value: object) -> object:
    """Read by how much a factor moves: `10%` of its own value, or a number in its own units.

    >>> move("10%"), move(-2)
    (FactorChange(amount=0.1, kind='relative', sd=1.0), FactorChange(amount=-2.0, kind='absolute', sd=1.0))
    """
    if isinstance(value, FactorChange):
        return value
    share = SHARE.fullmatch(str(value).strip())
    if share:
        change = FactorChange(float(share[1].replace("−", "-")) / 100)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        change = FactorChange(float(value), "absolute")
    else:
        raise Refused(
            message("'{value}' is not a move of a factor.", value=quoted(value)),
            message("write a share such as 10%, or a number in the factor's own units."),
        )
    if change.amount == 0:
        raise Refused(
            message("A move of 0 has no effect."), message("write another number, or remove it.")
        )
    return change


Move = Annotated[FactorChange, BeforeValidator(move, json_schema_input_type=str | float)]


class Caution(Section):
    """A caution or a hint of the literature for entities of some groups."""

    note: BothLanguages
    """What to keep in mind."""
    groups: Annotated[dict[str, OneOrMore], Refers("members")] = Field(default_factory=dict)
    """Grouping -> its members whom it concerns; every entity where left out."""


class DeclaredPathway(Section):
    """A pathway: a factor, the mediator through which it acts, and the moderators of both steps."""

    name: str = Field(min_length=1)
    """Name of the pathway in results.json and in the names of files."""
    label: BothLanguages = Words()
    """Name in the report; where left out it is made of the labels of factor and mediator."""
    description: BothLanguages = Words()
    """What the pathway means, in a sentence."""
    factor: Annotated[str, Refers("variable")]
    """Variable from which the pathway starts."""
    mediator: Annotated[OneOrMore, Refers("variable")]
    """Variable through which the factor acts; of several, one that is shown is enough."""
    moderators: Annotated[Names | None, Refers("variables")] = None
    """Variables or sets on which the steps of the pathway depend; where left out, the moderators of all
    moderations named under `from`."""
    cautions: tuple[Caution, ...] = ()
    """What the literature asks to keep in mind."""


class TypologySection(Section):
    """Pathways for each entity, the distance to the frontier, and what if a factor moved."""

    sources: Annotated[OneOrMore, Refers("estimates")] = Field(alias="from")
    """Names of tables (or their columns, such as baseline/2), mediations, moderations and
    heterogeneities whose estimates are read; of two for the same effect the first named speaks."""
    pathways: tuple[DeclaredPathway, ...] = ()
    """The pathways that are judged; where left out, every factor with every mediator of the
    mediations named under `from`."""
    minimum_effect: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """An effect counts if its size is at least this, in the units of the regression."""
    role_models: int = Field(default=3, ge=1, le=20)
    """How many role models are shown for each entity."""
    what_if: Annotated[dict[str, Move], Refers("keyed by variable")] = Field(default_factory=dict)
    """Variable -> how much it moves: 10% of its own value, or a number in its own units."""
    confidence: LEVEL | None = None
    """Confidence of the intervals of `what_if`; 1 less `inference.level` where left out."""

    @model_validator(mode="before")
    @classmethod
    def _is_of_today(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        if isinstance(before := value.get("pathways"), Mapping):
            raise Refused(
                message("`pathways` is a list of pathways, and there are no roles."),
                _in_list_form(before),
            )
        for key in ("level", "difference_level"):
            if key in value:
                raise Refused(
                    message("`{key}` is declared once for the whole study.", key=key),
                    message(
                        "write `inference: {{level: {level}}}` in the study file.", level=value[key]
                    ),
                )
        return value

    @field_validator("pathways")
    @classmethod
    def _names_differ(cls, value: tuple[DeclaredPathway, ...]) -> tuple[DeclaredPathway, ...]:
        counts = Counter(pathway.name for pathway in value)
        repeated = [name for name, n in counts.items() if n > 1]
        if repeated:
            raise Refused(
                message("Two pathways are called '{name}'.", name=repeated[0]),
                message("give each pathway its own name."),
            )
        return value

    @model_validator(mode="after")
    def _confidence_has_effect(self) -> TypologySection:
        if "confidence" in self.model_fields_set and not self.what_if:
            raise Refused(
                message("`confidence` has no effect without `what_if`."),
                message("add `what_if`, or remove `confidence`."),
            )
        return self


OF_ROLES = (
    ("education", ("substitution",)),
    ("equipment", ("vitality", "substitution")),
    ("technology", ("substitution",)),
)
"""Pathways of the earlier form: role of the factor, roles of its mediators."""


def _in_list_form(before: Mapping[object, object]) -> Message:
    """Say how options of the earlier form, a section `pathways`, are written today."""
    moved = [f"`{key}`" for key in before if key in {"from", "minimum_effect", "role_models"}]
    roles = before.get("roles")
    roles = roles if isinstance(roles, Mapping) else {}
    declared = []
    for role, channels in OF_ROLES:
        mediators = [str(roles[name]) for name in channels if name in roles]
        if role in roles and mediators:
            written = mediators[0] if len(mediators) == 1 else f"[{', '.join(mediators)}]"
            declared.append(f"{{name: {role}, factor: {roles[role]}, mediator: {written}}}")
    pathways = ", ".join(declared) or "{name: …, factor: …, mediator: …}"
    if moved:
        return message(
            "write {moved} directly under `typology`, and `pathways: [{pathways}]`, or leave `pathways` out.",
            moved=listed(moved),
            pathways=pathways,
        )
    return message("write `pathways: [{pathways}]`, or leave `pathways` out.", pathways=pathways)


KEY = "typology"
"""Key of the pathways in the study file: they are not an input of themselves."""
KEYS = ("path", "grouping", "group", "tool")
NUMBERS = ("b", "se", "p", "n", "df", "low", "high")
Record = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class PathwayInputs:
    """What the sections that the pathways read have found."""

    outcome: str
    estimates: pd.DataFrame
    """As `evidence.py` describes it, and `source`: the section."""
    differences: pd.DataFrame
    """The same of tests between groups; `test`: interaction or permutation."""
    slopes: Mapping[tuple[str, str], ConditionalSlope]
    """(path, moderator) -> the effect along the path at each level of the moderator."""
    notices: tuple[Notice, ...]


def find_outcomes(section: TypologySection, study: Study) -> dict[str, str]:
    """Find the outcome of each source; one such as a moderation has none of its own."""
    outcomes: dict[str, str | None] = {}
    for source in section.sources:
        if "/" in source:
            outcomes[source] = study.equation(source).regression.outcome
        for key, analysis in _sections_named(source, study):
            outcomes[source] = analysis.outcome(study.sections(key)[source], study)
    return {source: outcome for source, outcome in outcomes.items() if outcome}


def find_outcome(section: TypologySection, study: Study) -> str:
    """Find the outcome of the effects; empty where no source gives one."""
    return next(iter(find_outcomes(section, study).values()), "")


def _sections_named(name: str, study: Study) -> Iterator[tuple[str, AnyAnalysis]]:
    for key, analysis in ANALYSES:
        if key != KEY and name in study.sections(key):
            yield key, analysis


def results_read(section: TypologySection, study: Study) -> tuple[tuple[str, str], ...]:
    """List the results that the sources name: key of the analysis, name of the section."""
    names = [source.partition("/")[0] for source in section.sources]
    return tuple(
        dict.fromkeys((key, name) for name in names for key, _ in _sections_named(name, study))
    )


def list_channels(section: TypologySection, study: Study) -> tuple[tuple[str, str], ...]:
    """List factor and mediator of the mediated effects that the sources estimate, each pair once."""
    channels = (
        pair
        for analysis, options in _sources(section, study)
        if isinstance(analysis, Mechanism)
        for pair in analysis.channels(options, study)
    )
    return tuple(dict.fromkeys(channels))


def list_moderators(section: TypologySection, study: Study) -> tuple[str, ...]:
    """List the moderators of the sources, each once."""
    moderators = (
        name
        for analysis, options in _sources(section, study)
        if isinstance(analysis, Mechanism)
        for name in analysis.moderators(options, study)
    )
    return tuple(dict.fromkeys(moderators))


def _sources(section: TypologySection, study: Study) -> Iterator[tuple[AnyAnalysis, Any]]:
    """List the analyses that the sources name, with the options of each section."""
    for source in section.sources:
        for key, analysis in _sections_named(source, study):
            yield analysis, study.sections(key)[source]


def gather_inputs(
    section: TypologySection,
    study: Study,
    results: Mapping[tuple[str, str], object],
    inference: JudgementRule | None = None,
) -> PathwayInputs:
    """Gather the estimates of all sources, in the order of the file, judged as declared where nothing else is asked.

    Of two estimates of the same effect the first counts; where a later one, or another test of the
    same effect, judges otherwise, a notice says so.
    """
    inference = inference or study.inference
    rows: list[Record] = []
    tests: list[Record] = []
    slopes: dict[tuple[str, str], ConditionalSlope] = {}
    for source in section.sources:
        for analysis, part in _read(source, results):
            rows += (_record(source, effect) for effect in analysis.effects(part, inference))
            for slope in analysis.conditional(part) if isinstance(analysis, Mechanism) else ():
                slopes.setdefault((join_path(*slope.links), slope.moderator), slope)
        # Differences belong to whole sections: a source such as baseline/1 names a part and has none.
        for key, analysis in _sections_named(source, study):
            result = results.get((key, source))
            if isinstance(analysis, Mechanism) and not isinstance(result, Unavailable | None):
                differences = analysis.differences(study.sections(key)[source], result, inference)
                tests += ({**_record(source, each), "test": each.test} for each in differences)
    first_rows, notices = _first(rows, inference)
    first_tests, _ = _first(tests, inference)
    for source in section.sources:
        for analysis, part in _read(source, results):
            if isinstance(analysis, Mechanism):
                notices += analysis.doubts(part, study.style)
    return PathwayInputs(
        outcome=find_outcome(section, study),
        estimates=_frame(first_rows, "source"),
        differences=_frame(first_tests, "source", "test").drop(
            columns=["group", "df", "low", "high"]
        ),
        slopes=slopes,
        notices=tuple(dict.fromkeys(notices)),
    )


def _frame(rows: Iterable[Record], *more: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=[*KEYS, *NUMBERS, *more])
    return frame.astype(dict.fromkeys(NUMBERS, "float64"))


def _read(
    source: str, results: Mapping[tuple[str, str], object]
) -> Iterator[tuple[AnyAnalysis, Any]]:
    """Find the result that a source names, or its part: the column of baseline/2."""
    name, _, part = source.partition("/")
    for key, analysis in in_order():
        result = results.get((key, name))
        if result is not None and not isinstance(result, Unavailable):
            if isinstance(analysis, TableOfColumns):
                result = analysis.part(result, part)
            yield analysis, result


def _record(source: str, effect: Effect) -> Record:
    return {
        "source": source,
        "path": join_path(*effect.links),
        "grouping": effect.grouping,
        "group": effect.group,
        "tool": effect.moderator,
        "b": effect.estimate,
        "se": effect.std_error,
        "p": effect.p_value,
        "n": effect.n,
        "df": effect.df,
        "low": effect.low,
        "high": effect.high,
    }


def _first(rows: Iterable[Record], inference: JudgementRule) -> tuple[list[Record], list[Notice]]:
    """Keep the first estimate of each effect, and say where a later one judges otherwise."""
    by_effect: dict[tuple[object, ...], Record] = {}
    clashes = []
    for row in rows:
        first = by_effect.setdefault(tuple(row[key] for key in KEYS), row)
        if first is not row and _direction(first, inference) != _direction(row, inference):
            clashes.append(
                Notice(
                    "pathways.other_estimate",
                    message(
                        "{path}: the pathways use the estimate of {first}; the estimate of "
                        "{other} leads to another verdict.",
                        path=_place(row),
                        first=first["source"],
                        other=row["source"],
                    ),
                )
            )
    return list(by_effect.values()), clashes


def _place(row: Record) -> Wording:
    path, grouping, group, tool = (str(row[key]) for key in KEYS)
    words = UNNAMED.path(path, tool)
    return listed([words, UNNAMED.group(grouping, group)]) if grouping else words


def _direction(row: Record, inference: JudgementRule) -> Direction:
    return judge(float(str(row["b"])), float(str(row["p"])), inference).direction


@dataclass(frozen=True, slots=True)
class Care:
    """A caution or a hint of the literature for entities of some groups."""

    text: Wording
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Grouping -> its members whom it concerns; empty for every entity."""

    def concerns(self, groups: Mapping[str, str]) -> bool:
        """Whether it is meant for an entity with these groups (grouping -> group)."""
        return not self.groups or any(
            groups.get(grouping) in members for grouping, members in self.groups.items()
        )


@dataclass(frozen=True, slots=True)
class PathwayDeclaration:
    """A pathway: a factor acts on the outcome, and does so through a mediator."""

    name: str
    label: Wording
    factor: str
    mediators: tuple[str, ...]
    """Of several, one that is shown is enough."""
    moderators: tuple[str, ...] = ()
    description: Wording = ""
    cautions: tuple[Care, ...] = ()


NO_LABELS: Mapping[str, Wording] = MappingProxyType({})
"""Labels of variables, where none are wanted: no result depends on a label of a variable."""


def declared_pathways(
    section: TypologySection, study: Study, labels: Mapping[str, Wording] = NO_LABELS
) -> tuple[PathwayDeclaration, ...]:
    """List the declared pathways; without any, one for each factor and mediator of the mediations.

    `labels` word the variables of a pathway without a label of its own.
    """
    moderators = list_moderators(section, study)
    if not section.pathways:
        return tuple(
            PathwayDeclaration(
                f"{factor}_{mediator}",
                _default_label(factor, (mediator,), labels),
                factor,
                (mediator,),
                moderators,
            )
            for factor, mediator in list_channels(section, study)
        )
    return tuple(_declared(each, study, moderators, labels) for each in section.pathways)


def _declared(
    options: DeclaredPathway,
    study: Study,
    moderators: tuple[str, ...],
    labels: Mapping[str, Wording],
) -> PathwayDeclaration:
    if options.moderators is not None:
        moderators = study.expand(options.moderators)
    return PathwayDeclaration(
        name=options.name,
        label=_in_both(options.label, _default_label(options.factor, options.mediator, labels)),
        factor=options.factor,
        mediators=options.mediator,
        moderators=moderators,
        description=_in_both(options.description),
        cautions=tuple(Care(_in_both(care.note), care.groups) for care in options.cautions),
    )


def _default_label(
    factor: str, mediators: tuple[str, ...], labels: Mapping[str, Wording]
) -> Wording:
    return message(
        "{factor} through {mediators}",
        factor=name_of(factor, labels),
        mediators=listed([name_of(mediator, labels) for mediator in mediators]),
    )


def _in_both(words: Words, default: Wording = "") -> Wording:
    """Label in both languages; a language without words takes those of the default, or of the other."""
    if not (words.zh or words.en):
        return default
    default = default or words.zh or words.en or ""
    zh, en = words.zh or say(default, "zh"), words.en or say(default, "en")
    return Label(en, zh=zh, en=en)
