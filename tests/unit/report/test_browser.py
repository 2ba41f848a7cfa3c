from __future__ import annotations

import re

import pandas as pd
import pytest

from browser import needs_browser, opened
from made_report import estimates, four_scores, hostile_document
from xinzhi.analyses.classes.charts import class_counts
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi.present.coefficients import coefficient_plot
from xinzhi.report.document import Document, DocumentSection, Profile, Profiles
from xinzhi.report.format import write_report

pytestmark = [needs_browser, pytest.mark.long]


def shown(document, folder, query=""):
    """Write the page of a document and open it."""
    page = folder / "report.html"
    content = write_report(document, formats=["html"], languages=("zh", "en"))
    page.write_bytes(content["report.html"])
    return opened(page, query, profile=folder / "profile")


@pytest.fixture(scope="module")
def charts():
    counts = pd.DataFrame({"low": [1, 2]}, index=[2008, 2009])
    blocks = (
        scores_over_time("o", "O", four_scores(), score="Score"),
        class_counts("c", "C", counts, labels={}),
        coefficient_plot("e", "E", [estimates({"x": (1, 1, 0.5)})]),
    )
    return Document("Title", (DocumentSection("s", "S", blocks),))


def test_every_chart_is_drawn_without_a_complaint(charts, tmp_path):
    """Under the policy of the page all charts are drawn, and the console stays silent."""
    page, complaints = shown(charts, tmp_path)

    assert complaints == []
    assert len(re.findall(r"<svg[^>]*class=\"marks\"", page)) == 3


def test_a_hostile_page_runs_nothing(tmp_path):
    """Words of the user are shown; none of them runs, loads or breaks anything."""
    page, complaints = shown(hostile_document(), tmp_path, "?lang=en")

    assert complaints == []
    assert 'data-drawn="en"' in page
    assert "<img" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_the_line_of_a_city_in_a_browser(tmp_path):
    """In Chromium as in the model of a page: the point of the larger score stands higher, at its year and score."""
    series = ((2010, 0.2), (2011, 0.8), (2012, 0.5))
    pages = Profiles("Cities", (Profile("a", "A", (), (), series),), ((2010, 0.5), (2012, 0.6)))
    document = Document("Title", (DocumentSection("s", "S", (pages,)),))
    page, complaints = shown(document, tmp_path, "?lang=en&city=a")

    assert complaints == []
    text = re.search(r'<polyline points="([^"]+)" class="own"', page)[1]
    points = [tuple(map(float, one.split(","))) for one in text.split()]
    marks = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', page)
    places = {words: (float(x), float(y)) for x, y, words in marks}
    zero, one = places["0"][1] - 4, places["1"][1] - 4
    left, right = places["2010"][0], places["2012"][0]
    for (x, y), (year, score) in zip(points, series, strict=True):
        assert x == pytest.approx(left + (right - left) * (year - 2010) / 2, abs=0.06)
        assert y == pytest.approx(zero + (one - zero) * score, abs=0.06)
    assert one < zero
    assert left < right
