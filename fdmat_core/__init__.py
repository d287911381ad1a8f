"""FDMat Explorer's library: which part of the training data is needed, and what was thrown away.

    dataset -> features -> ranking -> coreset -> measures -> curve -> picture

Each arrow is a function of the module named like it. Importing this package loads numpy and nothing heavier.
"""

from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Coreset, Dataset, FeatureTable, Ranking, Truth

__version__ = "0.2.0"
__all__ = ["Choice", "Coreset", "Dataset", "FeatureTable", "Ranking", "Spec", "Truth", "__version__"]
