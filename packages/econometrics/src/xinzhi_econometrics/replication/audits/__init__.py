"""Checks of printed tables: each is one file that puts itself into `audit.CHECKS`."""
