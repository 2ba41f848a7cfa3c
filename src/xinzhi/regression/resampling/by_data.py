"""The rows of a sample in an order that their data fix, so that draws do not depend on names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.panel.numbering import by_name, number_entities
from xinzhi.regression.grouping import Codes, group_codes, grouping
from xinzhi.regression.sample import Sample, periods_of


def by_data(sample: Sample) -> Sample:
    """Sort a sample by entity and period, entities by their data, and number clusters and effects by first rows.

    Everything that is computed from it, sums and draws of clusters, is the same to the last bit whatever the
    entities, the clusters and the effects are called.
    """
    entity = group_codes("entity", np.asarray(sample.index.codes[0], dtype=np.intp)).codes
    period = periods_of(sample.index)
    columns = {name: sample.design[:, j] for j, name in enumerate(sample.names)}
    # The outcome last: turned in sign, it changes no draw.
    values = [by_name(columns)] if columns else []
    numbers = number_entities(entity, period, np.column_stack([*values, sample.outcome]))
    order: Codes = np.lexsort((period, numbers[entity]))
    return replace(
        sample,
        index=sample.index[order],
        outcome=sample.outcome[order],
        design=np.asfortranarray(sample.design[order]),
        effects=tuple(grouping(each.name, each.codes[order]) for each in sample.effects),
        clusters=tuple(grouping(each.name, each.codes[order]) for each in sample.clusters),
    )
