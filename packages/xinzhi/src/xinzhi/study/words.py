"""Columns under the words by which a study file calls them: a label finds a column as its name does.

Files of Stata, SPSS and SAS have names and labels; a heading with its unit stands for the name
without it. A word of the study file that is not a column but denotes one is made one: the column takes
the word for its name, and keeps its own beside it where the study file uses both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.panel.panel import Panel
from xinzhi_panel.io.recognise.labels import words_for
from xinzhi_panel.io.series import LABELS

SHOWN = frozenset({"label", "labels", "title", "titles", "note", "notes", "description"})
"""Keys below which words are shown and denote nothing."""


def use_words_of_study(panel: Panel, spec: StudySpec) -> Panel:
    """Give columns the words by which the study file calls them."""
    denoted = {word: name for word, name in panel.words().items() if word not in panel.frame}
    if not denoted:
        return panel
    study = spec.model_dump(mode="json", by_alias=True)
    # Below `labels` of a source stand columns, elsewhere words that are shown and denote nothing.
    columns = [source.labels.model_dump(mode="json") for source in spec.sources.values()]
    texts = frozenset([*_texts(study), *_texts(columns)])
    defined = _defined(spec)
    used: dict[str, list[str]] = {}
    for word, name in denoted.items():
        if word not in defined and _is_mentioned(word, texts):
            used.setdefault(name, []).append(word)
    for name, (first, *others) in used.items():
        keeps_name = _is_mentioned(name, texts)
        panel = _with_copies(panel, name, [first, *others] if keeps_name else others)
        panel = panel if keeps_name else _renamed(panel, name, first)
    return panel


def use_words_of_steps(frame: pd.DataFrame, spec: StudySpec) -> pd.DataFrame:
    """Give columns of a series, beside their names, the labels that the steps use."""
    labels = frame.attrs.get(LABELS, {})
    texts = frozenset(_texts(spec.model_dump(mode="json", by_alias=True)["prepare"]))
    words = words_for(labels, list(map(str, frame.columns)))
    used = {word: name for word, name in words.items() if _is_mentioned(word, texts)}
    return frame.assign(**{word: frame[name] for word, name in used.items()}) if used else frame


def _with_copies(panel: Panel, name: str, words: Sequence[str]) -> Panel:
    if not words:
        return panel
    added = panel.with_columns(
        dict.fromkeys(words, panel.frame[name]), units=dict.fromkeys(words, panel.units.get(name))
    )
    return replace(added, labels={**panel.labels, **dict.fromkeys(words, panel.labels[name])})


def _renamed(panel: Panel, name: str, word: str) -> Panel:
    return replace(
        panel,
        frame=panel.frame.rename(columns={name: word}),
        labels={
            **{n: label for n, label in panel.labels.items() if n != name},
            word: panel.labels[name],
        },
        units={word if n == name else n: unit for n, unit in panel.units.items()},
    )


def _defined(spec: StudySpec) -> frozenset[str]:
    """Names that the study file itself gives: a column of the same name would stand in their way."""
    sections = (name for key, _ in ANALYSES for name in spec.sections(key))
    steps = (name for name, _ in spec.prepare)
    return frozenset([*spec.variables.named, *spec.sets, *spec.groups, *sections, *steps])


def _texts(value: object) -> Iterator[str]:
    """Words of a study file: keys and values, but for those that are shown only."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            if key not in SHOWN:
                yield str(key)
                yield from _texts(inside)
    elif isinstance(value, Sequence):
        for inside in value:
            yield from _texts(inside)


def _is_mentioned(word: str, texts: frozenset[str]) -> bool:
    """Whether a word stands in the study file by itself, or in an expression."""
    if word in texts:
        return True
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return any(word in text and pattern.search(text) for text in texts)
