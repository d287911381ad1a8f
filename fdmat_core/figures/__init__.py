"""Tables in, pictures out: pure functions that return plotly figures, or tables as HTML."""
