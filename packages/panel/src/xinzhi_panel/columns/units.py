"""Units of measure, as columns are compared by them; they are understood where files are read."""

from xinzhi_panel.io.units import Unit, ratio, singles_in, unit_of

__all__ = ["Unit", "ratio", "singles_in", "unit_of"]
