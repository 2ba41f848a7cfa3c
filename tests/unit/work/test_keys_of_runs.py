"""What a run that computes nothing rests on, and what names a picture: every part, one by one."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layout import IMPORTED
from made_draws import Sums
from xinzhi.present import drawing
from xinzhi.present.drawing import Drawing
from xinzhi.work import results as last_run
from xinzhi.work.draws.chunk_store import ChunkStore
from xinzhi.work.results import KERNEL, KEY, Inputs, LastRun, Results, claim, program, remember
from xinzhi.work.results import last_run as find
from xinzhi.work.store import MARK, Store
from xinzhi_app import findings
from xinzhi_core import processes
from xinzhi_core.packages import PACKAGES, folders


@pytest.fixture
def place(tmp_path) -> Results:
    """Make a folder in which a run of a study is in place."""
    for name in ("study.yaml", "data.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    with claim(tmp_path / "results") as results:
        results.deliver({"results.json": b"{}", "report.html": b"<p>"}, ("html",))
        results.store.put("entry", b"of a stage")
        remember(results, inputs_of(tmp_path), {"code": 0}, ("seed=2",))
    assert known(results)
    return results


def inputs_of(folder: Path) -> Inputs:
    return Inputs.of([folder / "study.yaml", folder / "data.csv"])


def known(results: Results, settings: Any = ("seed=2",), study: str = "study.yaml") -> bool:
    """Tell whether the last run is taken for one in which nothing has changed."""
    return find(results, results.folder.parent / study, settings) is not None


def write(*parts: str, text: str = "other") -> Any:
    def change(folder: Path, _: Any) -> None:
        folder.joinpath(*parts).write_text(text, encoding="utf-8")

    return change


def program_is_another(_: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(last_run, "program", lambda: "another")


def parts_of_others(_: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(last_run, "_has_outside_parts", lambda: True)


def entry_is_damaged(folder: Path, _: Any) -> None:
    path = folder / "results" / "store" / "entry.npz"
    path.write_bytes(path.read_bytes()[:-1])


def another_entry(folder: Path, _: Any) -> None:
    Store(folder / "results" / "store").put("another", b"of a stage")


CHANGES = {
    "the study file": write("study.yaml"),
    "the data": write("data.csv"),
    "a file beside the data": write("more.csv"),
    "the data are gone": lambda folder, _: (folder / "data.csv").unlink(),
    "a result": write("results", "results.json"),
    "a result is gone": lambda folder, _: (folder / "results" / "report.html").unlink(),
    "the marker": write("results", ".xinzhi-results.json"),
    "an entry is damaged": entry_is_damaged,
    "another entry": another_entry,
    "the program": program_is_another,
    "parts of other packages": parts_of_others,
    "the record": write("results", "store", f"{KEY}.npz"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_leads_to_a_run(place, monkeypatch, change):
    """Each part of what a run rests on, alone."""
    change(place.folder.parent, monkeypatch)

    assert not known(place)


@pytest.mark.parametrize("settings", [(), ("seed=3",), ("seed=2", "level=0.1")])
def test_other_settings_are_another_run(place, settings):
    """The run of the file alone is not that of a file with a value replaced."""
    assert not known(place, settings)


def test_another_study_file_is_another_run(place):
    """Two study files can lie in one folder, with the same words."""
    other = place.folder.parent / "other.yaml"
    other.write_text("study.yaml", encoding="utf-8")
    assert not known(place, study="other.yaml")


def test_every_field_of_the_record_counts(place):
    """A record in which one field is another one is that of another run; a new field must be added."""
    others: dict[str, Any] = {
        "inputs": Inputs({}, {}),
        "settings": ("seed=3",),
        "program": "another",
        "marker": "another",
        "entries": ("none",),
    }
    assert {*others, "console"} == {field.name for field in fields(LastRun)}
    body = place.store.get(KEY)
    assert body is not None
    document = json.loads(body)
    for name, value in others.items():
        words = asdict(value) if name == "inputs" else value
        place.store.put(KEY, json.dumps({**document, name: words}).encode())
        assert not known(place), name
    place.store.put(KEY, body)
    assert known(place)


def test_what_was_saved_during_a_run_is_not_taken_for_what_was_read(tmp_path):
    """The study file as it was at the start must be among what was read."""
    (tmp_path / "study.yaml").write_text("one", encoding="utf-8")
    started = Inputs.of([tmp_path / "study.yaml"])
    assert Inputs.of([tmp_path / "study.yaml"]).are_still(started)
    (tmp_path / "study.yaml").write_text("two", encoding="utf-8")
    assert not Inputs.of([tmp_path / "study.yaml"]).are_still(started)
    assert not started.are_still(started)


def test_the_program_is_told_by_everything_that_computes(tmp_path, monkeypatch):
    """Each file of a package and its name, each library, Python, the system, another solver."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text("one", encoding="utf-8")
    named = ["one"]
    monkeypatch.setattr(last_run, "folders", lambda: iter([(named[0], tmp_path)]))
    of = last_run.version
    prints = [program()]
    for path, text in (("inner/a.py", "two"), ("inner/b.j2", ""), ("c.so", "three")):
        (tmp_path / path).write_text(text, encoding="utf-8")
        prints.append(program())
    (tmp_path / "c.so").rename(tmp_path / "d.so")
    prints.append(program())
    named[0] = "two"
    prints.append(program())
    for library in (*PACKAGES.values(), "numpy", "altair", "pyarrow", "highspy", "starlette"):
        with monkeypatch.context() as patched:
            patched.setattr(
                last_run, "version", lambda n, new=library: "0.1" if n == new else of(n)
            )
            prints.append(program())
    for what in ("python_version", "platform"):
        with monkeypatch.context() as patched:
            patched.setattr(f"platform.{what}", lambda: "another")
            prints.append(program())
    monkeypatch.setenv(KERNEL, str(tmp_path / "d.so"))
    prints.append(program())

    assert len(set(prints)) == len(prints)


