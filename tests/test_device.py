"""Where work is computed: what is there, what was chosen, and what is said of it."""

import pytest

from fdmat_core import device


@pytest.fixture
def machine(monkeypatch):
    """A machine with an accelerator."""
    monkeypatch.setattr(device, "names", lambda: ("mps", "cpu"))
    monkeypatch.delenv("FDMAT_DEVICE", raising=False)


def test_the_fastest_is_taken_unless_another_is_named(machine, monkeypatch):
    assert device.best().type == "mps" and device.takes_tensors()
    monkeypatch.setenv("FDMAT_DEVICE", "cpu")
    assert device.best().type == "cpu" and not device.takes_tensors()
    monkeypatch.setenv("FDMAT_DEVICE", "mps:0")
    assert str(device.best()) == "mps:0"


@pytest.mark.parametrize("name", ["mps", "gpu", "mps:0"])
def test_a_device_that_is_not_there_is_named_with_those_that_are(name, monkeypatch):
    monkeypatch.setattr(device, "names", lambda: ("cpu",))
    monkeypatch.setenv("FDMAT_DEVICE", name)
    with pytest.raises(ValueError, match=f"FDMAT_DEVICE is '{name}', which is not on this machine; choose cpu"):
        device.best()


def test_without_a_driver_there_is_the_processor_alone(monkeypatch):
    monkeypatch.setattr(device.sys, "platform", "linux")
    monkeypatch.setattr(device.os.path, "exists", lambda path: False)
    device.names.cache_clear()
    assert device.names() == ("cpu",) and "cores" in device.describe()
    device.names.cache_clear()
