"""Each line of the screens of `check` and `update` against the raw files, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

import screens
from cli_runner import attempt
from screens import NAMES, Key, Screen

TABLES = ("column ", "列 ")
"""How the table of columns begins; its cells are read in `test_check_screen.py`."""


def grid(names: Sequence[str], years: Sequence[int], *without: tuple[int, int]) -> list[Key]:
    """Cities by years, without some: place of the city in `names` and year."""
    left = {(names[place], year) for place, year in without}
    return [(c, y) for c in names for y in years if (c, y) not in left]


LONG = grid(NAMES[:7], range(2010, 2015))
SCENARIOS: dict[str, Callable[[Path], Screen]] = {
    "joined": partial(screens.joined, first=LONG, second=grid(NAMES[3:9], range(2010, 2014))),
    "joined, one row and one city lost": partial(
        screens.joined,
        first=grid(NAMES[:2], [2010, 2011], (1, 2011)),
        second=grid(NAMES[:1], [2010, 2011]),
    ),
    "outer": partial(screens.outer, first=LONG, second=grid(NAMES[3:9], range(2010, 2014))),
    "outer, one row": partial(
        screens.outer,
        first=grid(NAMES[:4], range(2010, 2015)),
        second=[*grid(NAMES[:4], range(2010, 2015), (2, 2013)), (NAMES[4], 2012)],
    ),
    "gaps": partial(
        screens.gaps,
        keys=grid(
            NAMES[:4],
            [2010, 2011, 2013, 2014, 2015],
            (1, 2011),
            (2, 2015),
            (2, 2014),
            (2, 2010),
            (3, 2013),
            (3, 2014),
        ),
        year=2012,
    ),
    "gaps, one inside": partial(
        screens.gaps,
        keys=grid(NAMES[:4], [2010, 2011, 2013, 2014], (1, 2011), (2, 2010), (3, 2010)),
        year=2012,
    ),
    "units": partial(
        screens.units, keys=grid(NAMES[:6], range(2010, 2013)), first="万元", second="亿元"
    ),
    "units, exchanged": partial(
        screens.units, keys=grid(NAMES[:6], range(2010, 2013)), first="亿元", second="万元"
    ),
    "differing": partial(screens.differing, keys=grid(NAMES[:6], range(2010, 2013)), at=4),
    "expected": partial(
        screens.expected, keys=grid(NAMES[:4], range(2010, 2013)), low=110, high=150
    ),
    "expected, one row": partial(screens.expected, keys=grid(NAMES[:1], [2010]), low=10, high=20),
    "updated": partial(
        screens.updated,
        old=grid(NAMES[:8], range(2010, 2015)),
        new=grid(NAMES[:7], range(2011, 2017)),
        changed=(NAMES[4], 2012),
    ),
    "updated, one row": partial(
        screens.updated,
        old=grid(NAMES[:1], [2010]),
        new=grid(NAMES[:1], [2010, 2011]),
        changed=(NAMES[0], 2010),
    ),
    "losing": partial(screens.losing, old=grid(NAMES[:8], range(2010, 2015)), n=9),
}


def told(text: str) -> Iterator[str]:
    """Give the lines of a screen but those of the table of columns and blank ones."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if lines[at].startswith(TABLES):
            at += 1
            while not lines[at].startswith(("!", "✗")) and lines[at].split()[0] in {"gdp", "pop"}:
                at += 1
            continue
        if lines[at].strip():
            yield lines[at]
        at += 1


@pytest.mark.one_in(4)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_each_line_says_what_the_files_hold(name, language, tmp_path):
    """No line is missing, none is said too much, and each number, name, unit, file and row is that of the files."""
    screen = SCENARIOS[name](tmp_path)

    done = attempt(*screen.words, "--lang", language)

    at = ("en", "zh").index(language)
    assert [*told(done.stdout)] == [pair[at] for pair in screen.lines]
    assert [*told(done.stderr)] == [pair[at] for pair in screen.errors]
    assert done.code == screen.code
