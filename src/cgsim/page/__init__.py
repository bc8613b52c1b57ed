"""The page that carries the model: one file, no install, no server."""
