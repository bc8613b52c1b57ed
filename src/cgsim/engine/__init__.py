"""The engine: arms x replicates, compiled; the order of a month is in ``cgsim.rules.month``."""
