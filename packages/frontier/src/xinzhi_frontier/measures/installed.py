"""Measures of other packages: those that name a module under the entry point `xinzhi.measures`.

In the other package's pyproject.toml:

    [project.entry-points."xinzhi.measures"]
    mine = "my_package.my_measure"

The module registers its measure with `xinzhi_frontier.measure.registered` when it is imported.
"""

from __future__ import annotations

from importlib.metadata import entry_points

GROUP = "xinzhi.measures"

for point in entry_points(group=GROUP):
    point.load()
