"""The compiled kernel: optional, for large and repeated frontiers (extra `fast`)."""
