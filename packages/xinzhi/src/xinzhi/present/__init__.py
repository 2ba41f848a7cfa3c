"""Results turned into tables: still with numbers, not yet with words on paper."""
