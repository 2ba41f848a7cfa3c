"""A study delivered over another one, with a file of the user among the results."""

from __future__ import annotations

import os
import shutil

from made_faults import faults, nothing, tree
from xinzhi.work.lock import MARKER
from xinzhi.work.results import claim

OLDER = {"report.html": b"A" * 40, "figures/a.svg": b"A", "scores.csv": b"same", "gone/x.md": b"A"}
NEWER = {"report.html": b"B" * 50, "figures/b.svg": b"B", "scores.csv": b"same", "new/y.md": b"B"}


def first_delivered(folder):
    """Deliver the older study into a new folder, and put a file of the user among its files."""
    with claim(folder) as place:
        place.deliver(OLDER, ("html",))
    (folder / "figures" / "mine.txt").write_text("mine", encoding="utf-8")
    return folder


def delivered(folder, files=NEWER):
    with claim(folder) as place:
        place.deliver(files, ("html", "md"))


def whole(folder, files):
    """Tell whether the folder holds exactly these files, the user's and the marker."""
    found = tree(folder)
    assert found.pop("figures/mine.txt") == b"mine"
    assert MARKER in found
    del found[MARKER]
    return found == files


def forked(work):
    """Do something in a child; return the signal that ended it."""
    if not (child := os.fork()):
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def calls_of(folder):
    """Count the calls of a delivery, on a copy."""
    copy = folder.with_name("counted")
    shutil.copytree(folder, copy)
    with faults(nothing) as calls:
        delivered(copy)
    return len(calls.names)
