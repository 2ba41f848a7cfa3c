"""Run the Python blocks of READMEs, each file in a folder of its own: `python tools/release/readme_runs.py FILE...`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def main(paths: list[str]) -> int:
    """Run every block of each file with the Python that runs this; say what failed."""
    failed = 0
    for path in paths:
        text = Path(path).read_text(encoding="utf-8")
        code = "\n".join(BLOCK.findall(text))
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-X", "utf8", "-W", "error", "-c", code]
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
            )
        if done.returncode or not code:
            failed += 1
            print(f"{path}: {done.stderr or 'has no block of Python'}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
