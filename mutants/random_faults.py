"""Draw faults at random from all files of the package, and see which tests notice each.

`just mutate --random 60 --seed 7` draws as many of each kind, puts one at a time into a copy of the tree that has no
folder beside it, runs the tests nearest to the file, then, where these notice nothing, the README's tests and the long
ones, and writes rates.md: the rate by kind, and every fault that survived. A survivor is a place to look: it may change
nothing that anybody can see.
"""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from library import HERE, ROOT
from operators import KINDS, Fault, faults
from run import FAILED, PASSED, _tested, paths_of

from layout import address_of, files, module_of, place_of

RATES = HERE / "rates.md"
SUFFIXES = {".py", ".po", ".cpp", ".h", ".js"}
NO_TESTS = 5
"""Code with which pytest ends where it found no test."""
NEAR = 40
"""Files of tests that count as near at most; a room that more of them import is tested by the README's tests."""
STAGES = ("the nearest tests", "the README's tests", "the long tests")
HEAD = """# Faults drawn at random

Written by `just mutate --random {count} --seed {seed}`{asked}: {total} faults, drawn from all files of the package without looking
at the tests, in a tree without the reference cases. The kept mutants are in report.md. A survivor is a place to look: it may
change nothing that anybody can see.

| kind | faults | noticed by {first} | by {second} | by {third} | survived | rate |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def drawn(count: int, seed: int, kinds: Sequence[str] = KINDS) -> list[Fault]:
    """Draw up to `count` faults, spread evenly over the kinds, each from a place of its own.

    Raises
    ------
    ValueError
        No kind of these names: nothing would be drawn, and nothing said.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        msg = f"unknown kind: {', '.join(unknown)}; there are {', '.join(KINDS)}"
        raise ValueError(msg)
    by_kind = _every_fault()
    chance = random.Random(seed)  # noqa: S311 - a draw of faults, nothing secret
    each = -(-count // len(kinds))
    found = []
    for kind in kinds:
        of_kind = by_kind[kind]
        found += chance.sample(of_kind, min(each, len(of_kind)))
    return found


@cache
def _every_fault() -> dict[str, list[Fault]]:
    by_kind: dict[str, list[Fault]] = defaultdict(list)
    for path in _files():
        for fault in faults(address_of(path), path.read_text("utf-8")):
            by_kind[fault.kind].append(fault)
    return by_kind


def _files() -> list[Path]:
    return files(*SUFFIXES)


def run(
    faults_drawn: Sequence[Fault], tree: Path, *, stages: int = len(STAGES)
) -> dict[Fault, str]:
    """Put each fault into the tree and say which stage noticed it; empty where none did."""
    found = {}
    for fault in faults_drawn:
        place = tree / place_of(fault.file).relative_to(ROOT)
        sound = place.read_text(encoding="utf-8")
        place.write_text(fault.applied(sound), encoding="utf-8")
        try:
            found[fault] = _noticed(fault, tree, stages)
        finally:
            place.write_text(sound, encoding="utf-8")
            if place.suffix in {".cpp", ".h"}:
                _compiled(tree)
        print(f"{fault.kind}: {fault.described(sound)}: {found[fault] or 'SURVIVED'}", flush=True)
    return found


def _noticed(fault: Fault, tree: Path, stages: int) -> str:
    if fault.file.endswith((".cpp", ".h")) and not _compiled(tree):
        return "the compiler"
    if fault.file.endswith(".py") and not _is_python(tree / place_of(fault.file).relative_to(ROOT)):
        return "the compiler"
    near = nearest(fault.file, tree)
    if near and _tested(near, tree)[0] not in {PASSED, NO_TESTS}:
        return STAGES[0]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths_of(tree))}
    for stage, marks in list(zip(STAGES[1:], ("not long", "long"), strict=True))[: stages - 1]:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-m",
            marks,
        ]
        done = subprocess.run(
            command, cwd=tree, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode not in {PASSED, FAILED, 2}:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
        if done.returncode != PASSED:
            return stage
    return ""


def nearest(file: str, tree: Path) -> tuple[str, ...]:
    """Name the files of tests that import a module, or that stand where its room has its tests."""
    module = re.sub(r"\.(po|cpp|h|js)$", "", module_of(place_of(file)))
    exact = re.compile(rf"\b{re.escape(module)}\b")
    room = re.compile(rf"\b{re.escape(module.rpartition('.')[0])}\b")
    paths = [*(tree / "tests").rglob("test_*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    close = [path for path, text in texts.items() if exact.search(text)]
    if not close:
        close = [path for path, text in texts.items() if room.search(text)]
    if file.endswith(".po"):
        close = [
            path
            for path in paths
            if any(word in path.name for word in ("locale", "catalogue", "sentence", "prose"))
        ]
    return tuple(path.relative_to(tree).as_posix() for path in sorted(close)[:NEAR])


def _is_python(path: Path) -> bool:
    try:
        ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:
        return False
    return True


def _compiled(tree: Path) -> bool:
    """Compile the kernel of the tree with the flags of the build; whether it compiles."""
    hook = ast.parse(
        (ROOT / "packages" / "frontier" / "hatch_build.py").read_text(encoding="utf-8")
    )
    flags = next(
        ast.literal_eval(node.value)
        for node in hook.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "FLAGS"
    )
    compiler = shutil.which("c++")
    if compiler is None:
        msg = "a fault in C++ needs a compiler: apt-get install g++"
        raise RuntimeError(msg)
    folder = tree / place_of("frontier/kernel").relative_to(ROOT)
    command = [compiler, *flags, "-fPIC", "-o", "_kernel.so", "kernel.cpp"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def report(found: dict[Fault, str], count: int, seed: int, *, is_near: bool = False) -> str:
    """Write the rate by kind and the survivors."""
    first, second, third = STAGES
    asked = (
        " `--near`, which runs only the tests nearest to each fault, so that rates are lower bounds"
        if is_near
        else ""
    )
    text = HEAD.format(
        asked=asked,
        count=count,
        seed=seed,
        total=len(found),
        first=first,
        second=second,
        third=third,
    )
    for kind in (*KINDS, "all"):
        verdicts = [v for fault, v in found.items() if kind in {fault.kind, "all"}]
        if verdicts:
            n = Counter(verdicts)
            near = n[first] + n["the compiler"]
            rate = f"{100 * (len(verdicts) - n['']) / len(verdicts):.0f} %"
            row = (kind, len(verdicts), near, n[second], n[third], n[""], rate)
            text += "| " + " | ".join(map(str, row)) + " |\n"
    survivors = [fault for fault, verdict in found.items() if not verdict]
    if survivors:
        text += "\nSurvivors:\n\n"
        text += "".join(f"- {f.kind}: {f.described(_text(f))}\n" for f in survivors)
    return text


def _text(fault: Fault) -> str:
    return place_of(fault.file).read_text(encoding="utf-8")
