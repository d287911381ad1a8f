"""Lists of images: paths, labels, splits and further columns; and images inside a Parquet file."""

import io

import numpy as np
import pandas
import pytest
from PIL import Image

from fdmat_core import datasets
from fdmat_core.spec import Choice


@pytest.fixture
def listed(tmp_path):
    """A folder of twelve images, and the table that lists them."""
    (tmp_path / "pictures").mkdir()
    for number in range(12):
        Image.new("RGB", (10, 10), (20 * number, 0, 0)).save(tmp_path / "pictures" / f"{number}.png")
    return pandas.DataFrame(
        {
            "path": [f"pictures/{number}.png" for number in range(12)],
            "label": ["cat", "dog"] * 6,
            "split": ["train"] * 8 + ["test"] * 4,
            "camera": [f"no {number}" for number in range(12)],
        }
    )


def load(file, **settings):
    return datasets.load(Choice.of("manifest", path=str(file), **settings))


def test_a_table_lists_images(tmp_path, listed):
    listed.to_csv(tmp_path / "list.csv")  # with the index that pandas writes
    assert datasets.recognise(tmp_path / "list.csv").choice.name == "manifest"
    data = datasets.open(tmp_path / "list.csv")
    assert data.classes == ("cat", "dog") and data.splits["test"].tolist() == [8, 9, 10, 11]
    assert data.images(np.array([5, 2]))[:, 9, 9, 0].tolist() == [100, 40]
    assert set(data.fields) == {"camera", "file"} and data.fields["camera"][7] == "no 7"
    assert data.fields["file"][7] == "pictures/7.png"


def test_rows_without_an_image_are_left_out_and_named(tmp_path, listed):
    listed.loc[3, "path"] = "pictures/none.png"
    listed.loc[4, "path"] = "../elsewhere.png"
    Image.new("RGB", (10, 10)).save(tmp_path.parent / "elsewhere.png")
    listed.to_csv(tmp_path / "list.csv", index=False)
    data = load(tmp_path / "list.csv")
    words = "\n".join(map(str, data.findings))
    assert set(range(12)) - set(data.ids.tolist()) == {3, 4}
    assert "row 3: no file pictures/none.png" in words and "row 4: ../elsewhere.png leads out of the folder" in words
    assert len(load(tmp_path / "list.csv", links=True).ids) == 11
    with pytest.raises(ValueError, match="root=FOLDER names another"):
        (tmp_path / "deep").mkdir()
        listed.to_csv(tmp_path / "deep" / "list.csv", index=False)
        load(tmp_path / "deep" / "list.csv")
    assert len(load(tmp_path / "deep" / "list.csv", root=str(tmp_path)).ids) == 10


def test_images_inside_a_parquet_file(tmp_path):
    def png(value):
        buffer = io.BytesIO()
        Image.new("RGB", (6, 6), (value, 0, 0)).save(buffer, "PNG")
        return {"bytes": buffer.getvalue(), "path": None}

    frame = pandas.DataFrame({"image": [png(10 * i) for i in range(10)], "label": [0, 1] * 5})
    frame.to_parquet(tmp_path / "t.parquet")
    data = datasets.open(tmp_path / "t.parquet")
    assert data.classes == ("0", "1") and data.images(np.array([7]))[0, 3, 3, 0] == 70


def test_a_changed_image_is_another_dataset(tmp_path, listed):
    listed.to_csv(tmp_path / "list.csv", index=False)
    before = load(tmp_path / "list.csv").key
    Image.new("RGB", (11, 10)).save(tmp_path / "pictures" / "0.png")
    assert load(tmp_path / "list.csv").key != before


def test_columns_that_may_hold_the_labels_are_named(tmp_path, listed):
    listed.rename(columns={"label": "animal"}).to_csv(tmp_path / "list.csv", index=False)
    data = load(tmp_path / "list.csv")
    (found,) = [one for one in data.findings if one.action == "taken as data without labels"]
    assert found.text.endswith("fine_label; animal has 2 different words") and found.switch == "label=animal"
