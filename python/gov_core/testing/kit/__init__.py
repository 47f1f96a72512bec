"""What the kits have in common: promises with numbers, what becomes of them, and how pytest runs them."""
