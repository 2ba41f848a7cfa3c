"""What a command and a function in Python load: their own libraries and no others."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xinzhi
from xinzhi.api import VERBS
from xinzhi.examples.register import copy_example, find

pytestmark = pytest.mark.long

DRAWN = ("altair", "vl_convert", "jinja2", "fontTools")
WRITTEN = ("docx", "xlsxwriter")
COMPUTED = ("scipy.special", "scipy.optimize", "scipy.sparse", "scipy.linalg", "scipy.stats")
HEAVY = (*DRAWN, *WRITTEN, *COMPUTED, "highspy", "pydantic", "ruamel.yaml", "rich", "pyreadstat")
DATA = ("oecd_panel.csv", "--entity", "country", "--period", "year")
SCORES = ("--inputs", "labour_m,capital_musd2015", "--good-outputs", "gdp_musd2015")
LINE = ("--outcome", "gdp_musd2015", "--regressors", "labour_m")


def unused(*loaded):
    """List what is heavy and is not among what may be loaded."""
    return tuple(library for library in HEAVY if library not in loaded)


UNUSED = {
    ("--version",): ("pandas", "numpy", *HEAVY),
    ("--help",): ("pandas", "numpy", *HEAVY),
    ("parts",): unused("pydantic"),
    ("schema",): unused("pydantic"),
    ("check", *DATA): unused("pydantic"),
    ("check", "study.yaml"): unused("pydantic", "ruamel.yaml"),
    ("efficiency", *DATA, *SCORES): unused("pydantic", "rich"),
    ("regress", *DATA, *LINE): unused("pydantic", "rich", "scipy.special"),
    # The example asks for no Word document; scipy's optimisers find the doses, its laws serve nobody here.
    ("run", "study.yaml"): ("docx", "highspy", "scipy.stats"),
}
"""Command -> libraries that it has no use for."""


@pytest.mark.parametrize(
    ("verb", "unused"), [("__version__", ("pandas", *HEAVY)), ("evaluate", HEAVY)]
)
def test_a_verb_waits_for_no_library_of_another(verb, unused):
    """Scores are measured before charts, documents and study files are loaded."""
    code = f"import sys, xinzhi; xinzhi.{verb}; print([x for x in {unused!r} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", UNUSED, ids=lambda words: " ".join(words[:2]))
def test_a_command_loads_no_library_that_it_does_not_use(command, tmp_path):
    """Charts, documents and optimisers are loaded by whoever draws, writes or optimises."""
    copy_example(find("oecd"), tmp_path)
    code = (
        "import sys\nfrom xinzhi.cli.main import main\n"
        f"sys.argv = ['xinzhi', *{command!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n"
        f"    print(end.code, *(x for x in {UNUSED[command]!r} if x in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )

    code, *loaded = done.stdout.rstrip().rpartition("\n")[2].split()
    assert code == "0"
    if "scipy.special" not in UNUSED[command] and loaded:
        loaded = [library for library in loaded if library not in _beside_special()]
    assert loaded == []


def _beside_special():
    """Parts of scipy that its special functions load themselves: older versions do."""
    code = f"import sys, scipy.special; print(*(x for x in {COMPUTED!r} if x in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_score_in_python_loads_no_library_of_tables_and_charts():
    """The first call of `evaluate` waits for pandas, the kernel and the options."""
    code = (
        "import sys, pandas as pd, xinzhi as xz\n"
        "data = pd.DataFrame({'city': ['a', 'b'], 'x': [1.0, 2.0], 'y': [1.0, 1.0]})\n"
        "xz.evaluate(data, entity='city', inputs=['x'], good_outputs=['y'])\n"
        f"print([x for x in {unused('pydantic')!r} if x in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_verb_can_be_reached():
    """The names that the package offers are those of the door."""
    assert set(VERBS) == set(xinzhi.__all__)
    assert all(callable(getattr(xinzhi, verb)) for verb in VERBS)
