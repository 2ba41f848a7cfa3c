"""The results page of `xinzhi app` over a report: tables as read, sorted, copied, of one city, with chosen columns."""

from __future__ import annotations

import json
import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

from scripts_in_node import evaluated, needs_node, source, tree_of
from xinzhi.present.numbers import write
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Profile, ProfilePart, Profiles
from xinzhi.report.format import write_report
from xinzhi.report.formats.html_table import LONG
from xinzhi_core.wording import Label

pytestmark = needs_node

NUMBERS = {
    "city c": (-0.5, 12345.678, 0.03),
    "city a": (None, -7.0, 0.0004),
    "city d": (0.25, 3.0e-6, None),
    "city b": (-10.0, None, 0.9999),
    "city e": (2.0, 99.5, 0.2),
}
KINDS = ("number", "number", "p_value")
COLUMNS = (
    Column("first", "First", spanner="Left"), Column("second", "Second", spanner="Left"),
    Column("p", "p", spanner="Right"),
)  # fmt: skip
TABLE = Table(
    "ranks", Label("r", zh="排名", en="Ranks"), COLUMNS,
    (
        *(
            Row(name, tuple(Cell(v, k) for v, k in zip(values, KINDS, strict=True)), key=name)
            for name, values in NUMBERS.items()
        ),
        Row("All", (Cell(0.1), Cell(0.2), Cell(0.3, "p_value")), key="all", rule_above=True),
    ),
    stub="City", notes=("A note.",),
)  # fmt: skip
OTHER = Table("other", "Other", (Column("x", "X"),), (Row("city b", (Cell(7.0),), key="city b"),), stub="City")  # fmt: skip


@cache
def report():
    own = Table("own", "Own", (Column("s", "Score"),), (Row("2010", (Cell(0.25),)),), stub="Period")
    items = (
        Profile("city b", "City B", (ProfilePart("", ("It is b.",)),), (own,)),
        Profile("city c", "City C", (ProfilePart("", ("It is c.",)),), ()),
    )
    blocks = (TABLE, OTHER, Profiles("Cities", items))
    document = Document(Label("t", zh="报告", en="Report"), (DocumentSection("s", "S", blocks),))
    return write_report(document, formats=["html"], languages=("zh", "en"))["report.html"].decode()


BEGIN = """
globalThis.location = { hash: `#/s/results/${given.kind}/${encodeURIComponent(given.id)}` };
globalThis.history = { replaceState: (a, b, address) => { location.hash = address; } };
globalThis.matchMedia = () => ({ matches: true });
const reportPage = built(given.report);
globalThis.fetch = async () => ({ ok: true, text: async () => "<body>" });
globalThis.DOMParser = class { parseFromString() { return reportPage; } };
globalThis.FormData = class {
  constructor(form) { this.fields = [...form.querySelectorAll("input"), ...form.querySelectorAll("select")]; }
  getAll(name) { return this.fields.filter((one) => one.getAttribute("name") === name && (one.getAttribute("type") !== "checkbox" || one.checked)).map((one) => one.value); }
  get(name) { const one = this.fields.find((field) => field.getAttribute("name") === name); return one.localName === "select" && one.properties.value === undefined ? one.options[0].value : one.value; }
};
const clipboard = {};
document.execCommand = () => document.dispatch("copy", { clipboardData: { setData: (kind, text) => { clipboard[kind] = text; } } });
const asked = [];
const answers = {
  run: { state: "finished" },
  results: { files: [{ name: "report.html", what: "", bytes: 5 }], has_page: true, when: 0, entities: ["city b", "city c", "city z"], regressions: given.regressions ?? [],
    choices: { style: ["usual", "aea"], under: ["t", "p"], format: [".docx"] } },
};
const ask = async (method, path) => {
  asked.push(path);
  if (path.includes("/entity")) return { rows: given.rows };
  if (path.includes("/table")) return { title: "T", spanners: [], head: ["", "(1)"], rows: [{ label: "x", cells: [{ text: "0.5", value: 0.5 }] }], notes: [], sortable: false };
  return path.endsWith("/run") ? answers.run : answers.results;
};
const root = document.createElement("div");
document.body.append(root);
await show(root, { study: "s", lang: given.lang, api: ask, t: (key, values = {}) => key + Object.values(values).map((one) => `(${one})`).join(""), el, tell: (error) => { throw error; }, signal: null });
await new Promise((done) => setTimeout(done, 30));
const view = root.querySelector("article");
const printed = () => view.querySelectorAll("table").map((table) => [table.tHead.rows.map(cellsOf), bodyOf(table)]);
"""


