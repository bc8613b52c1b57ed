"""Tests of the page that carries the model."""
