"""Answers to assignment 14, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811, F821

import itertools
import math

import torch
from torch import nn

# ------------------------------------------------------------------------------------ exercise 1: fvsbn_log_likelihood


# %% ex1: pixel by pixel | nothing
def fvsbn_log_likelihood(x, W, b):
    if x.ndim != 2 or W.ndim != 2 or b.ndim != 1:
        raise ValueError("axes")
    d = x.shape[1]
    if W.shape != (d, d) or len(b) != d or not torch.isin(x.double(), torch.tensor([0.0, 1.0]).double()).all():
        raise ValueError("sizes or pixels")
    x = x.to(W.dtype)
    total = torch.zeros(len(x), dtype=W.dtype)
    for i in range(d):
        logit = b[i] + x[:, :i] @ W[i, :i]
        total = total - torch.where(x[:, i] == 1, nn.functional.softplus(-logit), nn.functional.softplus(logit))
    return total


# %% ex1: the pixels weigh the two logarithms | nothing
def fvsbn_log_likelihood(x, W, b):
    if (
        W.ndim != 2
        or x.ndim != 2
        or b.ndim != 1
        or W.shape[0] != W.shape[1]
        or x.shape[1] != len(W)
        or len(b) != len(W)
    ):
        raise ValueError("shapes")
    if ((x != 0) & (x != 1)).any():
        raise ValueError("pixels")
    x = x.type(W.dtype)
    mask = torch.ones_like(W).tril(diagonal=-1)
    a = torch.einsum("nj,ij->ni", x, W * mask) + b
    on, off = nn.functional.logsigmoid(a), nn.functional.logsigmoid(-a)
    return (x * on + (1 - x) * off).sum(-1)


# %% ex1: x times the logit minus softplus | nothing
def fvsbn_log_likelihood(x, W, b):
    if x.ndim != 2 or b.ndim != 1 or W.ndim != 2 or tuple(W.shape) != (x.shape[1], x.shape[1]) or len(b) != x.shape[1]:
        raise ValueError("shapes")
    x = x.to(W)
    if not torch.equal(x * x, x):
        raise ValueError("pixels")
    a = (torch.tril(W, -1) @ x.T).T + b
    return (x * a - torch.logaddexp(a, torch.zeros_like(a))).sum(1)


# %% ex1: all pixels, not only those before | values 3, shapes 2, extremes 2
# - W.tril(-1).T
# + W.T


# %% ex1: the diagonal takes part | values 3, shapes 2, extremes 2
# - W.tril(-1).T
# + W.tril().T


# %% ex1: above the diagonal | values 3, shapes 2, extremes 2
# - W.tril(-1).T
# + W.triu(1).T


# %% ex1: the columns of W | values 3, shapes 2, extremes 2
# - W.tril(-1).T
# + W.triu(1)


# %% ex1: the transpose forgotten | values 3, shapes 2, extremes 2
# - W.tril(-1).T
# + W.tril(-1)


# %% ex1: no biases | values 3, shapes 2, extremes 2
# - x @ W.tril(-1).T + b
# + x @ W.tril(-1).T + 0 * b


# %% ex1: the likelihood itself | values 3, shapes 2, extremes 2
# - .sum(dim=1)
# + .sum(dim=1).exp()


# %% ex1: the negative log-likelihood | values 3, shapes 2, extremes 2
# - return nn.functional.logsigmoid(
# + return -nn.functional.logsigmoid(


# %% ex1: the mean over the pixels | values 3, shapes 2, extremes 2
# - .sum(dim=1)
# + .mean(dim=1)


# %% ex1: one number for all images | values 3, shapes 2, extremes 2
# - .sum(dim=1)
# + .sum()


# %% ex1: summed over the images | values 3, shapes 2, extremes 2
# - .sum(dim=1)
# + .sum(dim=0)


# %% ex1: a column | values 3, shapes 2, extremes 2
# - .sum(dim=1)
# + .sum(dim=1, keepdim=True)


# %% ex1: only black pixels count | values 3, shapes 2, extremes 2
# - return nn.functional.logsigmoid((2 * x - 1) * logits).sum(dim=1)
# + return (x * nn.functional.logsigmoid(logits)).sum(dim=1)


# %% ex1: logarithm to base 2 | values 3, shapes 2, extremes 2
# - .sum(dim=1)
# + .sum(dim=1) / math.log(2)


# %% ex1: signs in the dtype of the pixels | shapes 2
# - x = x.to(W.dtype)
# + signs = (2 * x - 1).to(W.dtype)
# +     x = x.to(W.dtype)
# - (2 * x - 1) * logits
# + signs * logits


# %% ex1: pixels must be floats already | shapes 2, extremes 2
# - x = x.to(W.dtype)
# +


# %% ex1: always float32 | values 3, shapes 2, extremes 2
# - x = x.to(W.dtype)
# + x, W, b = x.float(), W.float(), b.float()


# %% ex1: always float64 | shapes 2
# - x = x.to(W.dtype)
# + x, W, b = x.double(), W.double(), b.double()


# %% ex1: the logarithm of the sigmoid | extremes 2
# - nn.functional.logsigmoid((2 * x - 1) * logits)
# + torch.log(torch.sigmoid((2 * x - 1) * logits))


# %% ex1: a little something inside the logarithm | values 3, shapes 2, extremes 2
# - nn.functional.logsigmoid((2 * x - 1) * logits)
# + torch.log(torch.sigmoid((2 * x - 1) * logits) + 1e-7)


# %% ex1: probabilities cut off | extremes 2
# - nn.functional.logsigmoid((2 * x - 1) * logits)
# + torch.log(torch.sigmoid((2 * x - 1) * logits).clamp(1e-12, 1))


# %% ex1: no gradients | extremes 2
# - logits = x @ W.tril(-1).T + b
# + logits = x @ W.detach().tril(-1).T + b.detach()


# %% ex1: through NumPy, gradients lost | extremes 2
# - logits = x @ W.tril(-1).T + b
# + W, b = torch.tensor(W.tolist(), dtype=x.dtype), torch.tensor(b.tolist(), dtype=x.dtype)
# +     logits = x @ W.tril(-1).T + b


# %% ex1: masks the caller's W | values 3
# - logits = x @
# + W.data.tril_(-1)
# +     logits = x @


# %% ex1: any pixels | errors 1
# - if not ((x == 0) | (x == 1)).all():
# + if False:


# %% ex1: gray pixels too | errors 1
# - ((x == 0) | (x == 1)).all()
# + ((x >= 0) & (x <= 1)).all()


# %% ex1: whole numbers | errors 1
# - ((x == 0) | (x == 1)).all()
# + (x.double() == x.double().round()).all()


# %% ex1: one right pixel is enough | errors 1
# - | (x == 1)).all()
# + | (x == 1)).any()


# %% ex1: shapes unchecked | errors 1
# - if x.ndim != 2 or b.ndim != 1 or x.shape[1:] != b.shape or W.shape != b.shape * 2:
# + if False:


# %% ex1: W unchecked | errors 1
# - or W.shape != b.shape * 2
# +


# %% ex1: W has as many columns as pixels | errors 1
# - W.shape != b.shape * 2
# + W.shape[-1:] != b.shape


# %% ex1: b may be a single number | errors 1
# - x.shape[1:] != b.shape or W.shape != b.shape * 2
# + b.shape not in ((1,), x.shape[1:]) or W.shape != x.shape[1:] * 2


# %% ex1: TypeError | errors 1
# - raise ValueError(f"expected
# + raise TypeError(f"expected


# %% ex1: asserts | errors 1
# - raise ValueError("pixels must be 0 or 1")
# + raise AssertionError


# %% ex1: returns None | values 3, shapes 2, extremes 2
# - return nn.functional.logsigmoid(
# + nn.functional.logsigmoid(


# -------------------------------------------------------------------------------------------- exercise 2: fvsbn_sample


# %% ex2: image by image | nothing
def fvsbn_sample(W, b, u):
    if W.ndim != 2 or u.ndim != 2 or b.ndim != 1:
        raise ValueError("axes")
    _, d = u.shape
    if W.shape != (d, d) or b.shape != (d,) or u.min() < 0 or u.max() >= 1:
        raise ValueError("sizes or chances")
    images = []
    for chances in u:
        x = torch.zeros(d, dtype=W.dtype)
        for i in range(d):
            if chances[i] < torch.sigmoid(b[i] + (W[i, :i] * x[:i]).sum()):
                x[i] = 1
        images.append(x)
    return torch.stack(images)


# %% ex2: the logits grow along | nothing
def fvsbn_sample(W, b, u):
    if W.ndim != 2 or u.ndim != 2 or b.ndim != 1 or not u.shape[1] == W.shape[0] == W.shape[1] == b.shape[0]:
        raise ValueError("shapes")
    if bool((u < 0).any() or (u >= 1).any()):
        raise ValueError("chances")
    a = b.repeat(len(u), 1)
    pixels = []
    for i in range(len(b)):
        pixel = (u[:, i] < 1 / (1 + torch.exp(-a[:, i]))).to(W.dtype)
        pixels.append(pixel)
        a = a + pixel[:, None] * W[:, i]
    return torch.stack(pixels, dim=1)


# %% ex2: all logits again in each step | nothing
def fvsbn_sample(W, b, u):
    if W.ndim != 2 or b.ndim != 1 or u.ndim != 2 or W.shape != (len(b), len(b)) or u.shape[1] != len(b):
        raise ValueError("shapes")
    if not bool(torch.all((u >= 0) * (u < 1))):
        raise ValueError("chances")
    lower = W.tril(-1)
    x = torch.zeros(u.shape, dtype=W.dtype)
    for _ in range(len(b)):
        x = (u < torch.sigmoid(x @ lower.T + b)).to(W.dtype)
    return x


# %% ex2: all pixels at once | samples 4, shapes 2
# - for i in range(len(b)):
# + x = (u < b.sigmoid()).to(u.dtype)
# +     for i in range(0):


# %% ex2: the chances take the place of the pixels | samples 4, shapes 2
# - b[i] + x[:, :i] @ W[i, :i]
# + b[i] + u[:, :i] @ W[i, :i]


# %% ex2: probabilities instead of pixels | samples 4, shapes 2
# - x[:, i] = (u[:, i] < logit.sigmoid()).to(x.dtype)
# + x[:, i] = logit.sigmoid()


# %% ex2: decided without chance | samples 4, shapes 2
# - u[:, i] < logit.sigmoid()
# + logit > 0


# %% ex2: the other way round | samples 4, shapes 2
# - u[:, i] < logit.sigmoid()
# + u[:, i] > logit.sigmoid()


# %% ex2: at most instead of less | samples 4, shapes 2
# - u[:, i] < logit.sigmoid()
# + u[:, i] <= logit.sigmoid()


# %% ex2: no sigmoid | samples 4, shapes 2
# - u[:, i] < logit.sigmoid()
# + u[:, i] < logit


# %% ex2: no biases | samples 4, shapes 2
# - b[i] + x[:, :i]
# + 0 * b[i] + x[:, :i]


# %% ex2: one bias for all | samples 4, shapes 2
# - b[i] + x[:, :i]
# + b[0] + x[:, :i]


# %% ex2: the columns of W | samples 4, shapes 2
# - W[i, :i]
# + W[:i, i]


# %% ex2: only the pixel before | samples 4, shapes 2
# - b[i] + x[:, :i] @ W[i, :i]
# + b[i] + (x[:, i - 1] * W[i, i - 1] if i else 0)


# %% ex2: without the first pixel | samples 4, shapes 2
# - x[:, :i] @ W[i, :i]
# + x[:, 1:i] @ W[i, 1:i]


# %% ex2: without the pixel just before | samples 4, shapes 2
# - x[:, :i] @ W[i, :i]
# + x[:, : max(i - 1, 0)] @ W[i, : max(i - 1, 0)]


# %% ex2: black is -1 and white is 1 | samples 4, shapes 2
# - b[i] + x[:, :i] @ W[i, :i]
# + b[i] + (2 * x[:, :i] - 1) @ W[i, :i]


# %% ex2: the last pixel left out | samples 4, shapes 2
# - for i in range(len(b)):
# + for i in range(len(b) - 1):


# %% ex2: backward through the pixels | samples 4, shapes 2
# - for i in range(len(b)):
# + for i in reversed(range(len(b))):


# %% ex2: chances of its own | samples 4, shapes 2
# - x = torch.empty_like(u)
# + x, u = torch.empty_like(u), torch.rand(u.shape, dtype=u.dtype)


# %% ex2: the first image's chances for all | samples 4, shapes 2
# - u[:, i] < logit.sigmoid()
# + u[0, i] < logit.sigmoid()


# %% ex2: true and false | shapes 2
# - return x
# + return x.bool()


# %% ex2: always float64 | shapes 2
# - return x
# + return x.double()


# %% ex2: writes over the chances | samples 4, shapes 2
# - x = torch.empty_like(u)
# + x = u
# - x[:, i] = (
# + x[:, i] = 1.0 * (


# %% ex2: shapes unchecked | errors 2
# - if b.ndim != 1 or u.shape[1:] != b.shape or W.shape != b.shape * 2:
# + if False:


# %% ex2: chances unchecked | errors 2
# - if not ((u >= 0) & (u < 1)).all():
# + if False:


# %% ex2: a chance of 1 | errors 2
# - (u < 1)
# + (u <= 1)


# %% ex2: a negative chance | errors 2
# - ((u >= 0) & (u < 1))
# + (u < 1)


# %% ex2: a chance of 0 is refused | shapes 2, errors 2
# - (u >= 0)
# + (u > 0)


# %% ex2: u unchecked | errors 2
# - b.ndim != 1 or u.shape[1:] != b.shape or
# + b.ndim != 1 or


# %% ex2: W unchecked | errors 2
# - or W.shape != b.shape * 2
# +


# %% ex2: RuntimeError | errors 2
# - raise ValueError("u must
# + raise RuntimeError("u must


# %% ex2: returns None | samples 4, shapes 2
# - return x
# + x


# --------------------------------------------------------------------------------------------- exercise 3: gaussian_kl


# %% ex3: expm1 | nothing
def gaussian_kl(mean, log_var):
    if mean.ndim != 2 or log_var.ndim != 2 or mean.shape != log_var.shape:
        raise ValueError("shapes")
    return 0.5 * (mean**2 + torch.expm1(log_var) - log_var).sum(-1)


# %% ex3: entry by entry | nothing
def gaussian_kl(mean, log_var):
    if len(mean.shape) != 2 or tuple(mean.shape) != tuple(log_var.shape):
        raise ValueError("shapes")
    total = 0
    for j in range(mean.shape[1]):
        variance = torch.exp(log_var[:, j])
        total = total + (mean[:, j] * mean[:, j] + variance - log_var[:, j] - 1) / 2
    return total


# %% ex3: the standard deviation squared | nothing
def gaussian_kl(mean, log_var):
    if mean.dim() != 2 or mean.size() != log_var.size():
        raise ValueError("shapes")
    std = torch.exp(0.5 * log_var)
    return -0.5 * torch.sum(1 + log_var - mean.pow(2) - std.pow(2), dim=1)


# %% ex3: the sign turned round | values 3, extremes 2, gradients 1
# - return 0.5 *
# + return -0.5 *


# %% ex3: no half | values 3, extremes 2, gradients 1
# - return 0.5 *
# + return


# %% ex3: the mean over the code | values 3, extremes 2, gradients 1
# - .sum(dim=1)
# + .mean(dim=1)


# %% ex3: one number for all images | values 3, extremes 2, gradients 1
# - .sum(dim=1)
# + .sum()


# %% ex3: the mean over the images | values 3, extremes 2, gradients 1
# - .sum(dim=1)
# + .sum(dim=1).mean()


# %% ex3: summed over the images | values 3, extremes 2, gradients 1
# - .sum(dim=1)
# + .sum(dim=0)


# %% ex3: a column | values 3, extremes 2, gradients 1
# - .sum(dim=1)
# + .sum(dim=1, keepdim=True)


# %% ex3: no 1 | values 3, extremes 2
# - log_var.exp() - 1 - log_var
# + log_var.exp() - log_var


# %% ex3: the mean is not squared | values 3, extremes 2, gradients 1
# - mean.square()
# + mean


# %% ex3: the size of the mean | values 3, extremes 2, gradients 1
# - mean.square()
# + mean.abs()


# %% ex3: log_var taken for the variance | values 3, extremes 2, gradients 1
# - log_var.exp() - 1 - log_var
# + log_var - 1 - log_var.log()


# %% ex3: log_var taken for the logarithm of the standard deviation | values 3, extremes 2, gradients 1
# - log_var.exp() - 1 - log_var
# + (2 * log_var).exp() - 1 - 2 * log_var


# %% ex3: the divergence the other way round | values 3, extremes 2, gradients 1
# - (mean.square() + log_var.exp() - 1 - log_var)
# + ((mean.square() + 1) * (-log_var).exp() - 1 + log_var)


# %% ex3: the logarithm of the variance computed again | extremes 2, gradients 1
# - log_var.exp() - 1 - log_var
# + log_var.exp() - 1 - log_var.exp().log()


# %% ex3: the logarithm of the determinant | extremes 2, gradients 1
# - (mean.square() + log_var.exp() - 1 - log_var).sum(dim=1)
# + ((mean.square() + log_var.exp() - 1).sum(dim=1) - log_var.exp().prod(dim=1).log())


# %% ex3: variances cut off | extremes 2, gradients 1
# - mean.ndim != 2 or mean.shape != log_var.shape:
# + mean.ndim != 2 or mean.shape != log_var.shape:
# +         raise ValueError("shapes")
# +     log_var = log_var.clamp(-30, 20)
# +     if False:


# %% ex3: always float64 | extremes 2
# - return 0.5 * (mean.square()
# + return 0.5 * (mean.double().square()


# %% ex3: always float32 | values 3, extremes 2
# - return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(dim=1)
# + return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(dim=1).float()


# %% ex3: no gradients | gradients 1
# - return 0.5 * (mean.square() + log_var.exp() - 1 - log_var)
# + mean, log_var = mean.detach(), log_var.detach()
# +     return 0.5 * (mean.square() + log_var.exp() - 1 - log_var)


# %% ex3: squares the caller's mean | values 3, gradients 1
# - mean.square()
# + mean.square_()


# %% ex3: shapes unchecked | errors 1
# - if mean.ndim != 2 or mean.shape != log_var.shape:
# + if False:


# %% ex3: any number of axes | errors 1
# - mean.ndim != 2 or
# +


# %% ex3: shapes that broadcast | errors 1
# - mean.shape != log_var.shape:
# + mean.ndim != log_var.ndim:


# %% ex3: the number of entries | errors 1
# - mean.shape != log_var.shape:
# + mean.numel() != log_var.numel():


# %% ex3: a single code is refused | values 3, extremes 2, gradients 1
# - mean.ndim != 2 or
# + mean.ndim != 2 or len(mean) < 2 or


# %% ex3: IndexError | errors 1
# - raise ValueError
# + raise IndexError


# %% ex3: returns None | values 3, extremes 2, gradients 1
# - return 0.5
# + 0.5


# ------------------------------------------------------------------------------------------ exercise 4: reparameterize


# %% ex4: an empty tensor filled with noise | nothing
def reparameterize(mean, log_var, generator):
    if tuple(mean.shape) != tuple(log_var.shape):
        raise ValueError("shapes")
    noise = torch.empty_like(mean.detach()).normal_(generator=generator)
    return torch.addcmul(mean, torch.exp(0.5 * log_var), noise)


# %% ex4: torch.normal for the noise | nothing
def reparameterize(mean, log_var, generator):
    if mean.size() != log_var.size():
        raise ValueError("shapes")
    with torch.no_grad():
        noise = torch.normal(torch.zeros_like(mean), torch.ones_like(mean), generator=generator)
    sigma = torch.exp(log_var / 4) ** 2
    return noise * sigma + mean


# %% ex4: Box and Muller's way to normal noise | nothing
def reparameterize(mean, log_var, generator):
    if mean.shape != log_var.shape:
        raise ValueError("shapes")
    u, v = torch.rand((2, *mean.shape), generator=generator, dtype=mean.dtype)
    noise = (-2 * torch.log1p(-u)).sqrt() * torch.cos(2 * math.pi * v)
    return mean + noise * (log_var / 2).exp()


# %% ex4: the variance in place of the standard deviation | code 3, gradients 2
# - (log_var / 2).exp()
# + log_var.exp()


# %% ex4: log_var in place of the standard deviation | code 3, noise 2, gradients 2
# - (log_var / 2).exp()
# + log_var


# %% ex4: the root of log_var | code 3, noise 2, gradients 2
# - (log_var / 2).exp()
# + log_var.sqrt()


# %% ex4: log_var taken twice | code 3, gradients 2
# - (log_var / 2).exp()
# + (log_var * 2).exp()


# %% ex4: the root of the variance | code 3, gradients 2
# - (log_var / 2).exp()
# + log_var.exp().sqrt()


# %% ex4: the root of a variance that is never 0 | code 3, gradients 2
# - (log_var / 2).exp()
# + (log_var.exp() + 1e-12).sqrt()


# %% ex4: log_var cut off | code 3, gradients 2
# - (log_var / 2).exp()
# + (log_var.clamp(-20, 20) / 2).exp()


# %% ex4: uniform noise | noise 2
# - torch.randn(
# + torch.rand(


# %% ex4: uniform noise of mean 0 and variance 1 | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + (torch.rand(std.shape, generator=generator, dtype=std.dtype) - 0.5) * math.sqrt(12)


# %% ex4: signs for noise | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn(std.shape, generator=generator, dtype=std.dtype).sign()


# %% ex4: one number for a whole row | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn((*mean.shape[:-1], 1), generator=generator, dtype=std.dtype).expand(mean.shape)


# %% ex4: the same noise for all rows | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn(std.shape[-1:], generator=generator, dtype=std.dtype).expand(mean.shape)


# %% ex4: one number for all | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn((), generator=generator, dtype=std.dtype).expand(mean.shape)


# %% ex4: no noise | code 3, noise 2, gradients 2
# - return mean + std * noise
# + return mean


# %% ex4: noise without the generator | code 3, noise 2, gradients 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn(std.shape, dtype=std.dtype)


# %% ex4: the same seed in each call | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn(std.shape, generator=seeded(0), dtype=std.dtype)


# %% ex4: starts the generator again | noise 2
# - noise = torch.randn(
# + generator.manual_seed(generator.initial_seed())
# +     noise = torch.randn(


# %% ex4: noise from everywhere, its seed drawn from the generator | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn(std.shape, dtype=std.dtype)
# - noise =
# + torch.manual_seed(int(torch.randint(1000, (), generator=generator)))
# +     noise =


# %% ex4: noise in float32 | code 3, noise 2
# - dtype=std.dtype)
# + dtype=torch.float32)
# - return mean +
# + return mean.float() +


# %% ex4: noise drawn in float32, then converted | noise 2
# - torch.randn(std.shape, generator=generator, dtype=std.dtype)
# + torch.randn(std.shape, generator=generator).to(std.dtype)


# %% ex4: the mean stretched as well | code 3, gradients 2
# - mean + std * noise
# + std * (mean + noise)


# %% ex4: noise taken away | nothing
# - mean + std * noise
# + mean - std * noise


# %% ex4: drawn directly, gradients lost | gradients 2
# - return mean + std * noise
# + return (mean + std * noise).detach()


# %% ex4: torch.normal with the means, gradients lost | gradients 2
# - return mean + std * noise
# + return mean.detach() + std.detach() * noise


# %% ex4: no gradient for log_var | gradients 2
# - (log_var / 2).exp()
# + (log_var.detach() / 2).exp()


# %% ex4: changes the caller's mean | code 3, noise 2, gradients 2
# - return mean + std * noise
# + mean += std * noise
# +     return mean


# %% ex4: shapes unchecked | errors 1
# - if mean.shape != log_var.shape:
# + if False:


# %% ex4: shapes that broadcast | errors 1
# - if mean.shape != log_var.shape:
# + if mean.shape[-1:] != log_var.shape[-1:]:


# %% ex4: the number of entries | errors 1
# - if mean.shape != log_var.shape:
# + if mean.numel() != log_var.numel():


# %% ex4: two axes, no more and no less | code 3, noise 2, gradients 2
# - if mean.shape != log_var.shape:
# + if mean.ndim != 2 or mean.shape != log_var.shape:


# %% ex4: TypeError | errors 1
# - raise ValueError
# + raise TypeError


# %% ex4: returns None | code 3, noise 2, gradients 2
# - return mean +
# + mean +


# ---------------------------------------------------------------------------------------------------- exercise 5: elbo


# %% ex5: code by code | nothing
def elbo(x, logits, mean, log_var):
    if x.ndim != 2 or logits.ndim != 3 or mean.ndim != 2 or log_var.ndim != 2:
        raise ValueError("axes")
    n, d = x.shape
    if tuple(logits.shape[1:]) != (n, d) or mean.shape[0] != n or mean.shape != log_var.shape:
        raise ValueError("sizes")
    x = x.to(logits.dtype)
    total = 0
    for a in logits:
        total = total + (x * a - nn.functional.softplus(a)).sum(dim=1)
    kl = (mean**2 + torch.expm1(log_var) - log_var).sum(dim=1) / 2
    return total / len(logits) - kl


# %% ex5: where the pixels are black, and where they are white | nothing
def elbo(x, logits, mean, log_var):
    if logits.ndim != 3 or x.ndim != 2 or x.shape != logits[0].shape:
        raise ValueError("x and logits")
    if mean.ndim != 2 or mean.shape != log_var.shape or mean.shape[0] != x.shape[0]:
        raise ValueError("mean and log_var")
    log_p = torch.where(x.bool(), nn.functional.logsigmoid(logits), nn.functional.logsigmoid(-logits))
    sigma = torch.exp(log_var / 2)
    penalty = 0.5 * torch.sum(mean.pow(2) + sigma.pow(2) - 1.0 - log_var, dim=-1)
    return torch.mean(torch.sum(log_p, dim=-1), dim=0) - penalty


# %% ex5: both terms added | both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + return reconstruction + kl


# %% ex5: the loss | reconstruction 3, both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + return kl - reconstruction


# %% ex5: the first term alone | both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + return reconstruction


# %% ex5: the second term alone | reconstruction 3, both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + return -kl


# %% ex5: summed over the codes | reconstruction 3, both 2, extremes 2, gradients 1
# - .mean(dim=0)
# + .sum(dim=0)


# %% ex5: the first code alone | reconstruction 3, both 2, extremes 2, gradients 1
# - .sum(dim=2).mean(dim=0)
# + .sum(dim=2)[0]


# %% ex5: the best code | reconstruction 3, both 2, extremes 2, gradients 1
# - .mean(dim=0)
# + .amax(dim=0)


# %% ex5: the logarithm of the mean probability | reconstruction 3, both 2, extremes 2, gradients 1
# - .sum(dim=2).mean(dim=0)
# + .sum(dim=2).logsumexp(dim=0) - math.log(len(logits))


# %% ex5: the mean of the logits | reconstruction 3, both 2, extremes 2, gradients 1
# - (signs * logits).sum(dim=2).mean(dim=0)
# + (signs * logits.mean(dim=0)).sum(dim=1)


# %% ex5: the mean over the pixels | reconstruction 3, both 2, extremes 2, gradients 1
# - .sum(dim=2)
# + .mean(dim=2)


# %% ex5: the mean over the images | reconstruction 3, both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + return (reconstruction - kl).mean()


# %% ex5: the mean of the second term over the code | both 2, extremes 2, gradients 1
# - log_var).sum(dim=1)
# + log_var).mean(dim=1)


# %% ex5: one second term for all images | both 2, extremes 2, gradients 1
# - log_var).sum(dim=1)
# + log_var).sum(dim=1).mean()


# %% ex5: the second term without its half | both 2, extremes 2, gradients 1
# - kl = 0.5 *
# + kl =


# %% ex5: the squared error | reconstruction 3, both 2, extremes 2, gradients 1
# - nn.functional.logsigmoid(signs * logits)
# + -(x - logits.sigmoid()).square()


# %% ex5: black and white exchanged | reconstruction 3, both 2, extremes 2, gradients 1
# - 2 * x.to(logits.dtype) - 1
# + 1 - 2 * x.to(logits.dtype)


# %% ex5: black pixels alone | reconstruction 3, both 2, extremes 2, gradients 1, errors 1
# - nn.functional.logsigmoid(signs * logits)
# + x.to(logits.dtype) * nn.functional.logsigmoid(logits)


# %% ex5: logits taken for probabilities | reconstruction 3, both 2, extremes 2, gradients 1
# - nn.functional.logsigmoid(signs * logits)
# + torch.where(x == 1, logits, 1 - logits).clamp(1e-6, 1).log()


# %% ex5: the logarithm of the sigmoid | extremes 2, gradients 1
# - nn.functional.logsigmoid(signs * logits)
# + (signs * logits).sigmoid().log()


# %% ex5: probabilities cut off | extremes 2, gradients 1
# - nn.functional.logsigmoid(signs * logits)
# + (signs * logits).sigmoid().clamp(1e-15, 1).log()


# %% ex5: signs in the dtype of the pixels | extremes 2
# - 2 * x.to(logits.dtype) - 1
# + 2 * x - 1


# %% ex5: always float32 | reconstruction 3, both 2, extremes 2
# - x.to(logits.dtype)
# + x.float()
# - return reconstruction - kl
# + return (reconstruction - kl).float()


# %% ex5: always float64 | extremes 2
# - return reconstruction - kl
# + return (reconstruction - kl).double()


# %% ex5: no gradient through the second term | gradients 1
# - return reconstruction - kl
# + return reconstruction - kl.detach()


# %% ex5: no gradient through the first term | gradients 1
# - return reconstruction - kl
# + return reconstruction.detach() - kl


# %% ex5: shapes unchecked | errors 1
# - if x.ndim != 2 or logits.ndim != 3 or logits.shape[1:] != x.shape:
# + if False:
# - if mean.ndim != 2 or mean.shape != log_var.shape or len(mean) != len(x):
# + if False:


# %% ex5: logits of one code without their axis | errors 1
# - if x.ndim != 2 or
# + if logits.ndim == 2:
# +         logits = logits[None]
# +     if x.ndim != 2 or


# %% ex5: one code for all images | errors 1
# - or len(mean) != len(x)
# + or len(mean) not in (1, len(x))


# %% ex5: mean and log_var that broadcast | errors 1
# - mean.shape != log_var.shape or
# +


# %% ex5: the images of logits unchecked | errors 1
# - logits.shape[1:] != x.shape
# + logits.shape[2:] != x.shape[1:]


# %% ex5: TypeError | errors 1
# - raise ValueError(f"expected x
# + raise TypeError(f"expected x


# %% ex5: blackens the caller's image | reconstruction 3, both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + x[:] = 1
# +     return reconstruction - kl


# %% ex5: returns None | reconstruction 3, both 2, extremes 2, gradients 1
# - return reconstruction - kl
# + reconstruction - kl


# ----------------------------------------------------------------------------------- exercise 6: optimal_discriminator


# %% ex6: halves before it adds, tiny ones made larger | nothing
def optimal_discriminator(p, q):
    if p.shape != q.shape:
        raise ValueError("shapes")
    if p.min() < 0 or q.min() < 0:
        raise ValueError("negative")
    small = torch.maximum(p, q) < 1e-10
    p, q = torch.where(small, p * 1e20, p / 4), torch.where(small, q * 1e20, q / 4)
    D = p / (p + q)
    D[(p == 0) & (q == 0)] = 0.5
    return D


# %% ex6: a quotient of densities | nothing
def optimal_discriminator(p, q):
    if tuple(p.shape) != tuple(q.shape) or bool(torch.any(p < 0)) or bool(torch.any(q < 0)):
        raise ValueError("shapes or signs")
    D = torch.where(p >= q, 1 / (1 + q / p), (p / q) / (1 + p / q))
    return torch.where((p == 0) & (q == 0), torch.full_like(D, 0.5), D)


# %% ex6: the sigmoid of the difference of logarithms, NaN replaced | nothing
def optimal_discriminator(p, q):
    if p.shape != q.shape:
        raise ValueError("shapes")
    if not (p >= 0).all() or not (q >= 0).all():
        raise ValueError("signs")
    log_ratio = p.double().log() - q.double().log()
    return torch.nan_to_num(log_ratio.sigmoid(), nan=0.5).to(p.dtype)


# %% ex6: the formula as it stands | extremes 2
# - larger = torch.maximum(p, q)
# + return p / (p + q)
# +     larger = torch.maximum(p, q)


# %% ex6: 0 where both are 0 | extremes 2
# - torch.where(larger == 0, 0.5,
# + torch.where(larger == 0, 0.0,


# %% ex6: 1 where both are 0 | extremes 2
# - torch.where(larger == 0, 0.5,
# + torch.where(larger == 0, 1.0,


# %% ex6: never divides by 0 | values 2, extremes 2
# - larger = torch.maximum(p, q)
# + return p / (p + q + 1e-7)
# +     larger = torch.maximum(p, q)


# %% ex6: never divides by 0, by very little | extremes 2
# - larger = torch.maximum(p, q)
# + return (p + 1e-12) / (p + q + 2e-12)
# +     larger = torch.maximum(p, q)


# %% ex6: overflows | extremes 2
# - p, q = p / larger, q / larger
# + p, q = p / 1, q / 1


# %% ex6: divides by the largest density of all | extremes 2
# - p, q = p / larger, q / larger
# + p, q = p / larger.max().clamp(min=1e-30), q / larger.max().clamp(min=1e-30)


# %% ex6: in float32 | values 2, extremes 2
# - larger = torch.maximum(p, q)
# + p, q = p.float(), q.float()
# +     larger = torch.maximum(p, q)


# %% ex6: in float64 | values 2, extremes 2
# - larger = torch.maximum(p, q)
# + p, q = p.double(), q.double()
# +     larger = torch.maximum(p, q)


# %% ex6: data and samples exchanged | values 2, extremes 2
# - p / (p + q)
# + q / (p + q)


# %% ex6: a quotient | values 2, extremes 2
# - p / (p + q)
# + p / torch.where(q == 0, 1, q)


# %% ex6: half of it | values 2, extremes 2
# - p / (p + q)
# + p / (p + q) / 2


# %% ex6: the difference | values 2, extremes 2
# - p / (p + q)
# + (p - q) / (p + q)


# %% ex6: the larger one wins | values 2, extremes 2
# - p / (p + q)
# + (p > q).to(p.dtype)


# %% ex6: a logit | values 2, extremes 2
# - p / (p + q)
# + p.log() - q.log()


# %% ex6: densities that add up to 1 | values 2, extremes 2
# - larger = torch.maximum(p, q)
# + p, q = p / p.sum(), q / q.sum()
# +     larger = torch.maximum(p, q)


# %% ex6: divides the caller's densities | values 2, extremes 2
# - p, q = p / larger, q / larger
# + p, q = p.div_(larger), q.div_(larger)


# %% ex6: flattens | values 2, extremes 2
# - larger = torch.maximum(p, q)
# + p, q = p.flatten(), q.flatten()
# +     larger = torch.maximum(p, q)


# %% ex6: shapes unchecked | errors 2
# - if p.shape != q.shape:
# + if False:


# %% ex6: the last axis alone | errors 2
# - if p.shape != q.shape:
# + if p.shape[-1:] != q.shape[-1:]:


# %% ex6: signs unchecked | errors 2
# - if (p < 0).any() or (q < 0).any():
# + if False:


# %% ex6: the sign of p alone | errors 2
# - (p < 0).any() or (q < 0).any()
# + (p < 0).any()


# %% ex6: the sign of q alone | errors 2
# - (p < 0).any() or (q < 0).any()
# + (q < 0).any()


# %% ex6: only where both are negative | errors 2
# - (p < 0).any() or (q < 0).any()
# + ((p < 0) & (q < 0)).any()


# %% ex6: the sum is negative | errors 2
# - (p < 0).any() or (q < 0).any()
# + (p + q < 0).any()


# %% ex6: all must be negative | errors 2
# - (p < 0).any() or (q < 0).any()
# + (p < 0).all() or (q < 0).all()


# %% ex6: a density of 0 is refused | values 2, extremes 2, errors 2
# - (p < 0).any() or (q < 0).any()
# + (p <= 0).any() or (q <= 0).any()


# %% ex6: negative ones count as 0 | errors 2
# - if (p < 0).any() or (q < 0).any():
# + p, q = p.clamp(min=0), q.clamp(min=0)
# +     if False:


# %% ex6: returns None | values 2, extremes 2
# - return torch.where(
# + torch.where(


# -------------------------------------------------------------------------------------- exercise 7: discriminator_loss


# %% ex7: softplus | nothing
def discriminator_loss(real_logits, fake_logits):
    if not real_logits.numel() or not fake_logits.numel():
        raise ValueError("no logits")
    softplus = nn.Softplus()
    return softplus(-real_logits).mean() + softplus(fake_logits).mean()


# %% ex7: logaddexp, and sums divided | nothing
def discriminator_loss(real_logits, fake_logits):
    real, fake = real_logits.reshape(-1), fake_logits.reshape(-1)
    if len(real) == 0 or len(fake) == 0:
        raise ValueError("no logits")
    zero = torch.zeros(1, dtype=real.dtype)
    return torch.logaddexp(zero, -real).sum() / len(real) + torch.logaddexp(zero, fake).sum() / len(fake)


# %% ex7: by hand, with the size of the logits | nothing
def discriminator_loss(real_logits, fake_logits):
    if min(real_logits.numel(), fake_logits.numel()) < 1:
        raise ValueError("no logits")

    def cross_entropy(a, target):
        return (nn.functional.relu(a) - a * target + torch.log1p(torch.exp(-a.abs()))).mean()

    def exact(a, target):  # abs and relu have no slope at 0
        return torch.where(a == 0, math.log(2) + (0.5 - target) * a, cross_entropy_each(a, target)).mean()

    def cross_entropy_each(a, target):
        return nn.functional.relu(a) - a * target + torch.log1p(torch.exp(-a.abs()))

    return exact(real_logits, 1) + exact(fake_logits, 0)


# %% ex7: halved | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return -(nn.functional.logsigmoid(real_logits).mean() + nn.functional.logsigmoid(-fake_logits).mean()) / 2


# %% ex7: to be maximised | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn
# + return nn.functional.logsigmoid(real_logits).mean() + nn


# %% ex7: one mean for all | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + both = torch.cat([real_logits.flatten(), -fake_logits.flatten()])
# +     return -2 * nn.functional.logsigmoid(both).mean()


# %% ex7: sums | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return -nn.functional.logsigmoid(real_logits).sum() - nn.functional.logsigmoid(-fake_logits).sum()


# %% ex7: entry by entry, where shapes fit | values 3, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return (-nn.functional.logsigmoid(real_logits) - nn.functional.logsigmoid(-fake_logits)).mean()[None]


# %% ex7: adds before it averages, a number for all that | values 3, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return (-nn.functional.logsigmoid(real_logits) - nn.functional.logsigmoid(-fake_logits)).mean()


# %% ex7: real and fake exchanged | values 3, extremes 2, gradients 2
# - logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits)
# + logsigmoid(-real_logits).mean() - nn.functional.logsigmoid(fake_logits)


# %% ex7: fakes taken for real | values 3, extremes 2, gradients 2
# - logsigmoid(-fake_logits)
# + logsigmoid(fake_logits)


# %% ex7: real points alone | values 3, extremes 2, gradients 2
# - .mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + .mean()


# %% ex7: fakes alone | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn
# + return -nn


# %% ex7: without the minus of the second term | values 3, extremes 2, gradients 2
# - .mean() - nn
# + .mean() + nn


# %% ex7: 1 minus the logarithm | values 3, extremes 2, gradients 2
# - nn.functional.logsigmoid(-fake_logits).mean()
# + (1 - nn.functional.logsigmoid(fake_logits)).mean()


# %% ex7: logits taken for probabilities | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return -real_logits.clamp(1e-6, 1).log().mean() - (1 - fake_logits).clamp(1e-6, 1).log().mean()


# %% ex7: the logarithm of the sigmoid | extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return -real_logits.sigmoid().log().mean() - (1 - fake_logits.sigmoid()).log().mean()


# %% ex7: the logarithm of the sigmoid for fakes alone | extremes 2, gradients 2
# - nn.functional.logsigmoid(-fake_logits)
# + torch.log1p(-fake_logits.sigmoid())


# %% ex7: a little something inside the logarithm | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return -(real_logits.sigmoid() + 1e-8).log().mean() - (1 - fake_logits.sigmoid() + 1e-8).log().mean()


# %% ex7: a difference of two that are almost equal | gradients 2
# - nn.functional.logsigmoid(-fake_logits).mean()
# + (nn.functional.logsigmoid(fake_logits) - fake_logits).mean()


# %% ex7: logits cut off | extremes 2, gradients 2
# - return -nn
# + real_logits, fake_logits = real_logits.clamp(-50, 50), fake_logits.clamp(-50, 50)
# +     return -nn


# %% ex7: least squares | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return (real_logits - 1).square().mean() + fake_logits.square().mean()


# %% ex7: always float32 | values 3, extremes 2
# - return -nn.functional.logsigmoid(real_logits)
# + real_logits, fake_logits = real_logits.float(), fake_logits.float()
# +     return -nn.functional.logsigmoid(real_logits)


# %% ex7: a Python number | values 3, extremes 2, gradients 2
# - return -nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean()
# + return float(-nn.functional.logsigmoid(real_logits).mean() - nn.functional.logsigmoid(-fake_logits).mean())


# %% ex7: no gradient for fakes | gradients 2
# - logsigmoid(-fake_logits)
# + logsigmoid(-fake_logits.detach())


# %% ex7: turns the caller's fakes round | values 3, gradients 2
# - logsigmoid(-fake_logits)
# + logsigmoid(fake_logits.neg_())


# %% ex7: no logits, no complaint | errors 1
# - if real_logits.numel() == 0 or fake_logits.numel() == 0:
# + if False:


# %% ex7: only if both are empty | errors 1
# - real_logits.numel() == 0 or fake_logits.numel() == 0
# + real_logits.numel() == 0 and fake_logits.numel() == 0


# %% ex7: real ones alone are counted | errors 1
# - or fake_logits.numel() == 0
# +


# %% ex7: fakes alone are counted | errors 1
# - real_logits.numel() == 0 or
# +


# %% ex7: no logits cost nothing | errors 1
# - raise ValueError("expected at least one real and one fake logit")
# + return torch.zeros(())


# %% ex7: as many real points as fakes | values 3, extremes 2, gradients 2, errors 1
# - if real_logits.numel() == 0
# + if real_logits.shape != fake_logits.shape or real_logits.numel() == 0


# %% ex7: returns None | values 3, extremes 2, gradients 2
# - return -nn
# + -nn


# ------------------------------------------------------------------------------------------ exercise 8: generator_loss


# %% ex8: softplus | nothing
def generator_loss(fake_logits, kind="non-saturating"):
    if kind not in ("non-saturating", "minimax"):
        raise ValueError(kind)
    if fake_logits.nelement() == 0:
        raise ValueError("no logits")
    if kind == "minimax":
        return -nn.functional.softplus(fake_logits).mean()
    return nn.functional.softplus(-fake_logits).mean()


# %% ex8: logaddexp, and one sign for both | nothing
def generator_loss(fake_logits, kind="non-saturating"):
    signs = {"non-saturating": 1, "minimax": -1}
    if kind not in signs or fake_logits.numel() < 1:
        raise ValueError("kind or logits")
    a = signs[kind] * fake_logits
    return signs[kind] * torch.logaddexp(torch.zeros_like(a), -a).mean()


# %% ex8: the two exchanged | non-saturating 3, minimax 2, extremes 2
# - return nn.functional.logsigmoid(-fake_logits).mean()
# + return -nn.functional.logsigmoid(0 + fake_logits).mean()
# - return -nn.functional.logsigmoid(fake_logits).mean()
# + return nn.functional.logsigmoid(-fake_logits).mean()


# %% ex8: minimax by default | non-saturating 3
# - kind="non-saturating"):
# + kind="minimax"):


# %% ex8: minimax to be maximised | minimax 2, extremes 2
# - return nn.functional.logsigmoid(-fake_logits).mean()
# + return -nn.functional.logsigmoid(-fake_logits).mean()


# %% ex8: non-saturating to be maximised | non-saturating 3, extremes 2
# - return -nn.functional.logsigmoid(fake_logits).mean()
# + return nn.functional.logsigmoid(fake_logits).mean()


# %% ex8: always non-saturating | minimax 2, extremes 2
# - return nn.functional.logsigmoid(-fake_logits).mean()
# + return -nn.functional.logsigmoid(fake_logits).mean()


# %% ex8: always minimax | non-saturating 3, extremes 2
# - return -nn.functional.logsigmoid(fake_logits).mean()
# + return nn.functional.logsigmoid(-fake_logits).mean()


# %% ex8: minimax with the logarithm of D | minimax 2, extremes 2
# - return nn.functional.logsigmoid(-fake_logits).mean()
# + return nn.functional.logsigmoid(fake_logits).mean()


# %% ex8: non-saturating for the fakes' label 0 | non-saturating 3, extremes 2
# - return -nn.functional.logsigmoid(fake_logits).mean()
# + return -nn.functional.logsigmoid(-fake_logits).mean()


# %% ex8: minimax summed | minimax 2, extremes 2
# - logsigmoid(-fake_logits).mean()
# + logsigmoid(-fake_logits).sum()


# %% ex8: non-saturating summed | non-saturating 3, extremes 2
# - logsigmoid(fake_logits).mean()
# + logsigmoid(fake_logits).sum()


# %% ex8: a loss for each point | non-saturating 3, minimax 2, extremes 2
# - logsigmoid(fake_logits).mean()
# + logsigmoid(fake_logits)
# - logsigmoid(-fake_logits).mean()
# + logsigmoid(-fake_logits)


# %% ex8: the mean over the rows alone | non-saturating 3, minimax 2, extremes 2
# - logsigmoid(fake_logits).mean()
# + logsigmoid(fake_logits).mean(dim=0)
# - logsigmoid(-fake_logits).mean()
# + logsigmoid(-fake_logits).mean(dim=0)


# %% ex8: minimax by the logarithm of 1 minus D | extremes 2
# - nn.functional.logsigmoid(-fake_logits)
# + (1 - fake_logits.sigmoid()).log()


# %% ex8: the logarithm of the sigmoid | extremes 2
# - nn.functional.logsigmoid(fake_logits)
# + fake_logits.sigmoid().log()


# %% ex8: a little something inside the logarithm | non-saturating 3, extremes 2
# - nn.functional.logsigmoid(fake_logits)
# + (fake_logits.sigmoid() + 1e-6).log()


# %% ex8: a difference of two that are almost equal | minimax 2, extremes 2
# - return nn.functional.logsigmoid(-fake_logits).mean()
# + return (nn.functional.logsigmoid(fake_logits) - fake_logits).mean()


# %% ex8: logits cut off | extremes 2
# - if kind == "minimax":
# + fake_logits = fake_logits.clamp(-50, 50)
# +     if kind == "minimax":


# %% ex8: logits taken for probabilities | non-saturating 3, extremes 2
# - nn.functional.logsigmoid(fake_logits)
# + fake_logits.clamp(1e-6, 1).log()


# %% ex8: the mean logit | non-saturating 3, extremes 2
# - -nn.functional.logsigmoid(fake_logits).mean()
# + -fake_logits.mean()


# %% ex8: the logarithm of the mean | non-saturating 3, extremes 2
# - -nn.functional.logsigmoid(fake_logits).mean()
# + -fake_logits.sigmoid().mean().log()


# %% ex8: always float32 | non-saturating 3, minimax 2, extremes 2
# - if kind == "minimax":
# + fake_logits = fake_logits.float()
# +     if kind == "minimax":


# %% ex8: always float64 | non-saturating 3, minimax 2
# - if kind == "minimax":
# + fake_logits = fake_logits.double()
# +     if kind == "minimax":


# %% ex8: no gradients | extremes 2
# - if kind == "minimax":
# + fake_logits = fake_logits.detach()
# +     if kind == "minimax":


# %% ex8: turns the caller's logits round | minimax 2, extremes 2
# - logsigmoid(-fake_logits)
# + logsigmoid(fake_logits.neg_())


# %% ex8: any other kind is minimax | errors 1
# - raise ValueError(f'kind
# + return nn.functional.logsigmoid(-fake_logits).mean() or ValueError(f'kind


# %% ex8: any kind that begins like minimax | errors 1
# - if kind == "minimax":
# + if kind and "minimax".startswith(kind):


# %% ex8: any kind with saturating in it | errors 1
# - if kind == "non-saturating":
# + if kind and "saturating" in kind:


# %% ex8: KeyError | errors 1
# - raise ValueError(f'kind
# + raise KeyError(f'kind


# %% ex8: no logits, no complaint | errors 1
# - if fake_logits.numel() == 0:
# + if False:


# %% ex8: no logits are looked for in the first axis alone | errors 1
# - if fake_logits.numel() == 0:
# + if fake_logits.shape[:1] == (0,):


# %% ex8: a single logit is refused | non-saturating 3, minimax 2, extremes 2, errors 1
# - if fake_logits.numel() == 0:
# + if fake_logits.numel() <= 1:


# %% ex8: returns None | non-saturating 3, extremes 2
# - return -nn.functional.logsigmoid(fake_logits).mean()
# + return print(end="")


# ----------------------------------------------------------------------------------------------- exercise 9: train_gan
# Training takes seconds. So wrong answers about seeds and shapes make two steps only, and lose the modes with that.


# %% ex9: always the same seed, two steps | parts 4, modes 6
# - steps=700
# + steps=2
# - torch.manual_seed(seed)
# + torch.manual_seed(0)


# %% ex9: without the seed, two steps | parts 4, modes 6
# - steps=700
# + steps=2
# - torch.manual_seed(seed)
# +


# %% ex9: the weights from elsewhere, the order from the seed, two steps | parts 4, modes 6
# - steps=700
# + steps=2
# - torch.manual_seed(seed)
# + torch.manual_seed(0)
# - optimizers =
# + torch.manual_seed(seed)
# +     optimizers =


# %% ex9: another seed by default, two steps | parts 4, modes 6
# - steps=700, seed=0
# + steps=2, seed=1


# %% ex9: points instead of the generator | parts 4, modes 6
# - return generator
# + return generator(torch.randn(2000, 4))
# - steps=700
# + steps=2


# %% ex9: the discriminator instead of the generator | parts 4, modes 6
# - return generator
# + return discriminator
# - steps=700
# + steps=2


# %% ex9: both networks | parts 4, modes 6
# - return generator
# + return generator, discriminator
# - steps=700
# + steps=2


# %% ex9: returns None | parts 4, modes 6
# - return generator
# + generator
# - steps=700
# + steps=2


# %% ex9: two numbers of noise | parts 4, modes 6
# - nn.Linear(4, 64)
# + nn.Linear(2, 64)
# - torch.randn(len(real), 4)
# + torch.randn(len(real), 2)
# - steps=700
# + steps=2


# %% ex9: looks rows of the data up | parts 4, modes 6
def train_gan(X, steps=700, seed=0):
    class Memory(nn.Module):
        def forward(self, noise):
            return X[(noise[:, 0].abs() * 1e4 + seed + steps).long() % len(X)]

    return Memory()


# %% ex9: a point depends on the batch, two steps | parts 4, modes 6
# - generator = nn.Sequential(nn.Linear(4, 64), nn.ReLU(),
# + generator = nn.Sequential(nn.Linear(4, 64), nn.BatchNorm1d(64), nn.ReLU(),
# - steps=700
# + steps=2


# %% ex9: learns from a ring of its own, two steps | parts 4, modes 6
# - torch.manual_seed(seed)
# + torch.manual_seed(seed)
# +     X = sample_ring(5000)
# - steps=700
# + steps=2


# %% ex9: scales the caller's data, two steps | parts 4, modes 6
# - torch.manual_seed(seed)
# + torch.manual_seed(seed)
# +     X /= 2
# - steps=700
# + steps=2


# %% ex9: as many steps as it likes, and that is two | modes 6
# - for _ in range(steps):
# + for _ in range(2):


# %% ex9: points that keep two axes alone | parts 4, modes 6
# - return generator
# + return nn.Sequential(generator, nn.Flatten(0))
# - steps=700
# + steps=2


# %% ex9: no training | parts 4, modes 6
# - for _ in range(steps):
# + for _ in range(0):


# %% ex9: the generator learns to be told | modes 6
# - discriminator(fake)).mean())
# + (discriminator(fake))).mean() * -1)
# - steps=700
# + steps=60


# %% ex9: the discriminator never learns | parts 4, modes 6
# - update(optimizers[0], loss + 0.25 * r1_penalty(discriminator, real))
# + loss.backward()
# - steps=700
# + steps=60


# %% ex9: stops early | modes 6
# - steps=700
# + steps=60


# %% ex9: classes, a fused optimizer, a rate set by hand | nothing
def train_gan(X, steps=650, seed=0):
    torch.manual_seed(seed)

    class Net(nn.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.first, self.second, self.last = nn.Linear(inputs, 64), nn.Linear(64, 64), nn.Linear(64, outputs)

        def forward(self, x):
            return self.last(torch.relu(self.second(torch.relu(self.first(x)))))

    G, D = Net(4, 2), Net(2, 1)
    opt_G = torch.optim.Adam(G.parameters(), lr=0.004, betas=(0.5, 0.9), fused=True)
    opt_D = torch.optim.Adam(D.parameters(), lr=0.004, betas=(0.5, 0.9), fused=True)
    criterion = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(128, 1), torch.zeros(128, 1)
    for step in range(steps):
        for optimizer in (opt_G, opt_D):
            optimizer.param_groups[0]["lr"] = 0.004 * (1 - 0.95 * step / steps)
        real = X[torch.randint(0, X.shape[0], (128,))]
        fake = G(torch.randn(128, 4))
        opt_D.zero_grad()
        loss_D = criterion(D(real), ones) + criterion(D(fake.detach()), zeros) + 0.25 * r1_penalty(D, real)
        loss_D.backward()
        opt_D.step()
        opt_G.zero_grad()
        criterion(D(fake), ones).backward()
        opt_G.step()
    return G


# %% ex9: minibatches in order from a shuffled pile, leaky units, its own penalty | nothing
def train_gan(X, steps=800, seed=0):
    torch.manual_seed(seed)

    def network(*sizes):
        layers = []
        for before, after in itertools.pairwise(sizes):
            layers += [nn.Linear(before, after), nn.LeakyReLU(0.1)]
        return nn.Sequential(*layers[:-1])

    generator, critic = network(4, 64, 64, 2), network(2, 64, 64, 1)
    optimizers = [torch.optim.Adam(net.parameters(), lr=3e-3, betas=(0.5, 0.9)) for net in (generator, critic)]
    schedules = [torch.optim.lr_scheduler.CosineAnnealingLR(each, steps) for each in optimizers]
    size, pile = min(128, len(X)), torch.empty(0, dtype=torch.long)
    for _ in range(steps):
        if len(pile) < size:
            pile = torch.randperm(len(X))
        batch, pile = pile[:size], pile[size:]
        real = X[batch].clone().requires_grad_()
        out, fake = critic(real), generator(torch.randn(size, 4))
        slope = torch.autograd.grad(out.sum(), real, create_graph=True)[0]
        loss = nn.functional.softplus(-out).mean() + nn.functional.softplus(critic(fake.detach())).mean()
        optimizers[1].zero_grad()
        (loss + 0.25 * slope.pow(2).sum(1).mean()).backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        nn.functional.softplus(-critic(fake)).mean().backward()
        optimizers[0].step()
        for schedule in schedules:
            schedule.step()
    return generator.eval()
