"""The paper on resource-based cities, on simulated sources."""
