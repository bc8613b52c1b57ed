"""Drawing a replicate's world and shocks, each number by its address (model page, section 6)."""
