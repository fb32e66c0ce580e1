"""Where bars come from: a seeded formula, a CSV file, or an HTTP endpoint."""
