"""`xinzhi app` as a process: its address, its end, and the process beside it that reads data."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cli_runner import attempt
from xinzhi.cli.commands import app
from xinzhi_app.answers import RefusalInWords
from xinzhi_app.worker import Worker
from xinzhi_core.errors import StudyError
from xinzhi_core.process import lives

pytestmark = pytest.mark.long

APP = [sys.executable, "-m", "xinzhi", "app"]


@pytest.fixture
def served(tmp_path):
    """Start the page over an empty folder; give its process and its address."""
    started = subprocess.Popen(
        [*APP, tmp_path, "--no-browser", "--lang", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started, urlsplit(started.stdout.readline().strip())
    finally:
        started.kill()
        started.communicate()


def ask(address, path, **headers):
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer


def test_the_printed_address_opens_the_page(served):
    """The token is taken once; without the cookie the same server answers 403."""
    _, address = served
    entered = ask(address, f"/?{address.query}")
    cookie = entered.getheader("set-cookie").partition(";")[0]

    assert address.hostname == "127.0.0.1"
    assert entered.status == 303
    assert cookie.startswith(f"xinzhi_{address.port}=")
    assert ask(address, "/", cookie=cookie).status == 200
    assert ask(address, "/").status == 403
    assert ask(address, "/", cookie=cookie).getheader("server") is None


@pytest.mark.skipif(sys.platform != "linux", reason="all of 127.0.0.0/8 is this machine on Linux")
def test_the_page_listens_on_one_address_only(served):
    """Another address of the same machine is refused: nothing listens for other machines."""
    _, address = served
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", address.port), timeout=5)


def test_ctrl_c_ends_the_page(served):
    """The page ends with a sentence and without a traceback; the process beside it ends too."""
    started, address = served
    ask(address, f"/?{address.query}")
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)

    assert started.returncode == 0
    assert said.splitlines()[-1] == "The page is closed."
    assert "Traceback" not in said


def test_a_port_that_is_taken_and_a_folder_that_is_not_there(tmp_path):
    """Both are said before anything starts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = attempt("app", tmp_path, "--port", port, "--no-browser", "--lang", "en")
    missing = attempt("app", tmp_path / "none", "--no-browser", "--lang", "zh")

    assert (done.code, missing.code) == (1, 1)
    assert f"Port {port} is used by another program." in done.stderr
    assert "none 不存在。" in missing.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a port that closes is free at once there")
def test_a_port_whose_last_connection_is_closing_is_free():
    """A page that is closed and started again keeps its port."""
    first = app._listening(0)
    port = first.getsockname()[1]
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as client:
        taken, _ = first.accept()
        taken.close()  # the side that closes first waits for a while
        first.close()
        client.recv(1)
    again = app._listening(port)
    assert again.getsockname()[1] == port
    again.close()


def test_the_server_loads_no_library_of_data():
    """The page opens at once, and stays small beside a run."""
    code = (
        "import sys, uvicorn, xinzhi_app.server\n"
        "print([x for x in ('pandas', 'numpy', 'pydantic', 'ruamel', 'scipy') if x in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def kill_yourself():
    """Do what the system does to a process that takes all memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def wait_long():
    """Keep the process busy."""
    time.sleep(3)
    return {"pid": os.getpid()}


def who():
    """Name the process."""
    return {"pid": os.getpid()}


def test_a_process_that_is_killed_is_told_and_replaced(tmp_path):
    """The page outlives it, and the next file is read."""
    worker = Worker()

    async def story():
        with pytest.raises(StudyError) as ended:
            await worker("en", f"{__name__}:kill_yourself")
        with pytest.raises(RefusalInWords) as refused:
            await worker("zh", "xinzhi_app.findings:examine", tmp_path / "none.csv")
        return ended.value.code, refused.value.problems[0]["what"]

    try:
        assert asyncio.run(story()) == ("app.worker", "没有文件“none.csv”。")
    finally:
        worker.close()


def hang(file):
    """Work that hears no signal but the last, as a library in a loop."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(file).write_text(str(os.getpid()), encoding="utf-8")
    while True:
        time.sleep(0.01)


def wait_for(file):
    """Wait until somebody has written into a file."""
    while not (file.exists() and file.read_text(encoding="utf-8")):
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Whether a process ends within seconds."""
    for _ in range(500):
        if not lives(pid):
            return True
        time.sleep(0.01)
    return False


def test_work_that_does_not_end_is_ended_with_its_process(tmp_path, monkeypatch):
    """Its page is told how long it took; the next work is done by another process."""
    monkeypatch.setattr("xinzhi_app.worker.LONGEST", 8.0)
    worker, file = Worker(), tmp_path / "pid"

    async def story():
        with pytest.raises(StudyError) as ended:
            await worker("en", f"{__name__}:hang", str(file))
        monkeypatch.setattr("xinzhi_app.worker.LONGEST", 600.0)
        return str(ended.value), await worker("en", f"{__name__}:who")

    try:
        said, later = asyncio.run(story())
        pid = int(file.read_text(encoding="utf-8"))
        assert "took more than 8 seconds and was ended" in said
        assert later["pid"] != pid
        assert gone(pid)
    finally:
        worker.close()


def test_work_that_does_not_end_ends_with_the_server(tmp_path):
    """What a page has begun does not outlive it at full load."""
    worker, file = Worker(), tmp_path / "pid"

    async def story():
        task = asyncio.create_task(worker("en", f"{__name__}:hang", str(file)))
        await asyncio.to_thread(wait_for, file)
        worker.close()
        with pytest.raises(StudyError):
            await task

    asyncio.run(story())
    assert gone(int(file.read_text(encoding="utf-8")))


def test_a_long_check_keeps_nobody_waiting():
    """A second process does what comes meanwhile, and is not kept."""
    worker = Worker()

    async def story():
        first = asyncio.create_task(worker("en", f"{__name__}:wait_long"))
        await asyncio.sleep(0)
        second = await worker("en", f"{__name__}:who")
        long = await first
        later = await worker("en", f"{__name__}:who")
        return long["pid"], second["pid"], later["pid"]

    try:
        long, meanwhile, later = asyncio.run(story())
        assert long == later != meanwhile
    finally:
        worker.close()
