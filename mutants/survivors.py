"""Faults drawn at random that survived the tests nearest to them and those of their kind, each with the reason.

"equivalent" changes nothing that anybody can see, "noticed by" names a wider test that fails with it, "open" is left.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[tuple[str, str], str] = {
    ("xinzhi/study/fingerprint.py", "drop a part of a key: `{of}` -> ``"): (
        "equivalent: the frontier stands in the options of the key, and columns of two frontiers are joined in their order"
    ),
    ("xinzhi/study/fingerprint.py", "drop a part of a key: `{module}` -> ``"): (
        "equivalent: an analysis has one module, whose code is the value of the part"
    ),
    ("xinzhi/study/read.py", "drop a part of a key: `listing.empty,` -> ``"): (
        "equivalent: an empty folder is refused, and a refusal is not kept"
    ),
    ("xinzhi/analyses/whole_study/compute.py", "drop a part of a key: `{options.scheme}` -> ``"): (
        "equivalent: the size of a draw stays in the key; it is below the number of entities in a subsample, and that number in the bootstrap"
    ),
    ("xinzhi/report/what_changed.py", "ignore an option: `dtype=object` -> ``"): (
        "equivalent: cells are printed from their values, whatever the type of the column"
    ),
}
"""File and exchange -> reason."""
