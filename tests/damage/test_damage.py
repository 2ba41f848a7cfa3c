"""Damaged tables: each kind of damage in each format is read rightly, refused or warned of, never silent.

The table is simulated and known. A reading is right where it has every number of the truth and no
other; it is silent where its numbers are others and nothing is said that is not said of the sound
table too.
"""

from __future__ import annotations

from random import Random

import pytest

from damage.operators import OPERATORS, READERS
from damage.tables import VALUES, sound, truth
from damage.writers import write
from xinzhi_core.errors import DataError
from xinzhi_panel.columns.seen import with_plausible
from xinzhi_panel.io.raw import LIMITS, NOTHING_STATED
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.series import read_panel_here

DRAWS = 5
"""Damaged tables of each kind; the draws are the same in each run."""
QUICK_DRAWS = 2
"""Of them those that are read each time."""
RELATIVE = 1e-12
"""Decimals of two digits come back from every format, but for the last bits."""
CASES = [(name, reader) for name, one in OPERATORS.items() for reader in one.readers]
RIGHT = {
    *("swap_rows", "merge_of_names", "duplicate", "duplicate_block"),
    *("superscript_of_values", "superscript_of_names", "superscript_of_headings"),
}
"""Damage that takes nothing away: the numbers must be those of the truth."""


def damaged(name, seed):
    """Damage the table by an operator; the same seed gives the same damage."""
    return OPERATORS[name].apply(sound(), Random(f"{name} {seed}"))  # noqa: S311


def read_here(path, names):
    """Read in this process, as the guarded child does, with all that `check` says."""
    result = read_panel_here(
        path,
        entity=names[0],
        period=names[1],
        sheet=None,
        units={},
        reading=NOTHING_STATED,
        limits=LIMITS,
    )
    return result.panel, with_plausible(result.panel, result.warnings), result.ledgers


def is_true(panel, names):
    """Whether a panel has the numbers of the truth, and nothing else."""
    frame, expected = panel.frame, truth()
    if list(frame.columns) != list(names[2:]) or list(frame.index) != list(expected.index):
        return False
    # A missing number is not close to any.
    difference = abs(frame.to_numpy(float) - expected.to_numpy())
    return bool((difference <= RELATIVE * expected.to_numpy()).all())


def verdict(table, reader, folder):
    """Read a damaged table: `right`, `refused`, `warned` or `silent`, and what was said."""
    path, names = write(table, reader, folder)
    try:
        panel, warnings, ledgers = read_here(path, names)
    except DataError as error:
        has_remedies = all(str(p.remedy) and str(p.where) for p in error.problems)
        return ("refused" if has_remedies else "silent"), str(error)
    assert all(ledger.n_rows == ledger.n_kept + ledger.n_left_out for ledger in ledgers)
    said = "\n".join(map(str, warnings))
    if is_true(panel, names):
        return "right", said
    return ("warned" if warnings else "silent"), said


@pytest.mark.one_in(5)
@pytest.mark.parametrize("reader", READERS)
def test_the_sound_table_is_read_rightly_in_each_format(reader, tmp_path):
    """Without a warning, in this process and through the door of all files."""
    path, names = write(sound(), reader, tmp_path)
    panel, warnings, _ = read_here(path, names)
    assert is_true(panel, names)
    assert not warnings
    result = read_panel(path, entity=names[0], period=names[1])
    assert is_true(result.panel, names)
    assert [(run, n) for ledger in result.ledgers for run, n in ledger.runs] == [
        ("heading", 1),
        ("kept", 48),
    ]


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "draws",
    [range(QUICK_DRAWS), pytest.param(range(QUICK_DRAWS, DRAWS), marks=pytest.mark.long)],
    ids=str,
)
@pytest.mark.parametrize(("name", "reader"), CASES)
def test_no_damage_is_silent(name, reader, draws, tmp_path):
    """Whatever the damage, the numbers are right, or somebody hears of it."""
    for seed in draws:
        table = damaged(name, seed)
        found, said = verdict(table, reader, tmp_path)
        assert found != "silent", f"{name} of {reader}, draw {seed}: {table}"
        if name in RIGHT:
            assert found == "right", f"{name} of {reader}, draw {seed}: {found}, {said}"


def test_every_operator_damages_the_table():
    """What an operator gives is not the table that it took, and says what it is."""
    for name, one in OPERATORS.items():
        assert one.apply.__doc__
        assert all(damaged(name, seed) != sound() for seed in range(DRAWS)), name
        assert set(one.readers) <= set(READERS)


def test_a_silent_reading_is_found():
    """The judge of this file: another number without a word is silent, whatever the size."""
    panel_rows = truth()
    assert not is_true(_Panel(panel_rows * 1.01), ("城市", "年份", *VALUES))
    assert not is_true(_Panel(panel_rows * 0.99), ("城市", "年份", *VALUES))
    assert not is_true(_Panel(panel_rows.iloc[1:]), ("城市", "年份", *VALUES))
    assert is_true(_Panel(panel_rows), ("城市", "年份", *VALUES))


class _Panel:
    def __init__(self, frame):
        self.frame = frame
