"""Panel econometrics: fixed effects, honest errors, diagnostics."""
