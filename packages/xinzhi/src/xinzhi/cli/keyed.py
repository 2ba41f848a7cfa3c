"""Data of a command by its keys: those that the call names, else those that the headings suggest, which is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.cli.console import names, tell, warn
from xinzhi.cli.streams import open_given
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import message

if TYPE_CHECKING:
    from xinzhi.study.first.key_columns import LeftSheet, TableKeys
    from xinzhi_panel.io.raw import Decision
    from xinzhi_panel.io.read import ReadResult


@dataclass(frozen=True, slots=True)
class KeyedData:
    """What was read, and the names of its keys in the file."""

    read: ReadResult
    entity: str
    period: str | None


def suggested_keys(
    file: Path, sheet: str | None, period: str | None
) -> tuple[TableKeys, tuple[LeftSheet, ...], tuple[Decision, ...]]:
    """Take the keys that the headings suggest, and say which; also the sheets that are not parts of the table.

    Raises
    ------
    SpecError
        `init.no_entity`: the file is too large to be looked at for it.
    """
    from xinzhi.study.first.key_columns import Wanted, find_one_table
    from xinzhi_panel.io.guard import large_kind
    from xinzhi_panel.io.raw import Decision

    if large_kind(file) is not None:
        # To guess the keys, all of the table would be looked at as text.
        text = message("The file is too large to find its keys by itself.")
        remedy = message("name them: {example}.", example="--entity city --period year")
        raise SpecError(Problem("init.no_entity", text, Where(file=file.name), remedy))
    keys, left = find_one_table(file, sheet=sheet, wanted=Wanted(period=period))
    said = tuple(
        Decision(
            message(
                "Column '{name}' was taken as the key: {why}.", name=name, why=keys.reasons[name]
            ),
            Where(file=file.name, column=name),
        )
        for name in (keys.entity, keys.period)
        if name is not None and name in keys.reasons
    )
    return keys, left, said


def read_keyed(given: Mapping[str, object], lang: str | None) -> KeyedData:
    """Read the data of a call by its keys; those that are taken without being named are told."""
    from xinzhi_panel.io.read import ReadOptions
    from xinzhi_panel.places.strangers import read_judged

    entity, period, sheet = (
        None if given[name] is None else str(given[name]) for name in ("entity", "period", "sheet")
    )
    with open_given(Path(str(given["data"]))) as path:
        reading = ReadOptions()
        if entity is None:
            keys, left, said = suggested_keys(path, sheet, period)
            warn((one.as_warning(path.name) for one in left if one.is_data), lang)
            entity, period = keys.entity, keys.period
            _refuse_used(entity, period, given, path)
            reading = replace(reading, sheets=keys.sheets)
            for decision in said:
                tell(decision.what, lang)
        read = read_judged(path, entity=entity, period=period, sheet=sheet, reading=reading)
        return KeyedData(read, entity, period)


OF_GROUPS = frozenset({"entity", "period", "effects", "cluster", "group", "by"})
"""Flags in which the key of the rows may stand."""


def _refuse_used(entity: str, period: str | None, given: Mapping[str, object], path: Path) -> None:
    """Refuse a key that the call names as data: nothing says then what names the rows."""
    written = (word for flag, word in given.items() if flag not in OF_GROUPS)
    used = {name for word in written if isinstance(word, str) for name in names(word)}
    if taken := used & {entity, period}:
        text = message(
            "No column is left to name the rows: the call uses '{name}'.", name=min(map(str, taken))
        )
        remedy = message("name them: {example}.", example="--entity city --period year")
        raise SpecError(Problem("init.no_entity", text, Where(file=path.name), remedy))
