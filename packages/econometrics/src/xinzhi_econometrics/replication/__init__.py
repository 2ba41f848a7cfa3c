"""Replication of published tables: what is printed, compared and checked for consistency."""
