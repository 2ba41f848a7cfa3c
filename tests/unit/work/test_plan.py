"""Which engine a person asks for; what has no effect is refused."""

from __future__ import annotations

import os

import pytest

from xinzhi.work.draws.plan import Plan
from xinzhi_core.errors import SpecError
from xinzhi_core.processes import Here, Processes


@pytest.mark.parametrize(
    ("asked", "kind", "n_jobs"),
    [
        ({}, "serial", 1),
        ({"jobs": 1}, "serial", 1),
        ({"jobs": 3}, "processes", 3),
        ({"engine": "processes"}, "processes", os.cpu_count()),
        ({"engine": "processes", "jobs": 1}, "processes", 1),
        ({"address": "tcp://10.0.0.1:8786"}, "dask", 1),
        ({"engine": "dask", "address": "tcp://10.0.0.1:8786", "jobs": 2}, "dask", 2),
    ],
)
def test_the_engine_that_is_meant(asked, kind, n_jobs):
    assert (Plan(**asked).kind, Plan(**asked).n_jobs) == (kind, n_jobs)


def test_engines_open_with_their_processes(tmp_path):
    with Plan().open() as serial, Plan(jobs=3).open(tmp_path) as processes:
        assert isinstance(serial.crew, Here)
        assert isinstance(processes.crew, Processes)
        assert (serial.jobs, processes.jobs, processes.crew.jobs) == (1, 3, 3)
        assert processes.folder == tmp_path


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"engine": "thread"}, "option.unknown"),
        ({"engine": "dask"}, "option.engine"),
        ({"engine": "serial", "address": "tcp://10.0.0.1:8786"}, "option.engine"),
        ({"engine": "serial", "jobs": 2}, "option.engine"),
    ],
)
def test_what_has_no_effect_is_refused(asked, code):
    with pytest.raises(SpecError) as raised:
        Plan(**asked)
    assert raised.value.code == code
    assert raised.value.problems[0].remedy
