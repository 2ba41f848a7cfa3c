"""How the tests are spread over the cores, and what their processes share."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Generator, Iterable
from math import ceil
from pathlib import Path
from zlib import crc32

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from needs import CASES
from sentences_seen import listen

SHARED = {
    "tests/study/test_provinces.py": "provinces",
    "tests/study/test_provinces_mechanism.py": "provinces",
    "tests/study/test_oecd.py": "oecd",
    "tests/study/test_oecd_mechanism.py": "oecd",
    "tests/study/test_four_ways.py": "oecd",
    "tests/cli/test_streams.py": "oecd",
    "tests/study/test_pages.py": "oecd",
    "tests/cli/test_again.py": "oecd",
    "tests/app/test_results.py": "oecd",
    "tests/cells/test_mirrors.py": "sentences",
    "tests/cells/test_notes_of_studies.py": "sentences",
    "tests/cells/test_prose.py": "sentences",
    "tests/cells/test_prose_of_effects.py": "sentences",
    "tests/cells/test_prose_of_pathways.py": "sentences",
    "tests/cells/test_prose_of_scores.py": "sentences",
    "tests/cells/test_sentence_register.py": "sentences",
    "tests/unit/test_argument_names.py": "code",
    "tests/unit/test_budget.py": "code",
    "tests/unit/test_dependencies.py": "code",
    "tests/unit/test_locale.py": "code",
    "tests/unit/test_message_places.py": "code",
    "tests/unit/test_reachable.py": "code",
    "tests/unit/test_shape.py": "code",
}
"""Files of tests that use one study of a session fixture, or the parsed code: a single process makes it, once."""


class Spread(LoadScopeScheduling):
    """Give each file to one process, as its fixtures are expensive, and files of one study together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return SHARED.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spread | None:
    """Spread the tests by file; another `--dist` that was asked for is left as it is."""
    return Spread(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use every core that this process may use; tests of one file run in this process."""
    if len({word.partition("::")[0] for word in config.args}) == 1 and ".py" in config.args[0]:
        return 0
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pytest_configure(config: pytest.Config) -> None:
    """Leave the long tests to their own command; set what the processes that run the tests inherit."""
    names_no_file = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if names_no_file and not config.option.markexpr and "XINZHI_TEST_ALL" not in os.environ:
        config.option.markexpr = "not long"
    if "XINZHI_SENTENCES" in os.environ:
        listen(config)
    share_compiled_code(config.rootpath / ".pytest_cache" / "bytecode")
    if config.getoption("numprocesses"):
        # With a process on each core, threads of the linear algebra only wait for each other.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Search for garbage only among what the tests themselves make.

    What is collected lives as long as the process, and to search through it again and again takes a fifth
    of the time of collecting.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def leave_to_the_long(items: Iterable[pytest.Item]) -> None:
    """Mark as long all but one in n cases of a test with the mark `one_in(n)`.

    Those that stay are the first by a sum of their names: at regular steps, cases that cross two lists
    would all be of one member of a list.
    """
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("one_in") and not item.get_closest_marker("long"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for found in cases.values():
        (share,) = found[0].get_closest_marker("one_in").args
        by_sum = sorted(found, key=lambda item: crc32(item.nodeid.encode()))
        for item in by_sum[ceil(len(found) / share) :]:
            item.add_marker(pytest.mark.long)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep one test in XINZHI_ONE_IN, told by its name: a small version of a long run, the same on every machine.

    Of the long tests it is one file, as their fixtures are whole studies; XINZHI_PART says which of the parts.
    """
    leave_to_the_long(items)
    share, part = int(os.environ.get("XINZHI_ONE_IN", "1")), int(os.environ.get("XINZHI_PART", "0"))
    by_file = config.option.markexpr == "long"

    def is_left_out(item: pytest.Item) -> bool:
        name = item.nodeid.partition("::")[0] if by_file else item.nodeid
        return crc32(name.encode()) % share != part % share

    left_out = [item for item in items if is_left_out(item)]
    if left_out:
        items[:] = [item for item in items if not is_left_out(item)]
        config.hook.pytest_deselected(items=left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where tests were skipped for want of what XINZHI_MUST_RUN names, as in CI."""
    wanted = [word for word in os.environ.get("XINZHI_MUST_RUN", "").split(",") if word]
    missing = not_run(session.config)
    if any(reason.startswith(f"needs {word.strip()}") for reason in missing for word in wanted):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say as the very last line what was not tested, as a green line before it would hide it."""
    missing = not_run(config)
    if missing:
        counts = "; ".join(f"{n} tests ({reason})" for reason, n in sorted(missing.items()))
        sys.stdout.write(f"NOT TESTED: {counts}\n")


def not_run(config: pytest.Config) -> Counter[str]:
    """Count the skipped tests by what they need and this machine lacks, in the process that reports."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return Counter()
    said = (
        report.longrepr[2].removeprefix("Skipped: ") for report in reporter.stats.get("skipped", ())
    )
    return Counter(
        # A test over the reference cases has no parameters where there are none.
        CASES if words.startswith("got empty parameter set") else words
        for words in said
        if words.startswith(("needs ", "got empty parameter set"))
    )


def share_compiled_code(folder: Path) -> None:
    """Keep compiled code in a folder, where Python may not lay it beside the sources.

    With PYTHONDONTWRITEBYTECODE each process would compile all libraries again, a second each time.
    """
    if sys.dont_write_bytecode and sys.pycache_prefix is None:
        sys.pycache_prefix = str(folder)
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
