"""A dask cluster over TCP for tests: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field

from places import ROOT

SILENT = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__ENABLED": "False",
}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
STARTED = 60


@dataclass
class Cluster:
    """What is running, and where."""

    address: str
    folder: str
    workers: list[subprocess.Popen] = field(default_factory=list)

    def add_worker(self, *first_on_path):
        """Start a worker; what stands first on its path is found first."""
        self.workers.append(_started("worker", self.folder, first_on_path, self.address))


def _started(kind, folder, first_on_path, *words):
    path = os.pathsep.join([*map(str, first_on_path), str(ROOT / "tests" / "support")])
    own = {
        "scheduler": ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        "worker": ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"],
    }[kind]
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + kind, *own, *words]
        if kind == "worker"
        else [sys.executable, "-m", "distributed.cli.dask_" + kind, *own],
        env={**os.environ, **SILENT, **ONE_THREAD, "PYTHONPATH": path},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if kind == "scheduler" else subprocess.DEVNULL,
        text=True,
    )


@contextmanager
def cluster(folder, n_workers=2):
    """Start a cluster, and end it."""
    scheduler = _started("scheduler", folder, ())
    address = next(
        found[0] for line in scheduler.stderr if (found := re.search(r"tcp://[\d.]+:\d+", line))
    )
    here = Cluster(address, str(folder))
    try:
        for _ in range(n_workers):
            here.add_worker()
        yield here
    finally:
        for one in (*here.workers, scheduler):
            one.send_signal(signal.SIGKILL)
            one.wait()
        scheduler.stderr.close()
