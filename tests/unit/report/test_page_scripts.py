"""What the script of a report does for its reader: sorting, searching, pages of cities and their lines, languages."""

from __future__ import annotations

import math
import re
from functools import cache
from unittest import mock

import pytest

from made_report import estimates
from scripts_in_node import REPORT, evaluated, needs_node, source
from xinzhi.present.coefficients import coefficient_plot
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Profile, ProfilePart, Profiles
from xinzhi.report.format import write_report
from xinzhi.report.formats.html_table import FIRST, LONG, SEARCHED
from xinzhi_core.wording import Label

pytestmark = needs_node

NAMES = {
    "beijing": Label("beijing", zh="北京市", en="Beijing"),
    "anhui": Label("anhui", zh="安徽省", en="Anhui"),
    "zunyi": Label("zunyi", zh="遵义市", en="Zunyi"),
    "harbin": Label("harbin", zh="哈尔滨市", en="Harbin"),
    "taiyuan": Label("taiyuan", zh="太原市", en="Taiyuan"),
}
NUMBERS = {
    "beijing": (-0.5, 12345.678, 0.091, 4, 0.03),
    "anhui": (None, -7.0, 0.5, 12, None),
    "zunyi": (0.25, 3.0e-6, None, 100, 0.0004),
    "harbin": (-10.0, None, 0.1004, 9, 0.9999),
    "taiyuan": (2.0, 99.5, -0.3, None, 0.2),
}
"""Signs, thousands, powers of ten, shares, counts, p-values, and one missing in each column."""
KINDS = ("number", "number", "percent", "count", "p_value")
COLUMNS = tuple(Column(f"c{n}", f"Column {n}") for n in range(len(KINDS)))


def cells(values):
    return tuple(Cell(value, kind) for value, kind in zip(values, KINDS, strict=True))


def table(*, is_long=False, has_rule=False):
    """Make a table of the cities; a long one has many more below every number of theirs."""
    rows = [Row(NAMES[key], cells(values)) for key, values in NUMBERS.items()]
    if is_long:
        rows += [
            Row(f"Place {n:03d}", cells((-50.0 - n, -50.0 - n, -50.0 - n, -50 - n, None)))
            for n in range(LONG)
        ]
    if has_rule:
        rows.append(Row("All", cells((0.1, 0.1, 0.1, 1, 0.1)), rule_above=True))
    return Table("t", "T", COLUMNS, tuple(rows), stub="City")


def page(*blocks, languages=("zh", "en")):
    document = Document(Label("t", zh="报告", en="Report"), (DocumentSection("s", "S", blocks),))
    # The library that draws is left out: what it is asked to draw is looked at.
    with mock.patch("xinzhi.report.formats.html.viewer_script", return_value=""):
        return write_report(document, formats=["html"], languages=languages)["report.html"].decode()


SORT = """
const table = document.querySelector("table.sortable");
const found = {};
for (const heading of table.tHead.rows.at(-1).cells) {
  const press = heading.querySelector("button");
  found[heading.textContent.trim()] = ["ascending", "descending"].map((way) => {
    press.click();
    return [heading.getAttribute("aria-sort"), bodyOf(table)];
  });
}
return found;
"""


@cache
def written(*, is_long=False, has_rule=False):
    return page(table(is_long=is_long, has_rule=has_rule))


@cache
def in_order(is_long, language="en", *, has_rule=False):
    """Sort by every heading, up and down: heading -> both told orders and rows."""
    html = written(is_long=is_long, has_rule=has_rule)
    return evaluated(html, source(REPORT), SORT, search=f"?lang={language}")


@pytest.mark.long
@pytest.mark.parametrize("is_long", [False, True])
@pytest.mark.parametrize("column", range(len(KINDS)))
def test_columns_are_sorted_as_numbers(column, is_long):
    """Negative, large, tiny numbers and shares in their order, both ways; what is missing stays last; the total below."""
    done = in_order(is_long, has_rule=not is_long)[f"Column {column}"]
    values = {str(NAMES[key].en): numbers[column] for key, numbers in NUMBERS.items()}
    if is_long and KINDS[column] != "p_value":
        values |= {f"Place {n:03d}": -50.0 - n for n in range(LONG)}

    for (told, rows), way, sign in zip(done, ("ascending", "descending"), (1, -1), strict=True):
        names = [re.sub(r"^[^A-Z]+", "", row[0]) for row in rows]
        assert told == way
        known = [name for name in names if values.get(name) is not None]
        expected = [name for name, value in values.items() if value is not None]
        expected.sort(key=lambda name: sign * values[name])
        assert known == expected[: len(known)]
        assert known == names[: len(known)]  # whatever has no number comes after
        if not is_long:
            assert names[-1] == "All"
            assert len(names) == len(NUMBERS) + 1


