"""`verify` says what is wrong with any run.json, and of every delivered file; it crashes on none."""

from __future__ import annotations

import json
from copy import deepcopy
from hashlib import sha256

import numpy as np
import pytest

from xinzhi.work.lock import MARKER
from xinzhi.work.results import claim
from xinzhi.work.verify import compare_with_run
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say

FILES = {
    "report.html": b"<p>",
    "tables/a.md": b"|a|",
    "results.json": b"{}",
    "scores.csv": b"a,b",
    "README.md": b"# a",
}
RUN = {
    "stages": [{"name": "read", "fingerprint": "a" * 64, "computed": True, "parts": {}}],
    "outputs": {name: sha256(data).hexdigest() for name, data in FILES.items()},
    "draws": [{"name": "d", "key": "k" * 32, "n": 3, "sha256": "b" * 64}],
    "versions": {"xinzhi": "1"},
}
WRONG = (
    None,
    True,
    -1,
    10**400,
    1e308,
    "",
    "../x",
    "\0",
    "\ud800",
    "n" * 300,
    [],
    {},
    [[]],
    {"a": 1},
)


@pytest.fixture
def folder(tmp_path):
    """Results whose run.json names every other file."""
    with claim(tmp_path / "r") as place:
        place.deliver({**FILES, "run.json": json.dumps(RUN).encode()}, ("html",))
    return tmp_path / "r"


def errors(folder) -> list[tuple[str, str]]:
    found = compare_with_run(folder)
    assert found.is_sound == (not any(p.severity == "error" for p in found.problems))
    return [(p.code, str(p.what)) for p in found.problems if p.severity == "error"]


def test_what_the_run_wrote_is_sound(folder):
    """All files are compared; numbers are named, the others counted."""
    assert errors(folder) == []
    found = compare_with_run(folder)
    assert (found.files, found.n_others) == (("results.json", "scores.csv"), 4)


@pytest.mark.parametrize("name", [*FILES, "run.json"])
@pytest.mark.parametrize("how", ["changed", "removed", "a folder", "a link"])
def test_every_file_is_compared(folder, name, how):
    """A changed report is an error as a changed number is, with the marker and without it."""
    path = folder / name
    body = path.read_bytes()
    path.unlink()
    if how == "changed":
        path.write_bytes(body + b" ")
    elif how == "a folder":
        path.mkdir()
    elif how == "a link":
        (folder.parent / "same").write_bytes(body)
        path.symlink_to(folder.parent / "same")
    if name == "run.json":
        if how in {"changed", "a link"}:
            assert errors(folder) == [
                ("verify.file", "run.json was changed or removed since the run.")
            ]
        else:
            with pytest.raises(DataError, match=r"has no run\.json that can be read"):
                compare_with_run(folder)
        return
    (folder / MARKER).unlink()
    code = "verify.numbers" if name in {"results.json", "scores.csv"} else "verify.file"
    text = (
        f"{name} is not the file that the run wrote." if how == "changed" else f"{name} is missing."
    )
    assert errors(folder) == [(code, text)]


def test_a_damaged_list_is_said(folder):
    """Nobody knows then whether run.json itself is as it was."""
    (folder / MARKER).write_bytes(b"\xff")
    assert errors(folder) == [("verify.marker", "The list of what xinzhi wrote here is damaged.")]


def places(document, path=()):
    """List the paths of a document, itself first."""
    yield path
    inner = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    for key, part in inner:
        yield from places(part, (*path, key))


def changed(document, path, value):
    if not path:
        return value
    new = deepcopy(document)
    part = new
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return new


def judge(folder, content: bytes) -> bool:
    """Put a forged run.json there; tell whether it was found to be one."""
    (folder / "run.json").write_bytes(content)
    try:
        return not compare_with_run(folder).is_sound
    except DataError as error:
        return error.code == "verify.run"


def test_a_forged_run_json_is_found_and_crashes_nothing(folder):
    """Every key with every wrong kind: refused, or told by the digest of the file itself."""
    for path in places(RUN):
        for value in WRONG:
            forged = json.dumps(changed(RUN, path, value)).encode()
            assert forged == json.dumps(RUN).encode() or judge(folder, forged), (path, value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\xfd",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b'{"stages": [], "outputs": {}, "draws": []}',
        b"NaN",
        json.dumps(RUN).encode("utf-16"),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_document_of_ours_is_found(folder, content):
    """Not UTF-8, too deep, too large a number, nothing named."""
    assert judge(folder, content)


def test_random_bytes_in_it_are_found(folder):
    """One to five bytes at any place."""
    rng, body = np.random.default_rng(33), json.dumps(RUN).encode()
    for _ in range(300):
        torn = bytearray(body)
        for place in rng.integers(len(torn), size=rng.integers(1, 6)):
            torn[place] ^= int(rng.integers(1, 256))
        assert bytes(torn) == body or judge(folder, bytes(torn))


def test_what_is_not_as_the_run_wrote_it_has_one_remedy(folder):
    """A file that is gone and a list that is damaged are written anew by the next run."""
    (folder / "scores.csv").unlink()
    gone = compare_with_run(folder).problems
    (folder / MARKER).write_bytes(b"\xff")
    found = [problem for problem in (*gone, *compare_with_run(folder).problems) if problem.remedy]

    assert {str(p.what) for p in found} >= {
        "scores.csv is missing.",
        "The list of what xinzhi wrote here is damaged.",
    }
    assert {str(p.remedy) for p in found} == {"run the study again: it is written anew."}
    assert {say(p.remedy, "zh") for p in found} == {"重新运行该研究：会重新写出该文件。"}