def shown(kind, ident, steps, lang="en", html="", **more):
    """Open a view of the results page, then take steps there."""
    scripts = [source("app/static/app.js").replace("\nstart();", ""), source("app/static/reading.js"), source("app/static/results.js")]  # fmt: skip
    # The page says that it is drawn: nothing is drawn here.
    page = '<html lang="en"><body data-drawn="en"></body></html>'
    script = "\n".join(scripts)
    return evaluated(page, script, BEGIN + steps, report=tree_of(html or report()), kind=kind, id=ident, lang=lang, **more)  # fmt: skip


def written():
    """The cells of the table as our writer writes them, row by row."""
    return [
        [str(row.label), *(str(write(cell, "en", 3)) for cell in row.cells)] for row in TABLE.rows
    ]


def test_a_table_is_read_as_it_was_written():
    """Headings over their columns, each cell in its row, the total at the foot, the note beneath."""
    steps = "return [view.querySelector('h3').textContent, printed(), view.querySelectorAll('.notes > li').map((one) => one.textContent)];"
    title, ((head, rows),), notes = shown("table", "ranks", steps)

    assert title.endswith("Ranks")
    assert [one for one in head[0] if one] == ["Left", "Right"]
    assert head[1] == ["City", "First", "Second", "p"]
    assert rows == written()
    assert notes == ["A note."]
    assert shown("table", "ranks", steps, lang="zh")[0].endswith("排名")


def test_each_heading_sorts_both_ways():
    """As numbers, signs and powers of ten and all; what is missing stays below, and the total under it."""
    steps = """
    const found = {};
    for (const heading of view.querySelectorAll("thead th")) {
      const press = heading.querySelector("button");
      if (!press) continue;
      found[press.textContent] = ["ascending", "descending"].map(() => {
        press.dispatch("click");
        return [heading.getAttribute("aria-sort"), bodyOf(view.querySelector("table")).map((row) => row[0])];
      });
    }
    return found;
    """
    found = shown("table", "ranks", steps)

    assert found["City"][0][1] == [*sorted(NUMBERS), "All"]
    assert found["City"][1][1] == [*sorted(NUMBERS, reverse=True), "All"]
    for at, heading in enumerate(("First", "Second", "p")):
        values = {name: row[at] for name, row in NUMBERS.items()}
        for sign, way, (told, names) in zip((1, -1), ("ascending", "descending"), found[heading], strict=True):  # fmt: skip
            known = sorted((n for n in values if values[n] is not None), key=lambda n: sign * values[n])  # fmt: skip
            (missing,) = (name for name in values if values[name] is None)
            assert told == way
            assert names == [*known, missing, "All"], heading


def test_the_numbers_of_a_long_list_are_sorted_as_numbers():
    """Rows that the page holds as data have their words alone: signs, commas and powers are read from them."""
    values = [-2.5, 12345.5, 3.0e-6, -0.25, *(-100.0 - n for n in range(LONG))]
    rows = tuple(Row(f"r{n}", (Cell(value),)) for n, value in enumerate(values))
    long = Table("long", "Long", (Column("a", "A"),), rows, stub="Row")
    html = write_report(Document("T", (DocumentSection("s", "S", (long,)),)), formats=["html"], languages=("en",))["report.html"].decode()  # fmt: skip
    steps = """
    const press = () => view.querySelectorAll("thead th")[1].querySelector("button").dispatch("click");
    press();
    press();
    return bodyOf(view.querySelector("table")).slice(0, 5);
    """

    found = shown("table", "long", steps, html=html)
    largest = sorted(range(len(values)), key=lambda n: -values[n])[:5]
    assert found == [[f"r{n}", str(write(Cell(values[n]), "en", 3))] for n in largest]


