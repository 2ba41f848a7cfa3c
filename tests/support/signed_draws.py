"""Draws that leave a sign of the process that computes them, and an engine that signs all of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from xinzhi.work.draws.driver import Chunked
from xinzhi.work.draws.plan import Plan


@dataclass(frozen=True)
class Signed:
    """A task that writes down which process computes which draws."""

    task: Any
    folder: str

    def __call__(self, numbers):
        """Compute draws, and sign them."""
        with (Path(self.folder) / str(os.getpid())).open("a", encoding="ascii") as file:
            file.write("".join(f"{k}\n" for k in numbers))
        return self.task(numbers)


@dataclass
class SignedEngine(Chunked):
    """Signs each task."""

    log: str = ""

    def draws(self, task, n, *, key, name):
        """Compute signed draws."""
        return super().draws(Signed(task, self.log), n, key=key, name=name)


@dataclass(frozen=True)
class SignedPlan(Plan):
    """A plan whose draws are signed."""

    log: str = field(default="", kw_only=True)

    def open(self, *where, **how):
        """Make the engine."""
        made = super().open(*where, **how)
        given = {each.name: getattr(made, each.name) for each in fields(Chunked)}
        return SignedEngine(**given, log=self.log)


def signs(folder: Path) -> dict[int, list[int]]:
    """Read the signs: process -> numbers of draws."""
    return {int(each.name): [*map(int, each.read_text().split())] for each in folder.iterdir()}
