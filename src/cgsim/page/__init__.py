"""The page that carries the model: one file that works without a network, an install or a server."""
