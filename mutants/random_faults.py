"""Draw faults at random from all files of the package, and see which tests notice each.

`just mutate --random 60 --seed 7` draws as many of each kind, puts one at a time into a copy of the tree that has no
folder beside it, runs the tests nearest to the file, then, where these notice nothing, long tests that are near, those of its room and those
that go through a register of its kind, the README's tests and the long ones, and writes rates.md: the rate by kind, and every fault that
survived. A survivor is a place to look: it may change nothing that anybody can see.
"""

from __future__ import annotations

import ast
import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from library import HERE, ROOT
from operators import KINDS, Fault, faults
from run import FAILED, PASSED, _tested, paths_of
from survivors import REASONS

from layout import address_of, files, module_of, place_of

RATES = HERE / "rates.md"
SUFFIXES = {".py", ".po", ".cpp", ".h", ".js"}
NO_TESTS = 5
"""Code with which pytest ends where it found no test."""
LONGEST_NEAR = 900.0
"""Seconds after which tests that end without a fault count as never ending with it."""
NEAR_LONG = 4
"""Files of long tests that count as near at most: whole studies, a minute each."""
NEAR = 12
"""Files of tests that count as near at most; those that name a module come before those that reach it."""
STAGES = (
    "the nearest tests",
    "the nearest long tests",
    "tests of the room and the kind",
    "the README's tests",
    "the long tests",
)
NEAR_STAGES = 3
"""Stages that `--near` runs."""
MARKS = ("not long", "long")
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m")
OF_KIND: Mapping[str, tuple[str, ...]] = {
    "numerical kernels": ("tests/properties",),
    "inference": ("tests/unit/frontier/inference", "tests/unit/regression/resampling", "tests/cells/test_inference_cells.py", "tests/cells/test_resampling_cells.py", "tests/properties/test_doors_of_the_judge.py"),
    "printed cells": ("tests/cells", "tests/cli/test_output.py", "tests/cli/test_printed_consoles.py"),
    "sentences": ("tests/unit/test_catalogue_sense.py", "tests/unit/test_locale.py", "tests/cells"),
    "figures": ("tests/unit/present",),
    "order": ("tests/cells", "tests/options", "tests/study/test_four_ways.py"),
    "reading": ("tests/faults", "tests/cli/test_yearbooks.py"),
    "options": ("tests/options", "tests/unit/test_options_at_every_door.py", "tests/unit/test_values_at_every_door.py"),
    "cache keys": ("tests/unit/work", "tests/unit/study/test_keys.py", "tests/unit/study/test_cache.py", "tests/study/test_warm_equals_cold.py", "tests/study/test_code_in_keys.py", "tests/study/test_one_fault.py"),
    "safety": ("tests/unit/work", "tests/app", "tests/cli/test_interrupts.py", "tests/cli/test_runs_and_verify.py"),
    "other": ("tests/unit/study", "tests/app", "tests/options", "tests/cli/test_check.py"),
}  # fmt: skip
"""Kind -> tests that go through all members of a register: every option, every part of a key, every cell."""
OF_ROOM: tuple[tuple[str, str], ...] = (
    ("frontier/", "tests/unit/frontier"),
    ("econometrics/space/", "tests/unit/space"),
    ("econometrics/composite/", "tests/unit/composite"),
    ("econometrics/", "tests/unit/regression"),
    ("core/panel/", "tests/unit/panel"),
    ("core/formula/", "tests/unit/formula"),
    ("panel/io/", "tests/unit/io"),
    ("panel/columns/", "tests/unit/columns"),
    ("panel/places/", "tests/unit/places"),
    ("xinzhi/analyses/", "tests/unit/analyses"),
    ("xinzhi/prepare/", "tests/unit/prepare"),
    ("xinzhi/present/", "tests/unit/present"),
    ("xinzhi/report/", "tests/unit/report"),
    ("xinzhi/study/", "tests/unit/study"),
    ("xinzhi/work", "tests/unit/work"),
    ("app/", "tests/app"),
)
"""Beginning of an address -> the folder of its tests, which comes before the tests of the kind; the first that fits."""
CALLS = ("tests/unit/test_argument_names.py", "tests/unit/test_message_places.py")
OF_OPERATOR: Mapping[str, tuple[str, ...]] = {
    "exchange two values": CALLS,
    "exchange two fields": CALLS,
    "ignore an option": CALLS,
    "turn a sentence": ("tests/unit/test_locale.py",),
}
"""Operator -> tests that read every call or every sentence of the package; they end soon."""
HEAD = """# Faults drawn at random

Each section is one draw, written by the command that is its heading, the last one first: faults from all files of the package,
chosen without looking at the tests, in a tree without the reference cases. A rate stands as it was when it was measured, before
its survivors were looked at; with `--near` only the tests nearest to each fault and those of its kind are run, so that rates are
lower bounds. The kept mutants are in report.md. A survivor is a place to look: it may change nothing that anybody can see.

"""
SECTION = """## `just mutate --random {count} --seed {seed}{asked}`

{total} faults.

| kind | faults | noticed by {first} | by {second} | by {third} | by {fourth} | by {fifth} | survived | rate |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
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
    is_sound: dict[str, bool] = {}
    for number, fault in enumerate(faults_drawn, start=1):
        sound = (tree / place_of(fault.file).relative_to(ROOT)).read_text(encoding="utf-8")
        start = time.monotonic()
        found[fault], test = _noticed(fault, tree, stages, is_sound)
        verdict = f"{found[fault]} ({test})" if found[fault] else "SURVIVED"
        seconds = time.monotonic() - start
        print(
            f"{number}/{len(faults_drawn)} {fault.kind}: {fault.described(sound)}: {verdict} ({seconds:.0f} s)",
            flush=True,
        )
    return found


@contextlib.contextmanager
def put(fault: Fault, tree: Path) -> Iterator[bool]:
    """Put a fault into the tree, and take it out again; whether it can be compiled."""
    place = tree / place_of(fault.file).relative_to(ROOT)
    sound = place.read_text(encoding="utf-8")
    place.write_text(fault.applied(sound), encoding="utf-8")
    is_kernel = place.suffix in {".cpp", ".h"}
    try:
        yield (not is_kernel or _compiled(tree)) and (place.suffix != ".py" or _is_python(place))
    finally:
        place.write_text(sound, encoding="utf-8")
        if is_kernel:
            _compiled(tree)


def _noticed(fault: Fault, tree: Path, stages: int, is_sound: dict[str, bool]) -> tuple[str, str]:
    """Name the stage that noticed a fault, and the test; empty where none did."""
    with put(fault, tree) as is_compiled:
        if not is_compiled:
            return "the compiler", fault.file
    near = (
        *OF_OPERATOR.get(fault.operator, ()),
        *examples(fault.file, tree),
        *nearest(fault.file, tree),
    )
    room = [tests for beginning, tests in OF_ROOM if fault.file.startswith(beginning)][:1]
    wider = tuple(dict.fromkeys((*room, *OF_KIND.get(fault.kind, ()))))
    far = nearest_long(fault.file, tree)
    marks = (MARKS[0], MARKS[1], MARKS[0])
    for stage, tests, mark in zip(STAGES, (near, far, wider), marks, strict=False):
        failed = _failed(tests, mark, fault, tree, is_sound) if tests else ""
        if failed:
            return stage, failed
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths_of(tree))}
    with put(fault, tree):
        for stage, marks in list(zip(STAGES[NEAR_STAGES:], MARKS, strict=True))[
            : max(0, stages - NEAR_STAGES)
        ]:
            command = [sys.executable, *PYTEST, marks]
            done = subprocess.run(
                command, cwd=tree, env=env, capture_output=True, text=True, check=False
            )
            if done.returncode not in {PASSED, FAILED, 2}:
                raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
            if done.returncode != PASSED:
                return stage, _first_failure(done.stdout) or "no test could run"
    return "", ""


def _failed(
    tests: Sequence[str], mark: str, fault: Fault, tree: Path, is_sound: dict[str, bool]
) -> str:
    """Name the test that fails with the fault and passes without it; others are left out.

    Raises
    ------
    RuntimeError
        The tests cannot run without the fault either: nothing is known then.
    """
    while True:
        broken = [
            word for test, passes in is_sound.items() if not passes for word in ("--deselect", test)
        ]
        chosen = ("-m", mark, *broken, *tests)
        with put(fault, tree):
            code, printed = _tested(chosen, tree, LONGEST_NEAR)
        if code in {PASSED, NO_TESTS}:
            return ""
        found = _first_failure(printed)
        if code is None or not found:
            sound = _tested(chosen, tree, LONGEST_NEAR)[0]
            if sound is None:
                return ""  # they take so long without the fault, too
            if sound not in {PASSED, FAILED}:
                msg = f"these tests cannot run without a fault:\n{printed[-2000:]}"
                raise RuntimeError(msg)
            return "no test could run" if code is not None else "tests never end"
        if found not in is_sound:
            is_sound[found] = _tested((found,), tree)[0] == PASSED
        if is_sound[found]:
            return found
        if "::" not in found:
            msg = f"a file of tests fails without a fault: {found}"
            raise RuntimeError(msg)


def _first_failure(printed: str) -> str:
    """Name the first test that pytest reports as failed, empty where it names none."""
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", printed, re.MULTILINE)
    return found[1] if found else ""


def examples(file: str, tree: Path) -> tuple[str, ...]:
    """Name a module whose docstrings hold examples: they are tests, too, and the nearest."""
    place = place_of(file).relative_to(ROOT)
    is_shown = place.suffix == ".py" and ">>> " in (tree / place).read_text(encoding="utf-8")
    return (place.as_posix(),) if is_shown else ()


def nearest(file: str, tree: Path) -> tuple[str, ...]:
    """Name the files of tests nearest to a file of the package.

    Those that import the module, themselves or through what tests share; else those of the modules that import it; else
    those of its room. Of a catalogue or a script, those that name the file.
    """
    paths = [*(tree / "tests").rglob("test_*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    if not file.endswith((".py", ".cpp", ".h")):
        words = [
            Path(file).name,
            *(("LOCALE", "catalogue_reviews") if file.endswith(".po") else ()),
        ]
        close = [path for path, text in texts.items() if any(word in text for word in words)]
        return _few(close, tree)
    module = re.sub(r"\.(cpp|h)$", "", module_of(place_of(file)))
    for names in ([module], _importers(module, tree), [module.rpartition(".")[0]]):
        pattern = "|".join(rf"{re.escape(name)}\b" for name in names)
        shared = [
            path.stem
            for path in (tree / "tests" / "support").glob("*.py")
            if names and re.search(pattern, path.read_text(encoding="utf-8"))
        ]
        direct = [path for path, text in texts.items() if names and re.search(pattern, text)]
        imports = re.compile(rf"^(?:from|import) (?:{'|'.join(shared)})\b", re.MULTILINE)
        through = [path for path, text in texts.items() if shared and imports.search(text)]
        if direct or through:
            # Tests of little else come first: they end soonest.
            direct.sort(key=lambda path: (texts[path].count("xinzhi"), path))
            return _few([*dict.fromkeys([*direct, *sorted(through)])], tree)
    return ()


def nearest_long(file: str, tree: Path) -> tuple[str, ...]:
    """Name the files of long tests that say most often what a file is about.

    That is the analysis, the command or the step where the file belongs to one, else the module.
    """
    about = re.match(r"xinzhi/(?:analyses|cli/commands|prepare/steps)/(\w+)", file)
    module = re.sub(r"\.(cpp|h)$", "", module_of(place_of(file)))
    texts = {path: path.read_text(encoding="utf-8") for path in (tree / "tests").rglob("test_*.py")}
    for names in ([about[1] if about else module], _importers(module, tree)):
        pattern = "|".join(rf"\b{re.escape(name)}\b" for name in names)
        counts = {
            path: -len(re.findall(pattern, text))
            for path, text in texts.items()
            if names and "mark.long" in text
        }
        found = [path for path, count in counts.items() if count]
        if found:
            found.sort(key=lambda path: (counts[path], path))
            return _few(found[:NEAR_LONG], tree)
    return ()


def _few(paths: Sequence[Path], tree: Path) -> tuple[str, ...]:
    return tuple(path.relative_to(tree).as_posix() for path in paths[:NEAR])


def _importers(module: str, tree: Path) -> list[str]:
    """List the modules of the package that import a module."""
    pattern = re.compile(
        rf"^\s*(?:from|import) {re.escape(module)}\b"
        rf"|^\s*from {re.escape(module.rpartition('.')[0])} import .*\b{module.rpartition('.')[2]}\b",
        re.MULTILINE,
    )
    texts = ((path, tree / path.relative_to(ROOT)) for path in files(".py"))
    return [
        module_of(path)
        for path, copied in texts
        if pattern.search(copied.read_text(encoding="utf-8"))
    ]


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
    """Write the section of a draw: the rate by kind and the survivors."""
    first, second, third, fourth, fifth = STAGES
    kinds = [kind for kind in KINDS if any(kind == fault.kind for fault in found)]
    asked = "" if len(kinds) == len(KINDS) else f" --kind {' '.join(map(repr, kinds))}"
    asked += " --near" if is_near else ""
    text = SECTION.format(
        asked=asked,
        count=count,
        seed=seed,
        total=len(found),
        first=first,
        second=second,
        third=third,
        fourth=fourth,
        fifth=fifth,
    )
    for kind in (*KINDS, "all"):
        verdicts = [v for fault, v in found.items() if kind in {fault.kind, "all"}]
        if verdicts:
            n = Counter(verdicts)
            near = n[first] + n["the compiler"]
            rate = f"{100 * (len(verdicts) - n['']) / len(verdicts):.0f} %"
            row = (kind, len(verdicts), near, *(n[stage] for stage in STAGES[1:]), n[""], rate)
            text += "| " + " | ".join(map(str, row)) + " |\n"
    survivors = [fault for fault, verdict in found.items() if not verdict]
    if survivors:
        text += "\nSurvivors:\n\n"
        for f in survivors:
            reason = REASONS.get((f.file, f.exchange(_text(f))), "open")
            # Package and path apart: with `work` between two slashes an address would look like a path of a machine.
            text += f"- {f.kind}: {f.described(_text(f)).replace('/', ': ', 1)}: {reason}\n"
    return text


def published(before: str, section: str) -> str:
    """Put the section of a draw before those of other draws; a draw that is made again replaces its own."""
    heading = section.partition("\n")[0]
    parts = re.split(r"^(?=## )", before, flags=re.MULTILINE)[1:]
    others = [part for part in parts if part.partition("\n")[0] != heading]
    return HEAD + "\n\n".join(part.strip() for part in (section, *others)) + "\n"


def _text(fault: Fault) -> str:
    return place_of(fault.file).read_text(encoding="utf-8")
