"""Forms of other tools: ids, ranks and reasons come back exact, from the package itself where it is installed."""

import base64
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fdmat_core import projection
from fdmat_core.report import tools
from fdmat_core.runs import decisions, exchange, library
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec

FDMAT, KEPT = Choice("fdmat"), 0.1


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """UMAP takes long to compile."""
    monkeypatch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))


@pytest.fixture
def told(run):
    """The ranking of the run, the worst item relabelled to another class and the best one dropped."""
    table, order = run.tables[0], run.evidence.order
    worst, other = int(order[-1]), table.classes[(table.labels[order[-1]] + 1) % table.c]
    said = [Decision(int(table.ids[worst]), "relabel", other), Decision(int(table.ids[order[0]]), "drop")]
    decisions.decide_all(run.dataset_key, said)
    yield exchange.ranking(run, FDMAT, KEPT)
    for _ in said:
        decisions.undo(run.dataset_key, "")


def test_cleanlab_trains_without_the_issues_of_its_table(run, told):
    cleanlab = pytest.importorskip("cleanlab.classification")
    frame = pd.read_csv(io.BytesIO(tools.content("cleanlab", run, FDMAT, KEPT)), keep_default_na=False)
    table, seen = run.tables[0], []
    by_id = np.argsort(table.ids)
    assert frame["id"].tolist() == table.ids[by_id].tolist()
    assert frame["given_label"].tolist() == table.labels[by_id].tolist()
    ranks = told.set_index("id")
    assert frame["rank"].tolist() == ranks.loc[frame["id"], "rank"].tolist()
    assert frame["reason"].tolist() == ranks.loc[frame["id"], "reason"].tolist()

    class Counts:
        def fit(self, x, y, **_):
            seen.append(x[:, 0].tolist())

        def predict(self, x):
            return np.zeros(len(x), int)

        def predict_proba(self, x):
            return np.full((len(x), table.c), 1 / table.c)

        def get_params(self, deep=True):
            return {}

    learner = cleanlab.CleanLearning(Counts())
    learner.fit(frame[["id"]].to_numpy(), table.labels[by_id], label_issues=frame)
    assert seen[-1] == frame.loc[~frame["is_label_issue"], "id"].tolist() and frame["is_label_issue"].sum() > 0


def test_hugging_face_selects_the_very_items(tmp_path):
    package = pytest.importorskip("datasets")
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 60)
    columns = {name: (rng.standard_normal(120) + 4 * labels).tolist() for name in "abc"}
    features = package.Features(
        {name: package.Value("float64") for name in "abc"} | {"label": package.ClassLabel(names=["cat", "dog"])}
    )
    saved = package.Dataset.from_dict(columns | {"label": labels.tolist()}, features=features)
    saved.save_to_disk(str(tmp_path / "saved"))
    spec = make_spec("fdmat", dataset=Choice.of("huggingface", path=str(tmp_path / "saved")))
    library.execute(spec)
    found = json.loads(tools.content("huggingface", Run(spec), FDMAT, 0.2))
    ranking = exchange.selected(Run(spec), FDMAT, 0.2)
    picked = package.load_from_disk(str(tmp_path / "saved")).select(found["indices"])
    assert found["indices"] == ranking["id"].tolist() and found["rank"] == list(range(1, len(ranking) + 1))
    assert [found["classes"][one] for one in picked["label"]] == found["final_label"] == ranking["final_label"].tolist()
    data = Run(spec).dataset()
    there = np.stack([picked[name] for name in "abc"], axis=1)
    assert np.allclose(there, data.features_of(np.array(found["indices"])))


