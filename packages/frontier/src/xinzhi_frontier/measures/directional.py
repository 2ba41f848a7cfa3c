"""Directional distance function, with strongly or weakly disposable bads."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, registered
from xinzhi_frontier.terms import directions, efficiency_of_distance, measure_across, measure_along

TRAITS = Traits(
    title=message("directional distance function"),
    references=("10.1006/jeth.1996.0096", "10.1006/jema.1997.0146"),
    best=0.0,
    disposabilities=("strong", "weak", "kuosmanen"),
    is_inefficiency=True,
    has_direction=True,
    efficiency=efficiency_of_distance,
    has_hull=True,
)


def _across(task: Task) -> Outcome:
    return measure_across(task, directions(task, task.rows), lambda beta: beta)


@registered("directional", TRAITS, across=_across)
def directional(task: Task) -> Outcome:
    """Measure by the distance β to the frontier along a direction; 0 is efficient.

    max β s.t. Xλ <= x_o - β g_x, Yλ >= y_o + β g_y, and for the bads
    strong: Bλ <= b_o - β g_b; weak: Bλ = b_o - β g_b;
    kuosmanen: Σ (λ_j + μ_j) x_j <= x_o - β g_x, Bλ = b_o - β g_b, Σ (λ_j + μ_j) = 1.
    Without bads and with g = (x, 0), β = 1 - θ of the radial measure.

    References
    ----------
    Chambers, R. G., Chung, Y., Färe, R. (1996), doi 10.1006/jeth.1996.0096.
    Chung, Y. H., Färe, R., Grosskopf, S. (1997), doi 10.1006/jema.1997.0146.
    Kuosmanen, T. (2005), doi 10.1111/j.1467-8276.2005.00788.x.
    """
    direction = directions(task, task.rows)
    return measure_along(task, direction, score=lambda beta: beta, method="directional")
