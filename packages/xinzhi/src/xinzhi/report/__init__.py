"""From results to documents."""
