"""Calibrating: learning what is uncertain from a partnership's own records, and a forecast from it.

A bank of lives of the scenario is lived, each with its own draw from the priors and its own luck,
and recorded as the partnership was. The lives whose records are nearest to the real ones are kept:
their parameters are the posterior, and their own futures the forecast. No number is a best guess.
"""
