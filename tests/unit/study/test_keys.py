"""Two different inputs have two keys: every part of every key of a study's store, one by one."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import combinations
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layout import files, module_of
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.reads import EstimationData, Given, Reads
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.study import fingerprint
from xinzhi.study.again import stage_key
from xinzhi.study.fingerprint import (
    dependencies,
    key_of,
    of_column,
    of_columns,
    of_options,
    of_outlines,
    of_panel,
)
from xinzhi.study.schema.sources import HowToRead, Source
from xinzhi_core.errors import OutOfDomain, Problem
from xinzhi_core.packages import PACKAGES
from xinzhi_core.panel.ledger import Entry, Ledger
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Label, message

WORDS = st.text(alphabet="ab\x00\x1f\x1e:-1,\n", max_size=4)
CELLS = st.lists(st.none() | WORDS, min_size=1, max_size=4)


def distinct(keys: Any) -> None:
    """Ask that no two keys are the same."""
    keys = list(keys)
    assert len(set(keys)) == len(keys)


def series(values: Any, entities: Any = None, period: int = 2008) -> pd.Series:
    """Make a column of one period."""
    names = entities or [f"c{i}" for i in range(len(values))]
    index = pd.MultiIndex.from_arrays([names, [period] * len(values)], names=["entity", "period"])
    return pd.Series(values, index=index, dtype=None if _is_number(values) else object)


def _is_number(values: Any) -> bool:
    return all(isinstance(value, float) for value in values)


@pytest.mark.long
@given(CELLS, CELLS)
@settings(max_examples=400)
def test_columns_of_words_have_one_fingerprint_where_they_are_equal(one, other):
    """Whatever the words hold, separators of keys and marks of missing values too."""
    is_same = one == other
    assert (of_column(series(one)) == of_column(series(other))) == is_same


@given(
    st.lists(WORDS, min_size=1, max_size=3, unique=True),
    st.lists(WORDS, min_size=1, max_size=3, unique=True),
)
def test_the_names_of_rows_belong_to_the_fingerprint(one, other):
    """Equal values of other entities are another column."""
    prints = [of_column(series([1.0] * len(names), names)) for names in (one, other)]
    assert (prints[0] == prints[1]) == (one == other)


NAN = float("nan")


def test_every_change_of_a_column_of_numbers_is_another_fingerprint():
    """A value, two that are exchanged, a gap and where it is, a year, an entity, the order, the last digit."""
    base = [1.0, 2.0, 3.0]
    columns = [
        series(base),
        series([1.0, 2.0, 3.5]),
        series([2.0, 1.0, 3.0]),
        series([1.0, NAN, 3.0]),
        series([NAN, 2.0, 3.0]),
        series([1.0, 2.0, np.nextafter(3.0, 4.0)]),
        series([-1.0, 2.0, 3.0]),
        series([1.0, 2.0, np.inf]),
        series(base, period=2009),
        series(base, ["c0", "c1", "d2"]),
        series(base, ["c1", "c0", "c2"]),
        series([1.0, 2.0]),
        series(["1.0", "2.0", "3.0"]),
    ]
    distinct(map(of_column, columns))


def test_columns_are_told_by_their_names():
    """The same values under another name are another part; a column that is not there is none."""
    frame = pd.DataFrame({"a": series([1.0]), "b": series([1.0])})

    assert list(of_columns(frame, ["a", "none", "b"])) == ["column a", "column b"]


PARTS = st.dictionaries(WORDS, WORDS, max_size=3)


@given(PARTS, PARTS, WORDS, WORDS)
@settings(max_examples=300)
def test_a_key_is_that_of_its_parts_and_its_stage(one, other, name, another):
    """Names, values, which value belongs to which name, and the stage itself."""
    assert (key_of(one) == key_of(other)) == (one == other)
    is_same = (one, name) == (other, another)
    if "piece" not in one and "piece" not in other:
        assert (stage_key(name, one) == stage_key(another, other)) == is_same


PANEL = Panel(
    pd.DataFrame({"x": series([1.0, 2.0])}),
    labels=MappingProxyType({"x": Label("x", en="one")}),
    units=MappingProxyType({"x": "t"}),
    origins=MappingProxyType({"x": ("a.csv",)}),
    ledger=Ledger((Entry("x", "log", "x", "derived", message("why")),)),
    rows=(2, 3),
    source="a.csv",
)
OTHERS: dict[str, Any] = {
    "labels": MappingProxyType({"x": Label("x", en="other")}),
    "units": MappingProxyType({"x": "kg"}),
    "origins": MappingProxyType({"x": ("b.csv",)}),
    "ledger": Ledger((Entry("x", "log", "x", "derived", message("another reason")),)),
    "rows": (3, 4),
    "source": "b.csv",
    "has_periods": False,
    "keys": ("city", "year"),
}


def test_what_is_known_of_a_panel_is_told_apart_field_by_field():
    """Every field but the values, which have fingerprints of their own; a new field must be added here."""
    assert set(OTHERS) == {field.name for field in fields(Panel)} - {"frame"}
    distinct(map(of_panel, [PANEL, *(replace(PANEL, **{name: v}) for name, v in OTHERS.items())]))


OUTLINES = Boundaries({"type": "Topology", "arcs": [[[0, 0]]]}, areas="near", land="", key="name")


def test_outlines_are_told_apart_field_by_field():
    """The file, and which of its areas are meant under which property."""
    others: dict[str, Any] = {
        "topology": {"type": "Topology", "arcs": [[[0, 1]]]},
        "areas": "rows",
        "land": "land",
        "key": "code",
        "layout": "china",
        "is_packaged": True,
    }
    assert set(others) == {field.name for field in fields(Boundaries)} - {"note"}
    distinct(
        map(of_outlines, [OUTLINES, *(replace(OUTLINES, **{n: v}) for n, v in others.items())])
    )


@pytest.mark.parametrize("kind", [Source, HowToRead])
def test_every_option_of_a_source_is_in_its_fingerprint(kind):
    """Also one that is added later: the whole section is written."""
    section = kind(file="a.csv", entity="c") if kind is Source else kind()
    written = section.model_dump(mode="json")
    assert set(written) == set(kind.model_fields)
    distinct(of_options({**written, name: "another"}) for name in [*written, "none of them"])


def frame(**columns: float) -> pd.DataFrame:
    return pd.DataFrame({name: series([value, 2.0]) for name, value in columns.items()})


ASKED = EstimationData(("y", "x"), keys=("entity",))
READS = Reads(
    data=(ASKED,),
    panel=("z",),
    panel_of_a_part=("w",),
    groupings=("g",),
    outlines=("m",),
    files=("f",),
)
FAILED = OutOfDomain(Problem("a", message("one")))


def given_of(**changed: Any) -> Given:
    """Give what an analysis gets, with some of it changed."""
    usual: dict[str, Any] = {
        "study": SimpleNamespace(seed=1),
        "frames": {ASKED: frame(y=1.0, x=1.0)},
        "columns": Panel(frame(z=1.0)),
        "columns_of_a_part": {"w": series([1.0])},
        "members": {"g": series(["a", "b"])},
        "outlines": {"m": OUTLINES},
        "files": {"f": b"one"},
    }
    return Given(**{**usual, **changed})


CHANGED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the seed": {"study": SimpleNamespace(seed=2)},
    "the outcome": {"frames": {ASKED: frame(y=3.0, x=1.0)}},
    "a regressor": {"frames": {ASKED: frame(y=1.0, x=3.0)}},
    "exchanged columns": {"frames": {ASKED: frame(y=2.5, x=1.0)}},
    "a frame that failed": {"frames": {ASKED: FAILED}},
    "a frame that failed otherwise": {"frames": {ASKED: OutOfDomain(Problem("a", message("two")))}},
    "the panel": {"columns": Panel(frame(z=3.0))},
    "a panel that failed": {"columns": FAILED},
    "no panel": {"columns": None},
    "a column of a part": {"columns_of_a_part": {"w": series([3.0])}},
    "a column of a part that failed": {"columns_of_a_part": {"w": FAILED}},
    "a member": {"members": {"g": series(["a", "a"])}},
    "the outlines": {"outlines": {"m": replace(OUTLINES, areas="rows")}},
    "outlines that failed": {"outlines": {"m": FAILED}},
    "a file": {"files": {"f": b"two"}},
}


def parts_of(reads: Reads = READS, given: Given | None = None, names: Any = ("x",)) -> str:
    analysis = ANALYSES.get("describe")
    section = analysis.section(variables=names)
    return key_of(dependencies(analysis, section, reads, given or given_of()))


def test_everything_that_an_analysis_gets_is_in_its_key():
    """Values, members, outlines, bytes of files, the seed, and why something is not there."""
    distinct(parts_of(given=given_of(**changed)) for changed in CHANGED.values())
    covered = {name for changed in CHANGED.values() for name in changed}
    # The engine computes the same everywhere; results have keys of their own; scores measured again rest
    # on the results that are read; `key` is made from this one.
    others = {"engine", "results", "again", "key"}
    assert covered | others == {field.name for field in fields(Given)}


def test_everything_that_an_analysis_reads_is_in_its_key():
    """Each field of `Reads`, by reflection, and the options themselves."""
    changed: dict[str, Any] = {
        "data": (replace(ASKED, keys=("period",)),),
        "equations": ("another equation",),
        "panel": ("z", "none"),
        "panel_of_a_part": ("w", "none"),
        "groupings": ("g", "none"),
        "results": (("tables", "base"),),
        "outlines": ("m", "none"),
        "files": ("f", "none"),
        "asked": ("an order",),
        "methods": ("frontier",),
        "again": True,
    }
    assert set(changed) == {field.name for field in fields(Reads)}
    keys = [parts_of(replace(READS, **{name: value})) for name, value in changed.items()]
    distinct([parts_of(), parts_of(names=("y",)), parts_of(names=("x", "y")), *keys])


def test_every_field_of_the_data_that_are_asked_for_is_in_the_key():
    """Also one that is added later."""
    others = [
        replace(ASKED, **{field.name: ("other",)})
        for field in fields(EstimationData)
        if field.name != "frontier"
    ]
    others.append(replace(ASKED, frontier=(("returns_to_scale", "variable"),)))
    given = given_of(frames={})
    distinct(parts_of(replace(READS, data=(asked,)), given) for asked in [ASKED, *others])


def test_two_frames_of_one_frontier_are_both_in_the_key():
    """One measures a score again that the other reads as the study measured it: each counts."""
    frontier = (("returns_to_scale", "variable"),)
    one = EstimationData(("y",), as_measured=("x",), frontier=frontier)
    other = EstimationData(("y", "x"), frontier=frontier)
    values = [(1.0, 3.0), (3.0, 1.0), (1.0, 1.0), (3.0, 3.0)]
    distinct(
        parts_of(given=given_of(frames={one: frame(y=1.0, x=a), other: frame(y=1.0, x=b)}))
        for a, b in values
    )


def test_a_grouping_and_a_column_of_one_name_are_both_in_the_key():
    """Members can stay the same while the column of their name changes, and the other way round."""
    states = [(1.0, "a"), (3.0, "a"), (1.0, "b"), (3.0, "b")]
    distinct(
        parts_of(given=given_of(columns_of_a_part={"g": series([v])}, members={"g": series([m])}))
        for v, m in states
    )


class Folder:
    """A folder of the package that holds what a test says, in place of the installed one."""

    def __init__(self, name: str) -> None:
        self.name = name


CODE = (
    "xinzhi.mine",
    "modules of xinzhi",
    *(fingerprint.ROOMS.get(name, f"xinzhi.{name}") for name in fingerprint.COMMON),
)
"""Of a method: its own, the modules beside the folders of `xinzhi`, and what belongs to every method."""


@pytest.fixture
def method(monkeypatch):
    """Give the fingerprint of a method whose packages and libraries a test chooses."""

    def of(texts: dict[str, str], versions: dict[str, str]) -> str:
        monkeypatch.setattr(fingerprint, "files", Folder)
        monkeypatch.setattr(fingerprint, "sources", lambda folder: [texts.get(folder.name, "")])
        monkeypatch.setattr(
            fingerprint, "modules", lambda root: [texts.get(f"modules of {root.name}", "")]
        )
        monkeypatch.setattr(fingerprint, "version", lambda name: versions.get(name, "1"))
        fingerprint.of_method.cache_clear()
        return fingerprint.of_method("mine")

    yield of
    monkeypatch.undo()
    fingerprint.of_method.cache_clear()


def test_another_version_is_another_method(method, monkeypatch, tmp_path):
    """Of xinzhi, of each library that computes or reads, of each package, of the compiled solver."""
    libraries = (*PACKAGES.values(), *fingerprint.LIBRARIES)
    prints = [method({}, {})]
    prints += [method({}, {library: "2"}) for library in libraries]
    prints += [method({package: "changed"}, {}) for package in CODE]
    for content in (b"one", b"two"):
        kernel = tmp_path / content.decode()
        kernel.write_bytes(content)
        monkeypatch.setenv(fingerprint.KERNEL, str(kernel))
        prints.append(method({}, {}))
    distinct(prints)
    assert {"numpy", "pandas", "scipy", "highspy", "pyarrow"} <= set(fingerprint.LIBRARIES)


def test_two_methods_are_not_one():
    """The code of a method is its own."""
    distinct(
        map(
            fingerprint.of_method,
            ("frontier", "regression", "space", "prepare", "io", "columns", "places"),
        )
    )
    assert {*fingerprint.ROOMS.values()} <= {module_of(path) for path in files(".py")}


@pytest.mark.parametrize("file", ["a.py", "b.cpp", "c.h", "d.csv", "inner/e.py"])
def test_every_source_belongs_to_a_method(tmp_path, file):
    """Code, the kernel's and tables, in folders too: another content or name is another method."""
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    prints = [tuple(fingerprint.sources(tmp_path))]
    for text in ("one", "two"):
        path.write_text(text, encoding="utf-8")
        prints.append(tuple(fingerprint.sources(tmp_path)))
    path.rename(path.with_name(f"other{path.suffix}"))
    prints.append(tuple(fingerprint.sources(tmp_path)))
    distinct(prints)


