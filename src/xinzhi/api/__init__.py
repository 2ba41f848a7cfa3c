"""The Python door: the verbs of the command line, for a notebook.

`import xinzhi as xz`, then `xz.read`, `xz.evaluate`, `xz.fit`, `xz.run` and their company. Each takes a
`Panel` or a plain DataFrame whose keys are named, and returns a frozen result with
`.to_frame()`. A verb loads its own libraries when it is first used.
"""

from types import MappingProxyType

VERBS = MappingProxyType(
    {
        "audit": "studies",
        "bootstrap_scores": "scores",
        "evaluate": "scores",
        "fit": "models",
        "hausman": "models",
        "prepare_panel": "data",
        "productivity": "scores",
        "profile": "data",
        "read": "data",
        "run": "studies",
        "vif": "models",
    }
)
"""Verb -> the module of this package that holds it; `analysis` makes those of the analyses."""
