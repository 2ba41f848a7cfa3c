"""Equations as trees of symbols, and one writer for each format."""

from xinzhi.present.equation.tree import Equation, Meaning

__all__ = ["Equation", "Meaning"]
