"""FDMat Explorer's library: which part of the training data is needed, and what was thrown away.

    dataset -> features -> ranking -> coreset -> measures -> curve -> picture

Each arrow is a function of the module named like it; `select` goes from arrays to what is kept in one step. Importing
this package loads numpy and nothing heavier.
"""

from typing import TYPE_CHECKING, Any

from fdmat_core.rankings import Coreset, Ranking
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, FeatureTable, Truth

if TYPE_CHECKING:
    from fdmat_core.in_memory import select

__version__ = "0.2.0"
__all__ = ["Choice", "Coreset", "Dataset", "FeatureTable", "Ranking", "Spec", "Truth", "__version__", "select"]


def __getattr__(name: str) -> Any:
    """`fdmat_core.select`, whose module is loaded when it is first asked for."""
    if name != "select":
        raise AttributeError(f"module 'fdmat_core' has no attribute {name!r}")
    from fdmat_core.in_memory import select as found

    return found
