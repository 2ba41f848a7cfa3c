"""A measure of a user's own package, found through its entry point."""

from __future__ import annotations

import subprocess
import sys

MODULE = '''
from xinzhi.efficiency.direction import disposal
from xinzhi.efficiency.measure import Outcome, Traits, moved, registered
from xinzhi.wording import message

TRAITS = Traits(title=message("toy"), references=(), orientations=("none",), best=0.0,
                is_inefficiency=True)


@registered("toy", TRAITS)
def toy(task):
    """Largest relative excess of inputs."""
    draft = disposal(task, len(task.rows))
    draft.numerator[:, task.technology.inputs()] = -1.0
    solutions = task.solve(draft.program(0.0, 1.0), task.rows, joined=True)
    slacks = moved(task.technology, solutions, "plus")
    return Outcome(task.rows, solutions, ("toy",) * len(solutions), slacks, -slacks)
'''

USE = """
import numpy as np
from xinzhi.efficiency.activities import Activities, Roles
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.measure import MEASURES
from xinzhi.efficiency.options import Options

rows = Activities((("a", None), ("b", None)), np.array([[1.0], [2.0]]), np.array([[1.0], [1.0]]),
                  np.empty((2, 0)), Roles(("x",), ("y",)))
assert "toy" in MEASURES.names()
assert abs(evaluate(rows, options=Options("toy")).scores[1] + 0.5) < 1e-9
"""


def test_a_measure_of_ones_own_package_is_found(tmp_path):
    """A package with the entry point xinzhi.measures brings its measure, with options and proof."""
    (tmp_path / "toy_measure.py").write_text(MODULE, encoding="utf-8")
    meta = tmp_path / "toy_measure-0.1.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-measure\nVersion: 0.1\n")
    (meta / "entry_points.txt").write_text("[xinzhi.measures]\ntoy = toy_measure\n")

    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USE}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
