"""What runs say: statistics over a batch that is there. Nothing here lives a run."""
