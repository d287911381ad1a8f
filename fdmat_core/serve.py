"""The app from the command line, `fdmat app`: Streamlit in this process, so that Ctrl-C and signals reach it."""

from __future__ import annotations

import ipaddress
import os
import runpy
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

#: The environment variable that names the path of somebody's data, for the Data page to begin with.
OPENED = "FDMAT_OPEN"
#: The folder that this package lies in: of the repository, or where pip installs.
PLACE = Path(__file__).resolve().parents[1]
#: A token has at least so many letters.
SHORTEST = 12
#: What an address means that is not this machine's own.
REACHED = "which others can reach: they see your data, start and delete runs, decide, and read images of this account"


def script() -> Path:
    """The file that Streamlit serves; a wheel holds it with the pages in a folder of its own, beside this package."""
    installed = PLACE / "fdmat_explorer" / "app.py"
    return installed if installed.is_file() else PLACE / "app.py"


def command(port: int | None = None, address: str = "", *, browser: bool = True) -> list[str]:
    """The arguments of Streamlit; what is not asked for is left to its settings, `.streamlit/config.toml`."""
    chosen = {"port": port, "address": address, "headless": "" if browser else "true"}
    return ["run", str(script()), *(f"--server.{name}={value}" for name, value in chosen.items() if value)]


class Doors(NamedTuple):
    """Who may come in, beyond this machine."""

    hosts: Sequence[str] = ()  # further names that the app answers to
    token: str = ""  # which a link must hold; `new` makes one
    login: bool = False  # people log in by Streamlit's `st.login`
    everybody: bool = False


THIS_MACHINE = Doors()


def serve(
    port: int | None = None, address: str = "", *, browser: bool = True, data: str = "", doors: Doors = THIS_MACHINE
) -> None:
    """Serve the app until it is stopped; ends the process.

    Parameters
    ----------
    data
        A path that the Data page begins with, see `OPENED`.

    Raises
    ------
    ValueError
        An address that others can reach, and nothing that says who may come in.
    """
    if data:
        os.environ[OPENED] = str(Path(data).expanduser().absolute())
    for line in opened(address or os.environ.get("STREAMLIT_SERVER_ADDRESS", ""), doors):
        print(line, file=sys.stderr)
    sys.argv = ["streamlit", *command(port, address, browser=browser)]
    runpy.run_module("streamlit", run_name="__main__")


def opened(address: str, doors: Doors) -> list[str]:
    """Set who may come in, for `pages.shell.doors`, and say what that means: nothing on this machine alone."""
    token = secrets.token_urlsafe(24) if doors.token == "new" else doors.token
    if token and len(token) < SHORTEST:
        raise ValueError(f"--token has {len(token)} letters; give at least {SHORTEST}, or say `new`")
    told = {"FDMAT_HOSTS": ",".join(doors.hosts), "FDMAT_TOKEN": token, "FDMAT_LOGIN": "1" if doors.login else ""}
    os.environ.update({name: value for name, value in told.items() if value})
    if _is_this_machine(address):
        return []
    guarded = any(os.environ.get(name) for name in ("FDMAT_TOKEN", "FDMAT_LOGIN"))
    if not (guarded or doors.everybody):
        raise ValueError(
            f"address is {address}, {REACHED}; say --token new, --login (see docs/deployment.md), or --open"
        )
    means = f"listening on {address}, {REACHED}."
    if not guarded:
        return [means, "Nothing is asked of them (--open)."]
    here = address if address not in ("0.0.0.0", "::") else "<this machine>"
    link = [f"Open http://{here}:<port>/?token={token}"] if token else []
    return [means, "Words travel unencrypted unless a proxy speaks https: see docs/deployment.md.", *link]


def _is_this_machine(address: str) -> bool:
    try:
        return address in ("", "localhost") or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
