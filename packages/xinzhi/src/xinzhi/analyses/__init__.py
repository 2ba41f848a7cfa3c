"""What a study may ask for: one folder per analysis, each with its options, numbers and exhibits."""
