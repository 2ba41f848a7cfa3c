"""Several files become one panel: named alike, compared where they overlap, joined on their keys."""
