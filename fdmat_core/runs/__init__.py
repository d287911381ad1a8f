"""Everything stored about a spec: what makes it, what reads it, and the jobs that work on it."""
