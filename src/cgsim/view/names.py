"""Names that the server and the page share; nothing heavy is loaded for them."""

SCENARIO_VARIABLE = "CGSIM_VIEW_SCENARIO"
"""The scenario that `cgsim view` was started with reaches the page by the environment."""
