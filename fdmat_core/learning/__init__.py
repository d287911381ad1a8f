"""From a dataset to feature tables: networks, heads, and the dynamics of their training."""
