"""Every table and chart stands under its own title, in each format."""

from __future__ import annotations

import io

import docx
import pytest
from openpyxl import load_workbook

from printed_grids import captions_of_html

MECHANISM = {
    "baseline": "Green: regressions",
    "part": "Green: regressions under other choices (part)",
    "instrumented": "Green: regressions under other choices (instrumented)",
    "vif": "Variance inflation",
    "hausman": "Fixed and random effects",
    "tests": "Tests",
    "specification_curve": "Specification curve",
    "mechanism": "Mediation: mechanism: equations",
    "mechanism_effects": "Mediation: mechanism: direct and mediated effects",
    "single": "Mediation: single: equations",
    "single_effects": "Mediation: single: direct and mediated effects",
    "tools_regressions": "Moderation: tools: regressions",
    "tools": "Moderation: tools",
    "tools_chains": "Moderation: tools: mediated effects along the moderator",
    "later_regressions": "Moderation: later: regressions",
    "later": "Moderation: later",
    "later_chains": "Moderation: later: mediated effects along the moderator",
    "cities": "Heterogeneity: by groups",
    "cities_differences": "Heterogeneity: differences between groups",
}
EVERYTHING = {
    "descriptive": "Descriptive statistics",
    "green_by_period": "Green efficiency by period",
    "green_ranking": "Green efficiency: highest and lowest means",
    "gml_productivity": "gml: means between periods",
    "green_classes": "Classes of Green efficiency by period",
    "green_regions": "Classes of Green efficiency by period and region",
    "green_transitions": "Transitions between the classes of Green efficiency",
    "green_paths": "Paths through the classes of Green efficiency",
    "green_top": "The 3 highest values of Green efficiency",
    "green_bottom": "The 3 lowest values of Green efficiency",
    "green_ranks": "Ranks by Green efficiency",
    "green_sigma": "Dispersion of Green efficiency (σ convergence)",
    "green_beta": "Growth of Green efficiency and its initial level (β convergence)",
    "green_theil": "Inequality of Green efficiency within and between regions (Theil)",
    "green_dagum": "Inequality of Green efficiency within and between regions (Dagum)",
    "green_moran": "Association of Green efficiency in space (Moran's I)",
}
CHARTS = {
    "baseline_coefficients": "Green: regressions: coefficients",
    "specification_curve_talent": "Specification curve: Talent",
    "specification_curve_patents": "Specification curve: patents",
    "mechanism_mechanism": "Mechanism: factors, mediators, outcome",
    "mechanism_mediated": "Mediated effects",
    "tools_diagram": "Moderation: tools: what the moderators do to the paths",
    "tools_policy_along": "Effects along Policy",
    "later_policy_along": "Effects along Policy (lag 1)",
    "cities_heat": "Effects by groups at a glance",
    "cities_groups": "Effects by groups",
}


@pytest.fixture(params=["mechanism", "everything"])
def captions(request):
    """The study, and its tables with their titles."""
    titles = {"mechanism": MECHANISM, "everything": EVERYTHING}[request.param]
    study = request.getfixturevalue(request.param)
    places = {name: at for at, name in enumerate(study.tables, 1)}
    return study, {places[name]: title for name, title in titles.items()}


def test_html(captions):
    """The caption over a table is its number and its title."""
    study, titles = captions
    found = captions_of_html(study.files("html")["report.html"].decode(), "en")

    assert {at: found[at - 1] for at in titles} == {
        at: f"Table {at} {t}" for at, t in titles.items()
    }


def test_word(captions):
    """The paragraph over a table is its number and its title."""
    study, titles = captions
    content = study.files("docx")["report.docx"]
    found = [
        p.text for p in docx.Document(io.BytesIO(content)).paragraphs if p.style.name == "Caption"
    ]

    assert {at: found[at - 1] for at in titles} == {
        at: f"Table {at}  {t}" for at, t in titles.items()
    }


def test_excel(captions):
    """The first line of a sheet is the number and the title of its table."""
    study, titles = captions
    book = load_workbook(io.BytesIO(study.files("xlsx")["tables.xlsx"]))

    found = {at: book[f"Table {at}"].cell(1, 1).value for at in titles}
    assert found == {at: f"Table {at}  {title}" for at, title in titles.items()}


def test_charts(mechanism):
    """A chart has its title, and says it to who cannot see it."""
    for name, title in CHARTS.items():
        chart = mechanism.charts[name]
        assert str(chart.title) == title
        if chart.drawings:
            assert f'aria-label="{title}' in chart.drawings["en"]
        else:
            assert chart.specifications["en"]["description"] == title
