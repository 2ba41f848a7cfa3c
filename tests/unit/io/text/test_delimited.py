"""Files with quoted, uneven and blank lines are read by column, and say what they say row by row."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from xinzhi_core.errors import StudyError
from xinzhi_panel.io.guard import document_of_findings
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.text import delimited
from xinzhi_panel.io.text.columns import ColumnRows
from xinzhi_panel.io.text.encoding import read_text_table

HEAD = "city,year,gdp,name"
ROWS = [f"c{i // 4},{2008 + i % 4},{1.5 + i},n{i}" for i in range(16)]
PLAIN = "\n".join([HEAD, *ROWS]) + "\n"
BY_COLUMN = {
    "plain": PLAIN,
    "no last line end": PLAIN[:-1],
    "returns": PLAIN.replace("\n", "\r\n"),
    "quoted heading": PLAIN.replace(HEAD, '"city","year","gdp","name"'),
    "quoted text": PLAIN.replace("c1,", '"c1",').replace(",n3\n", ',"n3"\n'),
    "all quoted": '"' + PLAIN[:-1].replace(",", '","').replace("\n", '"\n"') + '"',
    "all quoted with returns": '"'
    + PLAIN[:-1].replace(",", '","').replace("\n", '"\r\n"')
    + '"\r\n',
    "separators inside": PLAIN.replace(",n3\n", ',"n,3,,"\n').replace(",n4\n", ',",n"\n'),
    "line ends inside": PLAIN.replace(",n3\n", ',"n\n3\n"\n').replace(",n4\n", ',"\n"\n'),
    "line ends with returns inside": PLAIN.replace("\n", "\r\n").replace(",n3", ',"n\r\n3"'),
    "doubled marks": PLAIN.replace(",n3\n", ',"a ""b"" c"\n').replace(",n4\n", ',""""\n'),
    "empty quoted": PLAIN.replace(",n3\n", ',""\n').replace("\nc1,", '\n"",', 1),
    "thousands": PLAIN.replace(",3.5,", ',"3,561.25",'),
    "blanks": PLAIN.replace(",", ", ").replace("\nc1", "\n  c1"),
    "blanks beside quoted text": PLAIN.replace(",n3\n", ',"n 3"\n').replace(",n4\n", ", n4 \n"),
    "blank lines": PLAIN.replace("\nc1", "\n\n\nc1").replace("\nc3", "\n\nc3"),
    "blank first line": "\n" + PLAIN,
    "blank last lines": PLAIN + "\n\n",
    "blank lines with returns": ("\n" + PLAIN.replace("\nc1", "\n\nc1")).replace("\n", "\r\n"),
    "short lines": PLAIN.replace(",n3\n", "\n").replace("\nc3", "\nshort\nc3", 1),
    "long lines": PLAIN.replace(",n3\n", ",n3,\n").replace(",n7\n", ",n7,x,y\n"),
    "short last line": PLAIN + "note",
    "title": "A table\n" + PLAIN,
    "title quoted": '"A table, ""so called"""\n\n' + PLAIN,
    "uneven and quoted": PLAIN.replace(",n3\n", "\n").replace("c1,", '"c1",')
    + '"note, of source"\n',
    "line of blanks": PLAIN.replace("\nc1", "\n   \nc1", 1),
    "bom": "\ufeff" + PLAIN,
    "two boms and an end": "\ufeff\ufeff" + PLAIN + "\x1a",
    "semicolon": PLAIN.replace(",", ";").replace("n3", '"n;3"'),
    "tab": PLAIN.replace(",", "\t").replace("n3", '"n\t3"'),
    "bar": PLAIN.replace(",", "|").replace("n3", '"n|3"'),
    "chinese": PLAIN.replace("c1,", '"唐山",').replace("c2,", "大同,"),
}
ROW_BY_ROW = {
    "mark within a cell": PLAIN.replace(",n3\n", ',5" pipe\n'),
    "mark behind a blank": PLAIN.replace(",n3\n", ', "n3"\n'),
    "blank behind a mark": PLAIN.replace(",n3\n", ',"n3" \n'),
    "text behind a mark": PLAIN.replace(",n3\n", ',"n"3\n'),
    "not closed": PLAIN.replace(",n3\n", ',"n3\n'),
    "not closed at the end": PLAIN[:-1] + '"',
    "one open at the end": PLAIN + '"',
    "two that look closed": PLAIN.replace(",n3\n", ',n"3\n').replace(",n5\n", ',n"5\n'),
    "blank inside and before": PLAIN.replace(",n3\n", '," n3"\n').replace(",n4\n", ", n4\n"),
    "formula": PLAIN.replace(",n3\n", ',="0012"\n'),
    "old line ends": PLAIN.replace("\n", "\r"),
    "one old line end": PLAIN.replace("\nc1", "\rc1", 1),
    "old line end inside": PLAIN.replace(",n3\n", ',"n\r3"\n'),
    "one column": PLAIN.replace(",", "_"),
    "one very long line": PLAIN.replace(",n3\n", "," * 500 + "\n"),
    "a field too long": PLAIN.replace("n3", "n" * (csv.field_size_limit() + 1)),
    "a quoted field too long": PLAIN.replace("n3", f'"{"n" * (csv.field_size_limit() + 1)}"'),
    "sep line": "sep=,\n" + PLAIN,
}


