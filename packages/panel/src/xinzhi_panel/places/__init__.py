"""Places: the 126 resource-based cities, their names and codes through time, and where a case was."""
