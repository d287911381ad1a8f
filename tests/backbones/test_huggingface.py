"""Hugging Face: tiny models that transformers itself writes, read from their folders without a network."""

import dataclasses
import sys

import numpy as np
import pytest
import torch

from fdmat_core import registry
from fdmat_core.learning import features
from fdmat_core.spec import Choice
from tests.learning.test_features import mixture, toy

VISION, TEXT = registry.backbones.get("huggingface_vision"), registry.backbones.get("huggingface_text")
SMALL = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "film", "a", "the"]
TEXTS = np.array(["a good film", "the bad film film film", "bad", "", "good good a", "unheard of"])


@pytest.fixture
def hf():
    return pytest.importorskip("transformers")


@pytest.fixture
def vision(hf, tmp_path):
    """A ViT of 32 pixels with its processor in a folder."""
    torch.manual_seed(0)
    model = hf.ViTModel(hf.ViTConfig(image_size=32, patch_size=8, **SMALL)).eval()
    model.save_pretrained(tmp_path)
    processor = hf.ViTImageProcessor(size={"height": 32, "width": 32})
    processor.save_pretrained(tmp_path)
    return tmp_path, model, processor


@pytest.fixture
def text(hf, tmp_path):
    """A BERT that knows nine words, with its tokenizer in a folder."""
    torch.manual_seed(0)
    model = hf.BertModel(hf.BertConfig(vocab_size=len(WORDS), max_position_embeddings=12, **SMALL)).eval()
    model.save_pretrained(tmp_path)
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    tokenizer = hf.BertTokenizer(str(tmp_path / "vocab.txt"))
    tokenizer.save_pretrained(tmp_path)
    return tmp_path, model, hf.BertTokenizer.from_pretrained(tmp_path)


def pixels(processor, images):
    return processor(images=[np.repeat(image, 3, axis=2) for image in images], return_tensors="pt")["pixel_values"]


@pytest.mark.parametrize("pooling", ["pooled", "cls", "mean"])
def test_a_vision_model_gives_its_vectors(vision, pooling):
    folder, model, processor = vision
    data = toy(30, size=20)
    train, test = features.extract(data, Choice.of("huggingface_vision", folder=str(folder), pooling=pooling))
    with torch.inference_mode():
        made = model(pixel_values=pixels(processor, data.images(train.ids)))
    tokens = made.last_hidden_state
    expected = {"pooled": made.pooler_output, "cls": tokens[:, 0], "mean": tokens.mean(dim=1)}[pooling]
    assert train.embedding.shape == (24, 16) and len(test.embedding) == 6
    assert np.allclose(train.embedding, expected.numpy(), atol=1e-5)


def test_a_pooled_output_that_was_never_trained_is_not_used(hf, vision):
    folder, model, processor = vision
    model.pooler = None
    model.save_pretrained(folder)
    data = toy(10, size=20)
    train, _ = features.extract(data, Choice.of("huggingface_vision", folder=str(folder)))
    with torch.inference_mode():
        made = model(pixel_values=pixels(processor, data.images(train.ids)))
    assert np.allclose(train.embedding, made.last_hidden_state[:, 0].numpy(), atol=1e-5)


def test_of_clip_the_image_half_is_used(hf, tmp_path):
    torch.manual_seed(0)
    texts = SMALL | {"vocab_size": 9}
    config = hf.CLIPConfig(
        text_config=texts, vision_config=SMALL | {"image_size": 32, "patch_size": 8}, projection_dim=6
    )
    model = hf.CLIPModel(config).eval()
    model.save_pretrained(tmp_path)
    hf.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    train, _ = features.extract(toy(10, size=20), Choice.of("huggingface_vision", folder=str(tmp_path)))
    assert train.embedding.shape == (8, 6)
    train, _ = features.extract(toy(10, size=20), Choice.of("huggingface_vision", folder=str(tmp_path), pooling="cls"))
    assert train.embedding.shape == (8, 16)


def with_texts(n=60):
    data = dataclasses.replace(mixture(), fields={"text": np.resize(TEXTS, 200)})
    return dataclasses.replace(data, splits={name: ids[:n] for name, ids in data.splits.items()})


def test_a_text_model_gives_the_mean_over_the_words_that_are_there(text):
    folder, model, tokenizer = text
    data = with_texts()
    train, test = features.extract(data, Choice.of("huggingface_text", folder=str(folder)))
    assert train.embedding.shape == (60, 16) and test.embedding.shape[1] == 16
    for row in range(12):
        alone = tokenizer(str(data.fields["text"][data.rows_of(train.ids[[row]])][0]), return_tensors="pt")
        with torch.inference_mode():
            expected = model(**alone).last_hidden_state[0].mean(dim=0)  # no padding, so the plain mean
        assert np.allclose(train.embedding[row], expected.numpy(), atol=1e-5)


def test_long_texts_are_cut_off_where_the_model_ends(text):
    data = dataclasses.replace(with_texts(), fields={"text": np.array(["good film " * 50] * 200)})
    train, _ = features.extract(data, Choice.of("huggingface_text", folder=str(text[0])))
    short, _ = features.extract(data, Choice.of("huggingface_text", folder=str(text[0]), length=4))
    assert np.isfinite(train.embedding).all() and not np.allclose(train.embedding, short.embedding)


def test_a_dataset_without_texts_is_said(text):
    with pytest.raises(ValueError, match=r"reads text, which dataset 'mixture' does not have; .* such as 'given'"):
        features.extract(mixture(), Choice.of("huggingface_text", folder=str(text[0])))


def test_a_text_model_is_no_vision_model(text):
    with pytest.raises(ValueError, match=r"holds no preprocessor_config\.json; .* choose huggingface_text"):
        VISION((8, 8, 1), params={"folder": str(text[0])})


def test_pickles_are_never_read(vision, monkeypatch):
    folder, model, _ = vision
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=r"no weights as \.safetensors; put model\.safetensors there"):
        VISION((8, 8, 1), params={"folder": str(folder)})


def test_what_is_missing_in_a_folder_is_said(vision, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = vision[0]
    for wrong in ("", str(tmp_path / "nowhere")):
        with pytest.raises(ValueError, match=r"which is no folder; give the one with a model's config\.json"):
            VISION((8, 8, 1), params={"folder": wrong})
    state = load_file(folder / "model.safetensors")
    left = {name: tensor for name, tensor in state.items() if "layernorm.weight" not in name}
    save_file(left, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"lack 1 of this model, such as .*layernorm\.weight; download"):
        VISION((8, 8, 1), params={"folder": str(folder)})
    (folder / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(ValueError, match=r"cannot be read \(.*\); download its folder again"):
        VISION((8, 8, 1), params={"folder": str(folder)})
    (folder / "config.json").unlink()
    with pytest.raises(ValueError, match=r"holds no config\.json; give the folder"):
        VISION((8, 8, 1), params={"folder": str(folder)})


@pytest.mark.parametrize("entry", [VISION, TEXT], ids=["vision", "text"])
def test_it_names_its_extra(monkeypatch, entry):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ValueError, match=r'more packages; pip install "fdmat-explorer\[huggingface\]"'):
        entry((8, 8, 1), params={"folder": "."})
