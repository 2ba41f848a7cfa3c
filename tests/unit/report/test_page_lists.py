"""Lists of the page: the first rows stand in it, the others are data that a reader searches and sorts."""

from __future__ import annotations

import re

import pytest

from browser import needs_browser, opened, seen, unpacked
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.format import write_report
from xinzhi.report.formats.html_table import FIRST, LONG, SEARCHED
from xinzhi_core.wording import Label

pytestmark = pytest.mark.long

N = LONG + 20
HOSTILE = "</script><script>alert(1)</script>"


def listed(n):
    """A table of n places; the place of number k has the score k - 10, the last a hostile name."""
    name = [Label(f"P{k}", zh=f"城{k}", en=f"Place {k}") for k in range(n - 1)]
    return Table(
        id="list",
        title="Ranks",
        stub="Place",
        columns=(Column("score", "Score"), Column("class", "Class")),
        rows=tuple(
            Row(one, (Cell(k - 10.0), Cell(Label("c", zh="高", en="high"), "text")))
            for k, one in enumerate([*name, HOSTILE])
        ),
    )


@pytest.fixture
def page(tmp_path):
    def written(n):
        document = Document("Title", (DocumentSection("s", "Section", (listed(n),)),))
        path = tmp_path / "report.html"
        content = write_report(document, formats=["html"], languages=("en", "zh"))
        path.write_bytes(content["report.html"])
        return path

    return written


def test_programs_find_tables_and_rows_by_their_keys():
    """What stands in a table is found whatever the language of its words."""
    document = Document("Title", (DocumentSection("s", "Section", (keyed(),)),))
    text = write_report(document, formats=["html"], languages=("zh",))["report.html"].decode()

    assert 'data-id="list"' in text
    assert 'data-key="Ürümqi &lt;b&gt;"' in text


def keyed():
    return Table("list", "T", (Column("c", "C"),), (Row("乌鲁木齐", (Cell(1.0),), "Ürümqi <b>"),))


@pytest.mark.parametrize(("n", "rows"), [(LONG, LONG), (LONG + 1, FIRST)])
def test_only_the_first_rows_of_a_long_list_stand_in_the_page(page, n, rows):
    """The rest is packed: every row, each text once in each language."""
    text = page(n).read_text(encoding="utf-8")

    assert text.count('<th scope="row">') == rows
    found = re.search(r'id="data">([^<]*)<', text)
    assert bool(found) == (n > LONG)
    if found:
        data = unpacked(found[1])
        written = [[data["words"][at] for at in row] for row in data["tables"]["1"]["rows"]]
        assert written[0] == [["Place 0", "城0"], "−10.000", ["high", "高"]]
        assert written[-1] == [HOSTILE, f"{n - 11}.000", ["high", "高"]]
        assert len(written) == n


def test_a_short_table_has_no_search(page):
    """A search stands over lists only."""
    assert 'class="finder"' not in page(SEARCHED).read_text(encoding="utf-8")
    assert 'class="finder"' in page(SEARCHED + 1).read_text(encoding="utf-8")


LOOK = """
const wait = () => new Promise((go) => setTimeout(go, 20));
const names = () => [...document.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.innerText.trim()));
const search = document.querySelector("input[type=search]");
const press = async (element) => { element.click(); await wait(); };
const find = async (words) => { search.value = words; search.dispatchEvent(new Event("input")); await wait(); };
const found = {};
found.start = [names().length, document.querySelector(".count").textContent, document.querySelector(".more")?.hidden];
await find("place 31"); found.thirty = names().map((one) => one[0]);
await find("城12"); found.chinese = names()[0][0];
await find("no such place"); found.none = names().length;
await find("");
const heading = [...document.querySelectorAll("thead button")][1];
await press(heading); found.least = names()[0];
await press(heading); found.most = names()[0]; found.sort = document.querySelector("th[aria-sort]").getAttribute("aria-sort");
if (document.querySelector(".more")) { await press(document.querySelector(".more")); }
found.all = names().length;
return found;
"""


@needs_browser
@pytest.mark.parametrize("n", [LONG - 20, N])
def test_a_reader_finds_and_sorts_every_row(page, tmp_path, n):
    """Search in both languages, sorting by numbers, more rows on request; the same for both kinds of list."""
    found = seen(page(n), LOOK, "?lang=en", folder=tmp_path)

    is_long = n > LONG
    assert found["start"] == (
        [FIRST, f"{FIRST} / {n}", False] if is_long else [n, f"{n} / {n}", None]
    )
    assert found["thirty"] == ["Place 31", *(f"Place {k}" for k in range(310, min(n - 1, 320)))]
    assert found["chinese"] == "Place 12"
    assert found["none"] == 0
    assert found["least"] == ["Place 0", "−10.000", "high"]
    assert found["most"] == [HOSTILE, f"{n - 11}.000", "high"]
    assert (found["sort"], found["all"]) == ("descending", n)


@needs_browser
def test_the_browser_is_silent(page, tmp_path):
    """Unpacking needs nothing that the policy of the page forbids."""
    dom, complaints = opened(page(N), profile=tmp_path / "profile")

    assert complaints == []
    assert f"{FIRST} / {N}" in dom
