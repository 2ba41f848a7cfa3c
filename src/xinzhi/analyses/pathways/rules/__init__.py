"""Pathway rules, one file each."""
