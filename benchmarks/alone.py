"""One command in a process of its own: seconds, processor's seconds and peak memory of it and its children."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
MEGA = 2**10
"""`ru_maxrss` counts kilobytes on Linux."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What a command needed."""

    code: int
    seconds: float
    processor: float
    peak_mb: float
    said: str

    def cells(self) -> tuple[str, str, str]:
        """Write the three figures."""
        return f"{self.processor:.1f}", f"{self.seconds:.1f}", f"{self.peak_mb:,.0f}"


def needed(command: Sequence[str]) -> Needed:
    """Run a command and tell what it needed."""
    start = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own commands
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Needed(
        process.returncode,
        time.monotonic() - start,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / MEGA,
        said,
    )


def machine() -> str:
    """Describe the machine; its load tells how far the clock is behind the processor."""
    load = os.getloadavg()[1]
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores; on average {load:.1f} programs "
        "wanted them while this was measured, so that the clock ran on beside the processor."
    )


def lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table."""
    cells = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def put_section(heading: str, text: str) -> None:
    """Put a section under its heading at the end of the page of results, in place of the last one."""
    page = RESULTS.read_text(encoding="utf-8")
    parts = page.split("\n## ")
    kept = [part for part in parts[1:] if not part.startswith(f"{heading}\n")]
    together = [parts[0].rstrip(), *(part.rstrip() for part in kept), f"{heading}\n\n{text}"]
    RESULTS.write_text("\n\n## ".join(together) + "\n", encoding="utf-8")
