"""What people see of results: figures, pages, lessons. Reads results, runs no model."""
