"""The last digit of a number does not depend on how the rows of groups follow each other.

Rows sorted by entity and rows sorted by period hold the same rows of an entity in the same order.
Some versions of pandas add them differently; all comparisons here are of bits.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.analyses.efficiency.show import rank_entities
from xinzhi.analyses.moderation.moderated_effect import less_means
from xinzhi.analyses.pathways.what_if import role_models
from xinzhi_econometrics.space.convergence import beta


def panel():
    """Draw thirty entities in nine periods, sorted by entity."""
    index = pd.MultiIndex.from_product([range(30), range(9)], names=["entity", "period"])
    values = np.random.default_rng(8).lognormal(size=(len(index), 2))
    return pd.DataFrame(values, index=index, columns=["x", "w"])


def by_period(frame):
    return frame.sort_index(level=["period", "entity"])


def test_distances_from_means_of_entities():
    """The interaction within entities."""
    frame = panel()

    again = less_means(by_period(frame)).loc[frame.index]

    assert (again.to_numpy() == less_means(frame).to_numpy()).all()


def test_convergence_with_entity_effects():
    """The growth regression with entity effects."""
    scores = panel()["x"]

    again = beta(by_period(scores), form="panel", effects=("entity",))
    found = beta(scores, form="panel", effects=("entity",))

    assert (again.beta, again.std_error) == (found.beta, found.std_error)


def test_mean_scores_of_entities():
    """The ranking by mean score."""
    frame = panel()["x"].rename("score").reset_index().assign(status="certified")
    shuffled = frame.sort_values(["period", "entity"])

    pd.testing.assert_frame_equal(rank_entities(shuffled), rank_entities(frame), check_exact=True)


def test_weights_of_role_models():
    """The weight of a peer in all periods, and of the city itself."""
    cities = [f"city {number:02}" for number in range(30)]
    keys = pd.MultiIndex.from_product(
        [cities, [1, 2], ["itself", "peer 1", "peer 2"], range(9)],
        names=["entity", "period", "peer", "peer_period"],
    )
    weights = np.random.default_rng(4).lognormal(size=len(keys))
    peers = pd.DataFrame({"intensity": weights}, index=keys).reset_index()
    peers["peer"] = peers["peer"].where(peers["peer"] != "itself", peers["entity"])
    in_order = peers.index.to_numpy()

    found = role_models(peers)
    again = role_models(peers.iloc[np.lexsort((in_order, peers["period"]))])

    pd.testing.assert_frame_equal(again.by_city, found.by_city, check_exact=True)
    pd.testing.assert_series_equal(again.own_share, found.own_share, check_exact=True)
