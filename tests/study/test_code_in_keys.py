"""The code that computes a stage is in its key: every package of ours that is called while it is computed.

A program that was changed must not give the results of the one before. Which packages a stage calls is not declared
but watched, so that one that is called later must be added to the key.
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import made_warm
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.study import fingerprint
from xinzhi.study.again import Cache, changes_in_words
from xinzhi.study.run import run
from xinzhi_core.packages import is_ours
from xinzhi_core.wording import say

METHODS = ("analyses", "columns", "frontier", "io", "prepare", "present", "regression", "space")
ELSEWHERE = {("read", "prepare"): "which sources only steps read: each has a part of the key"}
"""Stage and package whose code only chooses what the key already names."""


def method_of(module: str) -> list[str]:
    """Name the method to which the code of a module belongs; of modules beside the folders of `xinzhi` there is none.

    >>> method_of("xinzhi_econometrics.space.ranks"), method_of("xinzhi.study.run"), method_of("xinzhi.options")
    (['space'], ['study'], [])
    """
    rooms = [room for room in fingerprint.ROOMS.values() if f"{module}.".startswith(f"{room}.")]
    if rooms:
        return [
            next(name for name, room in fingerprint.ROOMS.items() if room == max(rooms, key=len))
        ]
    parts = module.split(".")
    # A package of ours without a room would be missing from every key.
    return parts[1:2] if len(parts) > 2 and is_ours(module) else []


@pytest.fixture(scope="module")
def stages(tmp_path_factory) -> dict[str, tuple[set[str], set[str]]]:
    """Run the studies that use every section: stage -> packages in its key, and packages that it calls."""
    methods = {fingerprint.of_method(package): package for package in METHODS}
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))

    def watched(
        self: Cache, name: str, parts: Mapping[str, str], compute: Callable[[], Any]
    ) -> Any:
        declared, called = found[name.partition(".")[0]]
        declared |= {methods[part] for part in parts.values() if part in methods}

        def watch(frame: Any, event: str, _: object) -> None:
            if event == "call":
                called.update(method_of(str(frame.f_globals.get("__name__"))))

        def computed() -> Any:
            before = sys.getprofile()
            threading.setprofile(watch)
            sys.setprofile(watch)
            try:
                return compute()
            finally:
                sys.setprofile(before)
                threading.setprofile(None)  # type: ignore[arg-type]

        return get_or_compute(self, name, parts, computed)

    get_or_compute = Cache.get_or_compute
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Cache, "get_or_compute", watched)
        for name in made_warm.STUDIES:
            run(made_warm.make(name, tmp_path_factory.mktemp(name)).study)
    return found


def test_every_package_that_computes_a_stage_is_in_its_key(stages):
    """Whatever it calls, directly or through others; those of every method are in each of them."""
    missing = {
        (stage, package)
        for stage, (declared, called) in stages.items()
        for package in called - declared - set(fingerprint.COMMON)
    }

    assert missing == set(ELSEWHERE)


def test_every_stage_was_watched(stages):
    """Each analysis, the reading and the steps; none of them calls nothing."""
    assert {"read", "prepare"} | {key for key in stages if key in ANALYSES.names()} == set(stages)
    # Two sections of the study file stand for several analyses each, one of which is without a name of its own.
    assert len(stages) > 20
    assert [stage for stage, (_, called) in stages.items() if not called] == []


def test_modules_beside_the_packages_belong_to_every_method(tmp_path):
    """Errors, p-values of draws, words: another text or another name is another method."""
    (tmp_path / "inner").mkdir()
    contents = [fingerprint.modules(tmp_path)]
    for name, text in (("a.py", "one"), ("a.py", "two"), ("b.py", "two"), ("c.txt", "three")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        contents.append(fingerprint.modules(tmp_path))

    assert contents[0] == []
    assert contents[1] != contents[2] != contents[3] == contents[4]


def test_a_changed_program_is_named_once():
    """Several packages of another version are one reason."""
    words = changes_in_words(["column gdp", "method analyses", "method io"])

    assert say(words, "en") == "changed since then: the values of gdp, the version of the program"
