"""Guess what the columns of one file are, and say why: proposals for a person to check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from xinzhi.io.read import read_panel
from xinzhi.study.first.keys import find_keys
from xinzhi.study.first.roles import propose_roles
from xinzhi.wording import Message


@dataclass(frozen=True, slots=True)
class Guess:
    """What the columns of a file seem to be."""

    entity: str
    period: str | None
    inputs: tuple[str, ...]
    good_outputs: tuple[str, ...]
    bad_outputs: tuple[str, ...]
    others: tuple[str, ...]
    """Columns of numbers without a proposed role."""
    reasons: Mapping[str, Message]
    """Column -> why it is proposed."""


def guess(path: Path, *, sheet: str | None = None) -> Guess:
    """Guess keys and roles of the columns of a file.

    Raises
    ------
    DataError
        No heading names an entity, or the file cannot be read; with the remedy.
    """
    keys = find_keys(path, sheet=sheet)
    panel = read_panel(path, entity=keys.entity, period=keys.period, sheet=sheet).panel
    roles = propose_roles(panel)
    return Guess(
        keys.entity,
        keys.period,
        roles.inputs,
        roles.good_outputs,
        roles.bad_outputs,
        roles.others,
        MappingProxyType({**keys.reasons, **roles.reasons}),
    )
