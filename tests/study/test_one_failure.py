"""One analysis without an answer: it says so in its place, and no other analysis is lost."""

from __future__ import annotations

import json
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from cli_runner import call
from made_everything import STUDY, places, write_study
from xinzhi.analyses.efficiency.compute import measure_panel
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.report.build import content_of, every_table
from xinzhi.report.exhibits import DrawnCharts
from xinzhi.study.again import Cache
from xinzhi.study.run import run
from xinzhi_core.errors import MethodError, Problem

pytestmark = pytest.mark.long

WHY = "no answer today"
PACKAGE = "xinzhi.study"
ANALYSES = "xinzhi.analyses"
# What is made to fail -> id of the exhibit that says why. Several at once, never neighbours, so that
# each run shows both: what fails is told, and all others are there.
MEASURE = {"analyses.efficiency.measure_panel": ("plain_by_period",)}
FIRST = {
    "analyses.productivity.productivity": ("gml_productivity",),
    "analyses.describe.describe": ("descriptive",),
    "regressions.compute.fit": ("second",),
    "moderation.compute.moderate": ("tools",),
    "specification_curve.compute.specification_curve": ("specification_curve",),
}
SECOND = {
    "analyses.inference.infer": ("plain_intervals",),
    "diagnostics.compute.DIAGNOSTICS": ("not_tested",),
    "analyses.mediation.compute.mediate": ("mechanism",),
    "moderation.compute.moderate_mediation": ("tools_chains",),
    "analyses.heterogeneity.compute.compare_groups": ("cities_region",),
}
SPACE = {
    "transitions.compute.counts_by_group": ("green_regions",),
    "transitions.compute.transitions": ("green_transitions",),
    "transitions.compute.paths": ("green_paths",),
    "analyses.convergence.sigma": ("green_sigma",),
    "analyses.convergence.beta": ("green_beta",),
    "analyses.inequality.theil": ("green_theil",),
    "analyses.inequality.dagum": ("green_dagum",),
    "association.compute.moran_by_period": ("green_moran",),
    "association.compute.hot_spots": ("green_hot_spots",),
    "association.compute.local_moran": ("green_local_moran",),
}
SPACES = tuple(f"{one}.green" for one in (
    "transitions", "convergence", "inequality", "moran", "hot_spots", "local_moran"
))  # fmt: skip
NEIGHBOURS = {
    "analyses.neighbours.adjacent": ("green_moran", "green_hot_spots", "green_local_moran")
}
RANKS = {"analyses.ranks.rank": ("green_ranks",)}
CLASSES = {"analyses.classes.classify": ("green_classes", "places_map")}
PATHWAYS = {
    "analyses.pathways.compute.find_pathways": ("pathways",),
    "run.export": ("scripts",),
}
WHAT_IF = {"analyses.pathways.compute.what_if": ("what_if",)}
RUNS = [
    # what fails, pieces of work that are done anew, tables that cannot stand without it
    (MEASURE, ("efficiency.plain",), ("plain_",)),
    (FIRST, ("productivity.", "describe", "tables.second", "moderation.", "specification_curve"), ("tools_regressions", "descriptive_correlations")),
    (SECOND, ("inference.", "diagnostics", "mediation.", "moderation.", "heterogeneity."), ("vif", "mechanism_effects", "cities")),
    (SPACE, SPACES, ()),
    (NEIGHBOURS, ("moran.", "hot_spots.", "local_moran."), ()),
    (RANKS, ("ranks.",), ("green_top", "green_bottom")),
    (CLASSES, ("classes.", "maps."), ()),
    (PATHWAYS, ("typology",), ("pathway", "empowerment", "what_if", "distance")),
    (WHAT_IF, ("typology",), ()),
]  # fmt: skip
NAMES = [
    "measure",
    "first",
    "second",
    "space",
    "neighbours",
    "ranks",
    "classes",
    "pathways",
    "what_if",
]


def refuse(*_, **__):
    """Have no answer, as a method does."""
    raise MethodError(Problem("test.none", WHY))


def fail(patch, target):
    """Let a method of the study, or of an analysis, have no answer."""
    room = ANALYSES if ".compute." in target else PACKAGE
    room, target = ("xinzhi", target) if target.startswith("analyses.") else (room, target)
    none = SimpleNamespace(get=lambda _: refuse) if target.endswith("DIAGNOSTICS") else refuse
    patch.setattr(f"{room}.{target}", none)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("everything"), places())


