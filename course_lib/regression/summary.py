"""The table that statisticians expect under a regression."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.stats


@dataclass(frozen=True, eq=False)
class Summary:
    r"""What a linear regression says about its coefficients and about itself. Printed, it is the usual table.

    With $q$ predictors, none a combination of others, an intercept and $n$ rows:

    - $\mathrm{RSE} = \hat\sigma = \sqrt{\mathrm{RSS} / (n - q - 1)}$, the residual standard error
    - $\mathrm{SE}(\hat\beta_j) = \hat\sigma \sqrt{[(X^\top X)^{-1}]_{jj}}$ and
      $t_j = \hat\beta_j / \mathrm{SE}(\hat\beta_j)$
    - $p_j$, the probability of so large a $|t|$ if $\beta_j$ were 0, from Student's distribution with $n - q - 1$
      degrees of freedom
    - $R^2 = 1 - \mathrm{RSS}/\mathrm{TSS}$, and $1 - \frac{\mathrm{RSS}/(n - q - 1)}{\mathrm{TSS}/(n - 1)}$ adjusted
    - $F = \frac{(\mathrm{TSS} - \mathrm{RSS})/q}{\mathrm{RSS}/(n - q - 1)}$

    Without an intercept, $\mathrm{TSS} = \sum_i y_i^2$, and $n - q$ and $n$ stand for $n - q - 1$ and $n - 1$. With
    weights, every square counts with its weight. What the data do not determine is NaN: the errors of coefficients
    among collinear columns, and all errors where no degree of freedom is left.

    Source: An Introduction to Statistical Learning, sections 3.1 and 3.2.

    Attributes:
        names: What the coefficients belong to, k of them; the intercept comes first.
        coefficients: Shape (k,).
        unscaled_errors: Shape (k,): the standard errors of the coefficients in units of $\hat\sigma$.
        rss: Residual sum of squares.
        tss: Total sum of squares.
        df_model: $q$.
        df_residual: $n - q - 1$.
        level: The confidence level of the intervals.
    """

    names: Sequence[str]
    coefficients: np.ndarray
    unscaled_errors: np.ndarray
    rss: float
    tss: float
    df_model: int
    df_residual: int
    level: float = 0.95

    @property
    def rse(self) -> float:
        """The residual standard error: the estimated standard deviation of the noise."""
        return math.sqrt(_per(self.rss, self.df_residual))

    @property
    def standard_errors(self) -> np.ndarray:
        """How much each coefficient would vary from sample to sample, shape (k,)."""
        return self.rse * self.unscaled_errors

    @property
    def t_statistics(self) -> np.ndarray:
        """The coefficients in units of their standard errors, shape (k,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.coefficients / self.standard_errors

    @property
    def p_values(self) -> np.ndarray:
        """How probable so large a t-statistic is if the coefficient is 0, shape (k,)."""
        return 2 * scipy.stats.t.sf(np.abs(self.t_statistics), self.df_residual)

    @property
    def intervals(self) -> np.ndarray:
        """Confidence intervals of the coefficients: lower and upper ends, shape (k, 2)."""
        reach = scipy.stats.t.ppf((1 + self.level) / 2, self.df_residual) * self.standard_errors
        return np.stack([self.coefficients - reach, self.coefficients + reach], axis=1)

    @property
    def r2(self) -> float:
        """The share of the variation that the model explains."""
        return 1 - _per(self.rss, self.tss)

    @property
    def adjusted_r2(self) -> float:
        """R² with a price on every predictor: only one that explains more than chance would raises it."""
        return 1 - _per(_per(self.rss, self.df_residual), _per(self.tss, self.df_model + self.df_residual))

    @property
    def f_statistic(self) -> float:
        """How much the predictors explain together: about 1 if they explain nothing."""
        explained, left = _per(self.tss - self.rss, self.df_model), _per(self.rss, self.df_residual)
        return math.inf if left == 0 < explained else _per(explained, left)

    @property
    def f_p_value(self) -> float:
        """How probable so large an F-statistic is if all coefficients but the intercept are 0."""
        return float(scipy.stats.f.sf(self.f_statistic, self.df_model, self.df_residual))

    def __str__(self) -> str:
        rows = [self._headings(), *self._rows()]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines = [
            "   ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
            for row in rows
        ]
        return "\n".join([*lines, "", *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{heading}</th>' for heading in self._headings())
        body = "".join(
            f'<tr><th scope="row">{html.escape(name)}</th>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for name, *cells in self._rows()
        )
        notes = "<br>".join(html.escape(note) for note in self._notes())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{notes}</p>"

    def _headings(self) -> list[str]:
        return ["", "coefficient", "std. error", "t-statistic", "p-value", f"{100 * self.level:g}% interval"]

    def _rows(self) -> list[list[str]]:
        columns = (self.coefficients, self.standard_errors, self.t_statistics, self.p_values, self.intervals)
        return [
            [name, f"{b:.5g}", f"{error:.4g}", _statistic(t), _probability(p), f"[{low:.4g}, {high:.4g}]"]
            for name, b, error, t, p, (low, high) in zip(self.names, *columns, strict=True)
        ]

    def _notes(self) -> list[str]:
        return [
            f"Residual standard error {self.rse:.4g} on {self.df_residual} degrees of freedom",
            f"R² {self.r2:.4f}, adjusted R² {self.adjusted_r2:.4f}",
            f"F-statistic {self.f_statistic:.4g} on {self.df_model} and {self.df_residual} degrees of freedom, "
            f"p-value {_probability(self.f_p_value)}",
        ]


def _per(amount: float, of: float) -> float:
    """A ratio; NaN where there is nothing to divide by."""
    return amount / of if of else math.nan


def _statistic(t: float) -> str:
    return f"{t:.2f}" if abs(t) < 1e6 else f"{t:.3g}"


def _probability(p: float) -> str:
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"
