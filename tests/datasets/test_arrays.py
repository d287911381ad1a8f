"""Features of one's own: tables and arrays, read as people write them, or refused in words."""

import numpy as np
import pandas
import pytest

from fdmat_core import datasets
from fdmat_core.corruptions import corrupt
from fdmat_core.spec import Choice


def save_npz(tmp_path, **arrays):
    rng = np.random.default_rng(0)
    whole = {"features": rng.random((40, 3)), "labels": np.repeat([3, 7], 20)} | arrays
    np.savez(tmp_path / "mine.npz", **{name: array for name, array in whole.items() if array is not None})
    return Choice.of("arrays", path=str(tmp_path / "mine.npz"))


def test_features_of_ones_own(tmp_path):
    choice = save_npz(tmp_path, ids=np.arange(40) * 10 + 5)
    data = datasets.load(choice)
    assert data.classes == ("3", "7") and data.ids[:2].tolist() == [5, 15] and data.features.dtype == np.float32
    assert np.bincount(data.split("test").labels).tolist() == [4, 4]
    first = data.key
    save_npz(tmp_path, ids=np.arange(40) * 10 + 6)
    assert datasets.load(choice).key != first


def test_test_items_of_ones_own_go_on_from_the_largest_id(tmp_path):
    choice = save_npz(
        tmp_path,
        labels=np.repeat(["cat", "dog"], 20),
        test_features=np.ones((2, 3)),
        test_labels=np.array(["dog", "eel"]),
    )
    data = datasets.load(choice)
    assert data.splits["test"].tolist() == [40, 41] and data.classes == ("cat", "dog", "eel")
    assert data.split("test").labels.tolist() == [1, 2] and data.split("test").features.tolist() == [[1, 1, 1]] * 2


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"features": None}, "must hold features"),
        ({"label": np.zeros(40)}, "holds labels, label, which are both labels"),
        ({"labels": np.zeros(39)}, "labels has 39 rows, features 40"),
        ({"labels": np.full(40, 0.5)}, "label is 0.5 in row 0, a fraction and no class"),
        ({"features": np.zeros(40)}, r"features has shape \(40,\); give \(n, d\)"),
        ({"features": np.full((40, 3), np.nan)}, "40 of 40 rows of features have 120 values that are missing"),
        ({"features": np.full((40, 3), "x")}, "features holds values that are no numbers"),
        ({"ids": np.zeros(40, int)}, "id 0 occurs more than once"),
        ({"test_features": np.zeros((2, 3))}, "there is labels but no test_labels"),
        (
            {"test_features": np.zeros((2, 4)), "test_labels": np.zeros(2)},
            r"test_features is \(4,\) wide, features \(3,\)",
        ),
    ],
)
def test_wrong_arrays_are_refused_in_words(tmp_path, arrays, message):
    with pytest.raises(ValueError, match=message):
        datasets.load(save_npz(tmp_path, **arrays))


def test_pickles_and_missing_files_are_refused(tmp_path):
    np.savez(tmp_path / "mine.npz", features=np.array([{"a": 1}], dtype=object), labels=np.zeros(1))
    (tmp_path / "text.npz").write_text("hello")
    for name in ("mine.npz", "text.npz"):
        with pytest.raises(ValueError, match=r"is no \.npz file of plain arrays"):
            datasets.load(Choice.of("arrays", path=str(tmp_path / name)))
    with pytest.raises(ValueError, match="path is empty"):
        datasets.load("arrays")


