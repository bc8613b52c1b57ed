"""The rules of a month, one small file a step, compiled (model page, Submodels)."""
