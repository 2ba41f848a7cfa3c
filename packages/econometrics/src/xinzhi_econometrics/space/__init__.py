"""Statistics of space and time: weights, association, inequality, convergence, transitions, ranks."""
