"""The rings of a topology, for tests of boundaries."""

from __future__ import annotations

from xinzhi_panel.io.topology import arcs_of, polygons_of, ring_of


def rings_of(topology, name):
    """Walk the rings of an object: the shape, and each of its rings as points."""
    arcs = arcs_of(topology)
    for shape in topology["objects"][name]["geometries"]:
        for polygon in polygons_of(shape):
            for ring in polygon:
                yield shape, ring_of(arcs, ring)
