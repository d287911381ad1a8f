"""What reading a file of features takes: `python -m benchmarks.reading`.

    --kinds a b c   these kinds of files instead of all
    --n --d         rows and columns of features (100000, 128)
    --out FILE      also write the table, as Markdown, with its conditions

Each line is a child process of its own. It reads a small file of the same kind first, so that libraries are loaded,
then resets the most memory that the system has seen (Linux only) and reads the whole file as the app does. "growth" is
the most memory that was held above what was held before, as a share of the larger of the file and of its features in
32 bits: a packed file may be smaller than what it holds. "of file" is the same as a share of the file alone.
"""

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas

NAMES = ("file MB", "features MB", "growth MB", "growth", "of file", "s / M cells")
HEADER = f"{'kind':<20}" + "".join(f"{name:>13}" for name in NAMES)


def frame(n, d, *, dtype=np.float32, gaps=0):
    """Features (n, d) beside an id, a label and a text."""
    rng = np.random.default_rng(0)
    values = rng.standard_normal((n, d)).astype(dtype)
    values[: n // 10, :gaps] = np.nan
    found = pandas.DataFrame(values, columns=[f"f{number}" for number in range(d)])
    found.insert(0, "id", rng.permutation(n))
    return found.assign(
        label=[f"class {number % 10}" for number in range(n)], text=[f"text {number}" for number in range(n)]
    )


def rows(found):
    """The same with all features in one column."""
    names = [name for name in found if name.startswith("f")]
    return found.drop(columns=names).assign(features=list(found[names].to_numpy()))


def lines(found, file):
    """A JSON object a line."""
    with file.open("w") as stream:
        for row in found.to_dict("records"):
            stream.write(json.dumps(row, default=lambda cells: [float(cell) for cell in cells]) + "\n")


def csv_of_rows(found, file):
    """Lists written as text."""
    found.assign(features=[json.dumps([round(float(cell), 6) for cell in row]) for row in found["features"]]).to_csv(
        file, index=False
    )


def arrays(found, file):
    """An .npz file."""
    values = found[[name for name in found if name.startswith("f")]].to_numpy()
    np.savez(file, features=values, labels=found["label"].to_numpy().astype(str), ids=found["id"])


KINDS = {
    "csv": lambda n, d, file: frame(n, d).round(6).to_csv(file, index=False),
    "csv, short": lambda n, d, file: frame(n, d).round(1).to_csv(file, index=False),
    "csv, lists": lambda n, d, file: csv_of_rows(rows(frame(n, d)), file),
    "tsv": lambda n, d, file: frame(n, d).round(6).to_csv(file, index=False, sep="\t"),
    "parquet, 32 bits": lambda n, d, file: frame(n, d).to_parquet(file),
    "parquet, 64 bits": lambda n, d, file: frame(n, d, dtype=np.float64).to_parquet(file),
    "parquet, with gaps": lambda n, d, file: frame(n, d, gaps=3).to_parquet(file),
    "parquet, lists": lambda n, d, file: rows(frame(n, d)).to_parquet(file),
    "feather, 32 bits": lambda n, d, file: frame(n, d).to_feather(file),
    "feather, 64 bits": lambda n, d, file: frame(n, d, dtype=np.float64).to_feather(file),
    "feather, lists": lambda n, d, file: rows(frame(n, d)).to_feather(file),
    "jsonl": lambda n, d, file: lines(frame(n, d).round(6), file),
    "jsonl, lists": lambda n, d, file: lines(rows(frame(n, d)), file),
    "npz": lambda n, d, file: arrays(frame(n, d), file),
    "npy": lambda n, d, file: np.save(file, frame(n, d).iloc[:, 1 : d + 1].to_numpy()),
}


def status(name):
    """A number of /proc/self/status in bytes."""
    found = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return 1024 * int(found.split()[1])


def child(small, large):
    """Read a small file, then a large one, and print what that took."""
    from fdmat_core import datasets

    datasets.open(small)
    gc.collect()
    before = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    began = time.monotonic()
    data = datasets.open(large)
    seconds = time.monotonic() - began
    print(json.dumps({"growth": status("VmHWM") - before, "seconds": seconds, "shape": data.features.shape}))


def line(kind, n, d, folder):
    """What reading a file of a kind takes, in a child process."""
    files = [Path(folder, f"{name}.{kind.partition(',')[0]}") for name in ("small", "large")]
    for file, count in zip(files, (100, n), strict=True):
        KINDS[kind](count, d, file)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading", "--child", *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "FDMAT_HOME": str(Path(folder, "home"))},
    )
    found = json.loads(done.stdout)
    size, features = files[1].stat().st_size, 4 * n * d
    for file in files:
        file.unlink()
    growth = found["growth"]
    values = (size / 1e6, features / 1e6, growth / 1e6, growth / max(size, features), growth / size)
    digits = (0, 0, 0, 2, 2, 2)
    numbers = zip((*values, found["seconds"] / (n * d / 1e6)), digits, strict=True)
    return f"{kind:<20}" + "".join(f"{value:13.{places}f}" for value, places in numbers)


def main():
    """Print a line for every kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--d", type=int, default=128)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--child", nargs=2)
    given = parser.parse_args()
    if given.child:
        child(*given.child)
        return
    load, found = os.getloadavg()[0], [HEADER]
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        for kind in given.kinds:
            found.append(line(kind, given.n, given.d, folder))
            print(found[-1], flush=True)
    if given.out:
        words = (
            "# Memory and seconds of reading a file of features\n\n"
            f"{given.n:,} rows of {given.d} numbers, an id, a label and a text. {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, pandas {pandas.__version__}. Load before the run {load:.1f}, after "
            f"{os.getloadavg()[0]:.1f}; seconds under load say little. {time.strftime('%Y-%m-%d')}.\n\n"
        )
        note = __doc__.rpartition("\n\n")[2]
        given.out.write_text(f"{words}```\n" + "\n".join(found) + f"\n```\n\n{note}")


if __name__ == "__main__":
    main()
