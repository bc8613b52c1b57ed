"""What the study claims, judged over what is uncertain and under other mechanisms."""
