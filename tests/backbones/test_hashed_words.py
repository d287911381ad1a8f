"""Hashed words: counts of words and their pairs in bins, of length 1."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import registry
from fdmat_core.learning import features
from fdmat_core.spec import Choice
from tests.learning.test_features import toy

TEXTS = np.array(["good film", "Good, FILM!", "bad bad day", "film good", ""])


def encoded(texts=TEXTS, **params):
    return registry.backbones.get("hashed_words")((), params=params).encode(texts)


def test_words_count_whatever_their_case_and_pairs_by_their_order():
    made = encoded()
    assert made.shape == (5, 512) and made.dtype == np.float32
    assert np.array_equal(made[0], made[1])
    assert np.linalg.norm(made[:4], axis=1) == pytest.approx(1) and not made[4].any()
    # two words are shared and one pair of three is not: (1 + 1) / 3
    assert made[0] @ made[3] == pytest.approx(2 / 3)
    # "bad" twice, "day", "bad bad", "bad day": counts 2 1 1 1
    assert sorted(np.abs(made[2][made[2] != 0])) == pytest.approx([1 / 7**0.5] * 3 + [2 / 7**0.5])


def test_fewer_numbers_are_as_many_as_asked_for():
    assert encoded(size=16).shape == (5, 16)


def test_a_dataset_of_texts_becomes_a_table_of_them():
    data = dataclasses.replace(toy(n=60), images=None, fields={"text": np.array([f"item {i % 9}" for i in range(60)])})
    train, _ = features.extract(data, Choice.of("hashed_words", size=64))
    assert np.array_equal(train.embedding, encoded(data.split("train").fields["text"], size=64))
