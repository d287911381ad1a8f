"""A published table again: its recipes, the order and the resumption of trials, and what the report says of them."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks import published, published_report
from benchmarks.published_recipes import RECIPES, Data, Value, augmented, counts, learn, lenet, resnet18, scaled, steps
from fdmat_core.spec import Choice, Spec
from tests.datasets.test_torchvision import write_cifar

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"
LBCS, DEEPCORE = RECIPES["lbcs"], RECIPES["deepcore"]


def weights(network):
    return sum(each.numel() for each in network.parameters())


def test_lenet_is_the_one_with_61706_weights():
    """156 + 2,416 in the convolutions, 48,120 + 10,164 + 850 in the linear layers."""
    assert weights(lenet(10)) == 61_706
    assert weights(lenet(2)) == 61_706 - 8 * 85


def test_the_first_layers_of_lenet_are_convolution_relu_and_pool():
    network = lenet(10)
    plain = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2))
    plain[0].load_state_dict(network[0].state_dict())
    images = torch.rand(3, 1, 28, 28)
    for layers in (plain, network[:1]):
        layers(images).square().sum().backward()
    torch.testing.assert_close(network[0](images), plain(images))
    torch.testing.assert_close(network[0].weight.grad, plain[0].weight.grad, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(network[0].bias.grad, plain[0].bias.grad, rtol=1e-4, atol=1e-4)


def test_resnet_sees_small_images_at_their_full_size():
    network = resnet18(100)
    seen = []
    network.layer1.register_forward_hook(lambda layer, given, made: seen.append(made.shape))
    assert network.eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 100)
    assert seen == [(1, 64, 32, 32)]
    assert weights(resnet18(10)) == 11_173_962


def test_steps_follow_from_images_and_epochs():
    assert [steps(LBCS, k) for k in counts(LBCS, 60_000)] == [800, 1600, 2400, 3200]
    assert [steps(RECIPES["lbcs-256"], k) for k in (1000, 4000)] == [400, 1600]
    assert counts(DEEPCORE, 50_000) == [50, 250, 500, 2500, 5000]
    assert [steps(DEEPCORE, k) for k in (50, 250, 5000)] == [200, 400, 8000]


def test_an_image_is_shifted_by_four_pixels_at_most_and_half_are_flipped():
    batch = torch.arange(32.0).expand(1000, 1, 32, 32) + 100 * torch.arange(32.0)[:, None]  # 100 row + column
    found = augmented(batch, torch.Generator().manual_seed(0))[:, 0]
    rows, columns = found[:, 16, 0] // 100, found[:, 16] % 100  # the middle row, and the columns in it
    assert sorted({int(row) - 16 for row in rows}) == list(range(-4, 5))
    turned = columns[:, 10] > columns[:, 11]
    assert 400 < int(turned.sum()) < 600
    middle = torch.where(turned, columns[:, 15], columns[:, 16])
    assert sorted({int(column) - 16 for column in middle}) == list(range(-4, 5))
    shift, down = next((one, int(row) - 16) for one, row in enumerate(rows) if int(row) == 20 and not turned[one])
    assert found[shift, 27:32, 16].sub(found[shift, 27, 16]).tolist() == [0, -100, -200, -300, -400]  # mirrored
    assert down == 4


def test_channels_are_scaled_to_mean_0_and_sd_1():
    images = np.zeros((2, 4, 4, 3), dtype=np.uint8)
    images[0, ..., 0], images[..., 1] = 100, 7  # 0 and 100; 7 everywhere
    out = scaled(images)(torch.from_numpy(images).permute(0, 3, 1, 2) / 255)
    assert out[:, 0, 0, 0].tolist() == pytest.approx([1, -1])
    assert out[:, 1:].abs().max() < 1e-6


@pytest.fixture(scope="module")
def easy():
    """Two classes of images, bright on the left or on the right."""
    rng, labels = np.random.default_rng(0), np.arange(60) % 2
    images = rng.integers(0, 100, (60, 28, 28, 1)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, 14 * label : 14 * label + 14] += 120
    return Data(images[:40], labels[:40], images[40:], labels[40:], 2)


def test_a_network_learns_from_what_is_kept_alone(easy):
    recipe, before = LBCS._replace(epochs=15, batch=8), torch.random.get_rng_state()
    found = learn(recipe, easy, np.arange(40)[::-1], 3)
    assert len(found) == 15
    assert max(found) == 20
    assert found == learn(recipe, easy, np.arange(40), 3)  # a set has one value, in whatever order it comes
    assert found != learn(recipe, easy, np.arange(40), 4)
    assert max(learn(recipe, easy, np.arange(0, 40, 2), 3)) == 10  # of one class alone
    assert torch.equal(before, torch.random.get_rng_state())


def test_every_row_has_a_first_repeat_before_a_second():
    todo = list(published.units(LBCS, 60_000, 10, []))
    assert [repeat for _, _, repeat in todo] == sorted(repeat for _, _, repeat in todo)
    assert len(todo) == len(set(todo)) == 4 * (10 + 12 * 3 + 1)
    assert [(row.name, k) for row, k, repeat in todo if repeat == 9] == [("Uniform", k) for k in LBCS.kept]
    assert len(list(published.units(LBCS, 60_000, 2, ["fdmat"]))) == 8


def test_what_is_kept_follows_from_the_row(monkeypatch):
    asked = []

    def rank(spec, used, table, method, seed, k):
        asked.append((spec.balance, str(method), seed, k))
        return SimpleNamespace(order=np.arange(9)[::-1])

    monkeypatch.setattr(published.tasks, "rank", rank)
    spec = Spec(Choice("digits"), Choice("pixels"), (), ())
    rows = {row.name: row for row in LBCS.rows}
    of = published.Made(spec, *[None] * 3)
    found = [published.kept(of, rows[name], 2, 5).tolist() for name in ("Uniform", "EL2N", "el2n, wrong end", "ccs")]
    assert found == [[8, 7], [8, 7], [1, 0], [8, 7]]
    assert asked == [
        *(("none", "random", 5, None), ("none", "el2n", 0, None), ("proportional", "el2n", 0, None)),
        ("proportional", "ccs", 5, 2),
    ]


def test_a_killed_command_goes_on_and_drops_an_unfinished_line(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "made", lambda recipe, folder: SimpleNamespace(table=SimpleNamespace(n=60_000)))
    made = []

    def tried(name, recipe, of, unit):
        made.append((unit[0].name, unit[1]))
        return one(row=unit[0].name, k=unit[1], repeat=unit[2]) | {"recipe": name, "seconds": 1.0}

    monkeypatch.setattr(published, "trial", tried)
    file = tmp_path / "trials.jsonl"
    whole = json.dumps(one(k=1000, best=8000)) + "\n"
    file.write_text(whole + '{"recipe": "lbcs", "row": "Unif')
    published.run(file, "lbcs", LBCS, published.read(["--repeats", "1", "--only", "Uniform"]))
    assert made == [("Uniform", k) for k in (2000, 3000, 4000)]
    lines = file.read_text().splitlines(keepends=True)
    assert lines[0] == whole
    assert [json.loads(line)["k"] for line in lines] == [1000, 2000, 3000, 4000]


@pytest.mark.slow
def test_cifar_is_read_from_its_folder_and_learned_for_an_epoch(tmp_path, monkeypatch):
    folder = write_cifar(tmp_path, monkeypatch)
    rows = tuple(row for row in DEEPCORE.rows if row.name in ("Uniform", "fdmat"))
    short = DEEPCORE._replace(epochs=1, kept=(0.1, 0.5), rows=rows, batch=32)
    monkeypatch.setitem(RECIPES, "deepcore", short)
    out = tmp_path / "published.md"
    arguments = ["--recipe", "deepcore", "--data", str(folder), "--home", str(tmp_path / "home"), "--out", str(out)]
    published.main([*arguments, "--repeats", "1"])
    found = published_report.read(out.with_suffix(".jsonl"))
    assert [(each["row"], each["k"], each["steps"]) for each in found] == [
        *(("Uniform", 10, 1), ("Uniform", 50, 2), ("fdmat", 10, 1), ("fdmat", 50, 2))
    ]
    assert all(each["of"] == 20 and len(each["right"]) == 1 and 0 <= each["right"][0] <= 20 for each in found)
    assert [(each["fewest"], each["most"]) for each in found if each["row"] == "fdmat"] == [(1, 1), (5, 5)]
    assert "## Our methods: CIFAR, ResNet-18" in out.read_text()


def one(row="Uniform", k=1000, repeat=0, best=8000, last=7900):
    """A trial of 100 epochs: the best after the 50th, and 70% right before."""
    right = [7000] * 49 + [best] * 50 + [last]
    usual = {"recipe": "lbcs", "row": row, "k": k, "repeat": repeat, "steps": 800, "fewest": 80, "most": 120}
    return usual | {"of": 10_000, "seconds": 1.0, "commit": "0" * 12, "right": right}


def test_a_cell_is_the_mean_of_its_repeats():
    trials = [one(best=7900), one(repeat=1, best=8100, last=8000), one(row="fdmat", best=8200)]
    found = published_report.cells(trials, "lbcs")
    cell = found["Uniform", 1000]
    assert (cell.times, cell.best.mean, cell.last.mean, cell.early.mean) == pytest.approx((2, 80, 79.5, 70))
    assert cell.best.sd == pytest.approx(2**0.5)
    assert found["fdmat", 1000].best.sd is None
    assert published_report.reached(trials, 1000, Value(76.9)) == "epoch 50"
    assert published_report.reached(trials, 1000, Value(81.0)) == "never"
    assert published_report.gain(found, "fdmat", 1000) == "+2.0"


def test_a_deviation_is_in_points_and_in_sds():
    assert published_report.deviation(80, Value(77), 1.5) == (3, 2)
    assert published_report.deviation(80, Value(77.5, 0.8), 0.6) == pytest.approx((2.5, 2.5))


def test_a_gain_has_the_standard_error_of_a_difference():
    trials = [one(best=7900), one(repeat=1, best=8100), one(row="fdmat", best=8200), one("fdmat", repeat=1, best=8200)]
    assert published_report.gain(published_report.cells(trials, "lbcs"), "fdmat", 1000) == "+2.0 ± 1.0"
    text = published_report.generated(trials)
    assert "| Uniform | 1000 | 76.9 ± 2.5 | 80.0 ± 1.4 | 2 | +3.1 | +1.2 | 79.0 |" in text
    assert "k = 1000 it is +3.1 points off by the best epoch, +2.1 by the last, and −6.9 by the best of" in text
    assert published_report.pooled(published_report.cells(trials, "lbcs")) == pytest.approx(1)  # of 2 and 0, squared
    assert "| LBCS, published | +2.8 |" in text
    older = published_report.cells([*trials, one(row="a, older"), one(row="CCS")], "lbcs")
    assert published_report.rows(older, LBCS) == ["Uniform", "fdmat", "CCS", "a, older"]


@pytest.fixture(scope="module")
def committed():
    return published_report.read(RESULTS / "published.jsonl")


def test_every_figure_of_the_report_is_what_the_committed_trials_say(committed):
    _, mark, below = (RESULTS / "published.md").read_text().partition(published_report.MARK)
    assert mark
    assert below == "\n" + published_report.generated(committed)


def test_the_trials_are_small_and_whole(committed):
    assert (RESULTS / "published.jsonl").stat().st_size < 300_000
    assert len({published_report.key(each) for each in committed}) == len(committed)
    for each in committed:
        recipe = RECIPES[each["recipe"]]
        assert len(each["right"]) == recipe.epochs and each["steps"] == steps(recipe, each["k"])
        assert max(each["right"]) >= each["right"][-1] and 0 <= each["fewest"] <= each["k"] / 10 <= each["most"]
        assert each["of"] == 10_000 and len(each["commit"]) == 12
    for found in (published_report.cells(committed, name) for name in RECIPES):
        assert all(cell.best.mean >= cell.last.mean for cell in found.values())
