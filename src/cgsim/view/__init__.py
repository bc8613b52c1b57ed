"""Mesa's page of the Mesa model: its components, its sliders, and what serves it."""
