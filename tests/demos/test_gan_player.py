"""The GAN player: it plays what the library's loop plays, and what it says of the players is true."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import ring_centers
from course_lib.demos import gan_player as demos
from course_lib.demos.gan_player import GANPlayer, ModeCollapse, RingGame, ring_gan
from course_lib.models import modes_covered


def weights(net) -> np.ndarray:
    return torch.nn.utils.parameters_to_vector(net.parameters()).detach().numpy().copy()


class TestRingGan:
    @pytest.mark.parametrize("remedy", demos.REMEDIES)
    def test_every_remedy_plays(self, remedy):
        gan = ring_gan(remedy, generator=torch_generator(0))
        before = weights(gan.discriminator), weights(gan.generator)
        game = RingGame(gan, critic_steps=demos.CRITIC_STEPS.get(remedy, 1))
        losses = game.play(2)
        assert [step.step for step in losses] == [1, 2]
        assert np.isfinite([step[1:] for step in losses]).all()
        assert (weights(gan.discriminator) != before[0]).mean() > 0.4
        assert (weights(gan.generator) != before[1]).mean() > 0.4

    @pytest.mark.parametrize("remedy", demos.REMEDIES)
    def test_repeats(self, remedy):
        first, second = (RingGame(ring_gan(remedy, generator=torch_generator(3)), seed=3) for _ in range(2))
        first.play(2), second.play(2)
        np.testing.assert_array_equal(first.samples(), second.samples())

    def test_unknown_remedy(self):
        with pytest.raises(KeyError):
            ring_gan("prayer", generator=torch_generator(0))


class TestRingGame:
    def test_coverage_is_that_of_the_samples(self):
        game = RingGame(ring_gan(generator=torch_generator(0)))
        game.play(1)
        assert game.coverage() == modes_covered(game.samples(), ring_centers(), demos.STD)

    def test_belief_is_a_probability_from_the_discriminator(self):
        game = RingGame(ring_gan(generator=torch_generator(0)))
        with torch.no_grad():
            logits = game.gan.discriminator(game.real)[:, 0]
        np.testing.assert_allclose(game.belief(game.real), torch.sigmoid(logits), rtol=1e-5)

    def test_data_are_the_ring(self):
        game = RingGame(ring_gan(generator=torch_generator(0)))
        coverage = modes_covered(game.real.numpy(), ring_centers(), demos.STD)
        assert coverage.modes == 8
        assert coverage.quality > 0.99


class TestGANPlayer:
    @pytest.mark.parametrize(
        ("who", "learns"),
        [
            ("both", (True, True)),
            ("the discriminator alone", (True, False)),
            ("the generator alone", (False, True)),
        ],
    )
    def test_who_learns(self, who, learns):
        demo = GANPlayer()
        demo.set(who=who)
        gan = demo.game.gan
        before = [weights(net) for net in (gan.discriminator, gan.generator)]
        demo.step()
        after = [weights(net) for net in (gan.discriminator, gan.generator)]
        assert tuple(not np.array_equal(a, b) for a, b in zip(before, after, strict=True)) == learns

    def test_rules_hold_from_the_next_step(self):
        demo = GANPlayer()
        demo.set(loss="minimax", r1=1.0, rate=0.005, momentum=0.9)
        taken = demo.game.taken
        demo.step()
        assert demo.game.taken == taken + demo.steps_per_frame
        assert (demo.game.gan.loss, demo.game.gan.r1) == ("minimax", 1.0)
        for optimizer in demo.game.optimizers:
            assert optimizer.param_groups[0]["lr"] == 0.005
            assert optimizer.param_groups[0]["betas"] == (0.9, 0.9)

    def test_new_rules_are_not_written_over_the_old_ones(self):
        demo = GANPlayer()
        demo.set(who="the generator alone")
        frame = demo.frame().copy()
        demo.stale()
        np.testing.assert_array_equal(frame, demo.frame())

    def test_another_draw_begins_anew(self):
        demo = GANPlayer()
        demo.step()
        real = demo.game.real
        demo.set(draw=2)
        assert demo.game.taken == demo.steps_per_frame
        assert not torch.equal(demo.game.real, real)

    def test_start_over_repeats_the_game(self):
        demo = GANPlayer()
        for _ in range(3):
            demo.step()
        first = demo.game.samples()
        demo.start_over()
        for _ in range(3):
            demo.step()
        np.testing.assert_array_equal(demo.game.samples(), first)

    def test_bars_and_caption_tell_the_coverage(self):
        demo = GANPlayer()
        demo.step()
        coverage = demo.game.coverage()
        assert [round(bar.get_height() * demos.CROWD) for bar in demo.bars] == coverage.counts
        assert f"covers {coverage.modes} of 8 modes" in demo.caption

    def test_alone_the_generator_runs_to_one_place(self):
        demo = GANPlayer()
        demo.game.play(60)
        spread = demo.game.samples().std(axis=0).max()
        demo.set(who="the generator alone", rate=0.005)
        for _ in range(30):
            demo.advance(**demo.values)
        assert demo.game.belief(torch.from_numpy(demo.game.samples())).mean() > 0.6
        assert np.median(np.abs(demo.game.samples() - np.median(demo.game.samples(), axis=0))) < spread

    def test_long_games_show_their_last_part(self):
        demo = GANPlayer()
        demo.history.extend((4.0 * k, 0.5, 0.5) for k in range(2, 700))
        demo.frame()
        first, last = demo.mind.get_xlim()
        assert first == demo.history[0][0] > 0
        assert last >= demo.history[-1][0]

    def test_an_overflow_is_told(self):
        demo = GANPlayer()
        with torch.no_grad():
            next(demo.game.gan.discriminator.parameters()).fill_(torch.inf)
        assert demo.step() is False
        assert "overflowed" in demo.caption


class TestModeCollapse:
    def test_both_begin_with_the_same_weights_and_data(self):
        demo = ModeCollapse()
        demo.steps_per_frame = 0
        demo.begin(**demo.values)
        plain, other = demo.games
        np.testing.assert_array_equal(weights(plain.gan), weights(other.gan))
        assert torch.equal(plain.real, other.real)

    def test_curves_are_the_history(self):
        demo = ModeCollapse()
        demo.step()
        for k, curve in enumerate(demo.curves):
            np.testing.assert_array_equal(curve.get_xdata(), [2, 4])
            np.testing.assert_array_equal(curve.get_ydata(), [row[k + 1] for row in demo.history])

    def test_remedy_is_played_and_named(self):
        demo = ModeCollapse()
        demo.set(remedy="unrolling")
        assert type(demo.games[1].gan).__name__ == "UnrolledGAN"
        assert "With unrolling" in demo.caption

    def test_an_overflow_is_told(self):
        demo = ModeCollapse()
        with torch.no_grad():
            next(demo.games[0].gan.discriminator.parameters()).fill_(torch.inf)
        assert demo.step() is False
        assert "overflowed" in demo.caption
