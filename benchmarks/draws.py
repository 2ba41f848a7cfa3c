"""How long the draws of the whole study take, on one process and on two, and the memory of a worker.

`just bench draws` runs the example of 115 cities with 2,000 and 6,000 draws (one frontier of 1,840 rows and 83
regressions in each) without its report's pictures, and writes `draws.md`. Time is that of the stage alone, by
the clock; workers start before it, while the study is read. Run it on a machine that does nothing else; the load is in
the table.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.resources import files
from pathlib import Path

from size import sized

REPORT = Path(__file__).parent / "draws.md"
ONE, TWO = ("processes", "--jobs", "1"), ("processes", "--jobs", "2")
EXAMPLE = sized("resource_cities", "oecd")
RUNS = sized(
    ((2000, ("serial",)), (2000, ONE), (2000, TWO), (6000, ONE), (6000, TWO)),
    ((40, ("serial",)), (40, TWO)),
)
"""Draws and engine; what the start of the workers costs shows between 2,000 and 6,000."""
HEAD = """# Draws of the whole study

Written by `just bench draws`: the example (115 cities in 16 years, one frontier and {regressions}
regressions in each, {effects} effects). {cores} cores, load {load} before the first run. Seconds are those of the stage;
workers start before it, while the study is read.

| draws | engine | seconds by the clock | draws a second | largest process, MB | digest of the draws |
| --- | --- | --- | --- | --- | --- |
"""


def memory(pid: int, found: dict[str, float], stop: threading.Event) -> None:
    """Note the largest memory of a process and of all its children, ten times a second."""
    while not stop.is_set():
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                lines = dict(
                    line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
                )
                own = Path(f"/proc/{status.parent.name}/cmdline").read_bytes()
            except (OSError, ValueError):  # it has ended
                continue
            is_ours = lines.get("PPid", "").strip() == str(pid) or status.parent.name == str(pid)
            if is_ours and b"loky" in own and "VmRSS" in lines:
                size = float(lines["VmRSS"].split()[0]) / 1024
                found["worker"] = max(found.get("worker", 0.0), size)
        stop.wait(0.1)


def timed(draws: int, engine: tuple[str, ...]) -> tuple[float, float, dict[str, object]]:
    """Run the example once: seconds of the stage, memory of a worker, what run.json says of the draws."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "study"
        shutil.copytree(Path(str(files("xinzhi") / "examples" / EXAMPLE)), place)
        command = [
            *(sys.executable, "-m", "xinzhi.cli.main", "run", str(place / "study.yaml"), "--yes"),
            *("--set", f"inference.whole_study={{draws: {draws}}}", "--set", "report.formats=[]"),
            *("--engine", *engine),
        ]
        stop, found = threading.Event(), dict[str, float]()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as run:  # noqa: S603 - our own command
            watch = threading.Thread(target=memory, args=(run.pid, found, stop))
            watch.start()
            run.wait()
            stop.set()
            watch.join()
        record = json.loads((place / "results" / "run.json").read_text(encoding="utf-8"))
        result = json.loads((place / "results" / "results.json").read_text(encoding="utf-8"))
        stage = next(one for one in record["stages"] if one["name"] == "whole_study")
        table = result["tables"]["whole_study"]
        return (
            stage["seconds"],
            found.get("worker", 0.0),
            {**record, "effects": len(table["intervals"])},
        )


def main() -> None:
    """Run each engine and write the table."""
    load = f"{os.getloadavg()[0]:.1f}"
    lines, effects = [], 0
    for draws, engine in RUNS:
        seconds, size, record = timed(draws, engine)
        effects = int(str(record["effects"]))
        (drawn,) = record["draws"]  # type: ignore[misc]
        told = f"{size:.0f}" if size else "-"
        lines.append(
            f"| {draws:,} | {' '.join(engine)} | {seconds:.1f} | {draws / seconds:.0f} | {told} | {drawn['sha256'][:16]} |\n"
        )
        print(lines[-1].strip(), flush=True)
        time.sleep(1)
    head = HEAD.format(regressions=83, effects=effects, cores=os.cpu_count(), load=load)
    REPORT.write_text(head + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
