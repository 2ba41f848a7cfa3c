"""What is measured: each case is one piece of work, done by xinzhi and by one peer."""

from __future__ import annotations

from case import Case
from cases_space import DATA as LATTICES
from cases_space import SPACE

from cases_econometrics import DATA as PANELS
from cases_econometrics import ECONOMETRICS

DRESSES = {
    "plain": "no marks",
    "heading": "quoted heading",
    "text": "quoted heading and names",
    "blank": "blank lines",
}
DATA = {
    "cities": "data:cities",
    "oecd": "data:oecd",
    "digits6": "data:numbers_as_text:6",
    "digits17": "data:numbers_as_text:17",
    **{f"wide {dress}": f'data:wide_numbers:"{dress}"' for dress in DRESSES},
    **PANELS,
    **LATTICES,
}
"""Name -> function of data.py and its arguments; made in the process that uses it."""

SBM, SUPER = "SBM with a bad output", "super-SBM with a bad output"
READ, PANDAS = (
    "reading csv, {} digits, all checks of a panel",
    "pandas read_csv, round_trip, no checks",
)
SCIPY, DEAPACK = "SciPy linprog, a program a row", "deapack UndesirableSBM"

CASES = (
    Case(SBM, "oecd", "sbm", "scipy", SCIPY),
    Case(SBM, "oecd", "sbm", "deapack", DEAPACK),
    Case(SUPER, "oecd", "super_sbm", "scipy", SCIPY),
    Case(SBM, "cities", "sbm", "scipy", SCIPY),
    Case(SBM, "cities", "sbm", "deapack", DEAPACK),
    Case(SUPER, "cities", "super_sbm", "scipy", SCIPY),
    Case(READ.format(6), "digits6", "read", "pandas", PANDAS, area="reading"),
    Case(READ.format(17), "digits17", "read", "pandas", PANDAS, area="reading"),
    *(
        Case(
            f"reading csv, 20 columns, 17 digits, {words}",
            f"wide {dress}",
            "read",
            "pandas",
            PANDAS,
            area="reading",
        )
        for dress, words in DRESSES.items()
    ),
    *ECONOMETRICS,
    *SPACE,
)
