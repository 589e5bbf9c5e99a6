"""The demos of lecture 03, probability and information."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from course_lib.arrays import erf
from course_lib.demos.base import Demo, number
from course_lib.linear_algebra import eigh
from course_lib.plotting import CIRCLE, COLORS, plane
from course_lib.probability import (
    Bernoulli,
    Categorical,
    Laplace,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    Uniform,
    bayes,
    correlation,
    covariance,
    kl_divergence,
    softmax,
)
from course_lib.probability.distribution import Distribution

__all__ = [
    "CovarianceEllipse",
    "DiseaseTest",
    "DistributionExplorer",
    "KLBothWays",
    "MonteCarloError",
    "StableSoftmax",
]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class DiseaseTest(Demo):
    """Ten thousand people take a test for a disease; how many of those it calls sick are?"""

    alt = (
        "Left, ten thousand people as icons, ordered: the sick whom the test misses, the sick whom it finds, the "
        "healthy whom it alarms, the healthy whom it clears. Right, larger, only those with a positive test: "
        "circles are sick, squares are healthy."
    )
    size = (8.4, 5.2)
    prevalences: ClassVar = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
    rates: ClassVar = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1.0)

    def __init__(self) -> None:
        super().__init__(
            prevalence=_shares("prevalence, P(sick)", self.prevalences, 1e-4),
            sensitivity=_shares("sensitivity, P(+ | sick)", self.rates, 0.99),
            specificity=_shares("specificity, P(− | healthy)", self.rates, 0.99),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """A square of people, and beside it those whom the test calls sick."""
        left, right = fig.subplots(1, 2, width_ratios=[1.3, 1])
        looks: dict[str, dict[str, Any]] = {
            "sick, test −": {"marker": "o", "mfc": "white", "mec": COLORS["orange"]},
            "sick, test +": {"marker": "o", "mfc": COLORS["orange"], "mec": COLORS["orange"]},
            "healthy, test +": {"marker": "s", "mfc": COLORS["blue"], "mec": COLORS["blue"]},
            "healthy, test −": {"marker": "o", "mfc": COLORS["grey"], "mec": "none"},
        }
        sizes = dict(zip(looks, (3.2, 3.2, 2.2, 1.0), strict=True))
        self.people = [left.plot([], [], ls="", ms=sizes[name], **look)[0] for name, look in looks.items()]
        self.positive = [right.plot([], [], ls="", **looks[name])[0] for name in ("sick, test +", "healthy, test +")]
        for ax in (left, right):
            ax.axis("off")
            ax.set(aspect="equal")
        left.set(xlim=(-1, 100), ylim=(100, -1), title=f"{PEOPLE:,} people")
        right.set(xlim=(0, 1), ylim=(1, 0))
        self.title = right.set_title("positive tests")
        key = [Line2D([], [], ls="", ms=max(8 * (size > 1), 3), **looks[name]) for name, size in sizes.items()]
        fig.legend(key, looks, loc="outside lower center", ncols=4, handletextpad=0.1, columnspacing=1.4)
        return [*self.people, *self.positive, self.title]

    def update(self, prevalence: float, sensitivity: float, specificity: float) -> str:
        """The icons follow the expected numbers; the caption has the exact probabilities."""
        counts = screening_counts(prevalence, sensitivity, specificity, PEOPLE)
        ends = np.cumsum([0, *counts])
        for line, start, end in zip(self.people, ends[:-1], ends[1:], strict=True):
            line.set_data(*in_rows(np.arange(start, end), 100))
        _, found, alarmed, _ = counts
        self.people[1].set_markersize(6.0 if found < 10 else 3.2)  # one in ten thousand must still be seen
        per_row = max(10, int(np.ceil(np.sqrt(found + alarmed))))
        for line, people in zip(self.positive, np.split(np.arange(found + alarmed), [found]), strict=True):
            line.set_data(*((in_rows(people, per_row) + 0.5) / per_row))
            line.set_markersize(160 / per_row)
        self.title.set_text(f"{found + alarmed:,} with a positive test")
        positive, posterior = screening_result(prevalence, sensitivity, specificity)
        return (
            f"P(positive) = {percent(positive)}. P(sick | positive) = {percent(posterior)}; before the test it was "
            f"{percent(prevalence)}. Of {PEOPLE:,} people about {found + alarmed:,} test positive; "
            f"{found:,} of them {'is' if found == 1 else 'are'} sick."
        )


class DistributionExplorer(Demo):
    """A family of distributions, its parameters, its mass or density, and a sample from it."""

    alt = (
        "The probabilities, as dots on stems, or the density, as a curve, of the distribution chosen, over the "
        "histogram of a sample from it. A dashed line marks the height 1."
    )

    def __init__(self) -> None:
        first, second = (FloatSlider(**parameter._asdict()) for parameter in FAMILIES["normal"].parameters)
        super().__init__(
            family=Dropdown(options=list(FAMILIES), value="normal", description="Distribution"),
            size=_sizes(10, 100, 1_000, 10_000),
            first=first,
            second=second,
        )

    def follow(self, name: str) -> None:
        """Another family brings its own parameters."""
        if name == "family":
            parameters = FAMILIES[self.values["family"]].parameters
            sliders = self.controls["first"], self.controls["second"]
            for slider in sliders:
                slider.layout.visibility = "hidden"
            for slider, parameter in zip(sliders, parameters, strict=False):
                slider.layout.visibility = "visible"
                with slider.hold_trait_notifications():
                    for trait, value in parameter._asdict().items():
                        setattr(slider, trait, value)

    def setup(self, fig: Figure) -> list[Artist]:
        """Empty axes; they take their scale from the distribution."""
        self.ax = fig.add_subplot(xlabel="x", xlim=(-6, 6), ylim=(0, 0.5), ylabel="density")
        one = self.ax.axhline(1, color=COLORS["black"], lw=1.5, ls="--")
        self.histogram = self.ax.stairs([0.0], [0.0, 1.0], fill=True, color=COLORS["sky"], alpha=0.6)
        (self.curve,) = self.ax.plot([], [], color=COLORS["blue"])
        (self.stems,) = self.ax.plot([], [], color=COLORS["blue"], lw=3)
        (self.dots,) = self.ax.plot([], [], "o", ms=10, color=COLORS["blue"], clip_on=False)
        key = {"distribution": self.curve, "sample": self.histogram, "height 1": one}
        self.ax.legend(key.values(), key.keys(), loc="upper right", frameon=True, framealpha=1)
        return [self.histogram, self.curve, self.stems, self.dots]

    def update(self, family: str, size: int, first: float, second: float) -> str:
        """Draw what the distribution says and what a sample made of it."""
        chosen = FAMILIES[family]
        p = chosen.make(first, second)
        x = p.sample((size,), generator=np.random.default_rng(3))
        for line in (self.curve, self.stems, self.dots):
            line.set_data([], [])
        height = self._draw_density(p, x) if chosen.faces is None else self._draw_mass(p, x, chosen.faces)
        self._scale(chosen, height)
        if chosen.faces is None:
            above = ", above 1" if height > 1.005 else ""
            words = f"The density reaches {height:.2f}{above}; the area below it is {area(p):.2f}."
        else:
            words = f"The largest probability is {height:.2f}; together they are 1."
        return (
            f"{words} Mean {number(float(p.mean))} and variance {float(p.variance):.3f}; "
            f"the sample of {size:,} has {number(float(x.mean()))} and {float(x.var()):.3f}."
        )

    def _draw_mass(self, p: Distribution, x: Vector, faces: Vector) -> float:
        mass = np.exp(p.log_prob(faces))
        shares = np.bincount(x.astype(int), minlength=len(faces)) / len(x)
        edges = np.stack([faces - 0.3, faces + 0.3], axis=1).ravel()
        self.histogram.set_data(np.stack([shares, 0 * shares], axis=1).ravel()[:-1], edges)
        self.stems.set_data(np.repeat(faces, 3), np.stack([0 * mass, mass, np.nan * mass], axis=1).ravel())
        self.dots.set_data(faces, mass)
        return float(mass.max())

    def _draw_density(self, p: Distribution, x: Vector) -> float:
        edges = float(p.mean) + float(p.stddev) * np.linspace(-5, 5, 61)
        counts, _ = np.histogram(x, edges)
        self.histogram.set_data(counts / len(x) / np.diff(edges), edges)
        grid = fine_grid(p)
        density = np.exp(p.log_prob(grid))
        self.curve.set_data(grid, density)
        return float(density.max())

    def _scale(self, family: Family, height: float) -> None:
        """Axes that fit; drawn anew only when a fixed step is passed."""
        top = next(step for step in (0.6, 1.25, 2.5, 6.0) if height <= step)
        sides = (-6.0, 6.0) if family.faces is None else (-0.75, 5.75)
        if (self.ax.get_ylim()[1], self.ax.get_xlim()) != (top, sides):
            self.ax.set(xlim=sides, ylim=(0, top), ylabel="density" if family.faces is None else "probability")
            self.stale()


class CovarianceEllipse(Demo):
    """Two normal variables, their correlation and standard deviations: a sample, and ellipses of equal density."""

    alt = (
        "A cloud of points in the plane, and two ellipses around its middle, one and two standard deviations wide, "
        "with the two axes of the ellipses. Beside it the covariance matrix and what the sample makes of it."
    )
    size = (8.4, 5.0)

    def __init__(self) -> None:
        super().__init__(
            rho=FloatSlider(0.8, min=-0.99, max=0.99, step=0.01, description="correlation ρ"),
            size=_sizes(10, 100, 1_000, 3_000),
            s1=FloatSlider(1.5, min=0.2, max=2, step=0.1, description="σ₁, horizontal"),
            s2=FloatSlider(1.0, min=0.2, max=2, step=0.1, description="σ₂, vertical"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane, and beside it the numbers and the key."""
        left, right = fig.subplots(1, 2, width_ratios=[1.5, 1])
        plane(left, limit=5)
        left.text(4.9, 0.15, "$x_1$", ha="right")
        left.text(0.15, 4.9, "$x_2$", va="top")
        (self.points,) = left.plot([], [], "o", ms=3, color=COLORS["sky"], mec="none")
        self.ellipses = [left.plot([], [], color=COLORS["blue"], ls=ls)[0] for ls in ("-", "--")]
        self.axes = [left.plot([], [], color=COLORS["orange"])[0] for _ in range(2)]
        right.axis("off")
        self.numbers = right.text(
            0, 1, "", va="top", fontsize=12, linespacing=1.5, family="monospace", transform=right.transAxes
        )
        key = {
            "sample": self.points,
            "1 standard deviation": self.ellipses[0],
            "2 standard deviations": self.ellipses[1],
            "eigenvectors, $\\sqrt{λ_i}$ long": self.axes[0],
        }
        right.legend(key.values(), key.keys(), loc="lower left", borderaxespad=0, borderpad=0)
        return [self.points, *self.ellipses, *self.axes, self.numbers]

    def update(self, rho: float, size: int, s1: float, s2: float) -> str:
        """The same noise each time, sheared and stretched by the Cholesky factor."""
        Sigma = covariance_matrix(rho, s1, s2)
        p = MultivariateNormal(np.zeros(2), covariance_matrix=Sigma)
        x = p.sample((size,), generator=np.random.default_rng(3))
        self.points.set_data(*x.T)
        self.points.set_markersize(7 if size <= 100 else 3)
        for radius, line in zip((1, 2), self.ellipses, strict=True):
            line.set_data(*(radius * p.scale_tril @ CIRCLE))
        variances, directions = eigh(Sigma)
        for variance, direction, line in zip(variances, directions.T, self.axes, strict=True):
            line.set_data(*np.outer(np.sqrt(variance) * direction, [-1, 1]))
        C, R = covariance(x.T), correlation(x.T)
        self.numbers.set_text(
            f"Σ, covariance matrix\n{matrix_text(Sigma)}\nρ = {number(rho)}\n\n"
            f"of the sample\n{matrix_text(C)}\nr = {number(R[0, 1])}"
        )
        return (
            f"Cov(x₁, x₂) = ρσ₁σ₂ = {number(Sigma[0, 1])}; the sample has {number(C[0, 1])}. {within(p, x, 2):.1%} of "
            f"the sample lie within 2 standard deviations; {1 - np.exp(-2):.1%} are expected."
        )


