"""What a release is made of: the bill of materials, digests, wheels by platform and Python, withdrawn versions.

`uv run python tools/release/supply.py` asks the registry, through uv, and writes docs/reference/supply.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from distributions import TAGS, projects
from licences import PYTHONS, Signed, signed

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "supply.md"
BILL, SUMS = "sbom.cdx.json", "SHA256SUMS"
PLATFORMS = dict(
    zip(
        TAGS,
        (
            "x86_64-manylinux_2_28",
            "aarch64-manylinux_2_28",
            "x86_64-pc-windows-msvc",
            "aarch64-apple-darwin",
            "x86_64-apple-darwin",
        ),
        strict=True,
    )
)
"""The wheel of the kernel -> the platform, as uv calls it, for which those of other packages are looked for."""
TRIED = {("manylinux_2_17_x86_64", "3.11")}
"""Where the wheels of this version were installed and started: add a line when `just release --dry-run --only built,installs` has run there."""


def pins(root: Path) -> str:
    """List the exact versions of all that is installed along."""
    words = "export --quiet --no-dev --package xinzhi --no-emit-workspace --no-hashes --no-annotate --no-header"
    return _uv(root, *words.split())


def bill(root: Path, date: str) -> dict[str, Any]:
    """Make the bill of materials (CycloneDX 1.5) of the exact versions, the same bytes each time."""
    made = json.loads(
        _uv(
            root,
            *["export", "--quiet", "--format", "cyclonedx1.5", "--no-dev", "--package", "xinzhi"],
        )
    )
    return completed(made, signed(), {*projects(root)}, date)


def completed(
    made: dict[str, Any], table: Mapping[str, Signed], ours: set[str], date: str
) -> dict[str, Any]:
    """Add licences to a bill, and take from it what differs from run to run.

    Raises
    ------
    ValueError
        A component has no licence that was read.
    """
    for one in made["components"]:
        if one["name"] in ours:
            expression = "MIT"
        elif one["name"] in table:
            expression = table[one["name"]].licence
        else:
            words = f"{one['name']} is in no row of tools/release/licences.csv"
            raise ValueError(words)
        one["licenses"] = [{"expression": expression}]
    made["metadata"]["timestamp"] = f"{date}T00:00:00Z"
    made["metadata"]["component"]["licenses"] = [{"expression": "MIT"}]
    made.pop("serialNumber", None)
    digest = sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    return {**made, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}"}


def sums(dist: Path) -> str:
    """Write the digest of each archive, wheel and bill, as `sha256sum --check` reads them."""
    lines = []
    for path in sorted(one for one in dist.iterdir() if one.is_file() and one.name != SUMS):
        with path.open("rb") as stream:
            lines.append(f"{file_digest(stream, 'sha256').hexdigest()}  {path.name}\n")
    return "".join(lines)


def withdrawn(said: str) -> list[str]:
    """Find what uv says of versions that their authors have withdrawn."""
    return [line.strip() for line in said.splitlines() if "yanked" in line]


def wheels(root: Path) -> Iterator[tuple[str, str, str]]:
    """Ask the registry whether every package along has a wheel: platform, Python, and what is missing."""
    listed = pins(root)
    for tag, platform in PLATFORMS.items():
        for python in PYTHONS:
            code, said = resolved(listed, platform, python)
            yield tag, python, said.strip()[-300:] if code else ""


def resolved(listed: str, platform: str, python: str) -> tuple[int, str]:
    """Resolve exact versions from wheels alone; the code and what uv says."""
    words = [
        "pip",
        "compile",
        "--no-config",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--no-header",
        "-",
    ]
    done = subprocess.run(
        ["uv", *words, "--python-platform", platform, "--python-version", python],
        input=listed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Write the table of platforms and Pythons."""
    lines = [f"| kernel | {' | '.join(PYTHONS)} |", f"| --- |{' --- |' * len(PYTHONS)}"]
    for tag in TAGS:
        cells = {python: fault for one, python, fault in rows if one == tag}
        words = (
            "a wheel is missing"
            if cells[python]
            else "tried"
            if (tag, python) in TRIED
            else "built"
            for python in PYTHONS
        )
        lines.append(f"| `{tag}` | {' | '.join(words)} |")
    return "\n".join(lines)


def page(rows: Sequence[tuple[str, str, str]], version: str) -> str:
    """Write the page."""
    return f"""# What a release is made of

<!-- Made by tools/release/supply.py. -->

`just release --dry-run` builds what stands here into `dist/`, and says which step does not hold.

| file | what |
| --- | --- |
| `xinzhi*-{version}.tar.gz`, `*.whl` | six packages; the kernel as a wheel for each platform, all made on one machine |
| `{BILL}` | bill of materials, CycloneDX 1.5: exact versions, addresses and SHA-256 of each package along, licences; the same bytes each time |
| `{SUMS}` | digests of all of them: `sha256sum --check {SUMS}` |
| `recipe-*.yaml` | conda recipes |

Licences, read one by one, are in [Licences](licences.md).

## Wheels

**tried**: installed in an empty folder, and started there without a network. **built**: the kernel was compiled for it, its files are those of the other wheels, and each package along has a wheel there in the exact version; nobody has run this version there yet: the step `installs` of `just release` does so on each Python that a machine has. A wheel of the kernel is loaded through ctypes and is the same for every Python.

{table(rows)}

Packages along were looked for with glibc 2.28 or newer. Older systems get older versions of some of them, down to the lowest ones that `pyproject.toml` allows, with which the tests run too (`just test-versions lowest`).

## Advisories

What the registry says through uv is asked: a version that its authors have withdrawn (yanked) fails the release. Data banks of advisories (OSV, GitHub, the index's own) are other doors and are **not** asked by any program of this repository; `uv audit` asks OSV, and a person runs it before a version goes out.
"""


def _uv(root: Path, *words: str) -> str:
    return subprocess.run(
        ["uv", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    PAGE.write_text(page(list(wheels(ROOT)), projects(ROOT)["xinzhi"]["version"]), encoding="utf-8")
