"""What source archive and wheels hold; the recipe for conda."""

from __future__ import annotations

import re
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from email import message_from_string
from pathlib import Path

TAGS = (
    "manylinux_2_17_x86_64",
    "manylinux_2_17_aarch64",
    "win_amd64",
    "macosx_11_0_arm64",
    "macosx_11_0_x86_64",
)
KERNEL = {"win_amd64": "_kernel.dll", "macosx": "_kernel.dylib", "manylinux": "_kernel.so"}
INSIDE = re.compile(r"!?\[[^\]]*\]\((?!https?:)[^)]*\)")
"""A link that leads nowhere outside a clone."""
CONDA = {"vl-convert-python": "vl-convert-python"}
"""Packages that have another name in conda channels."""


def faults(folder: Path, version: str, root: Path) -> list[str]:
    """List what is wrong with the files of a release."""
    archive = folder / f"xinzhi-{version}.tar.gz"
    wheels = {tag: folder / f"xinzhi-{version}-py3-none-{tag}.whl" for tag in TAGS}
    wanted = {archive.name, *(one.name for one in wheels.values())}
    there = {one.name for one in folder.glob("xinzhi*")}
    found = [f"missing: {name}" for name in sorted(wanted - there)]
    found += [f"not asked for: {name}" for name in sorted(there - wanted)]
    if found:
        return found
    found += _faults_of_archive(archive, root)
    contents = {tag: _names(wheel) for tag, wheel in wheels.items()}
    first = contents[TAGS[0]]
    for tag, wheel in wheels.items():
        if contents[tag] != first:
            found.append(f"{wheel.name}: other files than {TAGS[0]}")
        found += [f"{wheel.name}: {one}" for one in _faults_of_wheel(wheel, tag, root)]
    return found


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {re.sub(r"_kernel\.\w+$", "_kernel", one) for one in opened.namelist()}


def _faults_of_wheel(wheel: Path, tag: str, root: Path) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        kernels = [Path(one).name for one in names if "/_kernel." in one]
        expected = next(name for start, name in KERNEL.items() if tag.startswith(start))
        if kernels != [expected]:
            yield f"kernels {kernels}"
        for name in names:
            if str(root).encode() in opened.read(name):
                yield f"{name} names the folder it was made in"
            if not name.startswith(("xinzhi/", "xinzhi-")):
                yield f"{name} does not belong there"
        (told,) = (one for one in names if one.endswith(".dist-info/METADATA"))
        page = message_from_string(opened.read(told).decode())
        yield from (
            f"the page of the index has {one}" for one in INSIDE.findall(str(page.get_payload()))
        )
        licences = {one for one in names if "LICEN" in one and not one.startswith("xinzhi-")}
        if len(page.get_all("License-File") or []) != len(licences) + 1:
            yield "not all licence texts are declared"


def _faults_of_archive(archive: Path, root: Path) -> Iterator[str]:
    with tarfile.open(archive) as opened:
        names = {one.name.split("/", 1)[1] for one in opened.getmembers() if "/" in one.name}
    for path in ("hatch_build.py", "README.md", "LICENSE", "src/xinzhi/frontier/kernel/kernel.cpp"):
        if path not in names:
            yield f"{archive.name}: {path} is missing"
    tracked = {one for one in names if (root / one).is_file()}
    yield from (
        f"{archive.name}: {one} is not of the tree"
        for one in sorted(names - tracked - {"PKG-INFO"})
    )


def recipe(root: Path) -> str:
    """Write the recipe (rattler-build, schema 1) of a conda package."""
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project: Mapping[str, object] = told["project"]
    needed = [_for_conda(str(one)) for one in told["project"]["dependencies"] if ";" not in one]
    lines = [
        "schema_version: 1",
        "context:",
        f'  version: "{project["version"]}"',
        "package:",
        "  name: xinzhi",
        "  version: ${{ version }}",
        "source:",
        "  path: xinzhi-${{ version }}.tar.gz  # or url and sha256, once there is an address",
        "build:",
        "  script: ${{ PYTHON }} -m pip install . --no-deps --no-build-isolation -vv",
        "  python:",
        "    entry_points:",
        *(f"      - {name} = {target}" for name, target in told["project"]["scripts"].items()),
        "requirements:",
        "  build:",
        "    - ${{ compiler('cxx') }}",
        "  host:",
        f"    - python {project['requires-python']}",
        "    - pip",
        "    - hatchling",
        "  run:",
        f"    - python {project['requires-python']}",
        *(f"    - {one}" for one in needed),
        "tests:",
        "  - python:",
        "      imports: [xinzhi]",
        "  - script: [xinzhi --version, xinzhi demo oecd]",
        "about:",
        f"  summary: {project['description']}",
        f"  license: {project['license']}",
        "  license_file: LICENSE",
        "",
    ]
    return "\n".join(lines)


def _for_conda(requirement: str) -> str:
    match = re.match(r"([A-Za-z0-9._-]+)(.*)", requirement)
    assert match is not None, requirement
    return f"{CONDA.get(match[1].lower(), match[1].lower())} {match[2]}".strip()