def table_and_panel(path):
    """Give the rows of the text, and all that is said of the panel; problems where it is refused."""
    found = []
    for work in (
        lambda: read_text_table(path),
        lambda: read_panel(path, entity="city", period="year"),
    ):
        try:
            found.append(work())
        except StudyError as error:
            found.append((type(error).__name__, str(error), error.problems))
    table, panel = found
    is_table, is_panel = not isinstance(table, tuple), not isinstance(panel, tuple)
    return (
        table.rows if is_table else table,
        (table.delimiter, table.encoding, table.decisions) if is_table else None,
        panel.panel.frame.to_csv() if is_panel else panel,
        (panel.panel.rows, panel.columns, document_of_findings(panel)) if is_panel else None,
    )


def both_ways(data, tmp_path, monkeypatch):
    """Read bytes row by row and by column; give what the second way made of the rows."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    small = table_and_panel(path)
    monkeypatch.setattr(delimited, "LARGE", 1)
    large = table_and_panel(path)
    rows, again = small[0], large[0]
    if isinstance(again, ColumnRows):
        assert [*map(list, again)] == rows
        assert [list(again[i]) for i in range(len(again))] == rows
        assert [*map(list, again[2:5])] == rows[2:5]
        lengths = again.lengths
        assert [len(row) for row in rows] == (
            [len(again.columns)] * len(rows) if lengths is None else lengths.tolist()
        )
    else:
        assert again == rows
    assert large[1:] == small[1:]
    return again


@pytest.mark.parametrize("kind", BY_COLUMN)
def test_plain_marks_and_uneven_lines_are_read_by_column(kind, tmp_path, monkeypatch):
    """Cells, lengths, decisions, notices and problems are those of the other way."""
    rows = both_ways(BY_COLUMN[kind].encode(), tmp_path, monkeypatch)
    assert isinstance(rows, ColumnRows)


@pytest.mark.parametrize("kind", ROW_BY_ROW)
def test_anything_else_is_read_row_by_row(kind, tmp_path, monkeypatch):
    """Refusals with their rows are those of the reader of the standard library."""
    rows = both_ways(ROW_BY_ROW[kind].encode(), tmp_path, monkeypatch)
    assert not isinstance(rows, ColumnRows)


def test_other_encodings_are_read_by_column_too(tmp_path, monkeypatch):
    """A file of a Chinese spreadsheet program, with quoted names."""
    text = BY_COLUMN["chinese"].replace("name", "名称").replace("n3", "这是一个城市的名称")
    rows = both_ways(text.encode("gb18030"), tmp_path, monkeypatch)
    assert isinstance(rows, ColumnRows)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("seed", range(40))
def test_texts_of_marks_and_line_ends_in_any_order(seed, tmp_path, monkeypatch):
    """Whatever stands between the separators, both ways give the same rows or the same refusal."""
    draw = np.random.default_rng(seed)
    pieces = ['"', '""', ",", "\n", "\r\n", " ", "a", "1.5", '"x"', '"x,\ny"', '","']
    for number in range(12):
        noise = "".join(draw.choice(pieces, size=draw.integers(1, 10)))
        body = [HEAD, *ROWS]
        body.insert(int(draw.integers(len(body))), noise)
        end = str(draw.choice(["\n", "\r\n"]))
        folder = tmp_path / str(number)
        folder.mkdir()
        with monkeypatch.context() as patch:
            both_ways(end.join(body).encode(), folder, patch)
