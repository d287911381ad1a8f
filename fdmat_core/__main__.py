"""`python -m fdmat_core list | run | show | export | cache`."""

import sys

from fdmat_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
