"""A small run of images some of which are there twice, for tests."""

import numpy as np

from fdmat_core.runs import library, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from tests.numerics.test_pictures import smooth

TRAIN = 150
#: Training items that repeat others to the byte, and nearly; test items that repeat training items.
EXACT, NEAR, LEAKS = {140: 3, 141: 3, 142: 4}, {145: 10, 146: 11}, {TRAIN: 20, TRAIN + 1: 21}


def run_with_copies(folder):
    """The run, stored: items are rows, 140 to 142 repeat items, 145 and 146 are noisy, 150 and 151 leak."""
    images = smooth(TRAIN + 20, side=28)
    for copy, of in (EXACT | LEAKS).items():
        images[copy] = images[of]
    rng = np.random.default_rng(0)
    for copy, of in NEAR.items():
        images[copy] = np.clip(images[of] + rng.normal(0, 6, images[of].shape), 0, 255).astype(np.uint8)
    labels = np.arange(len(images)) % 2
    labels[[140, 141, 3]] = 0, 1, 1
    named = {"images": images[:TRAIN, :, :, 0], "labels": labels[:TRAIN]}
    tests = {"test_images": images[TRAIN:, :, :, 0], "test_labels": labels[TRAIN:]}
    np.savez(folder / "copies.npz", **named, **tests)
    spec = Spec(
        dataset=Choice.of("arrays", path=str(folder / "copies.npz")),
        backbone=Choice("pixels"),
        methods=(Choice("fdmat"), Choice("random")),
        measures=(Choice("energy"),),
        fractions=(0.2, 1.0),
        seeds=1,
        band=2,
    )
    library.execute(spec)
    return Run(settings.checked(spec))
