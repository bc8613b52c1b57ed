"""Living runs: one scenario in memory, or an experiment into a results folder."""
