"""Labels of variables in files of Stata, SPSS and SAS: names stay names, and both find a column.

Where a word is the name of one variable and the label of another, the name wins, and a notice says so.
A label that several variables carry finds none of them: it is reported with their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import Label, message
from xinzhi_panel.io.raw import RawTable, ReadingFindings, listed
from xinzhi_panel.io.recognise.cells import has_chinese, loose, split_unit


def words_for(labels: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Words that find a column beside its name: its label, with its unit and without.

    Words that are names, and words for several columns, are left out.

    >>> words_for({"gdp": "产值（亿元）", "x": "gdp"}, ["gdp", "x"])
    {'产值（亿元）': 'gdp', '产值': 'gdp'}
    """
    are_names = set(map(loose, names))
    carriers: dict[str, dict[str, None]] = {}
    for name, label in labels.items():
        for word in (label, split_unit(label)[0]):
            carriers.setdefault(word, {})[name] = None
    return {
        word: next(iter(bearers))
        for word, bearers in carriers.items()
        if len(bearers) == 1 and loose(word) not in are_names
    }


def column_named(table: RawTable, word: str) -> str:
    """Name of the column that a word denotes; the word itself where it is not a label.

    Raises
    ------
    DataError
        `labels.twice` where several columns carry the label.
    """
    if not table.labels:
        return word
    names = list(map(str, table.rows[0]))
    if loose(word) in set(map(loose, names)):
        return word
    carriers = [n for n, label in table.labels.items() if loose(label) == loose(word)]
    if len(carriers) > 1:
        raise DataError.of(
            message(
                "'{label}' is the label of several columns: {names}.",
                label=word,
                names=listed(carriers),
            ),
            Where(file=table.file),
            message("state the name of the one that is meant."),
            code="labels.twice",
        )
    by_word = {loose(w): name for w, name in words_for(table.labels, names).items()}
    return by_word.get(loose(word), word)


def report_shared_words(table: RawTable, findings: ReadingFindings) -> None:
    """Say which words are labels of several columns, or a name and the label of another column."""
    names = {loose(str(name)): str(name) for name in table.rows[0]} if table.labels else {}
    carriers: dict[str, list[str]] = {}
    for name, label in table.labels.items():
        carriers.setdefault(label, []).append(name)
    where = Where(file=table.file)
    if both := {
        label: other
        for label, of in carriers.items()
        if (other := names.get(loose(label))) and of != [other]
    }:
        findings.decide(
            "labels.name",
            message(
                "Names of columns that are also labels of other columns denote the columns of these names: {names}.",
                names=listed(both.values()),
            ),
            where,
            len(both),
        )
    if twice := [
        message("{text} ({place})", text=label, place=listed(of))
        for label, of in carriers.items()
        if len(of) > 1 and loose(label) not in names
    ]:
        findings.decide(
            "labels.twice",
            message(
                "Several columns carry one label; state their names: {labels}.",
                labels=listed(twice),
            ),
            where,
            len(twice),
        )


def by_labels(table: RawTable, findings: ReadingFindings) -> RawTable:
    """Call the columns by their labels: those of a wide table whose years stand there only."""
    names = [str(name) for name in table.rows[0]]
    titles = [table.labels.get(name, name) for name in names]
    findings.decide(
        "labels.titles",
        message("The years stand in the labels of the columns; the labels were taken for names."),
        Where(file=table.file),
        len(titles),
    )
    return replace(table, rows=[titles, *table.rows[1:]], labels={})


def label_of(name: str, label: str) -> Label:
    """Label of a column in the language in which the file has it, without its unit."""
    bare = split_unit(label)[0]
    return Label(name, zh=bare) if has_chinese(bare) else Label(name, en=bare)
