"""The Python interface: the functions of the command line, for a notebook.

`import xinzhi as xz`, then `xz.read`, `xz.evaluate`, `xz.fit`, `xz.run` and others. Each takes a `Panel` or a
DataFrame with named keys, and returns a frozen result with `.to_frame()`. A function loads its
libraries when it is first used.
"""

from types import MappingProxyType

VERBS = MappingProxyType(
    {
        "audit": "studies",
        "bootstrap_scores": "scores",
        "evaluate": "scores",
        "explain_scores": "scores",
        "fit": "models",
        "hausman": "models",
        "prepare_panel": "data",
        "productivity": "scores",
        "profile": "data",
        "read": "data",
        "run": "studies",
        "table": "publication",
        "vif": "models",
    }
)
"""Function -> its module in this package; those of analyses are made in `functions`."""
