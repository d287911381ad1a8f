"""The web library: pictures in the browser as ES modules, the payload they draw, and the colours they share.

Each picture is a function `mount(host, payload, events, options)`: `map/canvas.js` and `grid/grid.js`. They know
nothing of Streamlit; `streamlit.js` fits them to its components.
"""
