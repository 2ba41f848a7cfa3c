"""Regressions of any program as a three-line table for a journal."""

from xinzhi.present.publication.fits import (
    PRESETS,
    Preset,
    PrintedFit,
    Under,
    printed_fit,
    publication_table,
)

__all__ = ["PRESETS", "Preset", "PrintedFit", "Under", "printed_fit", "publication_table"]