def test_the_methods_that_are_read_are_in_the_key():
    """Each by its name, and the code of the analyses themselves."""
    reads = replace(READS, methods=("frontier", "space"))
    parts = dependencies(
        ANALYSES.get("describe"), ANALYSES.get("describe").section(variables=("x",)), reads, given_of()
    )  # fmt: skip
    assert {"method frontier", "method space", "method analyses"} <= set(parts)


def test_pairs_of_names_and_values_are_not_exchanged():
    """Two columns that exchange their values are another state."""
    parts = {"column a": "1", "column b": "2"}
    swaps = [parts, {"column a": "2", "column b": "1"}, {"column a": "1", "column c": "2"}]
    assert all(key_of(one) != key_of(two) for one, two in combinations(swaps, 2))


INPUTS: dict[str, tuple[Any, Any, Any]] = {
    "columns_of_a_part": (series([1.0]), series([2.0]), series([3.0])),
    "members": (series([1.0]), series([2.0]), series([3.0])),
    "files": (b"one", b"two", b"three"),
    "outlines": tuple(Boundaries({}, areas=name) for name in "abc"),
}
"""Kind of input -> the first, the second, and another one."""


@pytest.mark.parametrize("kind", INPUTS)
def test_each_input_of_each_kind_is_in_the_key(kind):
    """Of two inputs of a kind neither stands for the other: a change of either, and their exchange, is seen."""

    def key(first: Any, second: Any) -> Any:
        given = {"frames": {}, "columns": None, **{each: {} for each in INPUTS}}
        given[kind] = {"p": first, "q": second}
        prints = fingerprint._inputs(SimpleNamespace(**given), Reads())  # type: ignore[arg-type]
        return tuple(sorted(prints.items()))

    first, second, other = INPUTS[kind]
    distinct([key(first, second), key(other, second), key(first, other), key(second, first)])
