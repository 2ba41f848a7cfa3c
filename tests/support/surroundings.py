"""Machines as people have them: code pages, closed streams, no home, folders that nothing may be written into.

Each surrounding starts `xinzhi run` over a copy of a study. It must end with 0 and whole results, or with one
error in words; what was there before stays in both cases.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from xinzhi.work.verify import compare_with_run

NAME = "研究 Über (1)"
"""Folder of the study: letters that no one code page has, a blank, brackets."""
MINE = "我的 notes.txt"
HOMES = ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA")
WEAK = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
"""Takes from the superuser what nobody else has: rights over files that forbid it."""
PAGES = {"936": "gbk", "1252": "cp1252", "437": "cp437", "65001": "utf-8"}
CLOSED = {"in": "<&-", "out": ">&-", "err": "2>&-", "all": "<&- >&- 2>&-"}


@dataclass(frozen=True, slots=True)
class Surrounding:
    """A machine, and what must come of a run on it."""

    name: str
    is_refused: bool = False
    """Whether nothing can be written, so that one sentence is due."""
    env: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    streams: str = ""
    """What a shell does with the streams."""
    language: str = "en"
    lay: Callable[[Path], None] = lambda _: None
    """Changes the place, in which `home` and the study lie."""


def _read_only(*names: str, inside: bool = False) -> Callable[[Path], None]:
    def lay(place: Path) -> None:
        for name in names:
            for path in (place / name, *((place / name).rglob("*") if inside else ())):
                path.chmod(0o555)

    return lay


def _file_instead(name: str) -> Callable[[Path], None]:
    def lay(place: Path) -> None:
        shutil.rmtree(place / name)
        (place / name).write_text("mine", encoding="utf-8")

    return lay


def surroundings() -> Iterator[Surrounding]:
    """List the machines."""
    for number, encoding in PAGES.items():
        for language in ("en", "zh"):
            yield Surrounding(
                f"code page {number}, {language}",
                env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
                language=language,
            )
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    yield Surrounding("locale C, no UTF-8", env=plain, language="zh")
    for name, words in CLOSED.items():
        yield Surrounding(f"closed: {name}", streams=words)
    yield Surrounding("a full device", streams=">/dev/full 2>/dev/full")
    yield Surrounding("no home", without=HOMES)
    yield Surrounding("a home that is not there", env={"HOME": "/nowhere/我"})
    yield Surrounding("a home to read only", lay=_read_only("home"))
    yield Surrounding("no folder for passing files", env={"TMPDIR": "/nowhere"})
    yield Surrounding("nothing of the environment but PATH", without=("*",))
    yield Surrounding("a study to read only", lay=_read_only(NAME, f"{NAME}/study.yaml"))
    yield Surrounding("results to read only", is_refused=True, lay=_read_only(f"{NAME}/results"))
    yield Surrounding(
        "results to read only, zh",
        is_refused=True,
        language="zh",
        lay=_read_only(f"{NAME}/results"),
    )
    yield Surrounding(
        "a file in the place of results", is_refused=True, lay=_file_instead(f"{NAME}/results")
    )
    yield Surrounding(
        "a store to read only",
        lay=_read_only(f"{NAME}/results/store", inside=True),
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a run."""

    code: int
    said: str
    fault: str
    """What should not be; empty where all is well."""


def prepared(study: Path, changed: Path, retitle: Callable[[str], str]) -> bytes:
    """Run a study, and a copy with another title; give the copy's results.json, which is wanted everywhere."""
    for folder in (study, changed):
        if folder == changed:
            shutil.copytree(study, changed)
            file = changed / "study.yaml"
            file.write_text(retitle(file.read_text(encoding="utf-8")), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "xinzhi", "run", str(folder)], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
    return (changed / "results" / "results.json").read_bytes()


def laid(study: Path, changed: Path, place: Path) -> Path:
    """Copy a study with its results, put the changed study file there and a file of the user among the results."""
    (place / "home").mkdir(parents=True)
    folder = place / NAME
    shutil.copytree(study, folder)
    shutil.copy(changed / "study.yaml", folder / "study.yaml")
    (folder / "results" / MINE).write_text("mine", encoding="utf-8")
    return folder


def run_in(one: Surrounding, place: Path, wanted: bytes) -> Ended:
    """Run the study that lies in a place; `wanted` are its results.json on an ordinary machine."""
    folder = place / NAME
    one.lay(place)
    before = _contents(folder)
    env = {"PATH": os.environ["PATH"]} if one.without == ("*",) else dict(os.environ)
    for name in ("XINZHI_MUST_RUN", "PYTHONIOENCODING", "PYTHONUTF8", "LANG", *one.without):
        env.pop(name, None)
    if not one.without:
        env["HOME"] = str(place / "home")
    command = [sys.executable, "-m", "xinzhi", "run", ".", "--lang", one.language]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which(WEAK[0]):
        command = [*WEAK, *command]
    shell = ["sh", "-c", f'exec "$@" {one.streams}', "-", *command]
    try:
        done = subprocess.run(
            shell, cwd=folder, env={**env, **one.env}, capture_output=True, check=False
        )
        encoding = one.env.get("PYTHONIOENCODING", "utf-8")
        said = (done.stdout + done.stderr).decode(encoding, "replace")
        fault = _fault(one, done.returncode, said, folder, before, wanted)
    finally:
        for path in (place, *place.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
    return Ended(done.returncode, said, fault)


def _contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "store" not in path.relative_to(folder).parts
    }


def _fault(
    one: Surrounding, code: int, said: str, folder: Path, before: dict[str, str], wanted: bytes
) -> str:
    now = _contents(folder)
    theirs = [name for name in before if not name.startswith("results/") or name.endswith(MINE)]
    results = folder / "results"
    faults = {
        "a traceback": "Traceback" in said,
        "a file of the user was changed": any(now.get(name) != before[name] for name in theirs),
    }
    if one.is_refused:
        faults |= {
            "code 0, and nothing could be written": code == 0,
            "something was changed": now != before,
            "no word": len(said.strip()) < len("error"),
        }
    else:
        faults |= {
            f"code {code}": code != 0,
            "other results": code == 0 and (results / "results.json").read_bytes() != wanted,
            "results that are not whole": code == 0 and not compare_with_run(results).is_sound,
        }
    return ", ".join(words for words, is_so in faults.items() if is_so)