def test_a_table_of_ones_own(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("id,width,kind,height\n" + "".join(f"{100 + i},{2 * i},{'ab'[i % 2]},{i * i}\n" for i in range(20)))
    data = datasets.load(Choice.of("arrays", path=str(file), label="kind"))
    assert data.classes == ("a", "b") and data.ids[:2].tolist() == [100, 101]
    assert data.features[3].tolist() == [6, 9] and data.labels[:3].tolist() == [0, 1, 0]
    assert data.columns == data.split("test").columns == ("width", "height")
    with pytest.raises(ValueError, match="no such column; it has id, width, kind, height"):
        datasets.load(Choice.of("arrays", path=str(file), label="sort"))
    with pytest.raises(ValueError, match="no such column; did you mean 'kind'"):
        datasets.load(Choice.of("arrays", path=str(file), label="kid"))


def test_columns_that_may_hold_the_labels_are_named(tmp_path):
    file = tmp_path / "mine.csv"
    rows = [f"{i},{2 * i},{'ab'[i % 2]},bottle {i},same\n" for i in range(20)]
    file.write_text("id,width,cultivar,name,shop\n" + "".join(rows))
    data = datasets.load(Choice.of("arrays", path=str(file)))
    (said,) = [one for one in data.findings if one.action == "taken as data without labels"]
    assert (
        said.text.endswith("category, fine_label; cultivar has 2 different words") and said.switch == "label=cultivar"
    )
    assert "20% of the items are held out for testing" in [one.action for one in data.findings]


def load(file, **settings):
    return datasets.load(Choice.of("arrays", path=str(file), **settings))


def said(data):
    """All findings as text."""
    return "\n".join(map(str, data.findings))


def table(**columns):
    """Twenty rows: two features, and columns of the caller's."""
    rng = np.random.default_rng(1)
    return pandas.DataFrame({"a": rng.random(20), "b": rng.random(20), **columns})


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "feather", "jsonl"])
def test_every_kind_of_table_gives_the_same_data(tmp_path, ending):
    frame = table(label=["x", "NA"] * 10, note=[f"n{i}" for i in range(20)], split=["train", "test"] * 10)
    frame["label"] = ["x", "x", "NA", "NA"] * 5
    file = tmp_path / f"t.{ending}"
    write = {
        "csv": lambda: frame.to_csv(file, index=False),
        "tsv": lambda: frame.to_csv(file, index=False, sep="\t"),
        "parquet": lambda: frame.to_parquet(file),
        "feather": lambda: frame.to_feather(file),
        "jsonl": lambda: frame.to_json(file, orient="records", lines=True, double_precision=15),
    }
    write[ending]()
    data = load(file)
    assert data.classes == ("NA", "x") and data.labels[:4].tolist() == [1, 1, 0, 0]
    assert np.allclose(data.features, frame[["a", "b"]].to_numpy(np.float32), atol=1e-7)
    assert data.splits["train"].tolist() == list(range(0, 20, 2)) and data.fields["note"][3] == "n3"


def test_a_saved_index_is_no_feature(tmp_path):
    table(label=list("ab") * 10).to_csv(tmp_path / "t.csv")
    data = load(tmp_path / "t.csv")
    assert data.features.shape == (20, 2) and "Unnamed: 0 in t.csv only counts the rows: left out" in said(data)
    assert load(tmp_path / "t.csv", row_numbers="keep").features.shape == (20, 3)


