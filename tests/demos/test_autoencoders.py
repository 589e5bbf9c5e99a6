"""What the demos of lecture 13 compute, and that they say what is so."""

from __future__ import annotations

import re

import numpy as np
import pytest
import sklearn.decomposition
import torch

from course_lib.arrays import torch_generator
from course_lib.data import load_digits
from course_lib.decomposition import PCA
from course_lib.demos import autoencoders as demos
from course_lib.demos import latent_explorer as explorer
from course_lib.models import Autoencoder


def said(demo) -> list[float]:
    """The numbers in a caption."""
    return [float(x) for x in re.findall(r"\d+\.\d+|\d+", demo.caption)]


class TestCodeSize:
    def test_components_are_those_of_scikit_learn(self):
        X = load_digits().X_train.double()
        ours = demos.from_components(PCA(n_components=16).fit(X), X[:5], 4)
        theirs = sklearn.decomposition.PCA(4).fit(X.numpy())
        np.testing.assert_allclose(ours, theirs.inverse_transform(theirs.transform(X[:5].numpy())), atol=1e-8)

    def test_small_codes_favour_the_autoencoder(self):
        demo = demos.CodeSize()
        for k in (1, 2, 4, 8):
            assert demo.errors["autoencoder"][k] < demo.errors["PCA"][k]
        assert all(a > b for a, b in zip(*(list(demo.errors["PCA"].values())[i:] for i in (0, 1)), strict=False))

    def test_caption_tells_the_errors_of_this_digit(self):
        demo = demos.CodeSize()
        demo.set(k=8, digit=5)
        x, model = load_digits().X_test[5:6], demos.autoencoders_by_size()[8]
        assert said(demo)[4] == pytest.approx(float(model.loss(x).detach()), abs=1e-4)

    def test_takes_the_models_of_the_lecture(self):
        models = {k: Autoencoder([64, k], generator=torch_generator(k)) for k in (3, 5)}
        demo = demos.CodeSize(models)
        assert demo.controls["k"].options == (3, 5)
        assert next(models[3].parameters()).requires_grad


class TestDenoisingDigit:
    def test_errors_by_damage(self):
        X = load_digits().X_test[:20]
        errors = demos.errors_by_damage({"same": torch.nn.Identity()}, X, "mask", np.array([0.0, 0.5, 1.0]))
        assert errors["same"] == errors["damaged"]
        assert errors["damaged"][0] == 0
        assert errors["damaged"][2] == pytest.approx(float(X.square().mean()))

    def test_repairs_better_what_is_damaged_and_worse_what_is_not(self):
        demo = demos.DenoisingDigit()
        errors = demo.errors["mask"]
        assert errors["denoising"][8] < 0.7 * errors["plain"][8] < 0.7 * errors["damaged"][8]
        assert errors["plain"][0] < errors["denoising"][0]
        assert errors["damaged"][1] < errors["denoising"][1], "at 5% it is better to do nothing"
        assert errors["denoising"][2] < errors["damaged"][2], "at 10% it is not"

    def test_caption_names_who_comes_nearest(self):
        demo = demos.DenoisingDigit()
        demo.set(p=0.0)
        assert demo.caption.endswith("Best left as it is.")
        demo.set(p=0.7)
        assert demo.caption.endswith("The denoising autoencoder comes nearest.")

    def test_another_draw_damages_other_pixels(self):
        demo = demos.DenoisingDigit()
        first = demo.caption
        demo.set(draw=1)
        assert demo.caption != first


class TestPCAAndAutoencoders:
    @pytest.mark.parametrize("curve", demos.CURVES)
    def test_points_lie_along_their_curve(self, curve):
        X = demos.points_along(curve, 0.0).double().numpy()
        assert X.shape == (200, 2)
        assert demos.distance_to_curve(X, curve).max() < 5e-3
        assert np.abs(X).max() < 2

    def test_linear_one_turns_to_the_first_component_and_no_further(self):
        contest = demos.Contest(demos.points_along("wave", 0.05), units=4)
        contest.run(400)
        pca = contest.errors["PCA"][0]
        X = contest.X.double().numpy()
        theirs = sklearn.decomposition.PCA(1).fit(X)
        assert pca == pytest.approx(np.square(theirs.inverse_transform(theirs.transform(X)) - X).mean())
        assert contest.angle < 1
        assert pca <= contest.errors["linear"][-1] < 1.01 * pca
        assert len(contest.errors["deep"]) == len(contest.errors["PCA"]) == 401

    def test_deep_one_bends(self):
        contest = demos.Contest(demos.points_along("wave", 0.05), units=16)
        contest.run(300)
        assert contest.errors["deep"][-1] < 0.2 * contest.errors["PCA"][0]
        assert demos.distance_to_curve(contest.curve("deep"), "wave").mean() < 0.15

    def test_start_over_repeats(self):
        demo = demos.PCAAndAutoencoders()
        demo.step()
        first = demo.caption
        demo.start_over()
        demo.step()
        assert demo.caption == first
        assert demo.contest.taken == demo.steps_per_frame

    def test_ends(self):
        demo = demos.PCAAndAutoencoders()
        demo.contest.taken = demo.most - demo.steps_per_frame
        assert demo.step() is False


