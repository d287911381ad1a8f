"""Array in, array out: distances, neighbours, greedy selection, gradients, scaling, transport."""