def test_a_copied_table_is_the_table_that_is_shown():
    """As text with tabs and as HTML for a word processor: title, headings, cells and notes in their order."""
    steps = """
    view.querySelectorAll("button").find((one) => one.textContent === "results.copy").click();
    return clipboard;
    """
    found = shown("table", "ranks", steps)
    lines = found["text/plain"].split("\n")

    assert lines[0] == "Ranks"
    assert lines[1].split("\t") == ["City", "First", "Second", "p"]
    assert [line.split("\t") for line in lines[2:-1]] == written()
    assert lines[-1] == "A note."
    rows = re.findall(r"<tr>(.*?)</tr>", found["text/html"])
    cells = [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows]  # fmt: skip
    assert cells[1] == ["City", "First", "Second", "p"]
    assert [[one.replace("&lt;", "<").replace("&gt;", ">") for one in row] for row in cells[2:]] == written()  # fmt: skip
    assert "border-top:1.5pt" in rows[0]
    assert "border-bottom:1.5pt" in rows[-1]
    assert "border-top:0.75pt" in rows[-1]  # the rule above the total


def test_the_page_of_a_city_holds_its_own_rows():
    """Its name, sentences and tables, and of all tables the rows of its own name; steps go on and back."""
    steps = """
    const state = () => [view.querySelector("h3").textContent, view.querySelectorAll("p").map((one) => one.textContent), printed().map(([, rows]) => rows), location.hash, printed().map(([head]) => head.at(-1))];
    const found = [state()];
    const step = (word) => view.querySelectorAll("button").find((one) => one.textContent === word).click();
    step("results.next");
    found.push(state());
    step("results.previous");
    step("results.previous");
    await new Promise((done) => setTimeout(done, 30));
    found.push(state());
    return found;
    """
    rows = [
        {"measurement": "green", "period": "2010", "score": "0.51239", "status": "certified"},
        {"measurement": "green", "period": "2011", "score": "", "status": "infeasible"},
    ]
    first, after, before = shown("entity", "city b", steps, rows=rows)
    table = {row[0]: row for row in written()}

    assert first[0] == "City B"
    assert "It is b." in first[1]
    assert first[2] == [[["2010", "0.250"]], [table["city b"]], [["city b", "7.000"]]]
    assert (after[0], after[2]) == ("City C", [[table["city c"]]])
    assert "It is c." in after[1]
    # A city without a page of its own has its scores.
    assert before[0] == "city z"
    assert before[2] == [[["2010", "0.512", "certified"], ["2011", "—", "infeasible"]]]
    assert before[3].endswith("/entity/city%20z")
    assert before[4] == [["results.period", "results.score", "results.status"]]
    assert first[4][0] == ["Period", "Score"]


def test_chosen_columns_and_rows_are_asked_for():
    """What is ticked is what the server is asked for: columns by number, coefficients left out by name, digits."""
    regressions = [
        {"id": "base", "coefficients": ["talent", "firms", "open"], "columns": [{"outcome": "green", "label": "plain"}, {"outcome": "green", "label": "full"}]}
    ]  # fmt: skip
    steps = """
    const boxes = view.querySelectorAll("input");
    const set = async (name, value, on) => {
      const box = boxes.find((one) => one.getAttribute("name") === name && one.getAttribute("value") === value);
      box.checked = on;
      box.dispatch("change");
      await new Promise((done) => setTimeout(done, 5));
    };
    await set("column", "1", false);
    await set("row", "firms", false);
    const digits = boxes.find((one) => one.getAttribute("name") === "decimals");
    digits.value = "2";
    digits.dispatch("input");
    await new Promise((done) => setTimeout(done, 5));
    return asked.filter((one) => one.includes("/table"));
    """
    found = shown("regression", "base", steps, regressions=regressions)
    specs = [json.loads(parse_qs(urlsplit(one).query)["spec"][0]) for one in found]

    assert specs[0]["columns"] == [1, 2]
    assert specs[0]["left_out"] == []
    assert "decimals" not in specs[0]
    assert specs[-1]["table"] == "base"
    assert specs[-1]["columns"] == [2]
    assert specs[-1]["headings"] == ["full"]
    assert specs[-1]["left_out"] == ["firms"]
    assert specs[-1]["decimals"] == 2
    assert (specs[-1]["style"], specs[-1]["under"]) == ("usual", "")
