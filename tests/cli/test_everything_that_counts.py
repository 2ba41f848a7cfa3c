"""Everything that a run rests on: a change of any of it leads to a run, however small and well hidden."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli_runner import attempt, call
from xinzhi.work import results

pytestmark = pytest.mark.long

AGAIN = "Nothing has changed since the last run"
STUDY = """\
title: Four places
sources:
  data: {file: link.csv, entity: city, period: year}
  firms: {file: firms.csv, kind: records, id: id, date: date, closed: closed, place: city, code: code, text: words}
panel: {from: data}
prepare:
  - emerging: {step: emerging_firms, from: firms, codes: codes.csv, terms: terms.yaml, classes: [new]}
efficiency: {e: {inputs: [x], good_outputs: [y], classes: {low: "< 0.7", high: ">= 0.7"}}}
variables: {e: {from: e}, emerging: {column: emerging}}
describe: {variables: [e, emerging]}
maps: {m: {value: e, boundaries: places.geojson, key: name}}
compare: {published: printed.toml, tables: {t1: descriptive}}
report: {formats: [md], languages: [en]}
"""
DATA = "city,year,x,y\n" + "".join(
    f"{city},{year},{1 + at},{1 + at % 2 + (year - 2000) * 0.5:g}\n"
    for at, city in enumerate("ABCD")
    for year in (2001, 2002, 2003)
)
FIRMS = "id,city,date,closed,code,words\n" + "".join(
    f"{at}{year},{city},{year}-05-01,,{'3990' if (at + year) % 2 else '0110'},solar cells\n"
    for at, city in enumerate("ABCD")
    for year in (2001, 2002, 2003)
)
PLACES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[at, 0], [at, 1], [at + 1, 1], [at + 1, 0], [at, 0]]],
            },
        }
        for at, name in enumerate("ABCD")
    ],
}
FILES = {
    "study.yaml": STUDY,
    "data.csv": DATA,
    "firms.csv": FIRMS,
    "codes.csv": "class,code,starred\nnew,3990,0\n",
    "terms.yaml": "new: {include: [solar]}\n",
    "places.geojson": json.dumps(PLACES),
    "printed.toml": "[t1.e]\nmean = 0.5\n",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """Run once; the data lie behind a link."""
    folder = tmp_path_factory.mktemp("counts")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "link.csv").symlink_to("data.csv")
    call("run", folder, "--lang", "en")
    return folder


def is_again(study, lang="en"):
    return AGAIN in call("run", study, "--lang", lang).stderr


def in_place(path, old, new):
    """Change bytes of a file and keep its size and its times."""
    before, body = path.stat(), path.read_bytes()
    assert len(old) == len(new)
    assert old in body
    path.write_bytes(body.replace(old, new, 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("study.yaml", b"Four places", b"Five places"),
        ("data.csv", b"A,2001,1,", b"A,2001,2,"),
        ("firms.csv", b"3990", b"0110"),
        ("codes.csv", b"3990", b"3991"),
        ("terms.yaml", b"solar", b"cells"),
        ("places.geojson", b"[0, 1]", b"[0, 2]"),
        ("printed.toml", b"0.5", b"0.6"),
        ("results/scores.csv", b"certified", b"CERTIFIED"),
        ("results/run.json", b"seed", b"SEED"),
        ("results/tables/descriptive.md", b"Mean", b"mean"),
    ],
)
def test_a_byte_counts_where_size_and_time_are_the_same(study, name, old, new):
    """Sources behind a link, lists, outlines, printed figures, results: none goes by its time."""
    assert is_again(study)
    in_place(study / name, old, new)
    assert not is_again(study)
    assert is_again(study)


@pytest.mark.parametrize("name", ["results.json", "README.md", "tables/descriptive.md"])
def test_a_file_that_is_gone_is_made_again(study, name):
    """Any output that is deleted comes back."""
    assert is_again(study)
    (study / "results" / name).unlink()
    assert not is_again(study)
    assert (study / "results" / name).exists()


def test_a_source_that_is_gone_is_noticed(study):
    """A run of a study whose data are gone says so instead of repeating what it said."""
    assert is_again(study)
    kept = (study / "data.csv").rename(study / "elsewhere.csv")
    gone = attempt("run", study, "--lang", "en")
    kept.rename(study / "data.csv")
    assert gone.code
    assert "File 'link.csv' does not exist." in gone.stderr
    assert is_again(study)


@pytest.mark.parametrize("part", ["xinzhi", "numpy", "pandas"])
def test_another_version_counts(study, monkeypatch, part):
    """Of the package itself and of each library that it computes with."""
    assert is_again(study)
    known = results.version
    monkeypatch.setattr(
        results, "version", lambda name: known(name) + (".post1" if name == part else "")
    )
    assert not is_again(study)
    monkeypatch.undo()
    assert not is_again(study)


def test_another_kernel_counts(study, monkeypatch, tmp_path):
    """Scores of a kernel that the environment names are not those of ours."""
    assert is_again(study)
    other = tmp_path / "kernel.so"
    other.write_bytes(b"not a library")
    monkeypatch.setenv("XINZHI_KERNEL", str(other))
    assert not is_again(study)
    other.write_bytes(b"nor is this")
    assert not is_again(study)
    monkeypatch.undo()
    assert not is_again(study)


def test_the_language_of_the_console_changes_nothing(study, monkeypatch):
    """Results do not depend on it: what was said is kept in both languages."""
    assert is_again(study)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有任何变化" in call("run", study).stderr
    monkeypatch.setenv("LC_ALL", "C")
    assert AGAIN in call("run", study).stderr
