"""What must hold before a version goes out: `just release --dry-run`.

Each step is run and told with its time; nothing is sent anywhere. Without --dry-run the tree must be
clean, and in the end the version is tagged in this clone. What a person then does is printed last.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import distributions
import installed
import supply

ROOT = Path(__file__).resolve().parents[2]
MADE = (
    ("tools/generate_stub.py",),
    ("tools/pages/make_notebooks.py",),
    ("tools/pages/generate_reference.py",),
    ("tools/release/licences.py",),
)
"""Programs whose pages and types must be in step with the code."""
BY_HAND = (
    "set `address` in packages/xinzhi/pyproject.toml, if the project has one by now, and run this again",
    "push main and the tag; wait for .ci/run",
    "uv audit: a data bank of advisories is asked by a person, not by these steps",
    "upload dist/*.tar.gz and dist/*.whl with `uvx twine upload`, first to the test index",
    "in an empty folder, without this clone: pip install xinzhi, xinzhi demo, xinzhi app",
    "send dist/recipe-*.yaml, with the addresses and sha256 of the archives, to the conda channel",
)


class Failed(Exception):
    """A step did not hold."""


def fail(words: str) -> NoReturn:
    """End a step."""
    raise Failed(words)


def project() -> dict[str, Any]:
    """Read the table `project` of the package that people install."""
    return distributions.projects(ROOT)["xinzhi"]


def call(*command: str) -> str:
    """Run a command in the tree, and give what it says."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def tree() -> str:
    """Find the tree as it was committed."""
    changed = call("git", "status", "--porcelain").strip()
    if changed:
        fail(f"not committed:\n{changed}")
    return call("git", "log", "-1", "--format=%h %s").strip()


def version() -> str:
    """Find one version, dated in the changelog and in CITATION.cff."""
    number = str(project()["version"])
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(rf"^## {re.escape(number)} \((\d{{4}}-\d\d-\d\d)\)$", changes, re.MULTILINE)
    if heading is None:
        fail(f"CHANGELOG.md has no heading `## {number} (date)`")
    for line in (f"version: {number}", f"date-released: {heading[1]}"):
        if not re.search(rf"^{re.escape(line)}$", cited, re.MULTILINE):
            fail(f"CITATION.cff has no line `{line}`")
    if re.search(r"^## Unreleased", changes, re.MULTILINE):
        fail("CHANGELOG.md has a chapter `Unreleased`")
    return f"{number}, {heading[1]}"


def pages() -> str:
    """Find pages and types in step with the code."""
    before = call("git", "diff", "--stat")
    for script in MADE:
        call("uv", "run", "python", *script)
    changed = call("git", "diff", "--stat")
    if changed != before:
        fail(f"commit what was made anew:\n{changed}")
    return f"{len(MADE)} programs"


def style() -> str:
    """Check style, types and the direction of imports."""
    call("uv", "run", "just", "check")
    return ""


def tests() -> str:
    """Run the tests of the README."""
    return call("uv", "run", "pytest").strip().splitlines()[-1]


def built() -> str:
    """Build the archives and wheels of all packages, and look what they hold."""
    call("rm", "-rf", "dist")
    call("uv", "build", "--all-packages", "--sdist", "--quiet", "--out-dir", "dist")
    call("tools/wheels.sh")
    found = distributions.faults(ROOT / "dist", str(project()["version"]), ROOT)
    if found:
        fail("\n".join(found))
    call("uvx", "twine", "check", "--strict", *map(str, sorted((ROOT / "dist").glob("xinzhi*"))))
    return ", ".join(
        f"{one.stat().st_size / 1e6:.1f} MB" for one in sorted((ROOT / "dist").glob("x*"))
    )


def recipe() -> str:
    """Write the conda recipes from the same requirements."""
    for name in distributions.projects(ROOT):
        path = ROOT / "dist" / f"recipe-{name}.yaml"
        path.write_text(distributions.recipe(ROOT, name), encoding="utf-8")
    return "dist/recipe-*.yaml"


def materials() -> str:
    """Write the bill of materials and the digests; find versions that were withdrawn, and wheels that are missing."""
    dist = ROOT / "dist"
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (date,) = re.findall(r"^date-released: (\S+)$", cited, re.MULTILINE)
    listed = json.dumps(supply.bill(ROOT, date), indent=1) + "\n"
    (dist / supply.BILL).write_text(listed, encoding="utf-8")
    code, said = supply.resolved(supply.pins(ROOT), supply.PLATFORMS[supply.TAGS[0]], "3.13")
    if code or supply.withdrawn(said):
        fail("\n".join(supply.withdrawn(said)) or said)
    missing = [
        f"{tag}, Python {python}: {fault}" for tag, python, fault in supply.wheels(ROOT) if fault
    ]
    if missing:
        fail("\n".join(missing))
    (dist / supply.SUMS).write_text(supply.sums(dist), encoding="utf-8")
    return f"dist/{supply.BILL}, dist/{supply.SUMS}; no data bank of advisories was asked"


def installs() -> str:
    """Install the wheel in empty folders, and try it without a network: each Python, lowest and newest versions."""
    told = list(installed.tried(ROOT / "dist"))
    bad = [one for one in told if one.fault]
    for one in told:
        print(f"    {one.line()}", flush=True)
    if bad:
        fail("\n".join(f"{one.name}: {one.fault}" for one in bad))
    return f"{len(told)} environments"


STEPS: tuple[Callable[[], str], ...] = (
    tree,
    version,
    pages,
    style,
    tests,
    built,
    recipe,
    materials,
    installs,
)


def run(steps: Iterator[Callable[[], str]], *, is_dry: bool) -> int:
    """Run the steps; count those that failed."""
    failed = 0
    for step in steps:
        began = time.monotonic()
        try:
            said, mark = step(), "✓"
        except Failed as error:
            said, mark = str(error), "✗"
            failed += step is not tree or not is_dry
        doc = (step.__doc__ or "").strip()
        print(f"{mark} {doc} {said} [{time.monotonic() - began:.0f} s]", flush=True)
    return failed


def main() -> None:
    """Run all steps, or those that are named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--dry-run", action="store_true", help="tag nothing; the tree may be changed"
    )
    asked.add_argument("--only", help=f"steps: {', '.join(one.__name__ for one in STEPS)}")
    given = asked.parse_args()
    wanted = given.only.split(",") if given.only else [one.__name__ for one in STEPS]
    unknown = [name for name in wanted if name not in {one.__name__ for one in STEPS}]
    if unknown:
        asked.error(f"no step is called {', '.join(unknown)}")
    failed = run((one for one in STEPS if one.__name__ in wanted), is_dry=given.dry_run)
    if failed:
        sys.exit(f"{failed} steps failed")
    if not given.dry_run:
        call("git", "tag", f"v{project()['version']}")
    print("\nWhat is left is done by a person:")
    for number, words in enumerate(BY_HAND, 1):
        print(f"  {number}. {words}")


if __name__ == "__main__":
    main()
