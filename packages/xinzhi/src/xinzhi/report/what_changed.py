"""The page *what changed*: the new data, and what the study says otherwise, as tables.

The page holds the largest changes of each kind; the workbook and the csv files hold all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.pathways.pathway_tables import STATUSES as OF_PATHWAYS
from xinzhi.analyses.pathways.pathway_tables import VERDICTS as OF_EFFECTS
from xinzhi.present.frames import table_from
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import Table
from xinzhi.report.document import Block, Document, DocumentSection, Paragraph
from xinzhi.report.format import write_report
from xinzhi.report.run_changes import BETWEEN, KEYS, PARTS, SIDES, VALUES, PartCounts
from xinzhi.study.update.difference import SourceDifference, differences_in_words
from xinzhi_core.wording import Language, Wording, message
from xinzhi_frontier.result import STATUS_WORDS
from xinzhi_panel.io.csv_text import csv_text

PAGE, BOOK = "what_changed.html", "tables.xlsx"
ARROW = " -> "
"""Between the variables of a path."""
MOST = 30
"""Rows of a table of the page."""
TITLES: Mapping[str, Wording] = {
    "scores": message("Efficiency scores"),
    "ranks": message("Ranks"),
    "classes": message("Classes"),
    "coefficients": message("Coefficients"),
    "verdicts": message("Verdicts"),
    "pathways": message("Pathways"),
}
HEADINGS: Mapping[str, Wording] = {
    "measurement": message("Measurement"),
    "entity": message("Entity"),
    "period": message("Period"),
    "table": message("Table"),
    "column": message("Column"),
    "variable": message("Variable"),
    "effect": message("Effect"),
    "kind": message("Kind"),
    "pathway": message("Pathway"),
    "score": message("Score"),
    "status": message("Status"),
    "rank": message("Rank"),
    "class": message("Class"),
    "estimate": message("Estimate"),
    "std_error": message("Standard error"),
    "p_value": message("p-value"),
    "stars": message("Stars"),
    "n": message("N"),
    "verdict": message("Verdict"),
    "change": message("Change"),
    "old": message("Before"),
    "new": message("Now"),
    "source": message("Source"),
    "what": message("What"),
    "name": message("Name"),
}
OF_SIDES = {"before": message("Before"), "after": message("Now")}
VERDICT_KINDS: Mapping[str, Wording] = {
    "verdict": message("by the estimate"),
    "in_force": message("by the test of the difference"),
    "judgement": message("by all groups together"),
}
"""Key of results.json -> what the verdict rests on."""
WORDS: Mapping[str, Mapping[str, Wording]] = {
    "scores": STATUS_WORDS,
    "verdicts": {
        **OF_EFFECTS,
        "positive": message("positive"),
        "negative": message("negative"),
        "not_significant": message("not statistically significant"),
        "not_tested": message("not tested"),
    },
    "pathways": {str(status): words for status, words in OF_PATHWAYS.items()},
}
"""Part of a run -> its statuses or verdicts in the words of the report."""


@dataclass(frozen=True, slots=True, eq=False)
class WhatChanged:
    """All that differs after an update."""

    title: Wording
    """Of the study."""
    simulated: bool
    sources: tuple[SourceDifference, ...]
    runs: Mapping[str, pd.DataFrame]
    """Part of a run -> its changes, as `compare_runs` gives them."""
    titles: Mapping[str, Wording]
    """Table of the report -> its title."""
    counts: Mapping[str, PartCounts]
    """Part of a run -> how many of its rows differ."""
    labels: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """What names rows -> its name in the report."""


def changes_in_words(changed: WhatChanged) -> Iterator[Wording]:
    """Count what the study says otherwise, a sentence a part; a part that it has not is passed over."""
    for part in PARTS:
        n, shared, new, gone = changed.counts[part]
        words = {"part": TITLES[part], "n": n, "total": shared, "new": new, "gone": gone}
        if new or gone:
            yield message("{part}: {n} of {total} changed; {new} new, {gone} gone.", **words)
        elif shared:
            yield message("{part}: {n} of {total} changed.", **words)
    frame = changed.runs["coefficients"]
    if not frame.empty:
        pair = [pd.to_numeric(frame[f"estimate_{side}"], errors="coerce") for side in SIDES]
        turned = int((pair[0] * pair[1] < 0).sum())
        both = frame["estimate_before"].notna() & frame["estimate_after"].notna()
        stars = int((both & (frame["stars_before"] != frame["stars_after"])).sum())
        yield message(
            "Coefficients with another sign: {turned}; with other stars: {stars}.",
            turned=turned,
            stars=stars,
        )


def files_of_changes(
    changed: WhatChanged, languages: Sequence[Language], decimals: int
) -> dict[str, bytes]:
    """Make the page, the workbook and the csv files: name -> content."""
    frames = {"data": data_frame(changed.sources), **changed.runs}
    short, whole = (_document(changed, frames, most=most) for most in (MOST, None))
    page = write_report(short, formats=("html",), languages=languages, decimals=decimals)
    book = write_report(whole, formats=("xlsx",), languages=languages, decimals=decimals)
    files = {PAGE: page["report.html"], BOOK: book[BOOK]}
    for name, frame in frames.items():
        if frame.empty:
            continue
        # With a byte order mark: Excel would read Chinese in UTF-8 as another encoding.
        files[f"{name}.csv"] = csv_text(frame).encode("utf-8-sig")
    return files


def data_frame(sources: Sequence[SourceDifference]) -> pd.DataFrame:
    """List what differs in the data, one row a cell, row, column or unit."""
    columns = ["source", "what", "entity", "period", "name", "old", "new", "change"]
    rows: list[tuple[object, ...]] = []
    for one in sources:
        for cell in one.cells.itertuples():
            place = (cell.entity, cell.period, cell.column)
            rows.append((one.source, "cell", *place, cell.old, cell.new, cell.change))
        for what, keys in (("row gone", one.rows_gone), ("new row", one.rows_come)):
            for entity, *rest in keys:
                rows.append((one.source, what, entity, " ".join(rest), "", None, None, None))
        for what, names in (("column gone", one.columns_gone), ("new column", one.columns_come)):
            rows += [(one.source, what, "", "", name, None, None, None) for name in names]
        for column, (old, new) in one.units.items():
            rows.append((one.source, "unit", "", "", column, old, new, None))
    return pd.DataFrame(rows, columns=columns)


WHATS: Mapping[str, Wording] = {
    "cell": message("cell"),
    "row gone": message("row gone"),
    "new row": message("new row"),
    "column gone": message("column gone"),
    "new column": message("new column"),
    "unit": message("unit"),
}


def _document(
    changed: WhatChanged, frames: Mapping[str, pd.DataFrame], *, most: int | None
) -> Document:
    data: list[Block] = []
    for one in changed.sources:
        data += map(Paragraph, differences_in_words(one))
    if not frames["data"].empty:
        data.append(_data_table(frames["data"], most))
    said: list[Block] = [Paragraph(words) for words in changes_in_words(changed)]
    said += [
        _run_table(part, changed.runs[part], changed, most)
        for part in PARTS
        if not changed.runs[part].empty
    ]
    return Document(
        title=message("What changed: {title}", title=changed.title),
        simulated=changed.simulated,
        sections=(
            DocumentSection("data", message("In the data"), tuple(data)),
            DocumentSection("results", message("In the results"), tuple(said)),
        ),
    )


def _data_table(frame: pd.DataFrame, most: int | None) -> Table:
    shown = frame if most is None else frame.head(most)
    words = [WHATS[word] for word in shown["what"]]
    shown = shown.assign(what=pd.Series(words, shown.index, dtype=object))
    return table_from(
        shown.set_index("source"),
        {name: HEADINGS[name] for name in shown.columns if name != "source"},
        id="data",
        title=message("Data that differ"),
        stub=HEADINGS["source"],
        kinds={"period": "text", "what": "text"},
        notes=_more(len(frame), most, has_sizes=False),
        machine={},
    )


def _run_table(part: str, frame: pd.DataFrame, changed: WhatChanged, most: int | None) -> Table:
    """Set the changes of a part: its keys, then each value before and after."""
    shown = frame if most is None else frame.head(most)
    first, *keys = KEYS[part]
    for name in shown.columns.intersection([*NAMED]):
        said = [NAMED[name](_text(value), changed) for value in shown[name]]
        shown = shown.assign(**{name: pd.Series(said, shown.index, dtype=object)})
    words = [f"{name}_{side}" for name in ("verdict", "status") for side in SIDES]
    for name in words:
        if name in shown:
            said = [WORDS[part].get(str(v), _text(v)) for v in shown[name]]
            shown = shown.assign(**{name: pd.Series(said, shown.index, dtype=object)})
    headings: dict[str, Wording | tuple[Wording, Wording]] = {key: HEADINGS[key] for key in keys}
    headings |= {
        f"{name}_{side}": (HEADINGS[name], OF_SIDES[side])
        for name in VALUES[part]
        for side in SIDES
    }
    if "change" in shown:
        headings["change"] = HEADINGS["change"]
    labels = shown[first].tolist()
    numbered = shown.set_axis([str(n) for n in range(len(shown))])
    kinds = {f"p_value_{side}": "p_value" for side in SIDES}
    kinds |= {f"{name}_{side}": "count" for name in ("rank", "n") for side in SIDES}
    kinds |= {"period": "text"} | ({"change": "count"} if part == "ranks" else {})
    return table_from(
        numbered,
        headings,
        id=part,
        title=TITLES[part],
        stub=HEADINGS[first],
        labels={str(n): label for n, label in enumerate(labels)},
        kinds=kinds,  # type: ignore[arg-type]
        notes=_more(len(frame), most, has_sizes=False),
        machine={},
    )


def _labelled(names: str, changed: WhatChanged) -> Wording:
    """Word a name, or several of them and the paths that they form, as the report does."""
    paths = [
        reduce(
            lambda first, second: message("{first} → {second}", first=first, second=second),
            (name_of(name, changed.labels) for name in path.split(ARROW)),
        )
        for path in names.split(BETWEEN)
    ]
    return reduce(
        lambda first, second: message("{first} / {second}", first=first, second=second), paths
    )


def _column(name: str, changed: WhatChanged) -> Wording:
    """Word the number of a column and its label; labels of the report are in the catalogue.

    >>> str(_column("2: factors on the mediator", None)), str(_column("1: (1)", None))
    ('2: factors on the mediator', '(1)')
    """
    del changed
    number, _, label = name.partition(": ")
    if label == f"({number})":
        return label
    # Braces of a label would be taken for the places of a template.
    said = message(label) if label and "{" not in label else label
    return message("{first}: {second}", first=number, second=said) if label else number


NAMED: Mapping[str, Callable[[str, WhatChanged], Wording]] = {
    "table": lambda name, changed: changed.titles.get(name, name),
    "column": _column,
    "kind": lambda name, _: VERDICT_KINDS.get(name, name),
    **dict.fromkeys(
        ("class_before", "class_after"),
        lambda name, _: message(name) if name and "{" not in name else name,
    ),
    **dict.fromkeys(("measurement", "entity", "variable", "effect", "pathway"), _labelled),
}
"""Column of the changes -> how its names are worded on the page."""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _more(n: int, most: int | None, *, has_sizes: bool = True) -> tuple[Wording, ...]:
    """Say where the other rows are; rows and columns of data that come or go have no size."""
    if most is None or n <= most:
        return ()
    if has_sizes:
        return (
            message("The {most} largest of {n}; all are in {file}.", most=most, n=n, file=BOOK),
        )
    return (message("The first {most} of {n}; all are in {file}.", most=most, n=n, file=BOOK),)
