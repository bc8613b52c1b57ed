"""The results folder: parts that are whole or not there, and a manifest that says what they are."""
