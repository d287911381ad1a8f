"""A job's process in tests: the command line, with rankings that take `SLOW` seconds and a map by PCA.

With `STUBBORN` it does not hear SIGTERM while it ranks, like a long computation in a library.
The workers of an engine read this file as well, and are as slow.
"""

import os
import signal
import sys
import time

from fdmat_core import projection, selection
from fdmat_core.cli import main

rank = selection.rank


def slowly(*arguments, **options):
    if os.environ.get("STUBBORN"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    time.sleep(float(os.environ.get("SLOW", "0")))
    return rank(*arguments, **options)


selection.rank = slowly
projection.umap = lambda table, seed=0: projection.pca(table)
if __name__ == "__main__":
    sys.exit(main(["run", "--spec", sys.argv[1]]))
