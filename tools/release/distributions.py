"""What source archive and wheels hold; the recipe for conda."""

from __future__ import annotations

import re
import tarfile
import tomllib
import zipfile
from collections.abc import Collection, Iterator
from email import message_from_string
from pathlib import Path
from typing import Any

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


KERNELS = "xinzhi-frontier"
"""The one package that is compiled: a wheel for each system, and one pure wheel for each other."""


def projects(root: Path) -> dict[str, dict[str, Any]]:
    """Read the table `project` of each package, by the name under which it is installed."""
    found = [
        tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        for path in sorted((root / "packages").glob("*/pyproject.toml"))
    ]
    return {project["name"]: project for project in found}


def wanted(name: str, version: str) -> tuple[str, list[str]]:
    """Name the archive and the wheels of a package."""
    stem = f"{name.replace('-', '_')}-{version}"
    tags = [f"py3-none-{tag}" for tag in TAGS] if name == KERNELS else ["py3-none-any"]
    return f"{stem}.tar.gz", [f"{stem}-{tag}.whl" for tag in tags]


def faults(folder: Path, version: str, root: Path) -> list[str]:
    """List what is wrong with the files of a release."""
    files = {name: wanted(name, version) for name in projects(root)}
    asked = {one for archive, wheels in files.values() for one in (archive, *wheels)}
    there = {one.name for one in folder.glob("xinzhi*")}
    found = [f"missing: {name}" for name in sorted(asked - there)]
    found += [f"not asked for: {name}" for name in sorted(there - asked)]
    if found:
        return found
    for name, (archive, wheels) in files.items():
        home = root / "packages" / (name.removeprefix("xinzhi-"))
        found += _faults_of_archive(folder / archive, home)
        contents = {wheel: _names(folder / wheel) for wheel in wheels}
        for wheel, names in contents.items():
            if names != contents[wheels[0]]:
                found.append(f"{wheel}: other files than {wheels[0]}")
            found += [f"{wheel}: {one}" for one in _faults_of_wheel(folder / wheel, name, root)]
    return found


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {re.sub(r"_kernel\.\w+$", "_kernel", one) for one in opened.namelist()}


def _faults_of_wheel(wheel: Path, package: str, root: Path) -> Iterator[str]:
    module = package.replace("-", "_")
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        kernels = [Path(one).name for one in names if "/_kernel." in one]
        system = [name for start, name in KERNEL.items() if start in wheel.name]
        if kernels != (system if package == KERNELS else []):
            yield f"kernels {kernels}"
        for name in names:
            if str(root).encode() in opened.read(name):
                yield f"{name} names the folder it was made in"
            if not name.startswith((f"{module}/", f"{module}-")):
                yield f"{name} does not belong there"
        (told,) = (one for one in names if one.endswith(".dist-info/METADATA"))
        page = message_from_string(opened.read(told).decode())
        yield from (
            f"the page of the index has {one}" for one in INSIDE.findall(str(page.get_payload()))
        )
        licences = {one for one in names if "LICEN" in one and not one.startswith(f"{module}-")}
        if len(page.get_all("License-File") or []) != len(licences) + 1:
            yield "not all licence texts are declared"


def _faults_of_archive(archive: Path, home: Path) -> Iterator[str]:
    with tarfile.open(archive) as opened:
        names = {one.name.split("/", 1)[1] for one in opened.getmembers() if "/" in one.name}
    hooks = {path.name for path in home.glob("hatch_build.py")}
    kernel = {path.relative_to(home).as_posix() for path in home.glob("src/*/kernel/kernel.cpp")}
    needed = {"pyproject.toml", "README.md", "LICENSE", *hooks, *kernel}
    yield from (f"{archive.name}: {path} is missing" for path in sorted(needed - names))
    tracked = {one for one in names if (home / one).is_file()}
    # The page of the index lies in the root of the repository.
    yield from (
        f"{archive.name}: {one} is not of the tree"
        for one in sorted(names - tracked - {"PKG-INFO", "index.md", ".gitignore"})
    )


def recipe(root: Path, name: str) -> str:
    """Write the recipe (rattler-build, schema 1) of the conda package of one of ours."""
    project = projects(root)[name]
    own = {*projects(root)}
    needed = [_for_conda(one, own) for one in project["dependencies"] if ";" not in one]
    is_compiled, scripts = name == KERNELS, project.get("scripts", {})
    lines = [
        "schema_version: 1",
        "context:",
        f'  version: "{project["version"]}"',
        "package:",
        f"  name: {name}",
        "  version: ${{ version }}",
        "source:",
        f"  path: {name.replace('-', '_')}-${{{{ version }}}}.tar.gz  # or url and sha256, once there is an address",
        "build:",
        "  script: ${{ PYTHON }} -m pip install . --no-deps --no-build-isolation -vv",
        *([] if is_compiled else ["  noarch: python"]),
        *(["  python:", "    entry_points:"] if scripts else []),
        *(f"      - {command} = {target}" for command, target in scripts.items()),
        "requirements:",
        *(["  build:", "    - ${{ compiler('cxx') }}"] if is_compiled else []),
        "  host:",
        f"    - python {project['requires-python']}",
        "    - pip",
        "    - hatchling",
        "  run:",
        f"    - python {project['requires-python']}",
        *(f"    - {one}" for one in needed),
        "tests:",
        "  - python:",
        f"      imports: [{name.replace('-', '_')}]",
        *(["  - script: [xinzhi --version, xinzhi demo oecd]"] if scripts else []),
        "about:",
        f"  summary: {project['description']}",
        f"  license: {project['license']}",
        "  license_file: LICENSE",
        "",
    ]
    return "\n".join(lines)


def _for_conda(requirement: str, own: Collection[str]) -> str:
    match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(.*)", requirement)
    assert match is not None, requirement
    name = match[1].lower()
    return f"{name if name in own else CONDA.get(name, name)} {match[2]}".strip()