def test_fiftyone_gets_every_image_under_its_id(run, told):
    with zipfile.ZipFile(io.BytesIO(tools.content("fiftyone", run, FDMAT, KEPT))) as file:
        labels = json.loads(file.read("labels.json"))
        names = {name for name in file.namelist() if name.startswith("data/")}
        first = np.asarray(Image.open(io.BytesIO(file.read(f"data/{told['id'][0]}.png"))))
    assert labels["classes"] == list(run.tables[0].classes)
    assert names == {f"data/{item}.png" for item in told["id"]} and set(labels["labels"]) == set(map(str, told["id"]))
    assert np.array_equal(first, run.dataset().images_of(told["id"].to_numpy()[:1])[0, ..., 0])
    for line in told.to_dict("records"):
        entry = labels["labels"][str(line["id"])]
        assert entry["label"] == line["final_label"]
        assert entry["attributes"]["rank"] == line["rank"] and entry["attributes"]["reason"] == line["reason"]
    assert told["corrected_label"][0] == labels["labels"][str(told["id"][0])]["label"]


def test_embedding_atlas_gets_the_places_of_the_map(run, told):
    frame = pd.read_parquet(io.BytesIO(tools.content("atlas", run, FDMAT, KEPT)))
    assert {"x", "y", "rank", "reason", "final_label", "kept"} <= set(frame.columns)
    assert frame["id"].tolist() == told["id"].tolist() and frame["rank"].tolist() == told["rank"].tolist()
    rows = [run.tables[0].ids.tolist().index(item) for item in frame["id"]]
    assert np.array_equal(frame[["x", "y"]].to_numpy(), run.projection.xy[rows])


def test_label_studio_gets_a_task_for_each_suspect_the_worst_first(run, told):
    tasks = json.loads(tools.content("label-studio", run, FDMAT, KEPT))
    suspects = told[told["reason"] != ""].iloc[::-1]
    assert [task["data"]["id"] for task in tasks] == suspects["id"].tolist()
    assert [task["data"]["rank"] for task in tasks] == suspects["rank"].tolist()
    assert [task["data"]["reason"] for task in tasks] == suspects["reason"].tolist()
    preferred, body = exchange.issues(run).set_index("id")["predicted_label"], ""
    for task in tasks:
        (result,) = task["predictions"][0]["result"]
        assert result["value"] == {"choices": [preferred[task["data"]["id"]]]}
        assert (result["from_name"], result["to_name"], result["type"]) == ("label", "image", "choices")
        head, _, body = task["data"]["image"].partition(",")
        assert head == "data:image/png;base64"
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(body))))
    assert np.array_equal(shown, run.dataset().images_of(suspects["id"].to_numpy()[-1:])[0, ..., 0])


def test_a_table_of_weights_and_biases_holds_every_item(run, told):
    content = json.loads(tools.content("wandb", run, FDMAT, KEPT))
    frame = pd.DataFrame(content["data"], columns=content["columns"])
    for column in frame:
        assert frame[column].tolist() == told[column].tolist()
    assert frame["decision"].value_counts()[["drop", "relabel"]].tolist() == [1, 1] and frame["id"].dtype == np.int64
    table = pytest.importorskip("wandb").Table(**content)
    assert table.get_column("id") == told["id"].tolist() and len(table.data) == run.tables[0].n


def test_the_same_run_gives_the_same_bytes(run):
    for name in tools.TOOLS:
        assert tools.content(name, run, FDMAT, KEPT) == tools.content(name, run, FDMAT, KEPT)


def test_what_a_tool_cannot_show_is_refused(run):
    with pytest.raises(ValueError, match="tool is 'excel'; choose cleanlab, huggingface"):
        tools.content("excel", run, FDMAT, KEPT)
    spec = make_spec("fdmat")
    library.execute(spec)
    with pytest.raises(ValueError, match="shows images, which these data have not"):
        tools.content("fiftyone", Run(spec), FDMAT, KEPT)


def test_pictures_of_other_data_than_those_of_the_run_are_not_handed_over(run, monkeypatch):
    data = run.train()
    monkeypatch.setattr(Run, "train", lambda self: replace(data, images=None, features=run.tables[0].embedding))
    for name in ("fiftyone", "label-studio"):
        with pytest.raises(ValueError, match="shows images, and the data of this run have changed"):
            tools.content(name, run, FDMAT, KEPT)
