"""What to do, and what to find out: designs, groups that could go, and unknowns that matter."""
