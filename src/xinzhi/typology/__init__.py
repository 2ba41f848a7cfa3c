"""Classes, ranks and pathways of entities, by declared rules."""
