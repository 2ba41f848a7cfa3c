"""Put each kept mutant into a copy of the tree, and see whether the tests named for it fail.

`just mutate` runs all, `just mutate --only holm` those whose name or file holds a word; words that no mutant holds are an
error. Both write report.md, in which the lines of mutants that were not run stay as they were. One process at a time.
`just mutate --random 60` draws faults from all files instead, see random_faults.py, and writes rates.md.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from py_compile import PycInvalidationMode

sys.path.insert(0, str(Path(__file__).parent))

from library import HERE, ROOT, Mutant, mutants

from layout import SOURCES

LIBRARIES = ("pandas", "scipy.stats", "altair", "docx", "openpyxl", "jinja2", "pydantic", "polib")
"""Imported once; the process of each mutant starts as a copy of the one that did."""
COPIED = ("packages", "tests", "pyproject.toml")
WHOLE = (
    *COPIED,
    *(
        path.name
        for path in ROOT.iterdir()
        if path.name not in {*COPIED, "dist", "site"} and path.name[0] != "."
    ),
)
"""All that the tests of the README read."""
LONGEST = 3000.0
"""Seconds after which a mutant counts as killed: its tests never end."""
PASSED, FAILED = 0, 1
"""Codes with which pytest ends; any other says that the tests could not run."""
OWN = (HERE, ROOT / "tests" / "support", ROOT / "tests", ROOT)
"""Folders of this tree from which a process that tests another may take nothing."""
SURVIVED = "**SURVIVED**"
REPORT = HERE / "report.md"
HEAD = """# Mutants

Written by `just mutate`: small faults put into a copy of the code, one at a time, and the test that notices.

| mutant | file | what a reader would be told | killed by |
| --- | --- | --- | --- |
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run the mutants; the number of those that survive is the answer of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[""], help="words in the names or files of the mutants to run"
    )
    parser.add_argument("--random", type=int, default=0, help="faults to draw from all files")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument(
        "--kind", nargs="+", help="kinds of faults to draw; all where none is named"
    )
    parser.add_argument(
        "--near",
        action="store_true",
        help="run only the tests nearest to a fault and those of its kind",
    )
    asked = parser.parse_args(words)
    if asked.random:
        return _random(asked)
    only: list[str] = asked.only
    unknown = [w for w in only if not any(w in f"{one.name} {one.file}" for one in mutants())]
    if unknown:
        parser.error(f"no mutant has in its name or file: {', '.join(unknown)}")
    chosen = [one for one in mutants() if any(w in f"{one.name} {one.file}" for w in only)]
    with tempfile.TemporaryDirectory() as folder:
        tree = _copied(Path(folder) / "tree")
        verdicts = {}
        for one in chosen:
            start = time.monotonic()
            verdicts[one.name] = _tried(one, tree)
            print(
                f"{one.name}: {verdicts[one.name]} ({time.monotonic() - start:.0f} s)", flush=True
            )
            _report(verdicts)
    return sum(verdict == SURVIVED for verdict in verdicts.values())


def _random(asked: argparse.Namespace) -> int:
    """Draw faults and try them; the number of survivors is the answer of the command."""
    import random_faults  # noqa: PLC0415 - it imports this module

    chosen = random_faults.drawn(asked.random, asked.seed, asked.kind or random_faults.KINDS)
    with tempfile.TemporaryDirectory() as folder:
        tree = _copied(Path(folder) / "tree", whole=True)
        found = random_faults.run(
            chosen,
            tree,
            stages=random_faults.NEAR_STAGES if asked.near else len(random_faults.STAGES),
        )
    text = random_faults.report(found, asked.random, asked.seed, is_near=asked.near)
    before = random_faults.RATES.read_text(encoding="utf-8")
    random_faults.RATES.write_text(random_faults.published(before, text), encoding="utf-8")
    return sum(not verdict for verdict in found.values())


def _report(verdicts: Mapping[str, str]) -> None:
    """Write what became of the mutants; a mutant that was never run has no line."""
    before = REPORT.read_text(encoding="utf-8").splitlines() if REPORT.is_file() else []
    known = {line.split(" | ")[0].removeprefix("| "): line for line in before}
    known |= {
        one.name: f"| {one.name} | `{one.file}` | {one.harm} | {verdicts[one.name]} |"
        for one in mutants()
        if one.name in verdicts
    }
    lines = [known[one.name] for one in mutants() if one.name in known]
    REPORT.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _copied(tree: Path, *, whole: bool = False) -> Path:
    """Copy the tree; its compiled files are tied to the text of their sources, not to the clock."""
    tree.mkdir()
    for name in WHOLE if whole else COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tree / name)
    compileall.compile_dir(
        tree / "packages", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH
    )
    return tree


def paths_of(tree: Path) -> list[str]:
    """List where the packages of a tree are imported from."""
    return [str(tree / folder.relative_to(ROOT)) for folder in SOURCES]


def _tried(mutant: Mutant, tree: Path) -> str:
    place = tree / mutant.path.relative_to(ROOT)
    sound = place.read_text(encoding="utf-8")
    place.write_text(mutant.applied(sound), encoding="utf-8")
    try:
        return _verdict(*_tested(mutant.tests, tree))
    finally:
        place.write_text(sound, encoding="utf-8")


def _tested(tests: Sequence[str], tree: Path, longest: float = LONGEST) -> tuple[int | None, str]:
    """Run tests in a process of their own; give its code, None where it never ends, and its words."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LIBRARIES))
    said = tree / "said.txt"
    process = context.Process(target=_pytest, args=(tuple(tests), str(tree), str(said)))
    process.start()
    process.join(longest)
    if process.is_alive():
        process.terminate()
        process.join()
        return None, ""
    return process.exitcode, said.read_text(encoding="utf-8")


def _pytest(tests: Sequence[str], tree: str, said: str) -> None:
    os.chdir(tree)
    sys.dont_write_bytecode = True
    _forget()
    sys.path[:0] = paths_of(Path(tree))
    # Commands that a test starts are those of the tree, too.
    os.environ["PYTHONPATH"] = os.pathsep.join(paths_of(Path(tree)))
    with (
        Path(said).open("w", encoding="utf-8") as stream,
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
    ):
        import pytest  # noqa: PLC0415 - of the process that runs the tests

        code = pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=line", *tests])
        import xinzhi  # noqa: PLC0415 - the tests imported it

        assert Path(xinzhi.__file__ or "").is_relative_to(tree), "another tree was tested"
        assert not _of_this_tree(), "tests read the files of another tree"
    os._exit(int(code))


def _forget() -> None:
    """Forget what tests share: they would read the sound sources and catalogues of this tree, and notice no fault."""
    sys.path[:] = [one for one in sys.path if Path(one or ".").resolve() not in OWN]
    for name in _of_this_tree():
        del sys.modules[name]


def _of_this_tree() -> list[str]:
    """List the modules of tests and of mutants that were imported from this tree."""
    return [
        name
        for name, module in sys.modules.items()
        if name not in {"__main__", "__mp_main__"}
        and Path(getattr(module, "__file__", None) or "/").parent in OWN
    ]


def _verdict(code: int | None, said: str) -> str:
    """Say which test failed."""
    if code is None:
        return "its tests never end"
    if code == PASSED:
        return SURVIVED
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
    if code != FAILED or found is None:
        msg = f"the tests could not run (code {code}):\n{said}"
        raise RuntimeError(msg)
    return found[1].removeprefix("tests/")


if __name__ == "__main__":
    sys.exit(main())
