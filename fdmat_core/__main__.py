"""`fdmat`, or `python -m fdmat_core`: app | list | run | show | report | bundle | export | import | cache."""

import os
import sys

# Threads that wait sleep: where other programs want the same cores, spinning makes training several times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# Large tensors in large pages: to hand out small ones takes longer than a pretrained network's arithmetic.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

from fdmat_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
