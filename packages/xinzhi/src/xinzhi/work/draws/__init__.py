"""Draws in chunks: computed here, by processes or on a cluster, kept as they are finished."""
