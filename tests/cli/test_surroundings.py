"""A run ends well, or with one sentence, on every machine that people have; `just surroundings` runs the examples so."""

from __future__ import annotations

import os
import sys

import pytest

from made_small import write_small
from surroundings import MINE, laid, prepared, run_in, surroundings
from xinzhi.cli.main import main
from xinzhi.work.results import Results, last_run
from xinzhi.work.verify import compare_with_run


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """A study with results, the same with another title, and the numbers of that."""
    base = tmp_path_factory.mktemp("surroundings")
    (base / "study").mkdir()
    study = write_small(base / "study")
    wanted = prepared(study, base / "changed", lambda text: text.replace("Two", "Three"))
    return study, base / "changed", wanted


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="streams and rights of a POSIX system")
@pytest.mark.parametrize("one", [*surroundings()], ids=lambda one: one.name)
def test_a_run_ends_well_or_with_one_sentence(studies, tmp_path, one):
    study, changed, wanted = studies
    folder = laid(study, changed, tmp_path)
    ended = run_in(one, tmp_path, wanted)
    assert not ended.fault, ended
    assert (folder / "results" / MINE).is_file() or not (folder / "results").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
def test_a_folder_named_in_another_code_page_loses_nothing(tmp_path, capsys, monkeypatch):
    """An archive of Chinese Windows, unpacked on Linux, has names of bytes that are not UTF-8."""
    folder = tmp_path / os.fsdecode("研究".encode("gbk"))
    folder.mkdir()
    write_small(folder)
    for _ in range(2):  # the second run finds what the first one kept
        monkeypatch.setattr(sys, "argv", ["xinzhi", "run", str(folder), "--lang", "en"])
        with pytest.raises(SystemExit) as stop:
            main()
        assert stop.value.code == 0, capsys.readouterr().err
        assert compare_with_run(folder / "results").is_sound
    assert last_run(Results(folder / "results"), folder / "study.yaml") is not None
