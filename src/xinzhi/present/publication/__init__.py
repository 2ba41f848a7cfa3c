"""Regressions of any program as a three-line table for a journal."""

from xinzhi.present.publication.fits import PrintedFit, printed_fit
from xinzhi.present.publication.table import PRESETS, Preset, Under, publication_table

__all__ = ["PRESETS", "Preset", "PrintedFit", "Under", "printed_fit", "publication_table"]