def test_missing_labels_are_no_class(tmp_path):
    table(label=["a", "b", "", "None"] * 5).to_csv(tmp_path / "t.csv", index=False)
    data = load(tmp_path / "t.csv")
    assert data.classes == ("None", "a", "b") and len(data.ids) == 15 and 2 not in data.ids
    assert "5 of 20 rows have no label (line 4 of t.csv; line 8 of t.csv; line 12 of t.csv): left out" in said(data)
    kept = load(tmp_path / "t.csv", unlabelled="class")
    assert kept.classes == ("None", "a", "b", "no label") and kept.labels[2] == 3
    np.savez(tmp_path / "t.npz", features=np.eye(20, 3), labels=np.tile([0, 1, -1, 0], 5))
    minus = load(tmp_path / "t.npz")
    assert minus.classes == ("0", "1") and len(minus.ids) == 15


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.array([b"Bag", b"Coat"] * 10), ("Bag", "Coat")),
        (np.tile([True, False], 10), ("False", "True")),
        (np.eye(4, dtype=int)[np.arange(20) % 4], ("0", "1", "2", "3")),
        (np.tile([10.0, 9.0], 10), ("9", "10")),
        (np.tile([10, 9], 10).astype(np.uint64), ("9", "10")),
        (np.tile([[3], [5]], (10, 1)), ("3", "5")),
    ],
)
def test_labels_as_people_write_them(tmp_path, labels, classes):
    np.savez(tmp_path / "t.npz", features=np.random.default_rng(0).random((20, 3)), labels=labels)
    assert load(tmp_path / "t.npz").classes == classes


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.arange(120), "label has 120 different values in 120 rows, which look like ids"),
        (np.ones((120, 3)), "label names 3 classes in row 0"),
        (np.arange(120).astype("datetime64[D]"), "which are no classes"),
        (np.linspace(0, 1, 120), r"label is 0\.00840336 in row 1, a fraction"),
    ],
)
def test_what_cannot_be_classes_is_refused(tmp_path, labels, message):
    np.savez(tmp_path / "t.npz", features=np.ones((120, 3)), labels=labels)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "t.npz")
    assert not load(tmp_path / "t.npz", label="none").labelled


def test_measured_numbers_are_taken_as_classes_with_a_word(tmp_path):
    np.savez(tmp_path / "t.npz", features=np.random.default_rng(0).random((216, 3)), labels=np.arange(216) % 72)
    assert "label holds 72 different whole numbers" in said(load(tmp_path / "t.npz"))


