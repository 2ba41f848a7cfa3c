"""Maps: outlines, projection, layers, and the map of a score or a grouping."""
