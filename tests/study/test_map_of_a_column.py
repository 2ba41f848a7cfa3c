"""Maps of a column of the data: raw figures or what a step makes, each place in the colour of its class."""

from __future__ import annotations

import pytest

from cli_runner import attempt
from printed_maps import entities_of, page_of, pictures_of
from xinzhi.present.map.china import TOLERANCE, sheet
from xinzhi.report.exhibits import charts_of
from xinzhi.study.outlines import built_in
from xinzhi.study.run import run
from xinzhi_core.errors import StudyError

RESIDENTS = {
    "唐山市": (1_900_000, 2_000_000),
    "大同市": (2_100_000, 2_100_000),
    "赣州市": (8_900_000, 9_100_000),
    "徐州市": (5_000_000, 5_000_001),
    "榆林市": (None, 3_600_000),
}
STUDY = """\
title: T
sources: {{d: {{file: d.csv, entity: city, period: year}}}}
panel: {{from: d, labels: {{residents: {{zh: 常住人口, en: Residents}}}}}}
prepare: [{{millions: {{step: expression, expression: residents / 1000000}}}}]
variables: {{residents: {{column: residents}}}}
describe: {{variables: [residents]}}
maps: {{m: {{{options}, boundaries: built_in}}}}
report: {{formats: [svg]}}
"""
RAW = (
    "column: residents, classes: {small: '< 2000000', middle: 2000000-5000000, large: '> 5000000'}"
)
MADE = "column: millions, classes: {small: '< 2', middle: 2-5, large: '> 5'}"


def class_of(figure):
    if figure is None:
        return None
    return "small" if figure < 2_000_000 else "middle" if figure <= 5_000_000 else "large"


@pytest.fixture
def study(tmp_path):
    """A function that writes a study with such a map."""
    lines = ["city,year,residents,name"]
    for city, (first, last) in RESIDENTS.items():
        lines += [f"{city},2008,{'' if first is None else first},a", f"{city},2023,{last},b"]
    (tmp_path / "d.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write(options):
        path = tmp_path / "study.yaml"
        path.write_text(STUDY.format(options=options), encoding="utf-8")
        return path

    return write


@pytest.mark.long
@pytest.mark.parametrize(("options", "label"), [(RAW, "Residents"), (MADE, "millions")])
def test_each_place_has_the_colour_of_its_figure(study, options, label):
    """On the page and on the picture; the legend has the words, the ranges and the counts, and the label of the column."""
    (chart,) = charts_of(run(study(options))).charts["efficiency"]
    boundaries = built_in([*RESIDENTS])
    for number, period in enumerate((2008, 2023)):
        wanted = {city: class_of(pair[number]) for city, pair in RESIDENTS.items()}
        pictures = {panel.title: panel for panel in pictures_of(chart, "en")}
        small = sheet(boundaries, tolerance=2 * TOLERANCE).areas
        for panel, areas in (
            (page_of(chart, "en", period), sheet(boundaries).areas),
            (pictures[f"{label}, {period}"], small),
        ):
            assert panel.title == f"{label}, {period}"
            legend = {line.words.partition(" (")[0]: line for line in panel.legend}
            drawn = entities_of(panel, areas)
            assert drawn.keys() == wanted.keys()
            for city, name in wanted.items():
                if name is None:
                    assert drawn[city].is_dashed
                else:
                    assert drawn[city].fill == legend[name].fill, city
            for name in ("small", "middle", "large"):
                count = sum(found == name for found in wanted.values())
                assert legend[name].count == str(count), name


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("column: residents", "Which classes of the column have which colour?"),
        (f"{RAW}, value: s", "A map shows one thing."),
        (f"{RAW}, groups: g", "A map shows one thing."),
        (RAW.replace("column: residents", "column: resident"), "did you mean 'residents'?"),
        (
            RAW.replace("column: residents", "column: name"),
            "Column 'name' holds 'a', not a number.",
        ),
    ],
)
def test_a_map_of_a_column_that_cannot_be_drawn_is_refused(study, options, says):
    """By `check`, and before anything is computed."""
    path = study(options)
    done = attempt("check", path, "--lang", "en")
    assert done.code == 1
    assert says in done.stdout + done.stderr
    with pytest.raises(StudyError):
        run(path)
