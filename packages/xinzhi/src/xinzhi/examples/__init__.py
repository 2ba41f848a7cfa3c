"""Example studies: data, study file and licence texts."""
