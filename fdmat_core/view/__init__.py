"""Tables in, pictures out: pure functions that return plotly figures."""
