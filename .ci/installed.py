"""Looks at a stored run in the app of the installed wheel: `python .ci/installed.py RUN`, from a folder of no importance.

Chromium has to draw the Map page, and Ctrl-C has to end the app. Only what drives the browser is of the repository.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from tests.browser import driving


@contextlib.contextmanager
def app():
    """The address of `fdmat app`, which is interrupted in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [shutil.which("fdmat"), "app", "--port", str(port), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": ""},
    ) as process:
        driving.wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield f"http://localhost:{port}"
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=15)
        # With no address asked for, it is the one of our settings: Streamlit has read them, and serves this machine alone.
        assert f"  URL: http://localhost:{port}\n" in printed and "Traceback" not in printed, printed


with app() as address, driving.chromium() as browser:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    driving.open_map(page, f"{address}/?run={sys.argv[1]}")
    print(f"the installed app draws {driving.look(page, 'n'):,} items")
