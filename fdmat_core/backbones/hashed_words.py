"""Hashed words: texts by the words and pairs of words that they hold, without a model."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from fdmat_core.backbones import Backbone
from fdmat_core.registry import Range, backbone


@backbone(
    "hashed_words",
    title="Words of texts, hashed (no model)",
    source="Weinberger et al., Feature hashing for large scale multitask learning, ICML 2009",
    reads="text",
)
def hashed_words(
    shape: tuple[int, ...], *, size: Annotated[int, Range(16, 8192), "numbers of a text"] = 512
) -> Backbone:
    """Count the words and the pairs of words of a text in as many bins as there are numbers; nothing is downloaded.

    The dataset's field `text` is read. Words fall into bins by their hash, with a sign of their own, so that inner
    products are on average those of all counts; every text has length 1, one without words is 0. Meaning is not
    seen: two texts are near if they share words. A text encoder from a folder, `huggingface_text`, sees more.

    Parameters
    ----------
    size
        How many numbers a text becomes: more keep more words apart.
    """
    from sklearn.feature_extraction.text import HashingVectorizer
    from torch import nn

    counts = HashingVectorizer(n_features=size, ngram_range=(1, 2))

    def encode(texts: np.ndarray) -> np.ndarray:
        """Texts (m,) as features (m, size)."""
        made: Any = counts.transform([str(text) for text in texts])  # a sparse matrix
        return made.toarray().astype(np.float32)

    return Backbone(nn.Identity(), batch=1024, encode=encode)