def test_a_gap_is_named_by_its_column_whatever_stands_before(tmp_path):
    """The label, an empty column, and columns of words do not count; without names the number in the array does."""
    frame = pandas.DataFrame({"label": list("ab") * 10, "void": np.nan, "word": "x"}).join(table())
    frame.loc[4, "b"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert "line 6 of t.csv, column b" in said(load(tmp_path / "t.csv"))
    values = frame[["void", "a", "b"]].to_numpy()
    np.savez(tmp_path / "t.npz", features=values)
    assert "row 4 of t.npz, column 3 of features" in said(load(tmp_path / "t.npz"))
    vectors = pandas.DataFrame({"label": list("ab") * 10, "embedding": list(frame[["a", "b"]].to_numpy())})
    vectors.to_parquet(tmp_path / "t.parquet")
    assert "row 4 of t.parquet, column 2 of the features" in said(load(tmp_path / "t.parquet"))


def test_rows_with_gaps_are_left_out_or_filled(tmp_path):
    frame = table(label=list("ab") * 10)
    frame.loc[[3, 7], "a"] = np.nan
    frame.loc[5, "b"] = np.inf
    frame.to_parquet(tmp_path / "t.parquet")
    data = load(tmp_path / "t.parquet")
    assert set(range(20)) - set(data.ids.tolist()) == {3, 5, 7} and np.isfinite(np.asarray(data.features)).all()
    assert "(row 3 of t.parquet, column a; row 5 of t.parquet, column b; row 7 of t.parquet, column a)" in said(data)
    filled = load(tmp_path / "t.parquet", missing="mean")
    assert len(filled.ids) == 20 and filled.features[3, 0] == pytest.approx(np.nanmean(frame["a"].to_numpy()), abs=1e-6)
    with pytest.raises(ValueError, match="remove these rows"):
        load(tmp_path / "t.parquet", missing="refuse")


def test_columns_of_different_units_are_said_and_can_be_standardised(tmp_path):
    table(label=list("ab") * 10, c=np.random.default_rng(2).random(20) * 1e5, d=np.full(20, 7.0)).to_csv(
        tmp_path / "t.csv"
    )
    data = read = load(tmp_path / "t.csv")
    assert "different units" in said(data) and "1 of 4 columns of the features is constant" in said(data)
    data = load(tmp_path / "t.csv", standardise=True)
    assert "brought to mean 0 and spread 1; standardise=false decides otherwise" in said(data)
    assert "as they are" not in said(data)
    scaled = data.features
    assert np.allclose(scaled.std(axis=0), [1, 1, 1, 0], atol=1e-5) and np.allclose(scaled.mean(axis=0), 0, atol=1e-6)
    assert read.units is None and np.allclose(scaled * data.units[0] + data.units[1], read.features, rtol=1e-6)


@pytest.mark.parametrize(
    ("ids", "numbered"),
    [
        (np.array([2**63 + i for i in range(20)], dtype=np.uint64), True),
        (np.array([f"item {i}" for i in range(20)]), True),
        (-np.arange(20) * 2**40 - 1, False),
        (np.arange(20) * 2.0 + 2**33, False),
    ],
)
def test_ids_of_any_kind_survive(tmp_path, ids, numbered):
    np.savez(tmp_path / "t.npz", features=np.random.default_rng(0).random((20, 3)), ids=ids)
    data = load(tmp_path / "t.npz")
    if numbered:
        assert data.ids.tolist() == list(range(20)) and data.fields["id"].tolist() == ids.astype(str).tolist()
    else:
        assert data.ids.tolist() == ids.astype(np.int64).tolist()


def test_classes_of_two_rows_have_a_test_item(tmp_path):
    np.savez(tmp_path / "t.npz", features=np.random.default_rng(0).random((10, 3)), labels=np.repeat(np.arange(5), 2))
    data = load(tmp_path / "t.npz")
    assert np.bincount(data.split("test").labels).tolist() == [1] * 5


def test_validation_items_test_where_nothing_else_does(tmp_path):
    frame = table(label=list("ab") * 10, split=["train"] * 12 + ["valid"] * 8)
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert load(tmp_path / "t.csv").splits["test"].tolist() == list(range(12, 20))
    assert len(load(tmp_path / "t.csv", validation="train").splits["train"]) == 16  # a share is held out then
    frame.loc[18:, "split"] = "test"
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = load(tmp_path / "t.csv")
    assert len(data.ids) == 14 and "6 validation items: left out" in said(data)
    frame.loc[3, "split"] = "fold 3"
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(ValueError, match=r"split is 'fold 3' in line 5 of t\.csv; say train, validation or test"):
        load(tmp_path / "t.csv")


def test_logits_and_text_come_along(tmp_path):
    rng = np.random.default_rng(0)
    logits, words = rng.random((20, 2)).astype(np.float32), np.array([f"text {i}" for i in range(20)])
    np.savez(tmp_path / "t.npz", X=rng.random((20, 3)), y=np.arange(20) % 2, logits=logits, text=words, extra=words)
    data = load(tmp_path / "t.npz")
    assert np.array_equal(data.logits, logits) and data.fields["text"][4] == "text 4"
    assert "t.npz also holds extra: passed over" in said(data)
    assert np.array_equal(data.split("test").logits, logits[np.sort(data.splits["test"])])


@pytest.mark.parametrize("width", [1, 5])
def test_logits_without_labels_are_said_to_be_of_no_use(tmp_path, width):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "t.npz", X=rng.random((20, 3)), logits=rng.random((20, width)))
    data = load(tmp_path / "t.npz")
    assert data.logits is None and not data.labelled
    assert "there are logits, but no labels that tell classes apart: the logits are not used" in said(data)


def test_embeddings_in_one_column_leave_the_others_as_fields(tmp_path):
    frame = table(label=list("ab") * 10, sentence=[f"s{i}" for i in range(20)])
    frame = frame.assign(embedding=[np.arange(4.0) + i for i in range(20)])
    frame.to_parquet(tmp_path / "t.parquet")
    data = load(tmp_path / "t.parquet")
    assert data.features.shape == (20, 4) and set(data.fields) == {"a", "b", "text"} and data.fields["text"][2] == "s2"
    frame = frame.assign(embedding=[np.arange(4.0 + (i == 5)) for i in range(20)])
    frame.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(ValueError, match="embedding has 5 numbers in row 5"):
        load(tmp_path / "t.parquet")


