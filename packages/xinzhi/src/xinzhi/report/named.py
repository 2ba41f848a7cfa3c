"""Entities under the names that readers of each language know, wherever a report speaks of them.

Exhibits are made with the names of the data, which are keys; here, at the last moment, a text that is
the name of an entity becomes its label. Numbers, keys and results.json keep the names of the data.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi.present.chart import Chart
from xinzhi.present.table import Cell, Row, Table
from xinzhi.report.document import Content, Profile
from xinzhi_core.wording import Message, Wording
from xinzhi_panel.places.names import labels_of

Labels = Mapping[str, Wording]
CITY = re.compile(r"[\u4e00-\u9fff]+(市|州|盟|地区)")


def in_names(content: Content, labels: Labels) -> Content:
    """Put labels in the place of names of entities in all that a study says in its report."""
    profiles = content.profiles
    if profiles is not None:
        items = tuple(_profile(profile, labels) for profile in profiles.items)
        profiles = replace(profiles, items=items)
    return replace(
        content,
        told=tuple(
            replace(line, sentence=in_words(line.sentence, labels)) for line in content.told
        ),
        abstract=_all(content.abstract, labels),
        sample=_all(content.sample, labels),
        data_summary=tuple(_with_cities(text, labels) for text in content.data_summary),
        prose={place: _all(texts, labels) for place, texts in content.prose.items()},
        tables=tables_in_names(content.tables, labels),
        profiles=profiles,
        notices=tuple(
            replace(notice, text=_with_cities(notice.text, labels)) for notice in content.notices
        ),
        entities=labels,
    )


def tables_in_names(
    tables: Mapping[str, tuple[Table, ...]], labels: Labels
) -> dict[str, tuple[Table, ...]]:
    """Put labels in the place of names of entities in tables by section."""
    return {
        place: tuple(_table(table, labels) for table in members)
        for place, members in tables.items()
    }


def charts_in_names(
    charts: Mapping[str, tuple[Chart, ...]], labels: Labels
) -> dict[str, tuple[Chart, ...]]:
    """Put labels in the place of names of entities in what is said beside charts."""
    return {
        place: tuple(_chart(chart, labels) for chart in members)
        for place, members in charts.items()
    }


def in_words(text: Wording, labels: Labels) -> Wording:
    """Put labels in the place of names in a text and in the values of a message.

    >>> from xinzhi_core.wording import Label, message, say
    >>> words = message("{city} leads.", city="唐山市")
    >>> say(in_words(words, {"唐山市": Label("唐山市", en="Tangshan")}), "en")
    'Tangshan leads.'
    """
    if isinstance(text, str):
        return labels.get(text, text)
    if not isinstance(text, Message):
        return text
    changed = {
        key: words
        for key, value in text.values.items()
        if isinstance(value, (str, Message)) and (words := in_words(value, labels)) is not value
    }
    # A text without a name stays the object that it is: what pages share is written once.
    return replace(text, values=MappingProxyType({**text.values, **changed})) if changed else text


def _with_cities(text: Wording, labels: Labels) -> Wording:
    """Label the cities that a text names beside the entities of the data, such as those left out."""
    others = (name for name in _names(text) if name not in labels and CITY.fullmatch(name))
    return in_words(text, {**labels, **labels_of(others)})


def _names(text: Wording) -> Iterator[str]:
    """List the strings that a text holds."""
    if isinstance(text, Message):
        for value in text.values.values():
            if isinstance(value, (str, Message)):
                yield from _names(value)
    elif isinstance(text, str):
        yield text


def _chart(chart: Chart, labels: Labels) -> Chart:
    return replace(
        chart,
        title=in_words(chart.title, labels),
        notes=_all(chart.notes, labels),
        reading=_all(chart.reading, labels),
    )


def _all(texts: tuple[Wording, ...], labels: Labels) -> tuple[Wording, ...]:
    return tuple(in_words(text, labels) for text in texts)


def _table(table: Table, labels: Labels) -> Table:
    return replace(
        table,
        title=in_words(table.title, labels),
        columns=tuple(
            replace(column, heading=in_words(column.heading, labels)) for column in table.columns
        ),
        rows=tuple(_row(row, labels) for row in table.rows),
        notes=_all(table.notes, labels),
        reading=_all(table.reading, labels),
    )


def _row(row: Row, labels: Labels) -> Row:
    label = in_words(row.label, labels)
    cells = tuple(_cell(cell, labels) for cell in row.cells)
    is_same = label is row.label and all(map(operator.is_, cells, row.cells))
    return row if is_same else replace(row, label=label, cells=cells)


def _cell(cell: Cell, labels: Labels) -> Cell:
    if not isinstance(cell.value, (str, Message)):
        return cell
    words = in_words(cell.value, labels)
    return cell if words is cell.value else replace(cell, value=words)


def _profile(profile: Profile, labels: Labels) -> Profile:
    return replace(
        profile,
        name=in_words(profile.name, labels),
        parts=tuple(
            replace(part, sentences=_all(part.sentences, labels)) for part in profile.parts
        ),
        tables=tuple(_table(table, labels) for table in profile.tables),
    )
