"""What engines say where a package, a process or a cluster fails: whole sentences, in both languages."""

from __future__ import annotations

import sys
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

import pytest

from xinzhi_core import processes
from xinzhi_core.errors import MissingExtra, Stopped
from xinzhi_core.lazy import needed
from xinzhi_core.processes import Cluster, each


class Lost:
    """A pool whose processes are lost."""

    def map(self, *_: object, **__: object) -> None:
        """Lose them."""
        raise BrokenProcessPool

    def shutdown(self, *, wait: bool) -> None:
        """End."""


class Client:
    """A client of a cluster that is as its address says."""

    def __init__(self, address: str, **_: object) -> None:
        self.address = address
        if address == "silent":
            msg = "refused"
            raise OSError(msg)

    def wait_for_workers(self, *_: object, **__: object) -> None:
        """Wait for nobody."""

    def nthreads(self) -> dict[str, int]:
        """Count the workers."""
        return {} if self.address == "empty" else {"w1": 1}

    def run(self, _: object, package: str, **__: object) -> dict[str, object]:
        """Give the version that the worker has of a package."""
        return {"w1": PackageNotFoundError(package) if self.address == "bare" else "0.1"}

    def close(self, **_: object) -> None:
        """Leave."""


@pytest.fixture
def cluster(monkeypatch):
    """Put clusters in the place of those of distributed."""
    distributed, comm = ModuleType("distributed"), ModuleType("distributed.comm")
    vars(distributed).update(Client=Client, KilledWorker=RuntimeError)
    vars(comm).update(CommClosedError=ConnectionError)
    monkeypatch.setitem(sys.modules, "distributed", distributed)
    monkeypatch.setitem(sys.modules, "distributed.comm", comm)


def told(door, language: str = "en") -> str:
    """Go through a door that is closed; what is said."""
    with pytest.raises((Stopped, MissingExtra)) as raised:
        door()
    problem = getattr(raised.value, "problem", None) or raised.value.problems[0]
    return problem.in_words(language)


OURS = version("xinzhi")
CLUSTERS = {
    "silent": (
        (
            "No scheduler answers at silent: refused.\n"
            "  remedy: start one with `dask scheduler`, or check the address, the firewall and, for "
            "tls://, the certificates."
        ),
        (
            "silent 处没有调度器应答：refused。\n"
            "  办法：用 `dask scheduler` 启动调度器，或检查地址与防火墙；使用 tls:// 时还要检查证书。"
        ),
    ),
    "empty": (
        "The scheduler at empty has no worker.\n  remedy: start workers with `dask worker empty`.",
        "empty 处的调度器没有工作节点。\n  办法：用 `dask worker empty` 启动工作节点。",
    ),
    "old": (
        (
            f"The worker w1 has xinzhi 0.1, and this computer has xinzhi {OURS}.\n"
            "  remedy: install the same versions on all computers of the cluster."
        ),
        (
            f"工作节点 w1 上的 xinzhi 为 0.1，本机上的 xinzhi 为 {OURS}。\n"
            "  办法：在集群的所有计算机上安装相同的版本。"
        ),
    ),
    "bare": (
        (
            f"The worker w1 has xinzhi no version, and this computer has xinzhi {OURS}.\n"
            "  remedy: install the same versions on all computers of the cluster."
        ),
        (
            f"工作节点 w1 上的 xinzhi 为 未安装，本机上的 xinzhi 为 {OURS}。\n"
            "  办法：在集群的所有计算机上安装相同的版本。"
        ),
    ),
}


@pytest.mark.long
@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("address", CLUSTERS)
def test_a_cluster_that_cannot_be_used(address):
    """Its address, its worker, its version, and what helps."""
    english, chinese = CLUSTERS[address]

    assert told(lambda: Cluster.connect(address)) == english
    assert told(lambda: Cluster.connect(address), "zh") == chinese


def test_a_package_that_is_not_installed(monkeypatch):
    """Its name, and how it is installed."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = [told(lambda: Cluster.connect("a"), language) for language in ("en", "zh")]
    lacks = [told(lambda: needed("notthere.part", "xinzhi[x]"), one) for one in ("en", "zh")]

    assert said == [
        (
            "The engine dask needs the package distributed, which is not installed.\n"
            '  remedy: install it with `pip install "xinzhi[dask]"`.'
        ),
        (
            "计算引擎 dask 需要 distributed 包，而该包尚未安装。\n"
            '  办法：用 `pip install "xinzhi[dask]"` 安装。'
        ),
    ]
    assert lacks == [
        'This needs notthere, which is not installed.\n  remedy: install it: pip install "xinzhi[x]"',
        '这里需要 notthere，但没有安装。\n  办法：请安装：pip install "xinzhi[x]"',
    ]


def test_a_process_that_is_lost(monkeypatch):
    """What may have happened, and that fewer processes need less memory."""
    monkeypatch.setattr(processes, "pool_of", lambda _: Lost())

    assert told(lambda: each(abs, [1, 2], 2)) == (
        "A process was lost: memory ran out, or somebody ended it.\n"
        "  remedy: run again with fewer processes (--jobs)."
    )
    assert told(lambda: each(abs, [1, 2], 2), "zh") == (
        "有一个进程中途退出：内存不足，或被人结束。\n  办法：请减少进程数（--jobs）后重新运行。"
    )