@pytest.mark.one_in(4)
@pytest.mark.parametrize("is_long", [False, True])
@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ["Anhui", "Beijing", "Harbin", "Taiyuan", "Zunyi"]),
        ("zh", ["安徽省", "北京市", "哈尔滨市", "太原市", "遵义市"]),
    ],
)
def test_names_are_sorted_in_the_language_of_the_page(language, order, is_long):
    """By the letters that a reader sees: in English by the English name, in Chinese by its sound."""
    (_, ascending), (_, descending) = next(iter(in_order(is_long, language).values()))

    for rows, expected in ((ascending, order), (descending, order[::-1])):
        found = [name for row in rows for name in order if name in row[0]]
        if not (is_long and len(found) < len(order)):  # the page shows the first of a long list
            assert found == expected


def test_each_cell_of_a_sorted_row_goes_with_its_city():
    """Sorting moves whole rows: each city keeps its own numbers, in the short and in the long table."""
    for is_long in (False, True):
        html = written(is_long=is_long)
        steps = "return bodyOf(document.querySelector('table.sortable'));"
        before = evaluated(html, source(REPORT), steps, search="?lang=en")
        told = {row[0]: row[1:] for row in before}
        for (_, up), (_, down) in in_order(is_long).values():
            for row in (*up, *down):
                assert told.get(row[0], row[1:]) == row[1:]
        beijing = next(row for row in before if "Beijing" in row[0])
        assert beijing[1:] == ["−0.500", "12,345.678", "9.1%", "4", "0.030"]


def test_numbers_among_labels_are_sorted_as_numbers():
    """A column of whole numbers in front: 9 comes before 10."""
    rows = tuple(Row(str(n), (Cell(float(n)),)) for n in (10, 9, 100, 2, 31))
    html = page(Table("t", "T", (Column("a", "A"),), rows, stub="Rank"))
    done = evaluated(html, source(REPORT), SORT)

    assert [row[0] for row in done["Rank"][0][1]] == ["2", "9", "10", "31", "100"]


def test_a_search_keeps_the_rows_with_its_words_and_counts_them():
    """Rows that hold the words in either language, and how many of all; more rows come when asked for."""
    html = written(is_long=True)
    steps = """
    const table = document.querySelector("table.sortable");
    const figure = table.closest("figure");
    const search = figure.querySelector("input[type=search]");
    const count = () => figure.querySelector(".count").textContent;
    const found = { start: [count(), bodyOf(table).length] };
    for (const words of ["harbin", "北京", "place 00", "nowhere"]) {
      search.value = words;
      search.dispatch("input");
      found[words] = [count(), bodyOf(table).map((row) => row[0])];
    }
    search.value = "";
    search.dispatch("input");
    figure.querySelector(".more").click();
    found.more = [count(), figure.querySelector(".more").hidden];
    return found;
    """
    found = evaluated(html, source(REPORT), steps, search="?lang=en")
    n = LONG + len(NUMBERS)

    assert found["start"] == [f"{FIRST} / {n}", FIRST]
    assert found["harbin"][0] == f"1 / {n}"
    assert "Harbin" in found["harbin"][1][0]
    assert found["北京"][0] == f"1 / {n}"
    assert found["place 00"][0] == f"10 / {n}"
    assert found["place 00"][1] == [f"Place 00{k}" for k in range(10)]
    assert found["nowhere"] == [f"0 / {n}", []]
    assert found["more"] == [f"{min(n, FIRST + 500)} / {n}", n <= FIRST + 500]


