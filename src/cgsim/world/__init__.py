"""Drawing a replicate's world and its shocks, each number by its address (model page, section 6)."""
