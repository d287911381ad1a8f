"""A picture from outside beside the items of a run: what it shows comes first; else a sentence says why not."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fdmat_core import selection
from fdmat_core.analysis import issues
from fdmat_core.reading import images
from fdmat_core.runs import artifacts, library, likeness, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec, with_features

DIGITS = make_spec("herding", dataset=Choice("digits"), backbone=Choice("pixels"))


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def run():
    library.save(with_features(DIGITS))
    return Run(DIGITS)


def test_the_picture_of_an_item_finds_that_item_and_those_that_are_like_it(run):
    data, table = run.dataset(), run.tables[0]
    pixels = data.images_of(table.ids[40:41])[0]
    found = likeness.to_picture(run, data, png(pixels[..., 0]))
    assert found.shape == (table.n,) and found.argmax() == 40 and abs(found[40]) < 1e-5
    told = issues.likeness(issues.transported(table, selection.rank(table, "fdmat")), 40)
    assert np.argsort(-found)[:20].tolist() == np.argsort(-told)[:20].tolist()
    large = np.repeat(np.repeat(pixels, 8, axis=0), 8, axis=1)  # another size, and in colour
    assert likeness.to_picture(run, data, png(np.repeat(large, 3, axis=2))).argmax() == 40


def test_no_picture_is_refused_in_words(run):
    for broken in (b"", b"no picture", png(np.zeros((8, 8), np.uint8))[:40]):
        with pytest.raises(ValueError, match="the picture cannot be read: "):
            likeness.to_picture(run, run.dataset(), broken)


def test_a_network_that_is_not_there_is_no_way_for_a_picture(run, monkeypatch):
    data = run.dataset()
    assert likeness.unable(run, data) == ""
    learned = replace(DIGITS, backbone=Choice("early_cnn"))
    library.save(learned)
    artifacts.note(settings.checked(learned), artifacts.used_features(settings.checked(DIGITS)))
    assert "learned these data and was not stored" in likeness.unable(Run(learned), data)
    given = with_features(make_spec("herding"))
    assert "come from features, not from pictures" in likeness.unable(Run(given), Run(given).dataset())
    assert "has no features yet" in likeness.unable(Run(replace(DIGITS, balance="none")), data)
    monkeypatch.setattr(artifacts, "weights", lambda spec: "others")
    assert "no longer those that the features were made of" in likeness.unable(run, data)


def test_images_are_fitted_to_any_shape():
    wide = np.zeros((10, 40, 3), np.uint8)
    wide[:, 15:25] = (200, 0, 0)
    square = images.fitted(png(wide), (5, 5, 3))
    assert square.shape == (5, 5, 3) and square[2, 2].tolist() == [200, 0, 0] and square[..., 0].min() > 180
    grey = images.fitted(png(wide), (4, 16, 1))
    assert grey.shape == (4, 16, 1) and grey[0, 0, 0] == 0 and abs(int(grey[2, 8, 0]) - 200 * 0.299) < 2
