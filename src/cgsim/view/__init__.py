"""The Mesa model: one run, month by month, with agents as views on its arrays."""
