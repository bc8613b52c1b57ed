"""The page that carries the model: one file, without a network, an install or a server."""
