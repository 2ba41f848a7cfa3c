"""Workbooks to rows of cells."""