def test_a_search_among_rows_that_stand_in_the_page():
    """A table with a search whose rows are not data: all of them are there, and the last under its rule stays."""
    rows = [Row(f"Place {n:02d}", (Cell(float(n)),)) for n in range(SEARCHED + 5)]
    rows.append(Row("All", (Cell(1.0),), rule_above=True))
    html = page(Table("t", "T", (Column("a", "A"),), tuple(rows), stub="Place"))
    steps = """
    const table = document.querySelector("table.sortable");
    const search = table.closest("figure").querySelector("input[type=search]");
    search.value = "place 07";
    search.dispatch("input");
    return [table.closest("figure").querySelector(".count").textContent, bodyOf(table)];
    """
    count, shown = evaluated(html, source(REPORT), steps)

    assert shown == [["Place 07", "7.000"], ["All", "1.000"]]
    assert count.startswith("1 / ")


SERIES = {
    "a": ((2010, 0.2), (2011, 0.8), (2012, None), (2013, 0.5)),
    "b": ((2010, 1.3), (2011, 0.1), (2012, 0.9), (2013, 1.1)),
    "c": ((2010, 0.4),),
}
MEAN = ((2010, 0.6), (2011, 0.45), (2012, 0.9), (2013, 0.8))


@cache
def cities():
    scores = Table("scores", Label("s", zh="历年得分", en="Scores"), (Column("s", "Score"),), (Row("2010", (Cell(0.25),)),), stub="Period", notes=("Note.",))  # fmt: skip
    items = tuple(
        Profile(key, Label(key, zh=f"城{key}", en=f"City {key}"), (ProfilePart("Part", (f"Sentence of {key}.",)),), (scores,), series)
        for key, series in SERIES.items()
    )  # fmt: skip
    return page(Profiles("Cities", items, MEAN))


CITY = """
const seen = () => {
  const profile = document.getElementById("profile");
  const svg = profile.querySelector("svg");
  const points = (name) => svg?.querySelector(`polyline.${name}`)?.getAttribute("points");
  return {
    heading: profile.querySelector("h3").querySelector(`[lang="${document.documentElement.lang}"]`).textContent,
    sentences: profile.querySelectorAll("ul.reading > li").map((one) => one.textContent),
    own: points("own"), mean: points("mean"), label: svg?.getAttribute("aria-label"),
    texts: svg?.querySelectorAll("text").map((one) => [one.textContent, Number(one.getAttribute("x")), Number(one.getAttribute("y"))]),
    lines: svg?.querySelectorAll("line").map((one) => [one.className, Number(one.getAttribute("y1")), Number(one.getAttribute("y2"))]),
    table: profile.querySelector("table") && [profile.querySelector("table").tHead.rows[0].cells.map((one) => one.textContent), bodyOf(profile.querySelector("table"))],
    chosen: document.getElementById("city").value,
  };
};
"""


def points(text):
    return [tuple(map(float, one.split(","))) for one in text.split()]


@pytest.mark.parametrize("key", ["a", "b"])
def test_the_line_of_a_city_goes_up_where_its_score_rises(key):
    """Each point at its year and score: 0 and the frontier at 1 are drawn where they are written, up is more."""
    seen = evaluated(
        cities(), source(REPORT), CITY + "return seen();", search=f"?lang=en&city={key}"
    )
    marked = {words: (x, y) for words, x, y in seen["texts"]}
    # The letters of a label stand four pixels under what they name.
    zero, one = marked["0"][1] - 4, marked["1"][1] - 4
    left, right = marked["2010"][0], marked["2013"][0]

    assert left < right
    assert one < zero
    assert seen["lines"] == [["axis", zero, zero], ["frontier", one, one]]
    for name, series in (("own", SERIES[key]), ("mean", MEAN)):
        known = [(year, score) for year, score in series if score is not None]
        found = points(seen[name])
        assert len(found) == len(known)
        for (x, y), (year, score) in zip(found, known, strict=True):
            # Written with one decimal of a pixel.
            assert x == pytest.approx(left + (right - left) * (year - 2010) / 3, abs=0.06)
            assert y == pytest.approx(zero + (one - zero) * score, abs=0.06)
            assert 0 <= y <= 175
    newest = f"{SERIES[key][-1][1]:.2f}"
    (end,) = [(x, y) for words, x, y in seen["texts"] if words == newest]
    assert end[0] > points(seen["own"])[-1][0]
    assert end[1] == pytest.approx(points(seen["own"])[-1][1] + 4, abs=0.06)
    (mean,) = [(x, y) for words, x, y in seen["texts"] if "mean" in words]
    assert mean[1] == pytest.approx(points(seen["mean"])[0][1] + 14, abs=0.06)
    told = ", ".join(f"{year} {score:.2f}" for year, score in SERIES[key] if score is not None)
    assert seen["label"] == told