def test_a_picture_is_named_by_all_that_it_shows(monkeypatch):
    """What is drawn, its kind, the renderer, the font, scale and resolution; nothing runs together."""
    base = Drawing('{"mark": "bar"}', "6.1")
    others = {"source": '{"mark": "line"}', "vega_lite": "5.20"}
    assert set(others) == {field.name for field in fields(Drawing)}
    keys = [base.key("svg"), base.key("png"), base.key("pdf")]
    keys += [replace(base, **{name: value}).key("svg") for name, value in others.items()]
    keys += [Drawing("6.1|x", "").key("svg"), Drawing("x", "|6.1").key("svg")]
    keys += [Drawing("|x", "6.1").key("svg"), Drawing("x", "6.1|").key("svg")]
    for name, value in {
        "version": lambda _: "0.1",
        "_font_digest": lambda: "another",
        "SCALE": drawing.SCALE + 1,
        "DPI": drawing.DPI + 1,
    }.items():
        with monkeypatch.context() as patched:
            patched.setattr(drawing, name, value)
            keys.append(base.key("svg"))

    assert len(set(keys)) == len(keys)


def test_draws_are_kept_by_key_and_version(tmp_path, monkeypatch):
    """Neither another key nor another version finds them, nor a key that ends like a version."""
    stores = [ChunkStore.of(tmp_path, key) for key in ("a", "b", "a\nxinzhi 1")]
    monkeypatch.setattr("xinzhi.work.draws.chunk_store.version", lambda _: "0.1")
    stores.append(ChunkStore.of(tmp_path, "a"))

    assert len({store.folder for store in stores}) == len({store.key for store in stores}) == 4


OTHER_TASKS = {
    "a number of its data": {"data": np.array([[1.0, 2.0], [3.0, 5.0]])},
    "the order of its data": {"data": np.array([[2.0, 1.0], [3.0, 4.0]])},
    "its data by columns": {"data": np.asfortranarray([[1.0, 3.0], [2.0, 4.0]])},
    "the type of its data": {"data": np.array([[1, 2], [3, 4]])},
    "an option": {"pause": 0.1},
    "a set": {"lost": frozenset({2})},
    "a word": {"log": "log"},
}


@pytest.mark.parametrize("options", OTHER_TASKS.values(), ids=OTHER_TASKS)
def test_a_worker_opens_another_task_where_anything_differs(monkeypatch, options):
    """A worker keeps the task that it has opened: data lie outside of what is pickled, and count too."""
    monkeypatch.setattr(processes, "_last", {})
    first = Sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    other = replace(first, **options)
    parcels = [processes.pack(task) for task in (first, other, first)]

    assert all(parcel.arrays for parcel in parcels)
    assert parcels[0].token == parcels[2].token != parcels[1].token
    for parcel, task in zip(parcels, (first, other, first), strict=True):
        opened = vars(processes.open_task(parcel))
        assert {name: repr(value) for name, value in opened.items()} == {
            name: repr(value) for name, value in vars(task).items()
        }


def test_an_entry_is_bound_to_every_byte_of_its_key_and_body(tmp_path):
    """Any changed byte of an entry, and any other name, is no entry."""
    store = Store(tmp_path)
    store.put("key", b"body")
    content = (tmp_path / "key.npz").read_bytes()
    assert content.startswith(MARK)
    for i in range(len(content)):
        changed = bytes([content[i] ^ 1])
        (tmp_path / "key.npz").write_bytes(content[:i] + changed + content[i + 1 :])
        assert store.content("key") is None, i
    for name in ("ke", "key2", "yek"):
        (tmp_path / f"{name}.npz").write_bytes(content)
        assert store.content(name) is None
    store.put("ab", b"c\nd")
    (tmp_path / "ab\nc.npz").write_bytes((tmp_path / "ab.npz").read_bytes())
    assert store.content("ab\nc") is None


def test_what_the_page_found_is_kept_for_the_same_files_only(tmp_path):
    """A changed time, size, name or place of any file is looked at again, and each language by itself."""
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "a.csv"
    file.write_text("city,year,x\nA,2008,1\n", encoding="utf-8")
    stamp = findings._stamp
    stamps = [stamp(tmp_path)]
    os.utime(file, ns=(1, 1))
    stamps.append(stamp(tmp_path))
    file.write_text("city,year,x\nA,2008,12\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    stamps.append(stamp(tmp_path))
    file.rename(file.with_name("b.csv"))
    stamps.append(stamp(tmp_path))
    (tmp_path / "study.yaml").write_text("title: x", encoding="utf-8")
    stamps.append(stamp(tmp_path))
    assert len(set(stamps)) == len(stamps)
    findings._look.cache_clear()
    for language in ("en", "zh", "en"):
        findings.look(tmp_path, tmp_path, language)
    assert findings._look.cache_info()[:2] == (1, 2)


def test_every_package_is_part_of_the_program():
    """All that are installed here, with the compiled kernel."""
    found = dict(folders())
    assert {*found} == {*IMPORTED.values()}
    assert (found["xinzhi_frontier"] / "kernel" / "kernel.cpp").is_file()