@pytest.fixture(scope="module")
def pieces(study):
    """Run the sound study once, and keep each of its pieces of work."""
    known, plain = {}, Cache.get_or_compute

    def get_or_compute(self, name, parts, compute):
        known[name] = plain(self, name, parts, compute)
        return known[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cache, "get_or_compute", get_or_compute)
        result = run(study)
    assert not result.failures
    return known, {table.id: table for group in every_table(result).values() for table in group}


@pytest.mark.parametrize(("failing", "anew", "without"), RUNS, ids=NAMES)
def test_the_others_are_in_the_report(monkeypatch, study, pieces, failing, anew, without):
    """The exhibits stand in their places with the reason, notices say it, all others are there."""
    known, sound = pieces

    def get_or_compute(_, name, __, compute):
        return known[name] if name in known and not name.startswith(anew or "-") else compute()

    monkeypatch.setattr(Cache, "get_or_compute", get_or_compute)
    for target in failing:
        fail(monkeypatch, target)

    result = run(study)

    tables = {table.id: table for group in every_table(result).values() for table in group}
    assert result.failures
    assert any(WHY in str(notice.text) for notice in result.notices)
    for exhibit in (one for several in failing.values() for one in several):
        assert WHY in " ".join(map(str, tables[exhibit].notes)), exhibit
    lost = {name for name in sound if name not in tables and not name.startswith(without or "-")}
    assert not lost
    told = {name for name, one in tables.items() if WHY in " ".join(map(str, one.notes))}
    assert told == {one for several in failing.values() for one in several}


def test_a_score_that_fails_costs_only_what_uses_it(monkeypatch, study, pieces):
    """Tables, classes, maps and pathways of the score say why; those of others are computed."""
    known, sound = pieces

    def get_or_compute(_, name, __, compute):
        is_kept = name in ("efficiency.plain", "inference.plain", "tables.second")
        return known[name] if is_kept else compute()

    def refuse_green(panel, roles, *words, **options):
        return refuse() if roles[2] else measure_panel(panel, roles, *words, **options)

    monkeypatch.setattr(Cache, "get_or_compute", get_or_compute)
    monkeypatch.setattr("xinzhi.analyses.efficiency.measure_panel", refuse_green)

    result = run(study)

    material = content_of(result)
    tables = {table.id: table for group in material.tables.values() for table in group}
    places = (
        "transitions",
        "ranks",
        "convergence",
        "inequality",
        "moran",
        "hot_spots",
        "local_moran",
    )
    for name in ("green_by_period", "green_classes", "mechanism", "places_map"):
        assert WHY in " ".join(map(str, tables[name].notes)), name
    for name in places:
        assert WHY in " ".join(map(str, tables[f"green_{name}"].notes)), name
    assert tables["pathways"].machine["not_computed"][0]["code"] == "typology.no_score"
    assert tables["baseline"].machine["columns"][0]["not_estimated"][0]["what"] == WHY
    for name in ("plain_by_period", "plain_intervals"):
        assert repr(tables[name].rows) == repr(sound[name].rows)  # NaN is NaN
    assert tables["second"].machine["columns"] == sound["second"].machine["columns"]


