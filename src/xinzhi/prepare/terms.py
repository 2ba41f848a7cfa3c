"""Terms that a text must hold, and terms that it must not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.prepare.records import encoded
from xinzhi.prepare.step import Sources
from xinzhi.prepare.tables import source
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one class; plain words, found anywhere in a text, whatever the case."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()

    def included(self, texts: pd.Series) -> npt.NDArray[np.object_]:
        """First term that each text holds, None where it holds none."""
        return _first(self.include, texts)

    def excluded(self, texts: pd.Series) -> npt.NDArray[np.object_]:
        """First forbidden term that each text holds, None where it holds none."""
        return _first(self.exclude, texts)


def _first(terms: tuple[str, ...], texts: pd.Series) -> npt.NDArray[np.object_]:
    """Search each distinct text once."""
    if not terms:
        return np.full(len(texts), None, dtype=object)
    pattern = re.compile(
        "|".join(map(re.escape, sorted(terms, key=len, reverse=True))), re.IGNORECASE
    )
    codes, distinct = encoded(texts)
    used = np.zeros(len(distinct) + 1, dtype=bool)
    used[codes] = True
    matches = [
        pattern.search(text) if used[i] and isinstance(text, str) else None
        for i, text in enumerate(distinct)
    ]
    found = np.array([*(match and match.group() for match in matches), None], dtype=object)
    return found[codes]


def terms(sources: Sources, name: str, *, step: str) -> dict[str, Terms]:
    """Read lists of terms: a mapping of classes to `include` and `exclude`, or one such pair.

    Raises
    ------
    SpecError
        `prepare.terms`: another shape, an empty list, a term that is no text.
    """
    found = source(sources, name, step=step)
    if isinstance(found, Mapping) and "include" in found:
        return {"": _one(found, name, step)}
    if isinstance(found, Mapping) and found and all(isinstance(v, Mapping) for v in found.values()):
        return {str(kind): _one(value, name, step) for kind, value in found.items()}
    raise SpecError(_shape(name, step))


def _one(given: Mapping[str, object], name: str, step: str) -> Terms:
    include, exclude = given.get("include"), given.get("exclude", [])
    for part in (include, exclude):
        if not isinstance(part, (list, tuple)) or not all(isinstance(t, str) and t for t in part):
            raise SpecError(_shape(name, step))
    if not include or set(given) - {"include", "exclude"}:
        raise SpecError(_shape(name, step))
    return Terms(tuple(include), tuple(exclude))  # type: ignore[arg-type]


def _shape(name: str, step: str) -> Problem:
    return Problem(
        "prepare.terms",
        message("'{name}' is no list of terms.", name=name),
        Where(file=name, key=f"prepare.{step}"),
        message("write for each class `include: [...]` and, if need be, `exclude: [...]`."),
    )
