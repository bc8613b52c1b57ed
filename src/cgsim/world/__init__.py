"""Drawing a replicate's world and shocks, each by its address (model page, Initialisation)."""
