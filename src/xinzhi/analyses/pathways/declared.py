"""The pathways that a study asks for: those that it declares, or every factor with every mediator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.pathways.inputs import list_channels, list_moderators
from xinzhi.analyses.pathways.section import DeclaredPathway, TypologySection
from xinzhi.analyses.section import Words
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Label, Wording, listed, message, say


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
