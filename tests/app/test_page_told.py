"""What the page says of files, runs and work that is lost: whole sentences, in both languages."""

from __future__ import annotations

import asyncio
import os
import re
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from made_page import app_of, client
from made_small import write_small
from xinzhi.work.results import claim
from xinzhi_app import findings
from xinzhi_app.child import Runs
from xinzhi_app.worker import Worker
from xinzhi_core.errors import ReportError, StudyError

BASE = "/api/studies/study"
LANGUAGES = ("en", "zh")
ROWS = "city,year,x,y\n" + "".join(
    f"{city},{year},{i + year % 7},{2 * i + year % 5}\n"
    for i, city in enumerate("ABCD", 1)
    for year in range(2001, 2005)
)


@pytest.fixture
def folder(tmp_path):
    """Make the folder of a study."""
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def asked(folder, language):
    """Give a client of the page in a language."""
    return client(app_of(folder.parent, language))


def put(page, name, content):
    """Bring in a file."""
    return page.put(f"{BASE}/files", params={"name": name}, content=content)


def problems(answer):
    """List what an answer refuses, with what helps."""
    return [(one["what"], one.get("remedy", "")) for one in answer.json()["problems"]]


def test_another_file_of_one_name(folder):
    """Nothing is replaced unasked: the name, and the two ways to go on."""
    put(asked(folder, "en"), "a.csv", ROWS)

    said = [problems(put(asked(folder, one), "a.csv", ROWS + "E,2001,1,1\n")) for one in LANGUAGES]

    assert said == [
        [("Another file called a.csv is here already.", "replace it, or keep both.")],
        [("已有另一个名为 a.csv 的文件。", "请选择替换，或两个都保留。")],
    ]
    assert (folder / "data" / "a.csv").read_text(encoding="utf-8") == ROWS


def test_a_file_that_is_too_large_to_show(folder, monkeypatch):
    """The number of megabytes."""
    monkeypatch.setattr(findings, "PREVIEWED", findings.MEGABYTE)
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text(ROWS + "\n" * findings.MEGABYTE, encoding="utf-8")

    said = [
        problems(asked(folder, one).get(f"{BASE}/preview", params={"file": "data/a.csv"}))
        for one in LANGUAGES
    ]

    assert said == [
        [("A file of more than 1 MB is not shown.", "")],
        [("超过 1 MB 的文件不作预览。", "")],
    ]


class Pool:
    """A process that does no work: it is too slow, or lost."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def submit(self, *_: object) -> Future[None]:
        """Begin, and be lost where it is."""
        work: Future[None] = Future()
        if self.error:
            work.set_exception(self.error)
        return work

    def shutdown(self, **_: object) -> None:
        """End."""


WORK = {
    "slow": (
        None,
        (
            "The work took more than 0 seconds and was ended.\n"
            "  remedy: save the table as csv, or keep only what is needed."
        ),
        "该项工作超过 0 秒，已被终止。\n  办法：请将表格另存为 csv，或只保留所需内容。",
    ),
    "lost": (
        BrokenProcessPool(),
        (
            "The process that reads the data was ended by the system.\n"
            "  remedy: it may need more memory than there is; try a smaller file."
        ),
        "读取数据的进程被系统终止。\n  办法：可能是内存不足，请改用较小的文件。",
    ),
}


@pytest.mark.parametrize("how", WORK)
def test_work_that_is_not_done(how, monkeypatch):
    """How long it took or who ended it, and what helps."""
    monkeypatch.setattr("xinzhi_app.worker.LONGEST", 0.01)
    error, english, chinese = WORK[how]
    worker = Worker()
    worker.pool = Pool(error)

    with pytest.raises(StudyError) as ended:
        asyncio.run(worker("en", "xinzhi_app.findings:examine"))

    assert ended.value.in_words("en") == english
    assert ended.value.in_words("zh") == chinese


def test_a_run_that_is_at_work(folder):
    """Whose process it is, and since when; no second one is begun."""
    file = write_small(folder) / "study.yaml"
    runs = Runs()
    with claim(folder / "results"), pytest.raises(ReportError) as locked:
        runs.start(file, language="en")

    english, chinese = (locked.value.in_words(one) for one in LANGUAGES)

    since = r"[0-9T:+ -]+"
    assert re.fullmatch(
        f"A run of this study is at work already: process {os.getpid()}, since {since}.", english
    )
    assert re.fullmatch(f"本研究已在运行：进程 {os.getpid()}，始于 {since}。", chinese)
    assert not (folder / ".xinzhi-app").exists()
