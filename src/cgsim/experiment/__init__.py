"""Running scenarios and making sense of the results."""
