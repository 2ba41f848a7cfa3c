"""One index per file; each puts itself into `productivity.index.INDICES`."""