class KLBothWays(Demo):
    """Two Gaussians, the Kullback–Leibler divergence in both directions, and where each of them comes from."""

    alt = (
        "Above, the densities of two Gaussians, p and q. Below, the two integrands, p log(p/q) and q log(q/p): what "
        "lies above zero is shaded orange, what lies below is hatched blue, and the divergence is the difference of "
        "the two areas."
    )
    size = (8.4, 5.4)

    def __init__(self) -> None:
        means = {"min": -3, "max": 3, "step": 0.1}
        widths = {"min": 0.3, "max": 2, "step": 0.1}
        super().__init__(
            mu_p=FloatSlider(0, description="mean of p", **means),
            sigma_p=FloatSlider(1.6, description="standard deviation of p", **widths),
            mu_q=FloatSlider(1, description="mean of q", **means),
            sigma_q=FloatSlider(0.8, description="standard deviation of q", **widths),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The densities above, an integrand for each direction below."""
        panels = fig.subplot_mosaic([["both", "both"], ["pq", "qp"]])
        top = panels["both"]
        top.set(xlim=(-9, 9), ylim=(0, 1.45), ylabel="density")
        (self.p,) = top.plot([], [], color=COLORS["black"], label="p")
        (self.q,) = top.plot([], [], color=COLORS["purple"], ls="--", label="q")
        top.legend(loc="upper right")
        self.panels = [panels["pq"], panels["qp"]]
        self.curves, self.gains, self.losses, self.titles = [], [], [], []
        for ax, title in zip(self.panels, ("p log (p / q)", "q log (q / p)"), strict=True):
            ax.set(xlim=(-9, 9), ylim=(-0.4, 1), xlabel="x", ylabel=title)
            ax.axhline(0, color=COLORS["grey"], lw=1)
            self.curves += ax.plot([], [], color=COLORS["black"], lw=1.5)
            self.gains.append(ax.fill_between(X, 0 * X, fc=COLORS["amber"], lw=0))
            self.losses.append(ax.fill_between(X, 0 * X, fc=COLORS["sky"], ec=COLORS["blue"], hatch="//", lw=0))
            self.titles.append(ax.set_title("D"))
        return [self.p, self.q, *self.gains, *self.losses, *self.curves, *self.titles]

    def update(self, mu_p: float, sigma_p: float, mu_q: float, sigma_q: float) -> str:
        """Both densities, both integrands, both divergences."""
        p, q = Normal(mu_p, sigma_p), Normal(mu_q, sigma_q)
        self.p.set_data(X, np.exp(p.log_prob(X)))
        self.q.set_data(X, np.exp(q.log_prob(X)))
        integrands = kl_integrand(p, q, X), kl_integrand(q, p, X)
        for i, f in enumerate(integrands):
            self.curves[i].set_data(X, f)
            self.gains[i].set_data(X, 0, np.maximum(f, 0))
            self.losses[i].set_data(X, 0, np.minimum(f, 0))
        forward, backward = float(kl_divergence(p, q)), float(kl_divergence(q, p))
        self.titles[0].set_text(f"D(p ‖ q) = {forward:.2f} nats")
        self.titles[1].set_text(f"D(q ‖ p) = {backward:.2f} nats")
        self._scale(max(f.max() for f in integrands))
        return f"D(p ‖ q) = {forward:.3f} and D(q ‖ p) = {backward:.3f} nats. {compare_divergences(p, q)}"

    def _scale(self, height: float) -> None:
        """One scale for both integrands; drawn anew only when a fixed step is passed."""
        top = next(step for step in (0.4, 1.0, 2.5, 6.0, 15.0, 40.0, 100.0, 300.0) if height <= step)
        if self.panels[0].get_ylim()[1] != top:
            for ax in self.panels:
                ax.set_ylim(-0.4 * top, top)
            self.stale()


class StableSoftmax(Demo):
    """Softmax as its formula says and as a library does it, while the logits grow out of the range of a float."""

    alt = (
        "Left, a bar for each of four exponentials on a logarithmic scale, with the zones shaded in which a float "
        "overflows to infinity or underflows to zero. Right, softmax by its formula, hatched, beside the stable one; "
        "where the formula fails, not-a-number takes the place of its bar."
    )
    size = (8.4, 4.6)
    formats: ClassVar[dict[str, type[np.floating]]] = {
        "float16": np.float16,
        "float32": np.float32,
        "float64": np.float64,
    }

    def __init__(self) -> None:
        scales = (1, 2, 5, 10, 20, 50, 100, 200, 500)
        super().__init__(
            shift=IntSlider(0, min=-1000, max=1000, step=10, description="added to all logits"),
            scale=SelectionSlider(options=scales, value=1, description="logits multiplied by"),
            format=Dropdown(options=list(self.formats), value="float32", description="Format"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Exponentials on the left, probabilities on the right."""
        self.left, right = two_panels(fig)
        self.left.set(xticks=range(4), xlabel="i", title="exp($x_i$)", ylabel="its logarithm, base 10")
        self.left.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        self.left.axhline(0, color=COLORS["grey"], lw=1)
        self.zones = [self.left.axhspan(0, 1, color=COLORS["light"], zorder=0) for _ in range(2)]
        outline = [withStroke(linewidth=3, foreground=COLORS["light"])]
        self.zone_names = [
            self.left.text(1.5, 0, text, ha="center", va=va, zorder=5, path_effects=outline)
            for text, va in (("overflow: stored as ∞", "top"), ("underflow: stored as 0", "bottom"))
        ]
        self.powers = list(self.left.bar(range(4), [1] * 4, width=0.5))
        right.set(xticks=range(4), xlabel="i", ylim=(0, 1.1), title="softmax($x$)$_i$")
        right.grid(axis="x", visible=False)
        places = np.arange(4)
        self.naive = right.bar(
            places - 0.2, [1] * 4, width=0.4, color="white", ec=COLORS["orange"], hatch="//", label="by the formula"
        )
        self.stable = right.bar(places + 0.2, [1] * 4, width=0.4, color=COLORS["blue"], label="stable")
        self.labels = [
            right.text(i - 0.02, 0, "", ha="right", va="bottom", color=COLORS["orange"], weight="bold") for i in places
        ]
        right.legend(loc="upper left")
        return [*self.zones, *self.zone_names, *self.powers, *self.naive, *self.stable, *self.labels]

    def update(self, shift: int, scale: int, format: str) -> str:
        """The same logits, in both ways."""
        x = (scale * np.arange(4.0) + shift).astype(self.formats[format])
        naive, stable = naive_softmax(x), softmax(x)
        low, high = self._show_zones(format)
        for bar, power in zip(self.powers, x.astype(float) / np.log(10), strict=True):
            fits = low <= power <= high
            bar.set(height=power, color=COLORS["blue" if fits else "orange"])
        for bar, probability in zip(self.stable, stable, strict=True):
            bar.set_height(probability)
        for bar, label, probability in zip(self.naive, self.labels, naive, strict=True):
            bar.set_height(np.nan_to_num(probability))
            label.set_text("nan" if np.isnan(probability) else "")
        logits = ", ".join(f"{value:g}".replace("-", "−") for value in x)
        return f"Logits ({logits}) in {format}. {compare_softmax(x)}"

    def _show_zones(self, format: str) -> tuple[float, float]:
        """Shade what the format cannot hold; return the logarithms of its ends."""
        low, high = float_range(self.formats[format])
        bottom, top = 1.5 * low, 1.5 * high
        if self.left.get_ylim() != (bottom, top):
            self.left.set_ylim(bottom, top)
            self.stale()
        for zone, name, edge, end in zip(self.zones, self.zone_names, (high, low), (top, bottom), strict=True):
            zone.set(y=edge, height=end - edge)
            name.set_y(0.98 * end)
        return low, high


class MonteCarloError(Demo):
    """The error of a sample mean, in two hundred repetitions, against the law σ/√n."""

    alt = (
        "Left, the running means of twenty repetitions against the number of samples. Where σ is finite, a funnel of "
        "two standard errors narrows around the true value. Right, the typical error of two hundred repetitions on "
        "logarithmic axes. Where σ is finite, it falls along a line of slope minus one half; else it stays level."
    )
    size = (8.4, 4.6)

    def __init__(self) -> None:
        options = [(f"{n:,}", k) for k, n in enumerate(SAMPLE_SIZES)]
        super().__init__(
            question=Dropdown(options=list(QUESTIONS), value="π, by throwing darts", description="Estimate"),
            stop=SelectionSlider(options=options, value=6, description="samples n"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two panels over the number of samples."""
        self.left, self.right = two_panels(fig)
        ends = SAMPLE_SIZES[0], SAMPLE_SIZES[-1]
        self.left.set(xscale="log", xlim=ends, xlabel="samples n", title="running means")
        self.right.set(xscale="log", yscale="log", xlim=ends, xlabel="samples n")
        (self.truth,) = self.left.plot(ends, [0, 0], color=COLORS["black"], lw=1.5)
        self.funnel = self.left.fill_between(SAMPLE_SIZES, 0 * SAMPLE_SIZES, fc=COLORS["sky"], alpha=0.4, lw=0)
        self.paths = [self.left.plot([], [], "o-", ms=3, color=COLORS["blue"], lw=1, alpha=0.6)[0] for _ in range(20)]
        (self.law,) = self.right.plot([], [], "--", color=COLORS["grey"], label="σ / √n")
        (self.errors,) = self.right.plot([], [], "o-", color=COLORS["orange"], label="200 repetitions", clip_on=False)
        self.title = self.right.set_title("")
        self.legend = self.right.legend(loc="lower left")
        return [self.funnel, self.truth, *self.paths, self.law, self.errors]

    def update(self, question: str, stop: int) -> str:
        """The curves grow up to the number of samples chosen."""
        asked = QUESTIONS[question]
        means = running_means(question)
        errors = typical_errors(question)
        expected = asked.sigma / np.sqrt(SAMPLE_SIZES) if np.isfinite(asked.sigma) else np.nan * SAMPLE_SIZES
        shown = slice(stop + 1)
        for line, path in zip(self.paths, means, strict=False):
            line.set_data(SAMPLE_SIZES[shown], path[shown])
        self.errors.set_data(SAMPLE_SIZES[shown], errors[shown])
        self.law.set_data(SAMPLE_SIZES, expected)
        self.truth.set_ydata([asked.answer] * 2)
        self.funnel.set_data(SAMPLE_SIZES, asked.answer - 2 * expected, asked.answer + 2 * expected)
        self._scale(asked)
        n = f"With n = {SAMPLE_SIZES[stop]:,}"
        if np.isfinite(asked.sigma):
            found = f"{n} the typical error of 200 repetitions is {errors[stop]:.2g}"
            return f"{found}; the law says σ/√n = {expected[stop]:.2g}."
        return (
            f"{n} half of the 200 repetitions miss by more than {errors[stop]:.2g}. There is no finite σ, so no law, "
            "and more samples do not help."
        )

    def _scale(self, asked: Question) -> None:
        """Axes that fit the question; drawn anew only when it changes."""
        finite = np.isfinite(asked.sigma)
        reach = 2.5 * asked.sigma if finite else 20.0
        sides = (asked.answer - reach, asked.answer + reach)
        if self.left.get_ylim() != sides:
            self.left.set_ylim(*sides)
            self.right.set_ylim(1e-3 * reach, reach)
            self.title.set_text("root mean square error" if finite else "median absolute error")
            for entry in (self.legend.get_lines()[0], self.legend.get_texts()[0]):
                entry.set_visible(finite)
            self.stale()


def _shares(label: str, values: tuple[float, ...], value: float) -> SelectionSlider:
    """A slider over shares, in percent."""
    return SelectionSlider(options=[(percent(v), v) for v in values], value=value, description=label)


def _sizes(*sizes: int) -> SelectionSlider:
    """A slider over sample sizes, which starts at a thousand."""
    return SelectionSlider(options=[(f"{n:,}", n) for n in sizes], value=1_000, description="sample size")


def two_panels(fig: Figure) -> list[Axes]:
    """Two axes side by side with room for the widest tick labels: theirs will change with the controls."""
    fig.set_layout_engine("none")
    return [fig.add_axes((left, 0.13, 0.39, 0.78)) for left in (0.1, 0.59)]


PEOPLE = 10_000
X = np.linspace(-9, 9, 601)
SAMPLE_SIZES = 2 ** np.arange(15)
"""1, 2, 4 … 16,384."""


def percent(p: float) -> str:
    """A probability in percent, with three significant digits; near 100% with as many as tell it from certainty.

    >>> percent(0.0001), percent(0.0098029), percent(0.99), percent(0.9999), percent(1.0)
    ('0.01%', '0.98%', '99%', '99.99%', '100%')
    """
    digits = 3 if p < 0.99 else 5
    return f"{100 * p:.{digits}g}%"


def screening_result(prevalence: float, sensitivity: float, specificity: float) -> tuple[float, float]:
    """The probability of a positive test, and that of being sick given a positive test.

    >>> positive, posterior = screening_result(0.0001, 0.99, 0.99)
    >>> round(positive, 6), round(posterior, 4)
    (0.010098, 0.0098)
    """
    prior = np.array([prevalence, 1 - prevalence])
    likelihood = np.array([sensitivity, 1 - specificity])
    return float(prior @ likelihood), float(bayes(prior, likelihood)[0])


def screening_counts(prevalence: float, sensitivity: float, specificity: float, people: int) -> list[int]:
    """Whole numbers of people missed, found, alarmed and cleared, as near to the expected ones as can be.

    They add up: each expected number is rounded down, and those with the largest remainders get one more.

    >>> screening_counts(0.0001, 0.99, 0.99, 10_000)
    [0, 1, 100, 9899]
    """
    sick, healthy = prevalence, 1 - prevalence
    shares = [sick * (1 - sensitivity), sick * sensitivity, healthy * (1 - specificity), healthy * specificity]
    expected = np.round(people * np.array(shares), 9)  # so that 99.99999999999999 is not one less than 100
    counts = np.floor(expected).astype(int)
    largest_remainders = np.argsort(counts - expected, kind="stable")
    counts[largest_remainders[: people - counts.sum()]] += 1
    return counts.tolist()


def in_rows(numbers: NDArray[np.int_], per_row: int) -> NDArray[np.int_]:
    """Where people stand who are seated row by row: shape (2, people), columns and rows.

    >>> in_rows(np.arange(4), 3).tolist()
    [[0, 1, 2, 0], [0, 0, 0, 1]]
    """
    rows, columns = np.divmod(numbers, per_row)
    return np.array([columns, rows])


class Parameter(NamedTuple):
    """What a slider is to know about a parameter."""

    description: str
    min: float
    max: float
    step: float
    value: float


class Family(NamedTuple):
    """Distributions that differ in their parameters only."""

    make: Callable[[float, float], Distribution]
    parameters: tuple[Parameter, ...]
    faces: Vector | None = None
    """All possible values, where they can be counted."""


def loaded_die(tilt: float, bulge: float) -> Categorical:
    """Six faces with logits that are a polynomial of the face: a line of slope ``tilt``, less a parabola."""
    steps = np.arange(6.0) - 2.5
    return Categorical(logits=tilt * steps - bulge * steps**2)


def two_bells(distance: float, weight: float) -> MixtureSameFamily:
    """Two Gaussians of standard deviation 0.5, symmetric about 0, the left one with this weight."""
    bells = Normal(np.array([-distance / 2, distance / 2]), 0.5)
    return MixtureSameFamily(Categorical(probs=np.array([weight, 1 - weight])), bells)


FAMILIES = {
    "Bernoulli": Family(
        lambda phi, _: Bernoulli(probs=phi),
        (Parameter("φ, probability of 1", 0.0, 1.0, 0.05, 0.3),),
        faces=np.arange(2.0),
    ),
    "multinoulli": Family(
        loaded_die,
        (Parameter("tilt of the logits", -2.0, 2.0, 0.1, 0.5), Parameter("bulge of the logits", -1.0, 1.0, 0.1, 0.0)),
        faces=np.arange(6.0),
    ),
    "uniform": Family(
        lambda left, width: Uniform(left, left + width),
        (Parameter("left end a", -5.0, 1.0, 0.1, 0.0), Parameter("width b − a", 0.2, 4.0, 0.1, 0.5)),
    ),
    "normal": Family(
        Normal,
        (Parameter("mean μ", -2.0, 2.0, 0.1, 0.0), Parameter("standard deviation σ", 0.1, 1.5, 0.1, 1.0)),
    ),
    "Laplace": Family(
        Laplace,
        (Parameter("peak μ", -2.0, 2.0, 0.1, 0.0), Parameter("decay length γ", 0.1, 1.5, 0.1, 0.7)),
    ),
    "mixture": Family(
        two_bells,
        (Parameter("distance of the peaks", 0.0, 8.0, 0.1, 3.0), Parameter("weight of the left", 0.0, 1.0, 0.05, 0.7)),
    ),
}


def fine_grid(p: Distribution) -> Vector:
    """Points close together over twenty standard deviations, odd in number so that the mean is one of them."""
    return float(p.mean) + float(p.stddev) * np.linspace(-10, 10, 2001)


def area(p: Distribution) -> float:
    """The area below a density, by the trapezoidal rule."""
    grid = fine_grid(p)
    return float(np.trapezoid(np.exp(p.log_prob(grid)), grid))


def covariance_matrix(rho: float, s1: float, s2: float) -> Matrix:
    """The covariance matrix of two variables with this correlation and these standard deviations.

    >>> covariance_matrix(0.5, 2.0, 1.0)
    array([[4., 1.],
           [1., 1.]])
    """
    return np.array([[s1**2, rho * s1 * s2], [rho * s1 * s2, s2**2]])


def within(p: MultivariateNormal, x: Matrix, radius: float) -> float:
    r"""The share of points, shape (n, k), with $(x - \mu)^\top \Sigma^{-1} (x - \mu) \le r^2$.

    The density says which: it falls from its peak by a factor of $e^{-r^2/2}$ at most.
    """
    return float(np.mean(p.log_prob(x) >= p.log_prob(p.mean) - radius**2 / 2))


def matrix_text(A: Matrix) -> str:
    """A matrix in lines of text.

    >>> print(matrix_text(np.array([[1.0, -0.5], [-0.5, 2.0]])))
     1.00  −0.50
    −0.50   2.00
    """
    return "\n".join("  ".join(f"{number(float(entry)):>5}" for entry in row) for row in A)


def kl_integrand(p: Normal, q: Normal, x: Vector) -> Vector:
    r"""What is summed up to $D_\mathrm{KL}(p \Vert q)$: $p(x) \log \frac{p(x)}{q(x)}$."""
    return np.exp(p.log_prob(x)) * (p.log_prob(x) - q.log_prob(x))


def compare_divergences(p: Normal, q: Normal) -> str:
    """Which direction costs more, and why, in words."""
    if p.scale == q.scale:
        return "Equal widths: only here do both directions agree." if p.loc != q.loc else "p and q are the same."
    narrow, wide = ("q", "p") if q.scale < p.scale else ("p", "q")
    return f"{narrow} is narrower: to believe {narrow} while {wide} is true costs more than the other way round."


def naive_softmax(x: NDArray[np.floating]) -> NDArray[np.floating]:
    r"""Softmax as its formula says, $\exp(x_i) / \sum_j \exp(x_j)$: it overflows and underflows.

    >>> naive_softmax(np.array([0.0, 800.0]))
    array([ 0., nan])
    """
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum()


def float_range(dtype: type[np.floating]) -> tuple[float, float]:
    """The decimal logarithms between which a format holds positive numbers.

    Above the upper one they round to infinity. Below half of its smallest number, the lower one, they round to zero.

    >>> [round(x, 1) for x in float_range(np.float64)]
    [-323.6, 308.3]
    """
    info = np.finfo(dtype)
    return (info.minexp - info.nmant - 1) * math.log10(2), info.maxexp * math.log10(2)


def compare_softmax(x: NDArray[np.floating]) -> str:
    """What becomes of the formula for these logits, in words.

    >>> compare_softmax(np.array([-800.0, -800.0]))
    'Every exponential underflows, and the formula divides 0 by 0. The stable way finds 0.500, 0.500.'
    """
    naive, stable = (", ".join(f"{p:.3f}" for p in way(x)) for way in (naive_softmax, softmax))
    if naive == stable:
        return f"Both ways find {stable}."
    with np.errstate(all="ignore"):
        powers = np.exp(x)
    if np.isinf(powers).any():
        fault = "An exponential overflows, and the formula divides ∞ by ∞."
    elif not powers.any():
        fault = "Every exponential underflows, and the formula divides 0 by 0."
    else:
        fault = f"The formula is wrong: it finds {naive}."
    return f"{fault} The stable way finds {stable}."


class Question(NamedTuple):
    """An expectation to be estimated."""

    draw: Callable[[tuple[int, ...], np.random.Generator], Matrix]
    answer: float
    sigma: float
    """The standard deviation of a single draw."""


def darts(shape: tuple[int, ...], generator: np.random.Generator) -> Matrix:
    """4 for each dart that lands in the circle inscribed in its square, else 0: on average π."""
    square = Uniform(-1.0, 1.0)
    x, y = (square.sample(shape, generator=generator) for _ in range(2))
    return 4.0 * (x**2 + y**2 <= 1)


def tail(shape: tuple[int, ...], generator: np.random.Generator) -> Matrix:
    """1 where a standard normal draw is above 2, else 0."""
    return (Normal(0.0, 1.0).sample(shape, generator=generator) > 2.0).astype(float)


def cauchy(shape: tuple[int, ...], generator: np.random.Generator) -> Matrix:
    """The ratio of two standard normal draws: symmetric about 0, with tails too heavy for a mean to exist."""
    above, below = (Normal(0.0, 1.0).sample(shape, generator=generator) for _ in range(2))
    return above / below


TAIL = 0.5 - 0.5 * float(erf(np.array(2**0.5)))
"""P(x > 2) for a standard normal x."""

QUESTIONS = {
    "π, by throwing darts": Question(darts, np.pi, np.sqrt(np.pi * (4 - np.pi))),
    "P(x > 2), x normal": Question(tail, TAIL, np.sqrt(TAIL * (1 - TAIL))),
    "mean of x, x Cauchy": Question(cauchy, 0.0, np.inf),
}


@cache
def running_means(question: str) -> Matrix:
    """The means of the first 1, 2, 4 … draws, shape (200, sizes): two hundred repetitions."""
    draws = QUESTIONS[question].draw((200, int(SAMPLE_SIZES[-1])), np.random.default_rng(3))
    return np.cumsum(draws, axis=1)[:, SAMPLE_SIZES - 1] / SAMPLE_SIZES


def typical_errors(question: str) -> Vector:
    """How far the running means are from the answer: the root mean square, or without a finite σ the median.

    One wild repetition in two hundred would decide a root mean square that does not exist in the limit.
    """
    asked = QUESTIONS[question]
    errors = np.abs(running_means(question) - asked.answer)
    return np.sqrt(np.mean(errors**2, axis=0)) if np.isfinite(asked.sigma) else np.median(errors, axis=0)
