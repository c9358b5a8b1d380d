"""Training: one run contract for everything that learns, and what learns on it."""
