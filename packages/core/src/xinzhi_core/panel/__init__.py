"""The panel: entities over periods, with labels, units and the ledger of changes."""
