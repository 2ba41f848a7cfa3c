"""The Python door: the verbs of the command line, for a notebook.

`import xinzhi as xz`, then `xz.read`, `xz.evaluate`, `xz.fit`, `xz.run` and their company. Each takes a
`Panel` or a plain DataFrame indexed (entity, period) and returns a frozen result with
`.to_frame()`.
"""

from xinzhi.door.data import read
from xinzhi.door.models import (
    compare_groups,
    fit,
    hausman,
    mediate,
    moderate,
    specification_curve,
    vif,
)
from xinzhi.door.scores import bootstrap_scores, evaluate, productivity
from xinzhi.door.studies import audit, run

__all__ = [
    "audit",
    "bootstrap_scores",
    "compare_groups",
    "evaluate",
    "fit",
    "hausman",
    "mediate",
    "moderate",
    "productivity",
    "read",
    "run",
    "specification_curve",
    "vif",
]
