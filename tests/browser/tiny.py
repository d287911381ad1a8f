"""Makes a small noisy run of digits in seconds: `FDMAT_HOME=... python -m tests.browser.tiny`. UMAP is left out."""

from fdmat_core import projection
from fdmat_core.runs import library
from fdmat_core.spec import Choice, Spec

SPEC = Spec(
    dataset=Choice("digits"),
    backbone=Choice("pixels"),
    methods=(Choice("fdmat"), Choice("random"), Choice("moderate")),
    measures=(Choice("sliced_wasserstein"), Choice("linear_probe")),
    corruption=Choice.of("symmetric", rate=0.1),
    fractions=(0.01, 0.05, 0.1, 0.5, 1.0),
    seeds=2,
    band=2,
)


def main() -> None:
    """Make the run; its UMAP is a copy of the PCA map, because UMAP compiles for half a minute."""
    projection.umap = lambda table, _seed=0: projection.pca(table)
    library.execute(SPEC)


if __name__ == "__main__":
    main()
