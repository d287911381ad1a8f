"""The app from the command line, `fdmat app`: Streamlit in this process, so that Ctrl-C and signals reach it."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

#: The environment variable that names the path of somebody's data, for the Data page to begin with.
OPENED = "FDMAT_OPEN"
#: The folder that this package lies in: of the repository, or where pip installs.
PLACE = Path(__file__).resolve().parents[1]


def script() -> Path:
    """The file that Streamlit serves; a wheel holds it with the pages in a folder of its own, beside this package."""
    installed = PLACE / "fdmat_explorer" / "app.py"
    return installed if installed.is_file() else PLACE / "app.py"


def command(port: int | None = None, address: str = "", *, browser: bool = True) -> list[str]:
    """The arguments of Streamlit; what is not asked for is left to its settings, `.streamlit/config.toml`."""
    chosen = {"port": port, "address": address, "headless": "" if browser else "true"}
    return ["run", str(script()), *(f"--server.{name}={value}" for name, value in chosen.items() if value)]


def serve(port: int | None = None, address: str = "", *, browser: bool = True, data: str = "") -> None:
    """Serve the app until it is stopped; ends the process.

    Parameters
    ----------
    data
        A path that the Data page begins with, see `OPENED`.
    """
    if data:
        os.environ[OPENED] = str(Path(data).expanduser().absolute())
    sys.argv = ["streamlit", *command(port, address, browser=browser)]
    runpy.run_module("streamlit", run_name="__main__")
