"""Where the code lies: six packages, and the address of a file in them.

An address is the name of a package and a path in it, `frontier/measures/radial.py`: short, and the same in the mutants,
the budget and the architecture page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from places import ROOT

IMPORTED = {
    "core": "xinzhi_core",
    "panel": "xinzhi_panel",
    "frontier": "xinzhi_frontier",
    "econometrics": "xinzhi_econometrics",
    "xinzhi": "xinzhi",
    "app": "xinzhi_app",
}
"""Package -> the name under which it is imported, from the lowest to the highest."""
FOLDERS = {name: ROOT / "packages" / name / "src" / module for name, module in IMPORTED.items()}
SOURCES = [folder.parent for folder in FOLDERS.values()]
"""What stands on the path of modules."""
LOCALE = FOLDERS["core"] / "locale"
WITH_ROOMS = ("panel", "xinzhi")
"""Packages so large that each of their folders is a room of its own."""


def place_of(address: str) -> Path:
    """Give the file or folder of an address."""
    package, _, inside = address.partition("/")
    return FOLDERS[package] / inside


def address_of(path: Path) -> str:
    """Give the address of a file."""
    for package, folder in FOLDERS.items():
        if path.is_relative_to(folder):
            return f"{package}/{path.relative_to(folder).as_posix()}"
    msg = f"{path} lies in no package"
    raise ValueError(msg)


def files(*suffixes: str) -> list[Path]:
    """List the files of all packages with one of some suffixes."""
    return [path for path in _all() if path.suffix in suffixes]


def _all() -> Iterator[Path]:
    for folder in FOLDERS.values():
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def room(path: Path) -> str:
    """Name the room of a file: its package, or the folder in a package that has rooms."""
    package, *inside = address_of(path).split("/")
    return f"{package}/{inside[0]}" if package in WITH_ROOMS and len(inside) > 1 else package


def module_of(path: Path) -> str:
    """Give the name under which a file is imported."""
    package, *inside = address_of(path).removesuffix(".py").removesuffix("/__init__").split("/")
    return ".".join([IMPORTED[package], *inside])
