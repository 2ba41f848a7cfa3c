"""A piece of work is done once for the same fingerprint."""

import json
from importlib.resources import files

import pandas as pd
import pytest

from xinzhi.study.again import Cache, previous_parts
from xinzhi.study.fingerprint import of_column, sources, to_bytes
from xinzhi.work.store import Store


def get_or_compute(folder, parts, previous=None):
    cache = Cache(Store(folder), previous or {})
    value = cache.get_or_compute("piece", parts, lambda: 42)
    return value, cache.stages[0]


def test_the_same_parts_are_not_computed_again(tmp_path):
    """The second run takes the value of the first."""
    get_or_compute(tmp_path, {"data": "a"})

    value, stage = get_or_compute(tmp_path, {"data": "a"})

    assert (value, stage.computed, str(stage.why)) == (42, False, "unchanged")


def test_a_changed_part_is_named(tmp_path):
    """The reason says which part changed since the last run."""
    _, stage = get_or_compute(
        tmp_path, {"data": "b", "options": "x"}, {"piece": {"data": "a", "options": "x"}}
    )

    assert (stage.computed, str(stage.why)) == (True, "changed: data")


def test_a_removed_result_is_computed_again(tmp_path):
    """Same parts but no stored result: computed, and said so."""
    _, stage = get_or_compute(tmp_path, {"data": "a"}, {"piece": {"data": "a"}})

    assert (stage.computed, "damaged or removed" in str(stage.why)) == (True, True)


DAMAGED = [
    *("", "{}", "[]", '{"stages": [{}]}', '{"stages": 3}', None),
    *('{"stages": [{"name": "read", "parts": "x"}]}', '{"stages": ' + "[" * 100_000),
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_manifest_is_no_manifest(tmp_path, text):
    """The last run.json only explains; without it everything still works."""
    path = tmp_path / "run.json"
    if text is not None:
        path.write_text(text)

    assert previous_parts(path) == {}


def test_a_folder_in_place_of_the_manifest_is_no_manifest(tmp_path):
    """Nor are bytes that are no text."""
    (tmp_path / "run.json").mkdir()
    (tmp_path / "other.json").write_bytes(b"\xff\xfe")

    assert previous_parts(tmp_path / "run.json") == {}
    assert previous_parts(tmp_path / "other.json") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no archive",
        to_bytes(("piece", 42))[:-20],
        to_bytes(42),
        to_bytes(("another piece", 42)),
        to_bytes((1, 2, 3)),
        to_bytes({"piece": 42}),
    ],
)
def test_corrupt_content_with_a_valid_digest_is_computed_again(tmp_path, body):
    """What the store vouches for and is no record of this piece goes to quarantine."""
    _, stage = get_or_compute(tmp_path, {"data": "a"})
    Store(tmp_path).put(stage.fingerprint, body)

    value, again = get_or_compute(tmp_path, {"data": "a"})

    assert (value, again.computed) == (42, True)
    assert len(list((tmp_path / "quarantine").iterdir())) == 1
    assert not get_or_compute(tmp_path, {"data": "a"})[1].computed


def test_parts_of_the_last_run_are_read_back(tmp_path):
    """What the last run depended on stands in its run.json."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"stages": [{"name": "read", "parts": {"file": "x"}}]}))

    assert previous_parts(path) == {"read": {"file": "x"}}


def series(values, entities=("a", "b")):
    index = pd.MultiIndex.from_product([entities, [2008]], names=["entity", "period"])
    return pd.Series(values, index=index)


def test_a_column_is_told_by_its_values_and_keys():
    """Another value, another entity or text instead of numbers gives another fingerprint."""
    columns = [
        series([1.0, 2.0]),
        series([1.0, 2.5]),
        series([1.0, 2.0], ("a", "c")),
        series([1.0, float("nan")]),
        series(["1.0", "2.0"]),
    ]

    assert len({of_column(column) for column in columns}) == len(columns)


def test_zero_has_one_fingerprint():
    """Minus zero is zero."""
    assert of_column(series([0.0, 1.0])) == of_column(series([-0.0, 1.0]))


def test_another_kernel_is_another_method(tmp_path):
    """The compiled code belongs to the fingerprint: scores of another kernel are computed again."""
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / "algebra.h").write_text("one")
    before = sources(tmp_path)
    (tmp_path / "kernel" / "algebra.h").write_text("another")

    assert before != sources(tmp_path)
    read = sources(files("xinzhi_frontier"))
    assert all(any(part.startswith(name) for part in read) for name in ("kernel.cpp", "phases.h"))
