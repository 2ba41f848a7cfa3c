"""A study that is run with the store of earlier runs gives what a run without one gives.

One case for each part of each key: it changes that part alone, so that a key that lacks it gives the old
result. Each case is shown to have force (without a store the result is another one), and the store to have
been read (other stages come from it).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import made_warm
from made_warm import Made
from parts import quick_where
from warm import Outcome, assert_warm_equals_cold, outcome, walk
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.unavailable import LOUD
from xinzhi.study import fingerprint
from xinzhi.study.file.load import spec_of
from xinzhi.work.draws import chunk_store
from xinzhi.work.draws.chunk_store import ChunkStore
from xinzhi.work.draws.driver import Chunked

Document = dict[str, Any]
Edit = Callable[[Made, Document], None]


def option(*path: str | int, to: Any) -> Edit:
    """Change, add or (None) remove one option of the study file."""

    def edit(_: Made, document: Document) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key] if isinstance(place, list) else place.setdefault(key, {})
        if to is None:
            del place[path[-1]]
        else:
            place[path[-1]] = to

    return edit


def text(name: str, old: str, new: str) -> Edit:
    """Change the words of one file."""

    def edit(made: Made, _: Document) -> None:
        path = made.folder / name
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    return edit


def data(change: Callable[[Any], Any]) -> Edit:
    """Change the table of the study."""

    def edit(made: Made, _: Document) -> None:
        change(made_warm.panel()).to_csv(made.folder / "data.csv", float_format="%.17g")

    return edit


def cell(column: str, row: int = 7, by: float = 1.5) -> Edit:
    """Change one cell."""

    def change(frame: Any) -> Any:
        frame.iloc[row, frame.columns.get_loc(column)] *= by
        return frame

    return data(change)


def region(frame: Any) -> Any:
    frame["region"] = (np.arange(len(frame)) // 5 + 1) % 3 % 2
    return frame


def outlines(made: Made, _: Document) -> None:
    words = json.dumps(made_warm.squares(gap=True))
    (made.folder / "squares.topo.json").write_text(words, encoding="utf-8")


def more_firms(made: Made, _: Document) -> None:
    other = made.folder / "other.xlsx"
    made_warm.write_firms(other)
    book = made_warm.openpyxl.load_workbook(other)
    for page in book:
        page.append(
            ["n99", "2010-05-01", "2010-05-01", "", "唐山市", "唐山市", "工业机器人", "3562"]
        )
    book.save(made.folder / "firms.xlsx")
    other.unlink()


def drop_file(made: Made, _: Document) -> None:
    (made.folder / "more" / "b.csv").unlink()


def stray_file(made: Made, _: Document) -> None:
    (made.folder / "more" / "notes.docx").write_text("not data", encoding="utf-8")


RAW: Mapping[str, Edit] = {
    # read
    "a file of a folder that is not read": stray_file,
    "a cell of a file": text("book.csv", "唐山市,2008,", "唐山市,2008,1"),
    "a cell of a file of a folder": text("more/a.csv", "唐山市,2008,", "唐山市,2008,1"),
    "a file of a folder is gone": drop_file,
    "a unit in a heading": text("book.csv", "people（万人）", "people（人）"),
    "a unit that no step reads": text("book.csv", "gdp（亿元）", "gdp（万元）"),
    "a label in a heading": text("book.csv", "waste,dust", "waste（t）,dust"),
    "a row moved in its file": text("book.csv", "\n", "\n\n"),
    "periods of the panel": option("panel", "periods", "from", to=2009),
    "rows that are kept": option("panel", "keep", to={"grants": [3, 4, 5]}),
    "how sources are joined": option("panel", "join", to="inner"),
    "cities of a register": option("panel", "cities", to="resource_based"),
    "columns of a source": option("sources", "more", "columns", to={"price": "grants", "grants": "index"}),
    "what is a missing mark": option("sources", "book", "read", to={"missing": ["20"]}),
    "labels of columns": option("panel", "labels", to={"gdp": {"en": "Output", "zh": "产出"}}),
    # prepare: steps, values, and everything else that steps read
    "an option of a step": option("prepare", 6, "rich", "per", to=100),
    "another kind of step": option("prepare", 7, "later", "step", to="lead"),
    "the name of a step": option("prepare", 7, to={"lagged": {"step": "lag", "column": "gdp", "by": 1}}),
    "the order of steps": lambda _, d: d["prepare"].insert(0, d["prepare"].pop(6)),
    "records": more_firms,
    "sheet of records": option("sources", "firms", "sheet", to="two"),
    "date of records": option("sources", "firms", "date", to="moved"),
    "place of records": option("sources", "firms", "place", to="office"),
    "text of records": option("sources", "firms", "text", to="office"),
    "end of records": option("sources", "firms", "closed", to="moved"),
    "sheet of a series": option("sources", "census", "sheet", to="two"),
    "missing mark of a series": option("sources", "robots", "read", to={"missing": ["14"]}),
    "a cell of a series": text("national.csv", "800", "900"),
    "a unit of a series": text("national.csv", "people", "people（万人）"),
    "terms": text("causes.yaml", "exclude: [维修]", "exclude: []"),
    "codes": text("codes.csv", "3562", "3599"),
    "a list of the package": option("prepare", 5, "cases", "terms", to="environmental_penalties"),
    # variables, which are made from what is stored
    "the transform of all variables": option("variables", "transform", to="none"),
    "the transform of a variable": option("variables", "pollution", "transform", to="ln1p"),
    "a formula": option("variables", "double", "expression", to="3 * robots + grants"),
    "the column of a variable": option("variables", "new", "column", to="emerging"),
}  # fmt: skip
SPACE: Mapping[str, Edit] = {
    "the seed": option("seed", to=4),
    "a cell that only the frontier reads": cell("capital"),
    "a cell that is gone": cell("talent", by=float("nan")),
    "a row that is gone": data(lambda frame: frame.drop(frame.index[12])),
    "another name of a city": text("data.csv", "c03,2010", "c03,2014"),
    "a year that is another": data(lambda frame: frame.rename({2008: 2007}, level="year")),
    "the members of a group": data(region),
    "the order of members": option("groups", "region", to={"column": "region", "other": [0], "east": [1]}),
    "returns to scale upstream": option("efficiency", "green", "returns_to_scale", to="constant"),
    "inputs upstream": option("efficiency", "green", "inputs", to=["labour"]),
    "another measure": option("efficiency", "other", "measure", to="additive"),
    "classes of a score": option("efficiency", "green", "classes", to={"low": "< 0.9", "high": ">= 0.9"}),
    "the index": option("productivity", "change", "index", to="global_malmquist"),
    "draws of scores": option("inference", "scores", "draws", to=29),
    "the level": option("inference", "level", to=0.5),
    "the part of a score": option("variables", "slack", "component", to="slack_waste"),
    "draws of the second stage": option("second_stage", "drivers", "draws", to=29),
    "shuffles": option("space_and_time", "green", "permutations", to=119),
    "the test of places": option("space_and_time", "green", "local_test", to="one_sided"),
    "dates": option("space_and_time", "green", "dates", to=[2008, 2012]),
    "the outlines": outlines,
    "the areas of a map": option("maps", "squares", "areas", to="rows"),
    "the property that names areas": option("maps", "squares", "key", to="mixed"),
}  # fmt: skip
MECHANISM: Mapping[str, Edit] = {
    "the seed": option("seed", to=4),
    "a cell that only the frontier reads": cell("labour"),
    "a cell of a regressor": cell("talent"),
    "a cell of a moderator": cell("policy"),
    "the values of a member": option("groups", "region", "east", to=[0]),
    "the column of a group": option("groups", "region", "column", to="part"),
    "returns to scale upstream": option("efficiency", "green", "returns_to_scale", to="variable"),
    "the errors": option("inference", "errors", to="hc1"),
    "the indirect test": option("inference", "indirect", to="sobel"),
    "members of a set": option("sets", "factors", to=["skill"]),
    "controls": option("sets", "controls", to=["control", "size"]),
    "the transform of a regressor": option("variables", "talent", "transform", to="ln"),
    "another column of a variable": option("variables", "firms", "column", to="skill"),
    "errors of a table": option("tables", "base", "covariance", to="hc1"),
    "effects of a table": option("tables", "base", "effects", to=["entity"]),
    "a window": option("tables", "second", "columns", 0, "window", to=[2008, 2011]),
    "the mediator": option("mediation", "mechanism", "through", to=["skill"]),
    "draws of mediation": option("mediation", "mechanism", "draws", to=59),
    "a path": option("moderation", "tools", "paths", to=["talent -> skill", "skill -> green"]),
    "groupings": option("heterogeneity", "cities", "by", to=["region", "half"]),
    "frontiers of the curve": option("specification_curve", "vary", "efficiency", to={"returns_to_scale": ["variable", "constant"]}),
    "the what-if": option("typology", "what_if", "talent", to="20%"),
    "evidence of pathways": option("typology", "from", to=["base", "mechanism"]),
    "a printed number": text("printed.toml", "b = 0.1", "b = 0.2"),
}  # fmt: skip
DRAWS: Mapping[str, Edit] = {
    "the seed": option("seed", to=4),
    "draws": option("inference", "whole_study", "draws", to=26),
    "fewer draws": option("inference", "whole_study", "draws", to=20),
    "the size of a draw": option("inference", "whole_study", "size", to=6),
    "the scheme": option("inference", "whole_study", to={"draws": 24, "scheme": "bootstrap", "level": 0.9}),
    "the level": option("inference", "whole_study", "level", to=0.8),
    "the permuted factor": option("inference", "placebo", "factors", to=["skill"]),
    "permutations": option("inference", "placebo", "draws", to=34),
    "a cell of the frontier": cell("labour"),
    "a cell of a regressor": cell("skill"),
    "a cell of the mediator": cell("firms"),
    "the frontier": option("efficiency", "green", "returns_to_scale", to="variable"),
    "the transform of the score": option("variables", "green", "transform", to="none"),
    "a regression": option("tables", "base", "effects", to=["entity"]),
    "the column of a regressor": option("variables", "skill", "column", to="policy"),
}  # fmt: skip
SHOWN = frozenset({"labels of columns"})
"""Cases that change what is shown, and no stage."""


LONG = dict.fromkeys(("space", "mechanism"), pytest.mark.long)
QUICK_DRAWS = ("the seed", "the scheme", "a cell of the frontier", "the frontier", "a regression")
"""Changes of a study with draws that are tried each time."""


def marks_of(name: str, words: str) -> Any:
    """Give the mark of a case: long studies, and most changes of draws."""
    if name == "draws" and words not in QUICK_DRAWS:
        return pytest.mark.long
    return LONG.get(name, ())


CASES = [
    pytest.param(name, edit, words, id=f"{name}: {words}", marks=marks_of(name, words))
    for name, edits in (("raw", RAW), ("space", SPACE), ("mechanism", MECHANISM), ("draws", DRAWS))
    for words, edit in edits.items()
]


@pytest.fixture(scope="module")
def studies(tmp_path_factory) -> Callable[[str], tuple[Made, Path, Outcome]]:
    """Make a study when it is first asked for, and run it with a store that all its cases share."""

    @cache
    def studied(name: str) -> tuple[Made, Path, Outcome]:
        folder = tmp_path_factory.mktemp(name)
        made = made_warm.make(name, folder / "study")
        first = outcome(made.study, folder / "results")
        assert first.result is not None, first.pieces
        assert not first.hits
        return made, folder / "results", first

    return studied


@pytest.mark.one_in(12)
@pytest.mark.parametrize(("name", "edit", "words"), CASES)
def test_a_changed_part_is_computed_again(studies, name, edit, words):
    """What changes a result without a store changes it with one, in the same way."""
    made, store, first = studies(name)
    made.restore()
    document = made.base()
    edit(made, document)
    made.put(document)

    warm, cold = assert_warm_equals_cold(made, store)

    assert cold.result is not None, cold.pieces
    assert cold.differs_from(first), (
        "without a store the result is the old one: the case has no force"
    )
    assert words in SHOWN or warm.computed


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=LONG.get(name, ())) for name in made_warm.STUDIES]
)
def test_the_first_state_comes_from_the_store(studies, name):
    """After all these changes the study as it was takes every stage from the store, and equals itself."""
    made, store, first = studies(name)
    made.restore()

    warm, _ = assert_warm_equals_cold(made, store)

    assert warm.computed == ()
    assert set(warm.hits) == set(first.computed)
    assert warm.differs_from(first) == []


@pytest.fixture
def counted(monkeypatch) -> list[range]:
    """Count which draws are computed and kept."""
    published: list[range] = []
    publish = ChunkStore.publish

    def counting(self: ChunkStore, numbers: range, *words: Any) -> None:
        published.append(numbers)
        publish(self, numbers, *words)

    monkeypatch.setattr(ChunkStore, "publish", counting)
    return published


DRAWN = ("whole_study", "leave_one_out", "placebo")


@pytest.mark.parametrize(
    ("edit", "computed"),
    [
        pytest.param(DRAWS["the level"], set(), marks=pytest.mark.long),
        (DRAWS["fewer draws"], set()),
        (DRAWS["draws"], {24, 25}),
        pytest.param(DRAWS["permutations"], {*range(29, 34)}, marks=pytest.mark.long),
        pytest.param(DRAWS["the size of a draw"], {*range(24)}, marks=pytest.mark.long),
        (DRAWS["the scheme"], {*range(24)}),
        pytest.param(DRAWS["the permuted factor"], {*range(29)}, marks=pytest.mark.long),
        (DRAWS["a regression"], {*range(29)}),
    ],
    ids=["level", "fewer", "more", "permutations", "size", "scheme", "factor", "regression"],
)
def test_kept_draws_are_read_where_they_are_the_same_and_nowhere_else(
    tmp_path, counted, edit, computed
):
    """The store of draws is used at all, and exactly the draws that are missing are computed."""
    made = made_warm.make("draws", tmp_path / "study")
    outcome(made.study, tmp_path / "results")
    assert {k for numbers in counted for k in numbers} == {*range(29)}
    counted.clear()
    document = made.base()
    edit(made, document)
    made.put(document)

    again = outcome(made.study, tmp_path / "results")

    assert set(again.computed) & set(DRAWN)
    assert {k for numbers in counted for k in numbers} == computed


def test_draws_of_another_version_are_not_read(tmp_path, monkeypatch):
    """Another version of the program draws again, though nothing of the study has changed."""
    monkeypatch.setattr(chunk_store, "version", lambda _: "0.1")
    made = made_warm.make("draws", tmp_path / "study")
    outcome(made.study, tmp_path / "results")
    monkeypatch.undo()
    for entry in (tmp_path / "results" / "store").glob("*.npz"):
        entry.unlink()
    published: list[range] = []
    monkeypatch.setattr(ChunkStore, "publish", lambda _, numbers, *__: published.append(numbers))

    outcome(made.study, tmp_path / "results")

    assert {k for numbers in published for k in numbers} == {*range(29)}


def test_another_version_of_the_program_computes_everything_again(tmp_path, monkeypatch):
    """No result of another version is taken from the store, and the old one finds its own again."""
    made = made_warm.make("raw", tmp_path / "study")
    first = outcome(made.study, tmp_path / "results")
    of = fingerprint.version
    for library in ("xinzhi", *fingerprint.LIBRARIES):
        monkeypatch.setattr(
            fingerprint, "version", lambda name, new=library: "0.1" if name == new else of(name)
        )
        fingerprint.of_method.cache_clear()
        assert outcome(made.study, tmp_path / "results").hits == ()
    monkeypatch.undo()
    fingerprint.of_method.cache_clear()

    assert outcome(made.study, tmp_path / "results").hits == first.computed


@pytest.mark.long
@pytest.mark.parametrize("name", quick_where(lambda name: name == "raw", made_warm.STUDIES))
def test_a_drawn_sequence_of_edits_gives_what_a_cold_run_gives(tmp_path, name):
    """Options by the schema and files, one after the other; at the end every file is the same."""
    walked = walk(name, tmp_path, seed=1, n_edits=3)

    assert walked.different == []
    assert walked.hits > 0


SPECS = {
    name: spec_of(json.dumps(document), "study.yaml", ())
    for name, document in made_warm.STUDIES.items()
}
BROKEN = [
    pytest.param(
        name, key, marks=() if (name, key) == ("mechanism", "tables") else pytest.mark.long
    )
    for name, spec in SPECS.items()
    for key, _ in ANALYSES
    if spec.sections(key)
]


@pytest.mark.long
@pytest.mark.parametrize(("name", "key"), BROKEN)
def test_what_rests_on_a_fault_is_not_taken_for_a_result(tmp_path, monkeypatch, name, key):
    """An analysis ends with a fault of the program: the next run, which has none, equals one without a store."""
    made = made_warm.make(name, tmp_path / "study")
    monkeypatch.delenv(LOUD)
    with monkeypatch.context() as broken:

        def compute(*_: Any) -> Any:
            raise RuntimeError(key)

        broken.setattr(type(ANALYSES.get(key)), "compute", compute)
        first = outcome(made.study, tmp_path / "results")
    assert first.result is not None

    _, cold = assert_warm_equals_cold(made, tmp_path / "results")

    assert cold.differs_from(first)


def test_every_analysis_is_in_one_of_the_studies():
    """An analysis that is added later must be added here."""
    asked = {key for spec in SPECS.values() for key, _ in ANALYSES if spec.sections(key)}
    assert asked == set(ANALYSES.names())


def test_the_seed_itself_is_in_the_key_of_draws(tmp_path, monkeypatch):
    """Not only through the results that are drawn again, whose keys hold it too."""
    keys: dict[int, set[str]] = {}
    draws = Chunked.draws

    def recording(self: Chunked, task: Any, n: int, *, key: str, name: Any) -> Any:
        keys[seed].add(key)
        return draws(self, task, n, key=key, name=name)

    monkeypatch.setattr(Chunked, "draws", recording)
    monkeypatch.setattr(fingerprint, "dependencies", lambda *_: {"options": "the same"})
    made = made_warm.make("draws", tmp_path / "study")
    for seed in (3, 4):
        keys[seed] = set()
        made.put({**made.base(), "seed": seed})
        assert outcome(made.study, None).result is not None

    assert len(keys[3]) == len(keys[4]) == len(DRAWN)
    assert not keys[3] & keys[4]
