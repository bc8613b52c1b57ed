"""What people see of results: figures and pages. Reads results, runs no model."""