def test_the_page_of_a_city_is_its_own():
    """Name, sentences, table and line of the chosen city; one with a single score has no line."""
    steps = (
        CITY
        + """
    const found = {};
    const chooser = document.getElementById("city");
    found.start = seen();
    for (const at of [1, 2, 0]) {
      chooser.value = String(at);
      chooser.dispatch("change");
      found[at] = seen();
    }
    found.options = chooser.options.map((one) => one.textContent);
    document.getElementById("city-before").click();
    found.before = seen().chosen;
    document.getElementById("city-after").click();
    document.getElementById("city-after").click();
    found.after = seen().chosen;
    return found;
    """
    )
    found = evaluated(cities(), source(REPORT), steps, search="?lang=en&city=c")

    assert found["options"] == ["City a", "City b", "City c"]
    assert found["start"]["heading"] == "City c"
    assert "own" not in found["start"] or found["start"]["own"] is None
    for at, key in enumerate("abc"):
        assert found[str(at)]["heading"] == f"City {key}"
        assert found[str(at)]["sentences"] == [f"Sentence of {key}."]
        assert found[str(at)]["table"] == [["Period", "Score"], [["2010", "0.250"]]]
    assert found["before"] == "2"
    assert found["after"] == "1"


PLACES = {"大同市": ("Datong", 0.17, 90), "克拉玛依市": ("Karamay", 1.2, 1), "安阳市": ("Anyang", None, None), "西安市": ("Xi'an", 0.5, 4)}  # fmt: skip


@cache
def places():
    items = tuple(
        Profile(key, Label(key, zh=key, en=en), (ProfilePart("Part", (f"Of {en}.",)),), (), (), score, rank)
        for key, (en, score, rank) in PLACES.items()
    )  # fmt: skip
    return page(Profiles("Cities", items))


def test_a_city_is_found_in_one_step_by_either_name():
    """Its page stands there as soon as its name is written, in either language; no name, no other page."""
    steps = """
    const [search, chooser] = ["city-search", "city"].map((id) => document.getElementById(id));
    const found = {};
    for (const words of ["大同", "kara", "xian", "XI'AN", "nowhere", "an"]) {
      search.value = words;
      search.dispatch("input");
      found[words] = [document.getElementById("profile").querySelector("h3").querySelector('[lang="en"]').textContent,
        document.getElementById("city-count").textContent, chooser.options.map((one) => one.textContent)];
    }
    return found;
    """
    found = evaluated(places(), source(REPORT), steps, search="?lang=en")

    assert found["大同"] == ["Datong", "1 / 4", ["Datong"]]
    assert found["kara"] == ["Karamay", "1 / 4", ["Karamay"]]
    assert found["xian"] == found["XI'AN"] == ["Xi'an", "1 / 4", ["Xi'an"]]
    assert found["nowhere"] == ["Xi'an", "0 / 4", []]
    assert found["an"] == ["Anyang", "2 / 4", ["Anyang", "Xi'an"]]


def test_cities_are_ordered_by_name_score_or_rank():
    """The best first, one without a score last; the steps follow the order; Chinese names by their sound."""
    steps = """
    const [order, chooser] = ["city-order", "city"].map((id) => document.getElementById(id));
    const found = {};
    for (const by of ["name", "score", "rank"]) {
      order.value = by;
      order.dispatch("change");
      found[by] = chooser.options.map((one) => one.textContent);
    }
    document.getElementById("city-after").click();
    found.after = document.getElementById("profile").querySelector("h3").querySelector('[lang="en"]').textContent;
    document.getElementById("language").click();
    await settled();
    order.value = "name";
    order.dispatch("change");
    found.zh = chooser.options.map((one) => one.textContent);
    return found;
    """
    found = evaluated(places(), source(REPORT), steps, search="?lang=en&city=克拉玛依市")

    assert found["name"] == ["Anyang", "Datong", "Karamay", "Xi'an"]
    assert found["score"] == ["Karamay  1.200", "Xi'an  0.500", "Datong  0.170", "Anyang"]
    assert found["rank"] == ["Karamay  1", "Xi'an  4", "Datong  90", "Anyang"]
    assert found["after"] == "Xi'an"
    assert found["zh"] == ["安阳市", "大同市", "克拉玛依市", "西安市"]


