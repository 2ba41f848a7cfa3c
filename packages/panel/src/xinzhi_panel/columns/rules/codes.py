"""Codes that do not tell entities apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt

from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_panel.columns.recognise import found
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Places, Rule, SeenPanel
from xinzhi_panel.columns.vocabulary import IDENTIFIER

OWN = 0.8
"""Share of codes that one entity has, and of entities that have one code, in a column that tells entities apart."""
FEWEST = 5
"""Entities without which nobody can tell what a column is."""
Texts = npt.NDArray[np.object_]


@RULES.add("codes")
class Codes(Rule):
    """Two entities have one code, or one entity has two.

    Columns whose heading is that of a code and in which at least four fifths of the codes are of one entity, and four
    fifths of the entities have one: the code of a province or an industry is left out.
    """

    code = "plausible.code"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare codes and entities in both directions."""
        if seen.panel.n_entities < FEWEST:
            return
        for name in map(str, seen.panel.frame.columns):
            if not found(name, IDENTIFIER):
                continue
            codes = _written(seen.panel, name)
            known = codes != ""
            pairs = sorted({*zip(codes[known].tolist(), seen.entity[known].tolist(), strict=True)})
            shared = {c: len(list(group)) for c, group in groupby(pairs, key=lambda one: one[0])}
            by_entity = sorted((entity, c) for c, entity in pairs)
            several = {
                e: len(list(group)) for e, group in groupby(by_entity, key=lambda one: one[0])
            }
            if (
                not shared
                or not _tells_apart(shared.values())
                or not _tells_apart(several.values())
            ):
                continue
            yield self._shared(name, codes, [c for c, n in shared.items() if n > 1])
            yield self._several(seen, name, codes, [e for e, n in several.items() if n > 1])

    def _shared(self, name: str, codes: Texts, twice: list[str]) -> Finding:
        """Name codes that several entities have."""
        rows: Flags = np.isin(codes, twice)
        return Finding(
            self.code,
            (name,),
            rows,
            message("'{name}' has one code for several entities", name=name),
            message("correct the code: until then nobody can tell whose figures these are."),
            lambda i: f"{codes[i]}",
        )

    def _several(self, seen: SeenPanel, name: str, codes: Texts, entities: list[int]) -> Finding:
        """Name entities that have several codes."""
        rows: Flags = np.isin(seen.entity, entities) & (codes != "")
        firsts = _first_of_each(codes, seen.entity, rows)
        return Finding(
            self.code,
            (name,),
            firsts,
            message("'{name}' has several codes for one entity", name=name),
            message("correct the code, or look whether two entities have one name."),
            lambda i: f"{codes[i]}",
        )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "codes of one entity, entities of one code", f"at least {OWN:.0%}"
        yield "entities", f"at least {FEWEST}"


def _tells_apart(counts: object) -> bool:
    """Whether most have one partner."""
    numbers = np.array(list(counts))  # type: ignore[call-overload]
    return bool((numbers == 1).mean() >= OWN)


def _written(panel: Panel, name: str) -> Texts:
    """Write codes as texts; nothing where a cell is empty."""
    values = panel.frame[name].to_numpy(dtype=object)
    texts = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        if value is None or value != value:  # noqa: PLR0124 - NaN
            texts[i] = ""
        elif isinstance(value, float) and value.is_integer():
            texts[i] = str(int(value))
        else:
            texts[i] = str(value).strip()
    return texts


def _first_of_each(codes: Texts, entity: Places, rows: Flags) -> Flags:
    """Mark the first row of each entity and code."""
    marks: Flags = np.zeros(len(rows), dtype=bool)
    seen: set[tuple[int, str]] = set()
    for i in np.flatnonzero(rows).tolist():
        key = (int(entity[i]), codes[i])
        if key not in seen:
            seen.add(key)
            marks[i] = True
    return marks
