"""The canvas in the browser, and the bytes that it draws."""
