"""Results turned into charts."""
