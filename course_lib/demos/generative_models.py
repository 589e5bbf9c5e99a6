"""The demos of lecture 14, deep generative models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, gaussian_ring, load_digits
from course_lib.demos.base import Demo, number
from course_lib.demos.fields import empty_line, polyline
from course_lib.demos.gan_player import GANPlayer, ModeCollapse
from course_lib.demos.pixels import Colors, Pixels, cell_frame, grey_colors, grid_axes
from course_lib.models import FVSBN, VAE, LatentVariableModel, gaussian_kl, two_sample_test
from course_lib.models.autoregressive import Autoregressive
from course_lib.nn.functional import softplus
from course_lib.optim import Adam
from course_lib.plotting import COLORS, level_lines
from course_lib.probability import logsumexp
from course_lib.training import fit_own_loss

__all__ = ["CodeWalk", "GANPlayer", "ModeCollapse", "PixelByPixel", "TwoSamples"]

Matrix = NDArray[np.floating]


class PixelByPixel(Demo):
    """An autoregressive model draws a digit, pixel after pixel, and several futures of what is there so far.

    Args:
        models: Models of 64 binary pixels by name; by default two small ones, trained here in a second.
    """

    alt = (
        "Left, a picture of 8 by 8 pixels that is drawn row by row: black is ink, white paper, pale blue not yet "
        "drawn, an orange frame the next pixel. In the middle, how probable ink was when each pixel was drawn, darker "
        "for more probable. Right, eight pictures that begin with the same pixels and were finished by chance."
    )
    size = (9.6, 3.2)

    def __init__(self, models: Mapping[str, Autoregressive] | None = None) -> None:
        self.models = small_models() if models is None else dict(models)
        super().__init__(
            model=Dropdown(options=list(self.models), value=list(self.models)[-1], description="model"),
            pixels=IntSlider(27, min=0, max=64, description="pixels drawn"),
            draw=IntSlider(1, min=1, max=50, description="draw (picture)"),
            future=IntSlider(1, min=1, max=50, description="draw (futures)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two large pictures and eight small ones."""
        left, middle, right = fig.subplot_mosaic("abcc").values()
        self.picture = Pixels(grid_axes(left, (8, 8), "drawn so far"))
        self.chances = Pixels(grid_axes(middle, (8, 8), "probability of ink"))
        self.next = cell_frame(left)
        grid_axes(right, (36, 72), "eight futures").spines[:].set_visible(False)
        self.futures = Pixels(right)
        return [self.picture, self.chances, self.next, self.futures]

    def update(self, model: str, pixels: int, draw: int, future: int) -> str:
        """Draw the picture as far as wished, and finish it eight times."""
        net = self.models[model]
        x = net.sample(1, generator=torch_generator(draw))
        with torch.no_grad():
            chances = net.conditional(x)[0]
            nats = -torch.where(x[0] == 1, chances, 1 - chances).log()
        known = torch.arange(64) < pixels
        self.picture.show(ink(x[0], known), WHOLE)
        self.chances.show(ink(chances, known), WHOLE)
        self.next.set_visible(pixels < 64)
        self.next.set_bounds(pixels % 8, pixels // 8, 1, 1)
        futures = net.complete(x.expand(8, -1), pixels, generator=torch_generator(future))
        self.futures.show(sheet(futures), (0.0, 72.0, 36.0, 0.0))
        differ = float(futures.std(dim=0, unbiased=False).gt(0).sum())
        cost = float(nats[:pixels].sum())
        ahead = (
            f"the next is ink with probability {float(chances[pixels]):.2f}. Of the {64 - pixels} pixels to come, "
            f"{differ:.0f} are not the same in all futures."
            if pixels < 64
            else "the picture is finished, and log p(x) is minus that."
        )
        return f"{model}: {pixels} of 64 pixels drawn, at a cost of {cost:.1f} nats; {ahead}"


def ink(values: Tensor, known: Tensor | None = None) -> Colors:
    """64 numbers from 0, paper, to 1, ink, as a picture; what is not yet known is pale blue."""
    colors = grey_colors(1 - values.double().numpy())
    if known is not None:
        colors[~known.numpy()] = UNKNOWN
    return colors.reshape(8, 8, 3)


UNKNOWN, WHOLE = (190, 217, 235), (0.0, 8.0, 8.0, 0.0)


def sheet(pictures: Tensor, rows: int = 2) -> Colors:
    """Pictures of 64 pixels, shape (n, 64), side by side with a margin of half a pixel: twice as many cells."""
    n = len(pictures) // rows
    large = pictures.reshape(rows, n, 8, 8).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    paper = np.full((rows * 18, n * 18), 0.85)
    for i in range(rows):
        for j in range(n):
            paper[18 * i + 1 : 18 * i + 17, 18 * j + 1 : 18 * j + 17] = 1 - large[i, j].numpy()
    return grey_colors(paper)


def binary_digits() -> tuple[Tensor, Tensor, Tensor]:
    """Digits with pixels 0 and 1: for training and for test, shape (n, 64), and the classes of the latter."""
    digits = load_digits()
    return (digits.X_train > 0.5).float(), (digits.X_test > 0.5).float(), digits.y_test


def small_models(epochs: int = 12) -> dict[str, Autoregressive]:
    """Independent pixels, which need no training, and a logistic autoregression."""
    X, _, _ = binary_digits()
    alone, chain = FVSBN(64), FVSBN(64)
    with torch.no_grad():
        alone.bias.copy_(torch.logit((X.sum(0) + 1) / (len(X) + 2)))
    batches = Minibatches(X, batch_size=64, generator=torch_generator(0))
    fit_own_loss(chain, batches, Adam(chain.parameters(), lr=0.03), epochs=epochs, progress=False)
    return {"independent pixels": alone, "FVSBN": chain}


class CodeWalk(Demo):
    """The plane of codes of a variational autoencoder: walk on it, and see both terms of the bound for one digit.

    Args:
        vae: With codes of 2 numbers, for 64 binary pixels; by default a small one, trained here in a second.
    """

    alt = (
        "Left, the plane of codes with a numeral where the encoder puts each test digit; black lines around the codes "
        "that could have made the chosen digit, an orange ellipse for what the encoder says of it, a star for the code "
        "that is decoded. In the middle the decoded picture and the chosen digit. Right, bars in nats: what the "
        "reconstruction costs, what the code costs, both together, and the exact cost."
    )
    size = (10.4, 4.4)

    def __init__(self, vae: LatentVariableModel | None = None) -> None:
        self.vae = small_vae() if vae is None else vae
        coordinate: dict[str, Any] = {"min": -3.5, "max": 3.5, "step": 0.05}
        super().__init__(
            digit=IntSlider(3, min=0, max=9, description="chosen digit"),
            z1=FloatSlider(0.0, **coordinate, description="star z₁"),
            z2=FloatSlider(0.0, **coordinate, description="star z₂"),
            q=Dropdown(options=[ENCODER, HAND], description="q(z | x)"),
            spread=SelectionSlider(options=[0.2, 0.5, 1.0, 2.0, 4.0], value=1.0, description="σ of q, times"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane, two pictures, four bars."""
        panels = fig.subplot_mosaic(
            [["plane", "decoded", "bars"], ["plane", "digit", "bars"]], width_ratios=[2.2, 1, 1.3]
        )
        X_test, y_test = binary_digits()[1:]
        self.X = X_test[[int(torch.nonzero(y_test == k)[0, 0]) for k in range(10)]]
        self.plane = CodePlane(self.vae)
        draw_codes(panels["plane"], self.vae, X_test, y_test)
        self.posterior = empty_line(panels["plane"], COLORS["black"], lw=1.8, zorder=5)
        self.ellipse = empty_line(panels["plane"], COLORS["orange"], lw=2.6, zorder=6)
        self.star = empty_line(panels["plane"], COLORS["amber"], marker="*", ms=19, mec="black", zorder=7)
        self.decoded = Pixels(grid_axes(panels["decoded"], (8, 8), "decoded from the star"))
        self.chosen = Pixels(grid_axes(panels["digit"], (8, 8), "chosen digit $x$"))
        bars = panels["bars"]
        bars.set(ylim=(0, 60), xticks=range(4), xticklabels=["recon-\nstruction", "KL", "−ELBO", "exact"], title="nats")
        bars.grid(axis="x", visible=False)
        colors = [COLORS[name] for name in ("sky", "amber", "orange", "grey")]
        self.bars = list(bars.bar(range(4), 0.0, color=colors, ec=COLORS["black"]))
        return [self.posterior, self.ellipse, self.star, self.decoded, self.chosen, *self.bars]

    def update(self, digit: int, z1: float, z2: float, q: str, spread: float) -> str:
        """Decode the star, and draw up the bill of the chosen digit."""
        x, z = self.X[digit : digit + 1], torch.tensor([[z1, z2]])
        with torch.no_grad():
            mean, log_var = self.vae.encode(x)
            picture = self.vae.decode(z)[0]
        log_var = log_var + 2 * float(np.log(spread))
        bill = self.plane.bill(x, z if q == HAND else mean, log_var)
        self.posterior.set_data(*self.plane.region(x))
        self.ellipse.set_data(*ellipse((z if q == HAND else mean)[0], (log_var[0] / 2).exp()))
        self.star.set_data([z1], [z2])
        self.decoded.show(ink(picture), WHOLE)
        self.chosen.show(ink(x[0]), WHOLE)
        costs = (bill.reconstruction, bill.kl, bill.reconstruction + bill.kl, bill.exact)
        for bar, cost in zip(self.bars, costs, strict=True):
            bar.set_height(min(cost, 60))
        return (
            f"A {digit}, with q {q}: the reconstruction costs {number(costs[0], 1)} nats and the code "
            f"{number(costs[1], 1)}, together {number(costs[2], 1)}. Exactly, −log p(x) is {number(costs[3], 1)}: the "
            f"bound is {number(costs[2] - costs[3], 1)} nats too high, the KL divergence from q to the true posterior."
        )


ENCODER, HAND = "from the encoder", "by hand, around the star"


class Bill(NamedTuple):
    """What a picture costs in nats: E[−log p(x | z)] and KL by q, and exactly −log p(x)."""

    reconstruction: float
    kl: float
    exact: float


class CodePlane:
    """The decoder's answer for every code on a fine grid, so that p(x) is a sum.

    Args:
        vae: With codes of 2 numbers.
    """

    grid: ClassVar = np.linspace(-4.5, 4.5, 181)

    @torch.no_grad()
    def __init__(self, vae: LatentVariableModel) -> None:
        z = torch.tensor(np.stack(np.meshgrid(self.grid, self.grid), axis=-1).reshape(-1, 2), dtype=torch.float32)
        self.vae = vae
        self.logits = vae.decoder(z)
        self.log_prior = -z.square().sum(1) / 2 - np.log(2 * np.pi) - softplus(self.logits).sum(1)

    def joint(self, x: Tensor) -> Tensor:
        """log p(x, z) on the grid, row by row, for one picture of shape (1, pixels)."""
        return self.logits @ x[0] + self.log_prior

    def log_likelihood(self, x: Tensor) -> float:
        """log p(x): the sum over the grid of p(x, z), times the area of a cell."""
        return float(logsumexp(self.joint(x), axis=0)) + 2 * float(np.log(self.grid[1] - self.grid[0]))

    def region(self, x: Tensor) -> Matrix:
        """Lines around the codes that hold 95 per cent of p(z | x), to plot: shape (2, points)."""
        n = len(self.grid)
        joint = self.joint(x)
        chances = (joint - joint.max()).exp()
        largest = chances.sort(descending=True).values
        inside = largest.cumsum(0) <= 0.95 * largest.sum()
        level = largest[inside.sum().clamp(max=len(largest) - 1)]
        return polyline(level_lines(self.grid, self.grid, chances.reshape(n, n).numpy(), float(level)))

    @torch.no_grad()
    def bill(self, x: Tensor, mean: Tensor, log_var: Tensor) -> Bill:
        """Both terms of the bound for one picture and q = N(mean, exp(log_var)), by Gauss-Hermite quadrature."""
        z = mean + NODES * (log_var / 2).exp()
        log_prob = self.vae.log_prob(x.expand(len(z), -1), z)
        return Bill(-float(NODE_WEIGHTS @ log_prob), float(gaussian_kl(mean, log_var)), -self.log_likelihood(x))


def _quadrature(n: int = 15) -> tuple[Tensor, Tensor]:
    """Points and weights for means over two independent normal variables: shape (n², 2) and (n²,)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    pairs = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    mass = np.outer(weights, weights).ravel() / (2 * np.pi)
    return torch.tensor(pairs, dtype=torch.float32), torch.tensor(mass, dtype=torch.float32)


NODES, NODE_WEIGHTS = _quadrature()


@torch.no_grad()
def draw_codes(ax: Axes, vae: LatentVariableModel, X: Tensor, y: Tensor) -> None:
    """A numeral for each digit where the encoder puts it."""
    means, _ = vae.encode(X)
    for k in range(10):
        color = list(COLORS.values())[k % 6]
        ax.plot(*means[y == k].T.numpy(), ls="", marker=f"${k}$", ms=7, color=color, mew=0.3)
    ax.set(aspect="equal", xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), xlabel="$z_1$", ylabel="$z_2$")


def ellipse(mean: Tensor, std: Tensor) -> Matrix:
    """Two standard deviations around a mean, as points to plot: shape (2, points)."""
    angle = np.linspace(0, 2 * np.pi, 91)
    circle = np.array([np.cos(angle), np.sin(angle)])
    return mean.numpy()[:, None] + 2 * std.numpy()[:, None] * circle


def small_vae(epochs: int = 25) -> VAE:
    """A variational autoencoder of binary digits with codes of two numbers."""
    X, _, _ = binary_digits()
    g = torch_generator(0)
    vae = VAE([64, 128, 2], generator=g)
    batches = Minibatches(X, batch_size=64, generator=g)
    fit_own_loss(vae, batches, Adam(vae.parameters(), lr=0.003), epochs=epochs, progress=False)
    return vae


class TwoSamples(Demo):
    """Two samples, and two statistics that should tell whether they come from one distribution."""

    alt = (
        "Left, two samples in the plane, blue circles and orange triangles. In the middle, for the distance of the "
        "means, and right, for the accuracy of a classifier: the values that come up when the samples are exchanged "
        "at random as grey steps, the threshold of the test as a dotted line, and what was observed as an orange line."
    )
    size = (10.4, 3.9)

    def __init__(self) -> None:
        super().__init__(
            pair=Dropdown(options=list(PAIRS), description="they differ in"),
            amount=FloatSlider(0.5, min=0, max=1, step=0.05, description="how much"),
            n=SelectionSlider(options=[25, 50, 100, 200, 400], value=200, description="points in each"),
            draw=IntSlider(1, min=1, max=20, description="draw"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane and two histograms."""
        left, middle, right = fig.subplots(1, 3, width_ratios=[1, 1.05, 1.05])
        left.set(aspect="equal", xlim=(-4, 4), ylim=(-4, 4), xticks=(-3, 0, 3), yticks=(-3, 0, 3))
        self.crowds = [
            empty_line(left, COLORS["blue"], ls="", marker="o", ms=5, mec="white", mew=0.5),
            empty_line(left, COLORS["orange"], ls="", marker="^", ms=5.5, mec="white", mew=0.5),
        ]
        self.tests = []
        for ax, name, limits in ((middle, "distance of the means", (0.0, 1.0)), (right, "accuracy", (0.3, 1.0))):
            ax.set(xlim=limits, ylim=(0, 1.05), yticks=[], xlabel=name)
            null = empty_line(ax, COLORS["grey"], drawstyle="steps-mid", lw=1.8)
            threshold = empty_line(ax, COLORS["black"], ls=":", lw=2)
            observed = empty_line(ax, COLORS["orange"], lw=3)
            self.tests.append((null, threshold, observed, ax.set_title("p = 1.000"), np.linspace(*limits, 41)))
        return [*self.crowds, *(artist for test in self.tests for artist in test[:4])]

    def update(self, pair: str, amount: float, n: int, draw: int) -> str:
        """Draw both samples and test them twice."""
        x, y = PAIRS[pair](amount, n, np.random.default_rng(draw))
        for crowd, points in zip(self.crowds, (x, y), strict=True):
            crowd.set_data(*points.T)
        results = [
            two_sample_test(x, y, statistic=statistic, permutations=PERMUTATIONS, rng=np.random.default_rng(draw))
            for statistic in ("mean", "classifier")
        ]
        verdicts = []
        for result, (null, threshold, observed, title, edges) in zip(results, self.tests, strict=True):
            counts, _ = np.histogram(np.clip(result.null, edges[0], edges[-1]), edges)
            null.set_data((edges[1:] + edges[:-1]) / 2, counts / counts.max())
            threshold.set_data([np.quantile(result.null, 0.95)] * 2, [0, 1])
            observed.set_data([min(result.statistic, edges[-1])] * 2, [0, 0.9])
            title.set_text(f"p = {result.p_value:.3f}")
            verdicts.append("reject" if result.p_value <= 0.05 else "do not reject")
        by_mean, by_classifier = results
        return (
            f"{n} points in each. The means are {by_mean.statistic:.2f} apart, p = {by_mean.p_value:.3f}: "
            f"{verdicts[0]}. A classifier tells {by_classifier.statistic:.0%} of held-out points right, "
            f"p = {by_classifier.p_value:.3f}: {verdicts[1]} that both come from one distribution."
        )


PERMUTATIONS = 300

Sampler = Callable[[float, int, np.random.Generator], tuple[Matrix, Matrix]]


def shifted(amount: float, n: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Two normal samples, the second moved to the right."""
    return rng.normal(size=(n, 2)), rng.normal((amount, 0), size=(n, 2))


def widened(amount: float, n: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Two normal samples, the second up to twice as wide."""
    return rng.normal(size=(n, 2)), (1 + amount) * rng.normal(size=(n, 2))


def ringed(amount: float, n: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """A normal sample, and one that turns into a ring of eight points with the same mean and covariance."""
    ring = gaussian_ring(n, radius=(2 - 2 * 0.1**2) ** 0.5, std=0.1, generator=rng)
    return rng.normal(size=(n, 2)), (1 - amount**2) ** 0.5 * rng.normal(size=(n, 2)) + amount * ring


def without_a_mode(amount: float, n: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Two rings of eight Gaussians, of which the second loses the one on the right."""
    y = gaussian_ring(2 * n, generator=rng)
    kept = (y[:, 0] < 1.7) | (rng.random(2 * n) >= amount)
    return gaussian_ring(n, generator=rng), y[kept][:n]


PAIRS: dict[str, Sampler] = {
    "their means": shifted,
    "their widths": widened,
    "their shapes only": ringed,
    "one mode of eight": without_a_mode,
}
"""In what two samples differ."""
