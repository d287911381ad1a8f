"""Looks at a stored run in the app of the installed wheel, from any folder: `python .ci/installed.py RUN`.

Chromium has to draw the Map page, and Ctrl-C has to end the app. Only what drives the browser is of the repository.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from tests.browser import driving


@contextlib.contextmanager
def app() -> Iterator[str]:
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
        try:
            driving.wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://localhost:{port}"
            process.send_signal(signal.SIGINT)
            printed, _ = process.communicate(timeout=60)
        finally:
            process.kill()
        # the address is that of our settings, which Streamlit has read, then, from beside the app
        assert f"  URL: http://localhost:{port}\n" in printed and "Traceback" not in printed, printed


with app() as address, driving.chromium() as browser:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    driving.open_map(page, f"{address}/?run={sys.argv[1]}")
print("the installed app draws its map, and ends when it is asked to")
