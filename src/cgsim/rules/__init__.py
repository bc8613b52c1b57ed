"""The rules of a month, one small file a step, compiled (model page, sections 2 and 3)."""
