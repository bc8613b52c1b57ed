"""Assessing a partnership: from plain questions to a forecast with its doubt, and what to change.

Answers narrow the ranges that uncertain parameters are drawn from; they never set a value that
nobody can know. It is a way to think, not a prediction.
"""