def test_the_finder_beside_the_chapters_leads_to_a_city():
    """Its form turns the page to the city; a name that nobody has leaves it as it is."""
    steps = """
    const finder = document.getElementById("find");
    const found = [];
    for (const words of ["Karamay", "nowhere", "", "安阳市"]) {
      finder.querySelector("input").value = words;
      finder.dispatch("submit");
      found.push(document.getElementById("profile").querySelector("h3").querySelector('[lang="en"]').textContent);
    }
    return [found, finder.hidden, document.getElementById("city-names").querySelectorAll("option").length];
    """
    found, hidden, n = evaluated(places(), source(REPORT), steps, search="?lang=en")

    assert found == ["Karamay", "Karamay", "Karamay", "Anyang"]
    assert (hidden, n) == (False, 4)


def test_the_sentences_of_a_city_stand_under_their_headings():
    """Each part of its page has its heading, where it has one."""
    steps = """
    const profile = document.getElementById("profile");
    return [profile.querySelectorAll("h4").map((one) => one.textContent), profile.querySelectorAll("ul.reading > li").map((one) => one.textContent)];
    """
    assert evaluated(places(), source(REPORT), steps, search="?lang=en&city=大同市") == [
        ["Part"],
        ["Of Datong."],
    ]


def test_the_language_is_switched_and_remembered():
    """Title, names of cities and charts turn to the other language; the address goes before what is remembered."""
    chart = coefficient_plot(
        "c", Label("c", zh="系数图", en="Plot"), [estimates({"x": (1, 1, 0.5)})]
    )
    steps = """
    const state = () => [document.documentElement.lang, document.title, drawn.at(-1)[1], kept["xinzhi.language"] ?? null];
    const found = [state()];
    document.getElementById("language").click();
    await settled();
    found.push(state());
    document.getElementById("language").click();
    await settled();
    found.push(state());
    return found;
    """
    found = evaluated(page(chart), source(REPORT), steps, search="?lang=en")

    assert found == [
        ["en", "Report", "Plot.", None], ["zh", "报告", "系数图。", "zh"], ["en", "Report", "Plot.", "en"],
    ]  # fmt: skip


def test_each_chart_is_drawn_in_its_own_place():
    """The specification of a chart goes into the box with its number."""
    charts = [
        coefficient_plot(f"c{n}", f"Plot {n}", [estimates({"x": (1, 1, 0.5)})]) for n in range(3)
    ]
    steps = """
    return document.querySelectorAll(".drawing").map((box) =>
      [box.closest("figure").querySelector(".caption").textContent, box.querySelector("svg").getAttribute("aria-label")]);
    """
    found = evaluated(page(*charts), source(REPORT), steps)

    assert len(found) == 3
    for n, (caption, label) in enumerate(found):
        assert f"Plot {n}" in caption
        assert f"Plot {n}" in label


def test_numbers_of_cells_are_read_as_they_are_written():
    """Minus signs, commas, powers of ten, stars, brackets, per cent: the page reads what our writer wrote."""
    from xinzhi.present.numbers import write

    values = [-0.5, 1234567.891, 3.2e-7, -4.5e-9, 0.0, 99999.5, 12.0]
    rows = tuple(Row(f"r{n}", (Cell(value),)) for n, value in enumerate(values))
    rows += tuple(Row(f"z{n}", (Cell(-1e9 - n),)) for n in range(LONG))
    html = page(Table("t", "T", (Column("a", "A"),), rows, stub="Row"))
    done = evaluated(html, source(REPORT), SORT, search="?lang=en")
    shown = [row[1] for row in done["A"][1][1]][: len(values)]

    assert shown == [str(write(Cell(v), "en", 3)) for v in sorted(values, reverse=True)]
    assert not any(map(math.isnan, values))
