"""Opens a report from disk in a browser without a network: for its tests and its benchmark."""

import time

from tests.browser import driving

STATE = "document.documentElement.fdmat?.picture?.state"


def opened(page, file):
    """Open a report and return the seconds until its map was drawn; the page's policy forbids to wait by its script."""
    began = time.perf_counter()
    page.goto(file.as_uri())
    while not page.evaluate(f"({STATE}?.frames ?? 0) > 0"):
        page.wait_for_timeout(10)
    return time.perf_counter() - began


def slide_to(page, place):
    """Put the thumb at a place from 0 to 1 and let go."""
    driving.move_once(page, place, STATE)
    page.wait_for_timeout(100)


def kept_ids(page):
    """The items that the map keeps, ascending."""
    ids = f"[...{STATE}.points.ids].filter((_, row) => {STATE}.rank[row] < {STATE}.slider.k).map(Number)"
    return sorted(page.evaluate(ids))
