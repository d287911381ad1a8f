"""Reading people's own data: what a file or folder holds as Records, and Records as a Dataset, with all that was found.

Nothing is dropped or changed in silence: every reader writes down what it found as a Finding.
"""
