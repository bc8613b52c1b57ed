"""What an experiment asks: scenarios, design points, replicates and luck; and its files."""
