"""The wheels in empty folders: each Python that is there, with the lowest and the newest versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
RESOLUTIONS = ("lowest-direct", "highest")
COMMANDS = (("--version",), ("demo", "oecd"), ("demo",))
"""What is tried; the last one with the newest versions only."""
PAGE = """
import http.cookiejar, subprocess, sys, urllib.request
words = [sys.argv[1], "app", ".", "--no-browser"]
with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as served:
    try:
        address = served.stdout.readline().strip()
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        page = urllib.request.build_opener(jar).open(address, timeout=60).read()
        assert b"xinzhi" in page, page[:200]
    finally:
        served.terminate()
"""
"""Opens the page of the app, which is on this machine only."""


@dataclass(frozen=True)
class Tried:
    """One environment."""

    name: str
    megabytes: float = 0.0
    is_alone: bool = False
    """Whether it ran in a network of its own, which leads nowhere."""
    fault: str = ""

    def line(self) -> str:
        """Say it in one line."""
        if not self.megabytes and not self.fault:
            return f"- {self.name}"
        alone = "no network" if self.is_alone else "with a network"
        return f"{'✗' if self.fault else '✓'} {self.name}: {self.megabytes:.0f} MB, {alone}"


def tried(dist: Path) -> Iterator[Tried]:
    """Install the wheels of this system everywhere, and run the commands."""
    # The wheels of this system: the kernel's, and the pure ones.
    wheels = [
        *dist.glob("xinzhi*-py3-none-any.whl"),
        *dist.glob("xinzhi*-manylinux_2_17_x86_64.whl"),
    ]
    for python in PYTHONS:
        found = subprocess.run(
            ["uv", "python", "find", "--no-project", "--no-python-downloads", python],
            capture_output=True,
            text=True,
            check=False,
        )
        if found.returncode:
            yield Tried(f"Python {python}: not on this machine")
            continue
        for resolution in RESOLUTIONS:
            with tempfile.TemporaryDirectory() as folder:
                yield _one(
                    wheels,
                    found.stdout.strip(),
                    resolution,
                    Path(folder),
                    f"Python {python}, {resolution}",
                )


def _one(wheels: Sequence[Path], python: str, resolution: str, folder: Path, name: str) -> Tried:
    alone = _alone()

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=folder, capture_output=True, text=True, check=False, env=_clean(folder)
        )

    for words in (
        f"uv venv --quiet --no-config --python {python} .venv",
        f"uv pip install --quiet --no-config --python .venv --resolution {resolution} {' '.join(map(str, wheels))}",
    ):
        done = call(*words.split())
        if done.returncode:
            return Tried(name, fault=done.stderr[-600:])
    megabytes = (
        sum(one.stat().st_size for one in (folder / ".venv").rglob("*") if one.is_file()) / 1e6
    )
    program = str(folder / ".venv" / "bin" / "xinzhi")
    page = ((str(folder / ".venv" / "bin" / "python"), "-c", PAGE, program),)
    commands = COMMANDS if resolution == "highest" else COMMANDS[:-1]
    for words in (*page, *((program, *command) for command in commands)):
        done = call(*alone, *words)
        if done.returncode:
            said = f"{words[-1]}: {(done.stdout + done.stderr)[-600:]}"
            return Tried(name, megabytes, bool(alone), said)
    return Tried(name, megabytes, bool(alone))


def _alone() -> tuple[str, ...]:
    """Give the words in front of a command that take its network away, where the system can."""
    # A network of its own, in which nothing but this machine answers.
    words = ["unshare", "--map-root-user", "--net", "sh", "-c"]
    words += ['ip link set lo up && exec "$@"', "-"]
    if shutil.which("unshare") and subprocess.run([*words, "true"], check=False).returncode == 0:
        return tuple(words)
    return ()


def _clean(folder: Path) -> dict[str, str]:
    """Leave out what points to this clone."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("VIRTUAL_ENV", "PYTHON", "UV_PROJECT"))
    }
    return {
        **kept,
        "HOME": str(folder),
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv")),
    }