def test_every_format_says_what_failed(monkeypatch, tmp_path):
    """Half of the analyses fail at once: page, workbook, Word, LaTeX, Markdown and JSON say so; exit 1."""
    text = STUDY.replace("formats: [html]", "formats: [html, docx, xlsx, tex, md]")
    study = write_study(tmp_path, places(), text)
    failing = FIRST | SECOND | SPACE | RANKS | CLASSES | PATHWAYS
    del failing["regressions.compute.fit"]
    for target in failing:
        fail(monkeypatch, target)
    monkeypatch.setattr("xinzhi.present.map.layers.china_map", refuse)
    monkeypatch.setattr("xinzhi.analyses.comparison.compute.find_counterparts", refuse)

    done = call("run", study, "--lang", "en", code=1)

    assert WHY in done.stderr
    results = tmp_path / "results"
    found = json.loads((results / "results.json").read_text(encoding="utf-8"))
    exhibits = {one for several in failing.values() for one in several}
    for name in exhibits | {"places_map"}:
        assert WHY in json.dumps(found["tables"][name]), name
    assert found["tables"]["comparison"]["not_computed"]
    assert found["tables"]["second"]["columns"][0]["n"] == 72
    assert WHY in (results / "report.html").read_text(encoding="utf-8")
    written = {path.name: path for path in results.rglob("*") if path.is_file()}
    for ending in (".tex", ".md"):
        assert any(
            WHY in path.read_text(encoding="utf-8")
            for name, path in written.items()
            if name.endswith(ending)
        ), ending
    for ending in (".docx", ".xlsx"):
        parts = [
            archive.read(part).decode()
            for name, path in written.items()
            if name.endswith(ending)
            for archive in [zipfile.ZipFile(path)]
            for part in archive.namelist()
            if part.endswith(".xml")
        ]
        assert any(WHY in part for part in parts), ending
    assert "scores.csv" in written


def test_a_slip_in_the_program_stays_loud(monkeypatch, study):
    """Only what xinzhi itself refuses becomes an exhibit; an error of the program ends the run."""

    def slip(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("xinzhi.analyses.describe.describe", slip)

    with pytest.raises(ZeroDivisionError):
        run(study)


def test_a_share_that_is_not_defined_is_missed_and_nothing_crashes(monkeypatch, tmp_path):
    """The print has a mediated share, the data allow none: it is shown as missed, exit 0."""
    monkeypatch.setattr(
        "xinzhi.report.build.charts_of", lambda *_: DrawnCharts({})
    )  # seconds of drawing
    frame = places()
    frame["talent"] = np.random.default_rng(2).normal(size=len(frame))  # moves nothing
    study = write_study(tmp_path, frame)

    call("run", study, "--only", "mechanism", "--lang", "en", code=0)

    found = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    (effect,) = found["tables"]["mechanism_effects"]["effects"]
    assert effect["share"] is None
    row = found["comparison"]["table3"]["firms"]["talent"]
    assert row["computed"]["share"] is None
    assert "share" in row["differs"]
    assert "—" in (tmp_path / "results" / "report.html").read_text(encoding="utf-8")


def test_a_logarithm_of_zero_costs_only_the_tables_that_use_it(tmp_path):
    """Ln of a zero: its place and remedy stand where the variable is used, the rest is computed."""
    frame = places()
    frame.loc[frame.index[5], "control"] = 0.0
    text = STUDY.replace("control: {column: control}", "control: {column: control, transform: ln}")

    result = run(write_study(tmp_path, frame, text))

    tables = {t.id: t for group in every_table(result).values() for t in group}
    (refused,) = tables["baseline"].machine["columns"][0]["not_estimated"]
    assert refused["code"] == "derive.log_nonpositive"
    assert tables["green_by_period"].rows
    assert tables["green_moran"].rows
    assert any(n.where.row == 7 for n in result.notices if n.code == "derive.log_nonpositive")


def test_a_changed_factor_that_was_not_measured_costs_only_the_what_if(monkeypatch, tmp_path):
    """Pathways, distances and ranks of the other score are there; the what-if says why it is not."""
    text = STUDY.replace("what_if: {talent: 10%}", "what_if: {talent: 10%, plain: 10%}")
    text = text.replace("from: [baseline, mechanism", "from: [baseline, third, mechanism")
    text = text.replace(
        "  second: {", "  third: {outcome: green, columns: [{x: [plain, controls]}]}\n  second: {"
    )

    def refuse_plain(panel, roles, *words, **options):
        return measure_panel(panel, roles, *words, **options) if roles[2] else refuse()

    monkeypatch.setattr("xinzhi.analyses.efficiency.measure_panel", refuse_plain)

    result = run(write_study(tmp_path, places(), text))

    found = result.results["typology"]["typology"]
    assert isinstance(found.what_if, Unavailable)
    assert WHY in str(found.what_if.problems[0].what)
    assert len(found.pathways.by_city) == len(result.panel.entities)
    tables = {t.id: t for group in every_table(result).values() for t in group}
    assert tables["pathways"].rows
    assert WHY in " ".join(map(str, tables["what_if"].notes))
