"""Every known answer is asked for twice: of numpy's arrays, and of tensors, as on an accelerator."""

import pytest


@pytest.fixture(autouse=True)
def _twice(arrays):
    """For all tests of this folder."""
