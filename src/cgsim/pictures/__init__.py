"""What results look like: tables that pictures are drawn from, pictures, and the house style."""
