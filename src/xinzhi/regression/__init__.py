"""Panel econometrics: fixed effects, standard errors, instruments, resampling, diagnostics."""
