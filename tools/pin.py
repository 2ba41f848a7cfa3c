"""Write the exact versions that resolve today into [tool.uv] constraint-dependencies."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "pyproject.toml"
BLOCK = re.compile(r"constraint-dependencies = \[[^\]]*\]")
PIN = re.compile(r"([A-Za-z0-9._-]+==[^ ;]+)( ; .*)?")


def resolved() -> list[str]:
    """List the exact version of each package that all groups need."""
    command = [
        "uv",
        "export",
        "--quiet",
        "--all-groups",
        "--all-extras",
        "--no-emit-workspace",
        "--no-hashes",
        "--no-annotate",
        "--no-header",
        "--upgrade",
    ]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(match[0] for line in lines.splitlines() if (match := PIN.fullmatch(line)))


def main() -> None:
    """Renew the pins."""
    before = PROJECT.read_text(encoding="utf-8")
    PROJECT.write_text(BLOCK.sub("constraint-dependencies = []", before), encoding="utf-8")
    pins = resolved()
    listed = "".join(f'    "{pin}",\n' for pin in pins)
    after = BLOCK.sub(lambda _: f"constraint-dependencies = [\n{listed}]", before)
    PROJECT.write_text(after, encoding="utf-8")
    sys.stdout.write(f"{len(pins)} exact pins\n")


if __name__ == "__main__":
    main()
