"""Tests of the lessons: what they teach, their files and their pages."""