class TestVectorField:
    def test_nothing_moves_under_the_identity(self):
        points = np.array([[0.5, 1.0], [-1.0, 0.0]])
        np.testing.assert_array_equal(demos.displacement(torch.nn.Identity(), points), 0)
        np.testing.assert_array_equal(demos.trajectory(torch.nn.Identity(), points[0], 3), np.tile(points[0], (4, 1)))

    def test_trajectory_follows_the_moves(self):
        half = torch.nn.Linear(2, 2, bias=False)
        torch.nn.init.eye_(half.weight).data.mul_(0.5)
        path = demos.trajectory(half, np.array([1.0, 2.0]), 3)
        np.testing.assert_allclose(path, np.array([[1, 2]]) * 0.5 ** np.arange(4)[:, None], atol=1e-6)

    def test_agreement_is_1_for_moves_to_the_curve_and_minus_1_away_from_it(self):
        places = np.random.default_rng(0).uniform(-1, 1, (50, 2))
        ways = demos.nearest_on_curve(places, "arc") - places
        assert demos.agreement(places, ways, "arc") == pytest.approx(1)
        assert demos.agreement(places, -3 * ways, "arc") == pytest.approx(-1)

    def test_denoising_points_to_the_curve_more_than_others(self):
        demo = demos.VectorField()
        towards = {}
        for kind, amount in (("denoising", 0.2), ("contractive", 0.2), ("plain", 0)):
            moves = demos.displacement(demos.field_autoencoder(kind, amount), demo.places)
            towards[kind] = demos.agreement(demo.places, moves, "wave")
        assert towards["denoising"] > 0.85
        assert towards["denoising"] > 0.2 + max(towards["contractive"], towards["plain"])

    def test_a_point_is_brought_to_the_curve(self):
        demo = demos.VectorField()
        start, first, _, last, _ = said(demo)
        assert first < 0.3 * start
        assert last < 0.1


class TestLatentExplorer:
    def test_between_ends_where_it_should(self):
        a, b = torch.tensor([1.0, -1.0]), torch.tensor([3.0, 0.0])
        walk = explorer.between(a, b, 5)
        np.testing.assert_allclose(walk.numpy(), np.linspace(a.numpy(), b.numpy(), 5))

    def test_strip_puts_digits_side_by_side(self):
        images = np.zeros((3, 64))
        images[1] = 1
        colors = explorer.strip(images)
        assert colors.shape == (8, 26, 3)
        assert (colors[:, 9:17] == 0).all()
        assert (colors[:, [*range(9), *range(17, 26)]] == 255).all()

    def test_sheet_shows_what_the_decoder_makes_of_each_place(self):
        demo = explorer.LatentExplorer()
        sheet, n = demo._draw_sheet(), demo.sheet
        right, top = ((demo.low + (i + 0.5) / n * (demo.high - demo.low)) for i in (n - 1, n - 1))
        corner = explorer.decoded(demo.model, torch.stack([right[0], top[1]])[None])[0].reshape(8, 8)
        np.testing.assert_array_equal(sheet[1:9, -9:-1, 0], (255 * (1 - corner)).astype(np.uint8))

    def test_walk_begins_and_ends_with_digits_of_those_kinds(self):
        demo = explorer.LatentExplorer()
        for start, goal in ((0, 6), (7, 2), (4, 4)):
            demo.set(start=start, goal=goal)
            passed = demo.caption.split(": ")[1].rstrip(".").split()
            assert (passed[0], passed[-1]) == (str(start), str(goal))

    def test_walks_lead_from_cloud_to_cloud(self):
        demo = explorer.LatentExplorer()
        for c, place in enumerate(demo.codes[demo.examples]):
            nearest = (demo.codes - place).norm(dim=1).argsort()[:20]
            assert (demo.labels[nearest] == c).double().mean() >= 0.9, f"the walk to {c} ends among other digits"

    def test_place_of_a_cloud_is_told_by_its_neighbours(self):
        demo = explorer.LatentExplorer()
        assert " are a 3." in demo.caption

    def test_takes_the_model_of_the_lecture_and_leaves_it_alone(self):
        model = Autoencoder([64, 2], generator=torch_generator(3))
        demo = explorer.LatentExplorer(model)
        assert demo.model is not model
        assert torch.equal(demo.codes, explorer.codes_of(model, load_digits().X_train))