def test_small_images_in_an_array_are_images(tmp_path):
    images = np.random.default_rng(0).integers(0, 255, (20, 8, 8, 3)).astype(np.uint8)
    np.savez(tmp_path / "t.npz", images=images, labels=np.arange(20) % 2)
    data = load(tmp_path / "t.npz")
    assert np.array_equal(data.images(np.array([7, 2])), images[[7, 2]]) and data.features is None


def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path):
    import zipfile

    with (
        zipfile.ZipFile(tmp_path / "t.npz", "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("features.npy", "w") as one,
    ):
        for _ in range(300):
            one.write(bytes(2**20))
    with pytest.raises(ValueError, match=r"unpacks to 0\.3 GB"):
        load(tmp_path / "t.npz")


VERSIONS = ("3.1", "3.10", "3.2", "4.0")


def test_words_that_are_fractions_are_classes_where_words_are_no_numbers(tmp_path):
    frame = table(label=[*VERSIONS] * 5)
    for ending, write in (("parquet", frame.to_parquet), ("feather", frame.to_feather)):
        write(tmp_path / f"t.{ending}")
        data = load(tmp_path / f"t.{ending}")
        assert data.classes == VERSIONS and data.labels[:4].tolist() == [0, 1, 2, 3]
        assert "label holds words that are fractions (3.1, 3.10, 3.2, 4.0)" in said(data)
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True)
    np.savez(tmp_path / "t.npz", features=np.eye(20, 3), labels=np.array([*VERSIONS] * 5))
    assert load(tmp_path / "t.jsonl").classes == load(tmp_path / "t.npz").classes == VERSIONS
    table(label=["1.0", "2", "10", "2"] * 5).to_parquet(tmp_path / "u.parquet")
    assert load(tmp_path / "u.parquet").classes == ("1", "2", "10")  # all are whole numbers


def test_fractions_in_a_text_file_are_measured_unless_two_are_the_same_number(tmp_path):
    """A text file does not tell words from numbers; versions write 3.1 and 3.10, measurements one of them."""
    table(label=[*VERSIONS] * 5).to_csv(tmp_path / "t.csv", index=False)
    assert load(tmp_path / "t.csv").classes == VERSIONS and "as it is written" in said(load(tmp_path / "t.csv"))
    for measured in (["1.5", "2.75"], ["0.5", "1", "1.0", "2.0"], ["3.10", "3.20"]):
        table(label=measured * (20 // len(measured))).to_csv(tmp_path / "t.csv", index=False)
        with pytest.raises(ValueError, match="a fraction and no class"):
            load(tmp_path / "t.csv")
    table(label=[*VERSIONS, "beta"] * 4).to_csv(tmp_path / "t.csv", index=False)
    assert load(tmp_path / "t.csv").classes == (*VERSIONS, "beta")


def test_a_table_of_texts_alone_is_data_for_a_backbone_that_reads_text(tmp_path):
    rows = [f"the {('ball', 'bank')[i % 2]} number {i},{('sport', 'money')[i % 2]},n{i}" for i in range(40)]
    (tmp_path / "news.csv").write_text("\n".join(["text,label,note", *rows]) + "\n")
    data = datasets.open(tmp_path / "news.csv")
    assert data.features is None and data.holds == "text" and data.classes == ("money", "sport")
    assert data.fields["text"][3] == "the bank number 3" and data.fields["note"][3] == "n3"
    assert str(datasets.suited(data)) == "hashed_words"
    with pytest.raises(ValueError, match="no features of its own; use a backbone that reads its text"):
        data.features_of(data.ids)
    with pytest.raises(ValueError, match="holds texts, and this corruption changes images or features"):
        corrupt(data, Choice("outliers"))


def test_words_in_another_column_are_no_items(tmp_path):
    (tmp_path / "names.csv").write_text("name,label\na,x\nb,y\nc,x\n")
    with pytest.raises(ValueError, match=r"no column of numbers.*into a column named text"):
        datasets.open(tmp_path / "names.csv")
