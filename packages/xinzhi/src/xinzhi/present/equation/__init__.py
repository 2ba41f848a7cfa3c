"""Equations as trees of symbols, and one writer for each format."""

from xinzhi.present.equation.tree import Meaning, NumberedEquation

__all__ = ["Meaning", "NumberedEquation"]
