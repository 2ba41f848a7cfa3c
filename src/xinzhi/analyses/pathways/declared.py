"""The pathways that a study asks for: those that it declares, or every factor with every mediator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.pathways.inputs import channels_of, moderators_of
from xinzhi.analyses.pathways.section import DeclaredPathway, TypologySection
from xinzhi.analyses.section import Words
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Label, Wording, listed, message, say


@dataclass(frozen=True, slots=True)
class Care:
    """A caution or a hint of the literature for entities of some groups."""

    text: Wording
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Grouping -> its members whom it concerns; empty for every entity."""

    def concerns(self, groups: Mapping[str, str]) -> bool:
        """Whether it is meant for an entity with these groups (grouping -> group)."""
        return not self.groups or any(
            groups.get(grouping) in members for grouping, members in self.groups.items()
        )


@dataclass(frozen=True, slots=True)
class Declared:
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
) -> tuple[Declared, ...]:
    """List the declared pathways; without any, one for each factor and mediator of the mediations.

    Parameters
    ----------
    labels
        What variables are called where a pathway has no label of its own.
    """
    moderators = moderators_of(section, study)
    if not section.pathways:
        return tuple(
            Declared(
                f"{factor}_{mediator}",
                _default_label(factor, (mediator,), labels),
                factor,
                (mediator,),
                moderators,
            )
            for factor, mediator in channels_of(section, study)
        )
    return tuple(_declared(one, study, moderators, labels) for one in section.pathways)


def _declared(
    one: DeclaredPathway,
    study: Study,
    moderators: tuple[str, ...],
    labels: Mapping[str, Wording],
) -> Declared:
    named = moderators if one.moderators is None else study.expand(one.moderators)
    described = one.description.zh or one.description.en
    return Declared(
        name=one.name,
        label=_in_both(one.label, _default_label(one.factor, one.mediator, labels)),
        factor=one.factor,
        mediators=one.mediator,
        moderators=named,
        description=_in_both(one.description, described) if described else "",
        cautions=tuple(
            Care(_in_both(care.note, care.note.zh or care.note.en or ""), care.groups)
            for care in one.cautions
        ),
    )


def _default_label(
    factor: str, mediators: tuple[str, ...], labels: Mapping[str, Wording]
) -> Wording:
    return message(
        "{factor} through {mediators}",
        factor=name_of(factor, labels),
        mediators=listed([name_of(one, labels) for one in mediators]),
    )


def _in_both(words: Words, instead: Wording) -> Wording:
    """Label in both languages; a language without words takes those of `instead`."""
    if not (words.zh or words.en):
        return instead
    zh, en = words.zh or say(instead, "zh"), words.en or say(instead, "en")
    return Label(en, zh=zh, en=en)
