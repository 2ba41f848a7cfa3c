"""The example studies that come with the package."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import Wording, message
from xinzhi_core.write import write_atomically


@dataclass(frozen=True, slots=True)
class Example:
    """An example study: a folder of data and a study file."""

    name: str
    what: Wording


EXAMPLES: tuple[Example, ...] = (
    Example(
        "resource_cities",
        message(
            "SIMULATED raw sources of 115 resource-based cities, 2008-2023: the whole study of the "
            "paper, set against its printed tables."
        ),
    ),
    Example(
        "oecd",
        message(
            "real data of 32 OECD countries, 2011-2019: green efficiency, and whether human "
            "capital goes with it (not significantly)."
        ),
    ),
    Example(
        "provinces",
        message(
            "SIMULATED indicators of 31 provinces of China, 2014-2023: an index of new quality productive "
            "forces, its gaps, obstacles and coordination."
        ),
    ),
)


def find(name: str) -> Example:
    """Find an example by name."""
    for example in EXAMPLES:
        if example.name == name:
            return example
    raise SpecError(
        Problem(
            "example.unknown",
            message("Unknown example '{name}'.", name=name),
            Where(),
            suggestion(name, [example.name for example in EXAMPLES]),
        )
    )


def list_files(example: Example) -> list[Traversable]:
    """List the files of an example by name."""
    folder = files("xinzhi").joinpath("examples", example.name)
    return sorted(
        (item for item in folder.iterdir() if not item.is_dir()), key=lambda item: item.name
    )


def copy_example(example: Example, folder: Path) -> tuple[Path, ...]:
    """Copy the files of an example to a folder; a file that is there and differs is kept.

    Returns
    -------
    tuple of Path
        The files that were there before with other content, and so were not copied.
    """
    others = []
    for item in list_files(example):
        target = folder / item.name
        content = item.read_bytes()
        if not os.path.lexists(target):
            write_atomically(target, content, replace=False)
        elif not target.is_file() or target.read_bytes() != content:
            others.append(target)
    return tuple(others)
