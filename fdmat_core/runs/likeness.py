"""How like a picture from outside a run's items are: through the backbone of the run, where that is still the same."""

from __future__ import annotations

import numpy as np

from fdmat_core import registry
from fdmat_core.analysis import issues
from fdmat_core.learning import features
from fdmat_core.reading import images
from fdmat_core.runs import artifacts
from fdmat_core.runs.run import Run
from fdmat_core.types import Dataset


def to_picture(run: Run, dataset: Dataset, picture: bytes) -> np.ndarray:
    """How like a picture all training items of a run are (n,), higher is more alike; see `analysis.issues.likeness`.

    Parameters
    ----------
    dataset
        Of the run, as it is now.
    picture
        The bytes of an image file; it is cut and scaled as images of the data are.

    Raises
    ------
    ValueError
        No image, or the run has no network that it could go through; see `unable`.
    """
    if why := unable(run, dataset):
        raise ValueError(why)
    if trouble := images.look_at(picture).trouble:
        raise ValueError(f"the picture cannot be read: {trouble}")
    assert run.tables is not None  # or `unable` had said so
    pixels = images.fitted(picture, dataset.images_of(dataset.ids[:1]).shape[1:])
    made = features.of_images(pixels[None], features.describe(dataset.split("train"), run.spec.backbone))
    return issues.likeness_to(run.tables[0], made[0], run.evidence)


def unable(run: Run, dataset: Dataset) -> str:
    """Why no picture can be held against a run's items, in a sentence; "" if one can."""
    facts = registry.backbones.get(run.spec.backbone.name).facts
    if run.tables is None:
        return f"run {run.key} has no features yet; run it first"
    if facts.reads != "images":
        return f"the features of this run come from {facts.reads}, not from pictures, so none can be held against them"
    if facts.trains:
        return (
            f"the network of this run ({facts.title}) learned these data and was not stored, so no other picture can "
            "go through it; take a run with a backbone that stays as it is"
        )
    if artifacts.features_key(run.spec, dataset) != run.features_key:
        return "the data or the network are no longer those that the features were made of; start the run again"
    return ""
