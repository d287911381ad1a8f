"""stub"""


def write(trials, out):
    pass
