"""Proof that an iteration ended at a maximum: that it stopped is not enough.

With g the gradient and H the information (minus the matrix of second derivatives) where it stopped,

    g'H⁻¹g <= 1e-10   and   H positive definite on the scale of a correlation matrix.

g'H⁻¹g is the squared length of the step that is still missing, in standard errors of a likelihood. It does
not depend on the units of the parameters, and neither does the definiteness of D^(-1/2) H D^(-1/2), D the
diagonal of H.

References
----------
Boyd, S. and Vandenberghe, L. (2004). Convex Optimization, sections 9.5 and 9.6 (the Newton decrement).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
MISSING = 1e-10
"""Largest g'H⁻¹g: the maximum is within 1e-5 standard errors, below every printed digit."""
DEFINITE = 1e-12
"""Smallest eigenvalue of the information on the correlation scale: below it rounding decides its sign."""


def is_maximum(gradient: Array, information: Array) -> bool:
    """Tell whether the gradient vanishes where the information is positive definite.

    Parameters
    ----------
    gradient
        Shape (k,), of the log-likelihood.
    information
        Shape (k, k), minus the second derivatives.

    Examples
    --------
    >>> is_maximum(np.zeros(2), np.diag([1.0, 1e12])), is_maximum(np.ones(2), np.eye(2))
    (True, False)
    >>> is_maximum(np.zeros(2), np.ones((2, 2)))
    False
    """
    size = np.diag(information)
    if not (np.isfinite(gradient).all() and np.isfinite(information).all() and (size > 0).all()):
        return False
    scale = np.sqrt(size)
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    if not values[0] > DEFINITE:
        return False
    along = vectors.T @ (gradient / scale)
    return bool(along @ (along / values) <= MISSING)
