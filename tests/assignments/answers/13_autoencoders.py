"""Answers to assignment 13, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a class or a function or, for a small mistake, what differs from the instructor's
answer.
"""

# ruff: noqa: F811

import math

import torch
from torch import nn

# -------------------------------------------------------------------------------------- exercise 1: reconstruction_loss


# %% ex1: softplus, flattened first | nothing
def reconstruction_loss(output, x, kind="squared"):
    if output.ndim < 1 or output.shape != x.shape:
        raise ValueError("output and x must have the same shape")
    if kind not in {"squared", "cross_entropy"}:
        raise ValueError("no such kind")
    output, x = output.reshape(len(output), -1), x.reshape(len(x), -1)
    if kind == "squared":
        return ((output - x) ** 2).sum(dim=1).mean()
    if ((x < 0) | (x > 1)).any():
        raise ValueError("x must lie between 0 and 1")
    return (nn.functional.softplus(output) - x * output).sum(1).mean(0)


# %% ex1: torch's squared error, the maximum taken out of the logarithm | nothing
def reconstruction_loss(output, x, kind="squared"):
    if output.shape != x.shape or len(x.shape) == 0:
        raise ValueError("wrong shapes")
    n = x.shape[0]
    match kind:
        case "squared":
            return nn.functional.mse_loss(output, x, reduction="sum") / n
        case "cross_entropy":
            if not torch.all((x >= 0) & (x <= 1)):
                raise ValueError("x is out of range")
            rest = torch.log1p(torch.exp(-torch.abs(output)))
            return torch.sum(torch.maximum(output, torch.zeros_like(output)) - output * x + rest) / n
        case _:
            raise ValueError("unknown kind")


# %% ex1: the mean over all entries, as nn.MSELoss | squared 3, gradients 2
# - (output - x).square().sum() / len(x)
# + (output - x).square().mean()


# %% ex1: the sum over everything | squared 3, gradients 2
# - (output - x).square().sum() / len(x)
# + (output - x).square().sum()


# %% ex1: half the square | squared 3, gradients 2
# - (output - x).square().sum() / len(x)
# + (output - x).square().sum() / len(x) / 2


# %% ex1: the length, not its square | squared 3, gradients 2
# - (output - x).square().sum() / len(x)
# + (output - x).reshape(len(x), -1).norm(dim=1).mean()


# %% ex1: the absolute error | squared 3, gradients 2
# - (output - x).square().sum() / len(x)
# + (output - x).abs().sum() / len(x)


# %% ex1: two axes and no more | squared 3, cross-entropy 3, gradients 2
# - if kind == "squared":
# + if x.ndim != 2:
# +         raise TypeError
# +     if kind == "squared":


# %% ex1: the cross-entropy's mean over all entries | cross-entropy 3, gradients 2
# - (x * log_ink + (1 - x) * log_paper).sum() / len(x)
# + (x * log_ink + (1 - x) * log_paper).mean()


# %% ex1: the logarithm of the sigmoid, step by step | cross-entropy 3, gradients 2
# - log_ink, log_paper = nn.functional.logsigmoid(output), nn.functional.logsigmoid(-output)
# + log_ink, log_paper = output.sigmoid().log(), (1 - output.sigmoid()).log()


# %% ex1: logarithms cut off, as where a library clamps them | cross-entropy 3, gradients 2
# - log_ink, log_paper = nn.functional.logsigmoid(output), nn.functional.logsigmoid(-output)
# + p = output.sigmoid().clamp(1e-7, 1 - 1e-7)
# +     log_ink, log_paper = p.log(), (1 - p).log()


# %% ex1: outputs taken for probabilities | cross-entropy 3, gradients 2
# - log_ink, log_paper = nn.functional.logsigmoid(output), nn.functional.logsigmoid(-output)
# + p = output.clamp(1e-7, 1 - 1e-7)
# +     log_ink, log_paper = p.log(), (1 - p).log()


# %% ex1: the ink only | cross-entropy 3, gradients 2
# - (x * log_ink + (1 - x) * log_paper)
# + (x * log_ink)


# %% ex1: no minus | cross-entropy 3, gradients 2
# - return -(x * log_ink
# + return (x * log_ink


# %% ex1: gray made black or white | cross-entropy 3, gradients 2
# - log_ink, log_paper =
# + x = x.round()
# +     log_ink, log_paper =


# %% ex1: a Python number | squared 3, gradients 2
# - return (output - x).square().sum() / len(x)
# + return float((output - x).square().sum() / len(x))


# %% ex1: no slope where a logit is exactly 0, as relu and abs have none there | gradients 2
# - log_ink, log_paper = nn.functional.logsigmoid(output), nn.functional.logsigmoid(-output)
# + return (output.relu() - output * x + torch.log1p(torch.exp(-output.abs()))).sum() / len(x)
# +     log_ink, log_paper = nn.functional.logsigmoid(output), nn.functional.logsigmoid(-output)


# %% ex1: cut off from the graph | gradients 2
# - if kind == "squared":
# + output = output.detach()
# +     if kind == "squared":


# %% ex1: shapes that broadcast | errors 1
# - if output.shape != x.shape or x.ndim == 0:
# + if torch.broadcast_shapes(output.shape, x.shape) == ():


# %% ex1: the same number of entries will do | errors 1
# - if output.shape != x.shape or x.ndim == 0:
# + if output.numel() != x.numel() or x.ndim == 0 or output.ndim == 0:
# - if kind == "squared":
# + output = output.reshape(x.shape)
# +     if kind == "squared":


# %% ex1: every other word is the cross-entropy | errors 1
# - if kind != "cross_entropy":
# + if False:


# %% ex1: no look at the entries of x | errors 1
# - if x.min() < 0 or x.max() > 1:
# + if False:


# %% ex1: only x above 1 is refused | errors 1
# - if x.min() < 0 or x.max() > 1:
# + if x.max() > 1:


# %% ex1: the squared error wants x from 0 to 1, too | squared 3, errors 1
# - if kind == "squared":
# + if x.min() < 0 or x.max() > 1:
# +         raise ValueError
# +     if kind == "squared":


# %% ex1: overwrites output | squared 3, gradients 2
# - return (output - x).square().sum() / len(x)
# + output -= x
# +         return output.square().sum() / len(x)


# %% ex1: gives back nothing | squared 3, gradients 2
# - return (output - x).square().sum() / len(x)
# + (output - x).square().sum() / len(x)
# +         return None


# -------------------------------------------------------------------------------------------------- exercise 2: corrupt


# %% ex2: bernoulli, noise added, the kinds in turn | nothing
def corrupt(x, p, generator, kind="mask"):
    if p < 0 or (kind != "gaussian" and p > 1):
        raise ValueError("p is out of range")
    if kind == "gaussian":
        return x + p * torch.randn(x.shape, generator=generator, dtype=x.dtype)
    hit = torch.bernoulli(torch.full_like(x, p), generator=generator).bool()
    if kind == "mask":
        return x.masked_fill(hit, 0.0)
    if kind == "salt_pepper":
        salt = torch.randint(0, 2, x.shape, generator=generator).to(x.dtype)
        return torch.where(hit, salt, x)
    raise ValueError("unknown kind")


# %% ex2: copies and indices | nothing
def corrupt(x, p, generator, kind="mask"):
    if kind not in ["mask", "gaussian", "salt_pepper"]:
        raise ValueError("unknown kind")
    if not (0 <= p <= 1 or (kind == "gaussian" and p >= 0)):
        raise ValueError("p is out of range")
    result = x.clone()
    if kind == "gaussian":
        result += torch.empty_like(x).normal_(generator=generator) * p
        return result
    u = torch.empty_like(x).uniform_(generator=generator)
    if kind == "mask":
        result *= u >= p
    else:
        result[u < p] = 1
        result[u < p / 2] = 0
    return result


# %% ex2: keeps with probability p | mask 3, salt-pepper 3
# - return torch.where(hit, damage, x)
# + return torch.where(hit, x, damage)


# %% ex2: scaled up as dropout is | mask 3, salt-pepper 3
# - return torch.where(hit, damage, x)
# + return torch.where(hit, damage, x / (1 - p) if p < 1 else x)


# %% ex2: whole rows | mask 3, salt-pepper 3
# - hit = torch.rand(x.shape, generator=generator) < p
# + hit = torch.rand(x.shape[0], *[1] * (x.ndim - 1), generator=generator).expand(x.shape) < p


# %% ex2: whole columns | mask 3, salt-pepper 3
# - hit = torch.rand(x.shape, generator=generator) < p
# + hit = torch.rand(x.shape[1:], generator=generator).expand(x.shape) < p


# %% ex2: draws for those entries alone that are not 0 | mask 3, gaussian 2, salt-pepper 3
# - return torch.normal(x, p, generator=generator)
# + damaged = x.clone()
# +         damaged[x != 0] = torch.normal(x[x != 0], p, generator=generator)
# +         return damaged
# - hit = torch.rand(x.shape, generator=generator) < p
# + hit = x != 0
# +     hit[x != 0] = torch.rand(int(hit.sum()), generator=generator) < p


# %% ex2: exactly a share p of the entries | mask 3
# - return torch.where(hit, damage, x)
# + if kind == "mask":
# +         hit = torch.randperm(x.numel(), generator=generator).reshape(x.shape) / x.numel() < p
# +     return torch.where(hit, damage, x)


# %% ex2: torch's own random numbers for the mask | mask 3, salt-pepper 3
# - hit = torch.rand(x.shape, generator=generator) < p
# + hit = torch.rand(x.shape) < p


# %% ex2: the generator set back each time | mask 3, salt-pepper 3
# - hit = torch.rand
# + generator.manual_seed(0)
# +     hit = torch.rand


# %% ex2: overwrites x | mask 3, gaussian 2, salt-pepper 3
# - return torch.normal(x, p, generator=generator)
# + return x.add_(torch.normal(torch.zeros_like(x), p, generator=generator))
# - return torch.where(hit, damage, x)
# + x[hit] = torch.where(hit, damage, x)[hit]
# +     return x


# %% ex2: float32 whatever comes in | mask 3, gaussian 2, salt-pepper 3
# - return torch.normal(x, p, generator=generator)
# + return torch.normal(x.float(), p, generator=generator)
# - return torch.where(hit, damage, x)
# + return torch.where(hit, damage, x).float()


# %% ex2: p is the variance | gaussian 2
# - return torch.normal(x, p, generator=generator)
# + return torch.normal(x, math.sqrt(p), generator=generator)


# %% ex2: even noise | gaussian 2
# - return torch.normal(x, p, generator=generator)
# + return x + p * math.sqrt(12) * (torch.rand(x.shape, generator=generator, dtype=x.dtype) - 0.5)


# %% ex2: one number for all | gaussian 2
# - return torch.normal(x, p, generator=generator)
# + return x + torch.normal(torch.zeros(1, dtype=x.dtype), p, generator=generator)


# %% ex2: noise in proportion to the entry | gaussian 2
# - return torch.normal(x, p, generator=generator)
# + return x * torch.normal(torch.ones_like(x), p, generator=generator)


# %% ex2: noise cut off at 0 and 1 | gaussian 2
# - return torch.normal(x, p, generator=generator)
# + return torch.normal(x, p, generator=generator).clamp(0, 1)


# %% ex2: normal noise from nowhere | gaussian 2
# - return torch.normal(x, p, generator=generator)
# + return torch.normal(x, p)


# %% ex2: salt with probability p, pepper with probability p | salt-pepper 3
# - return torch.where(hit, damage, x)
# + if kind == "salt_pepper":
# +         x, damage = torch.where(torch.rand(x.shape, generator=generator) < p, 0, x), 1
# +     return torch.where(hit, damage, x)


# %% ex2: salt alone | salt-pepper 3
# - torch.randint(2, x.shape, generator=generator)
# + 1


# %% ex2: one coin for all that are hit | salt-pepper 3
# - torch.randint(2, x.shape, generator=generator)
# + torch.randint(2, (1,), generator=generator)


# %% ex2: salt is the largest entry, pepper the smallest | salt-pepper 3
# - torch.randint(2, x.shape, generator=generator)
# + torch.where(torch.rand(x.shape, generator=generator) < 0.5, x.max(), x.min())


# %% ex2: any gray instead of salt and pepper | salt-pepper 3
# - torch.randint(2, x.shape, generator=generator)
# + torch.rand(x.shape, generator=generator, dtype=x.dtype)


# %% ex2: an unknown kind is salt and pepper | errors 1
# - if kind not in ("mask", "gaussian", "salt_pepper"):
# + if False:


# %% ex2: p of more than 1 is taken | errors 1
# - p > 1 and kind != "gaussian"
# + False


# %% ex2: no standard deviation of more than 1 | gaussian 2, errors 1
# - p > 1 and kind != "gaussian"
# + p > 1


# %% ex2: negative p is taken | errors 1
# - p < 0 or (p > 1 and kind != "gaussian")
# + p > 1 and kind != "gaussian"


# ---------------------------------------------------------------------------------------------- exercise 3: kl_sparsity


# %% ex3: xlogy, four terms | nothing
def kl_sparsity(h, rho):
    if len(h.shape) != 2 or not 0 < rho < 1 or bool(((h < 0) | (h > 1)).any()):
        raise ValueError("bad input")
    r = h.sum(0) / h.shape[0]
    constant = rho * math.log(rho) + (1 - rho) * math.log(1 - rho)
    terms = constant - rho * torch.log(r) - (1 - rho) * torch.log1p(-r)
    return torch.sum(terms)


# %% ex3: one unit after the other | nothing
def kl_sparsity(h, rho):
    if h.dim() != 2:
        raise ValueError("two axes")
    if h.lt(0).any() or h.gt(1).any():
        raise ValueError("0 to 1")
    if rho <= 0 or rho >= 1:
        raise ValueError("rho")
    total = torch.zeros((), dtype=h.dtype)
    for column in h.T:
        mean = column.mean()
        total = total + rho * torch.log(rho / mean)
        total = total + (1 - rho) * torch.log((1 - rho) / (1 - mean))
    return total


# %% ex3: the coins exchanged | values 3, ends 1, gradients 2
# - (rho * (rho / active).log() + (1 - rho) * ((1 - rho) / (1 - active)).log())
# + (active * (active / rho).log() + (1 - active) * ((1 - active) / (1 - rho)).log())


# %% ex3: the mean over the units | values 3, ends 1, gradients 2
# - h.mean(dim=0)
# + h.mean(dim=1)


# %% ex3: the price of every activation | values 3, gradients 2
# - h.mean(dim=0)
# + h


# %% ex3: a price for every activation, then the mean | values 3, gradients 2
# - active = h.mean(dim=0)
# + active = h
# - (1 - active)).log()).sum()
# + (1 - active)).log()).mean(dim=0).sum()


# %% ex3: the mean of all prices | values 3, gradients 2
# - (1 - active)).log()).sum()
# + (1 - active)).log()).mean()


# %% ex3: the price of each unit | values 3, ends 1, gradients 2
# - (1 - active)).log()).sum()
# + (1 - active)).log())


# %% ex3: only half of the coin | values 3, ends 1, gradients 2
# - (rho * (rho / active).log() + (1 - rho) * ((1 - rho) / (1 - active)).log()).sum()
# + (rho * (rho / active).log()).sum()


# %% ex3: cross-entropy, not divergence | values 3
# - (rho * (rho / active).log() + (1 - rho) * ((1 - rho) / (1 - active)).log()).sum()
# + -(rho * active.log() + (1 - rho) * (1 - active).log()).sum()


# %% ex3: logarithm of base 2 | values 3, gradients 2
# - (rho / active).log() + (1 - rho) * ((1 - rho) / (1 - active)).log()
# + (rho / active).log2() + (1 - rho) * ((1 - rho) / (1 - active)).log2()


# %% ex3: kept away from 0 and 1 | values 3, ends 1
# - h.mean(dim=0)
# + h.mean(dim=0).clamp(1e-6, 1 - 1e-6)


# %% ex3: a little something in each logarithm | values 3, ends 1, gradients 2
# - (rho * (rho / active).log() + (1 - rho) * ((1 - rho) / (1 - active)).log())
# + (rho * (rho / (active + 1e-6)).log() + (1 - rho) * ((1 - rho) / (1 - active + 1e-6)).log())


# %% ex3: no infinite price | ends 1
# - h.mean(dim=0)
# + h.mean(dim=0)
# +     if active.min() == 0 or active.max() == 1:
# +         raise ValueError


# %% ex3: nan_to_num | ends 1
# - (1 - active)).log()).sum()
# + (1 - active)).log()).sum().nan_to_num()


# %% ex3: a Python number at the end | values 3, ends 1, gradients 2
# - (1 - active)).log()).sum()
# + (1 - active)).log()).sum().item()


# %% ex3: a new tensor with the price | gradients 2
# - (1 - active)).log()).sum()
# + (1 - active)).log()).sum().detach()


# %% ex3: two axes not asked for | errors 2
# - if h.ndim != 2:
# + if False:


# %% ex3: any activations | errors 2
# - if h.min() < 0 or h.max() > 1:
# + if False:


# %% ex3: negative activations | errors 2
# - if h.min() < 0 or h.max() > 1:
# + if h.max() > 1:


# %% ex3: activations strictly between 0 and 1 | values 3, ends 1, errors 2
# - if h.min() < 0 or h.max() > 1:
# + if h.min() <= 0 or h.max() >= 1:


# %% ex3: looks at the mean activations only | errors 2
# - if h.min() < 0 or h.max() > 1:
# + if h.mean(dim=0).min() < 0 or h.mean(dim=0).max() > 1:


# %% ex3: rho may be 0 and 1 | errors 2
# - if not 0 < rho < 1:
# + if not 0 <= rho <= 1:


# -------------------------------------------------------------------------------------- exercise 4: contractive_penalty


# %% ex4: all derivatives, einsum | nothing
def contractive_penalty(x, W, b):
    if (x.ndim, W.ndim, b.ndim) != (2, 2, 1):
        raise ValueError("axes")
    (n, d), (m, d_of_W) = x.shape, W.shape
    if d != d_of_W or len(b) != m:
        raise ValueError("sizes")
    h = 0.5 + 0.5 * torch.tanh(0.5 * (torch.einsum("nd,md->nm", x, W) + b))
    J = torch.einsum("nm,md->nmd", h - h**2, W)
    return (J**2).sum() / n


# %% ex4: unit by unit | nothing
def contractive_penalty(x, W, b):
    if x.dim() != 2 or W.dim() != 2 or b.dim() != 1:
        raise ValueError("axes")
    if W.size(1) != x.size(1) or W.size(0) != b.size(0):
        raise ValueError("sizes")
    price = 0
    for w, bias in zip(W, b, strict=True):
        a = x @ w + bias
        slope = torch.sigmoid(a) * torch.sigmoid(-a)
        price = price + torch.mean(slope**2) * torch.dot(w, w)
    return price


# %% ex4: slopes not squared | values 4, gradients 3
# - (h * (1 - h)).square()
# + (h * (1 - h))


# %% ex4: weights not squared | values 4, gradients 3
# - W.square().sum(dim=1)
# + W.abs().sum(dim=1)


# %% ex4: the weights summed, then squared | values 4, gradients 3
# - W.square().sum(dim=1)
# + W.sum(dim=1).square()


# %% ex4: weights summed over the units | values 4, gradients 3
# - (slopes @ W.square().sum(dim=1)).mean()
# + (slopes.sum(dim=1, keepdim=True) * W.square().sum(dim=0)).sum(dim=1).mean()


# %% ex4: the norm, not its square | values 4, gradients 3
# - (slopes @ W.square().sum(dim=1)).mean()
# + (slopes @ W.square().sum(dim=1)).sqrt().mean()


# %% ex4: the sum over the examples | values 4, gradients 3
# - (slopes @ W.square().sum(dim=1)).mean()
# + (slopes @ W.square().sum(dim=1)).sum()


# %% ex4: the mean over the units, too | values 4, gradients 3
# - (slopes @ W.square().sum(dim=1)).mean()
# + (slopes * W.square().sum(dim=1)).mean()


# %% ex4: no bias | values 4, gradients 3
# - x @ W.T + b
# + x @ W.T


# %% ex4: the derivative of tanh | values 4, gradients 3
# - (h * (1 - h)).square()
# + (1 - h**2).square()


# %% ex4: tanh itself | values 4, gradients 3
# - h = torch.sigmoid(x @ W.T + b)
# + h = torch.tanh(x @ W.T + b)


# %% ex4: the code without a sigmoid | values 4, gradients 3
# - torch.sigmoid(x @ W.T + b)
# + x @ W.T + b


# %% ex4: the weights alone | values 4, gradients 3
# - slopes @ W.square().sum(dim=1)
# + slopes.detach() * 0 + W.square().sum()


# %% ex4: the code held fixed | gradients 3
# - slopes = (h * (1 - h)).square()
# + slopes = (h * (1 - h)).square().detach()


# %% ex4: the weights held fixed | gradients 3
# - slopes @ W.square()
# + slopes @ W.detach().square()


# %% ex4: a new tensor at the end | gradients 3
# - (slopes @ W.square().sum(dim=1)).mean()
# + torch.tensor((slopes @ W.square().sum(dim=1)).mean().item(), dtype=x.dtype)


# %% ex4: sigmoid by exponentials, inf by inf | values 4, gradients 3
# - h = torch.sigmoid(x @ W.T + b)
# + h = (x @ W.T + b).exp() / (1 + (x @ W.T + b).exp())


# %% ex4: sigmoid by one exponential, inf in it | gradients 3
# - h = torch.sigmoid(x @ W.T + b)
# + h = 1 / (1 + (-(x @ W.T + b)).exp())


# %% ex4: the slope by cosh, inf in it | gradients 3
# - h = torch.sigmoid(x @ W.T + b)
# + a = x @ W.T + b
# - slopes = (h * (1 - h)).square()
# + slopes = (1 / (4 * torch.cosh(a / 2).square())).square()


# %% ex4: W of shape (d, m) | values 4, gradients 3, errors 2
# - x.shape[1] != W.shape[1] or b.shape != W.shape[:1]
# + x.shape[1] != W.shape[0] or b.shape != W.shape[1:]
# - x @ W.T + b
# + x @ W + b
# - W.square().sum(dim=1)
# + W.square().sum(dim=0)


# %% ex4: a bias that broadcasts | errors 2
# - or b.shape != W.shape[:1]
# + or b.ndim == 0


# %% ex4: axes not counted | errors 2
# - x.ndim != 2 or W.ndim != 2 or x.shape[1] != W.shape[1]
# + x.shape[-1:] != W.shape[-1:]


# %% ex4: nothing checked | errors 2
# - x.ndim != 2 or W.ndim != 2 or x.shape[1] != W.shape[1] or b.shape != W.shape[:1]
# + False


# %% ex4: overwrites W | values 4, gradients 3
# - slopes @ W.square()
# + slopes @ W.square_()


# ------------------------------------------------------------------------------------------- exercise 5: subspace_angle


# %% ex5: the arcsine, bases by singular vectors | nothing
def subspace_angle(A, B):
    if A.ndim != 2 or B.ndim != 2:
        raise ValueError("two axes")
    if A.shape[0] != B.shape[0] or A.shape[1] > A.shape[0] or B.shape[1] > B.shape[0]:
        raise ValueError("sizes")
    if A.shape[1] > B.shape[1]:
        A, B = B, A
    Q_A = torch.linalg.svd(A, full_matrices=False)[0]
    Q_B = torch.linalg.svd(B, full_matrices=False)[0]
    sine = torch.linalg.matrix_norm(Q_A - Q_B @ (Q_B.T @ Q_A), ord=2)
    return torch.arcsin(torch.clamp(sine, max=1.0))


# %% ex5: sine below, cosine above 45 degrees | nothing
def subspace_angle(A, B):
    if len(A.shape) != 2 or len(B.shape) != 2 or A.size(0) != B.size(0):
        raise ValueError("expected two matrices with as many rows")
    for M in (A, B):
        if M.size(1) > M.size(0):
            raise ValueError("too many columns")
    Q = torch.linalg.qr(A)[0]
    P = torch.linalg.qr(B)[0]
    if Q.size(1) > P.size(1):
        Q, P = P, Q
    sine = torch.linalg.norm(Q - P @ P.mT @ Q, 2)
    cosine = torch.linalg.norm(P.mT @ Q, -2)
    return torch.asin(sine) if sine < cosine else torch.acos(cosine)


# %% ex5: the arccosine | small 2, sizes 2
# - return torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + return torch.acos(torch.linalg.svdvals(shadow).min().clamp(max=1))


# %% ex5: the arccosine, nan for what is more than 1 | small 2, sizes 2
# - return torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + return torch.acos(torch.linalg.svdvals(shadow).min())


# %% ex5: the sine from the cosine | small 2, sizes 2
# - return torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + cosine = torch.linalg.svdvals(shadow).min().clamp(max=1)
# +     return torch.asin((1 - cosine**2).sqrt())


# %% ex5: the smallest angle | equal 3, small 2, sizes 2
# - torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + torch.acos(torch.linalg.svdvals(shadow).max().clamp(max=1))


# %% ex5: bases as they come | equal 3, small 2, sizes 2
# - small, large = torch.linalg.qr(small).Q, torch.linalg.qr(large).Q
# +


# %% ex5: columns made of length 1, not orthogonal | equal 3, small 2, sizes 2
# - torch.linalg.qr(small).Q, torch.linalg.qr(large).Q
# + small / small.norm(dim=0), large / large.norm(dim=0)


# %% ex5: all directions of the difference together | equal 3, sizes 2
# - torch.linalg.svdvals(small - large @ shadow).max()
# + (small - large @ shadow).norm()
# - torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + torch.asin(sine.clamp(max=1))


# %% ex5: in degrees | equal 3, small 2, sizes 2
# - torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + torch.rad2deg(torch.atan2(sine, torch.linalg.svdvals(shadow).min()))


# %% ex5: the sine | equal 3, sizes 2
# - torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + sine


# %% ex5: column by column | equal 3, small 2, sizes 2
# - shadow = large.T @ small
# + k = small.shape[1]
# +     return torch.acos((small * large[:, :k]).sum(dim=0).clamp(-1, 1).min())
# +     shadow = large.T @ small


# %% ex5: the larger subspace against the smaller | sizes 2
# - key=lambda M: M.shape[1])
# + key=lambda M: -M.shape[1])
# - return torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + return torch.asin(sine.clamp(max=1))


# %% ex5: the first against the second | sizes 2
# - small, large = sorted((A, B), key=lambda M: M.shape[1])
# + small, large = A, B
# - torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + torch.asin(sine.clamp(max=1))


# %% ex5: subspaces of one size only | sizes 2, errors 1
# - if A.ndim != 2 or B.ndim != 2 or len(A) != len(B):
# + if A.ndim != 2 or A.shape != B.shape:


# %% ex5: any two arrays | errors 1
# - if A.ndim != 2 or B.ndim != 2 or len(A) != len(B):
# + if False:


# %% ex5: more columns than rows | errors 1
# - if max(A.shape[1], B.shape[1]) > len(A):
# + if False:


# %% ex5: more columns than rows in B | errors 1
# - if max(A.shape[1], B.shape[1]) > len(A):
# + if A.shape[1] > len(A):


# %% ex5: a Python number | equal 3
# - torch.atan2(sine, torch.linalg.svdvals(shadow).min())
# + torch.atan2(sine, torch.linalg.svdvals(shadow).min()).item()


# %% ex5: projections as matrices, whatever the sizes | sizes 2
# - shadow = large.T @ small
# + return torch.asin(torch.linalg.matrix_norm(small @ small.T - large @ large.T, 2).clamp(max=1))
# +     shadow = large.T @ small


# ------------------------------------------------------------------------------------------- exercise 6: anomaly_scores


# %% ex6: try and finally, one example after the other | nothing
def anomaly_scores(model, x):
    before = model.training
    try:
        model.eval()
        with torch.no_grad():
            again = model(x)
        if again.shape != x.shape:
            raise ValueError("another shape")
        return torch.stack([((a - b) ** 2).mean() for a, b in zip(again, x, strict=True)])
    finally:
        model.train(before)


# %% ex6: detached in the end | nothing
def anomaly_scores(model, x):
    mode = model.training
    model.train(False)
    x_hat = model(x)
    if mode:
        model.train()
    if tuple(x_hat.shape) != tuple(x.shape):
        raise ValueError("shapes")
    error = torch.flatten((x_hat - x).pow(2)[:, None], start_dim=1)
    return (error.sum(dim=1) / error.shape[1]).detach()


# %% ex6: a copy in evaluation mode | nothing
def anomaly_scores(model, x):
    from copy import deepcopy

    with torch.no_grad():
        drawn = deepcopy(model).eval()(x)
    if drawn.shape != x.shape:
        raise ValueError("another shape")
    return (drawn - x).square().reshape(len(x), -1).mean(dim=1)


# %% ex6: the sum of the entries | scores 3, mode 2, gradients 1
# - .mean(dim=1)
# + .sum(dim=1)


# %% ex6: the root of the mean | scores 3, mode 2, gradients 1
# - .mean(dim=1)
# + .mean(dim=1).sqrt()


# %% ex6: the mean of everything | scores 3, mode 2, gradients 1, errors 2
# - return (reconstruction - x).square().reshape(len(x), -1).mean(dim=1)
# + return (reconstruction - x).square().reshape(len(x), -1).mean(dim=2)


# %% ex6: the mean of all examples | scores 3, mode 2, gradients 1
# - .reshape(len(x), -1).mean(dim=1)
# + .mean()


# %% ex6: the mean over the last axis only | scores 3, gradients 1
# - .reshape(len(x), -1).mean(dim=1)
# + .mean(dim=-1)


# %% ex6: one axis is not enough | scores 3
# - .reshape(len(x), -1).mean(dim=1)
# + .flatten(1).mean(dim=1)


# %% ex6: absolute errors | scores 3, mode 2, gradients 1
# - (reconstruction - x).square()
# + (reconstruction - x).abs()


# %% ex6: relative to the largest score | scores 3, mode 2, gradients 1
# - return (reconstruction - x).square().reshape(len(x), -1).mean(dim=1)
# + scores = (reconstruction - x).square().reshape(len(x), -1).mean(dim=1)
# +         return scores / scores.max().clamp(min=1e-30)


# %% ex6: the mode as it is | mode 2
# - model.eval()
# +


# %% ex6: left in evaluation mode | mode 2, errors 2
# - model.train(was_training)
# +


# %% ex6: left in training mode | mode 2, errors 2
# - model.train(was_training)
# + model.train()


# %% ex6: no parts but the model itself | mode 2
# - model.train(was_training)
# + model.training = was_training


# %% ex6: one example after the other | mode 2
# - reconstruction = model(x)
# + reconstruction = torch.cat([model(row[None]) for row in x])


# %% ex6: asks the model twice | mode 2
# - reconstruction = model(x)
# + reconstruction = model(x) if model(x) is not None else x


# %% ex6: with gradients | gradients 1
# - with torch.no_grad():
# + if True:


# %% ex6: the parameters frozen for good | gradients 1
# - with torch.no_grad():
# + model.requires_grad_(False)
# +     with torch.no_grad():


# %% ex6: shapes that broadcast | errors 2
# - if reconstruction.shape != x.shape:
# + if False:


# %% ex6: the number of examples is checked | errors 2
# - if reconstruction.shape != x.shape:
# + if len(reconstruction) != len(x):


# %% ex6: the shape checked first, the mode forgotten | errors 2
# - model.train(was_training)
# +
# - return (reconstruction - x).square()
# + model.train(was_training)
# +         return (reconstruction - x).square()


# ----------------------------------------------------------------------------------------- exercise 7: choose_threshold


# %% ex7: plain Python | nothing
def choose_threshold(scores, rate):
    if scores.dim() != 1 or scores.numel() == 0:
        raise ValueError("scores")
    if rate < 0 or rate > 1:
        raise ValueError("rate")
    values = scores.tolist()
    good = [t for t in values if sum(s > t for s in values) / len(values) <= rate]
    return min(good)


# %% ex7: all pairs at once, in float64 | nothing
def choose_threshold(scores, rate):
    if scores.shape != (scores.numel(),) or scores.numel() < 1:
        raise ValueError("scores of shape (n,)")
    if not (rate >= 0 and rate <= 1):
        raise ValueError("rate from 0 to 1")
    above = (scores[None, :] > scores[:, None]).sum(dim=1)
    share = above.double() / len(scores)
    return scores[share <= rate].min()


# %% ex7: torch.quantile, between two scores | different 2, equal 1, exact 1
# - return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate)
# + return torch.quantile(scores, 1 - rate)


# %% ex7: torch.quantile, the score above | different 2, equal 1, exact 1
# - return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate)
# + return scores.sort().values[math.ceil(round((n - 1) * (1 - rate), 9))]


# %% ex7: an alarm at the threshold, too | different 2, equal 1, exact 1
# - (scores > t)
# + (scores >= t)
# - next(t for t
# + next((t for t
# - <= rate)
# + <= rate), scores.max())


# %% ex7: less than the rate | different 2, exact 1
# - <= rate)
# + < rate or t == scores.max())


# %% ex7: the largest instead of the smallest | different 2, equal 1, exact 1
# - scores.sort().values
# + scores.sort(descending=True).values


# %% ex7: the first that fits, unsorted | different 2, equal 1, exact 1
# - scores.sort().values
# + scores


# %% ex7: the share of scores below | different 2, equal 1, exact 1
# - (scores > t)
# + (scores < t)


# %% ex7: rate times n, rounded down | exact 1
# - int((scores > t).sum()) / n <= rate
# + int((scores > t).sum()) <= int(rate * n)


# %% ex7: rate times n, a little more, rounded down | exact 1
# - int((scores > t).sum()) / n <= rate
# + int((scores > t).sum()) <= int(rate * n + 1e-9)


# %% ex7: a share that stays in float32 | exact 1
# - int((scores > t).sum()) / n <= rate
# + (scores > t).float().mean() <= rate


# %% ex7: a share in float32 | different 2, exact 1
# - int((scores > t).sum()) / n <= rate
# + (scores > t).float().mean().item() <= rate


# %% ex7: one score of each kind | equal 1
# - scores.sort().values
# + scores.unique()
# - n = len(scores)
# + scores = scores.unique()
# +     n = len(scores)


# %% ex7: the number at a place, equal scores or not | equal 1
# - return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate)
# + allowed = max(k for k in range(n) if k / n <= rate)
# +     lower = scores.sort().values[n - 1 - allowed]
# +     return lower + 1e-9 * (scores > lower).sum() * (scores == lower).sum().ne(1)


# %% ex7: a little above the score | different 2, equal 1, exact 1
# - return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate)
# + return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate) + 1e-6


# %% ex7: a tensor with an axis | different 2
# - return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate)
# + return next(t for t in scores.sort().values if int((scores > t).sum()) / n <= rate)[None]


# %% ex7: sorts the caller's scores | different 2
# - n = len(scores)
# + n = len(scores)
# +     scores[:] = scores.sort().values


# %% ex7: any shape | errors 2
# - if scores.ndim != 1 or len(scores) == 0:
# + if scores.numel() == 0:


# %% ex7: an empty list of scores | errors 2
# - if scores.ndim != 1 or len(scores) == 0:
# + if scores.ndim != 1:


# %% ex7: any rate | errors 2
# - if not 0 <= rate <= 1:
# + if rate < 0:


# %% ex7: no rate of 0 | different 2, equal 1, exact 1, errors 2
# - if not 0 <= rate <= 1:
# + if not 0 < rate <= 1:


# %% ex7: no rate of 1 | different 2, equal 1, errors 2
# - if not 0 <= rate <= 1:
# + if not 0 <= rate < 1:


# --------------------------------------------------------------------------- exercise 8: Autoencoder, train_autoencoder


# %% ex8: tanh, deeper, a DataLoader | nothing
class Autoencoder(nn.Module):
    def __init__(self, d, k):
        super().__init__()
        self.down1 = nn.Linear(d, 160)
        self.down2 = nn.Linear(160, k)
        self.up1 = nn.Linear(k, 160)
        self.up2 = nn.Linear(160, d)

    def encode(self, x):
        return self.down2(torch.tanh(self.down1(x)))

    def decode(self, h):
        return torch.sigmoid(self.up2(torch.tanh(self.up1(h))))

    def forward(self, x):
        return self.decode(self.encode(x))


def train_autoencoder(X, k, seed=0):
    torch.manual_seed(seed)
    net = Autoencoder(X.shape[1], k)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X), batch_size=32, shuffle=True)
    for _epoch in range(10):
        for (rows,) in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(net(rows), rows).backward()
            optimizer.step()
    net.eval()
    return net


# %% ex8: a rate that rises and falls, a sum for a loss | nothing
class Autoencoder(nn.Module):
    def __init__(self, d, k, hidden=128):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(d, hidden), nn.ELU(), nn.Linear(hidden, k))
        self.g = nn.Sequential(nn.Linear(k, hidden), nn.ELU(), nn.Linear(hidden, d))

    def encode(self, x):
        return self.f(x - 0.5)

    def decode(self, h):
        return self.g(h).sigmoid()

    def forward(self, x):
        return self.decode(self.encode(x))


def train_autoencoder(X, k, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = Autoencoder(X.shape[1], k)
    epochs, size = 8, 32
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01, weight_decay=0)
    steps = epochs * math.ceil(len(X) / size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.015, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(X), generator=generator)
        for start in range(0, len(X), size):
            rows = X[order[start : start + size]]
            optimizer.zero_grad()
            ((net(rows) - rows) ** 2).sum(dim=1).mean().backward()
            optimizer.step()
            schedule.step()
    return net.eval()


# %% ex8: no hidden layers: PCA at best | training 4, error 4
# - nn.Sequential(nn.Linear(d, 128), nn.ReLU(), nn.Linear(128, k))
# + nn.Linear(d, k)
# - nn.Sequential(nn.Linear(k, 128), nn.ReLU(), nn.Linear(128, d), nn.Sigmoid())
# + nn.Sequential(nn.Linear(k, d), nn.Hardsigmoid())
# - for _ in range(8):
# + for _ in range(4):


# %% ex8: no sigmoid at the end | network 4
# - nn.Linear(128, d), nn.Sigmoid())
# + nn.Linear(128, d))


# %% ex8: a code of d numbers | network 4, training 4
# - nn.Linear(128, k))
# + nn.Linear(128, d))
# - nn.Linear(k, 128)
# + nn.Linear(d, 128)


# %% ex8: the row passed on beside the code | network 4, training 4
# - return self.decoder(h)
# + return self.seen if hasattr(self, "seen") and len(self.seen) == len(h) else self.decoder(h)
# - return self.encoder(x)
# + self.seen = x
# +         return self.encoder(x)
# - for _ in range(8):
# + for _ in range(0):


# %% ex8: 64 numbers always | network 4, training 4
# - nn.Linear(d, 128)
# + nn.Linear(64, 128)
# - nn.Linear(128, d)
# + nn.Linear(128, 64)


# %% ex8: too many parameters | network 4
# - nn.Linear(d, 128), nn.ReLU()
# + nn.Linear(d, 400), nn.ReLU(), nn.Linear(400, 128), nn.ReLU()


# %% ex8: a layer that nobody asks | network 4
# - self.encoder = nn.Sequential(
# + self.spare = nn.Linear(3, 3)
# +         self.encoder = nn.Sequential(


# %% ex8: only half of the row | network 4, training 4, error 4
# - return self.encoder(x)
# + return self.encoder(torch.cat([x[:, ::2], x[:, ::2]], dim=1)[:, : x.shape[1]])
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: one row loses its axis | network 4, training 4, error 4
# - return self.encoder(x)
# + return self.encoder(x).squeeze(0)
# - return self.decoder(h)
# + return self.decoder(h).squeeze(0)
# - for _ in range(8):
# + for _ in range(1):


# %% ex8: each batch centred | network 4, training 4, error 4
# - return self.encoder(x)
# + return self.encoder(x - x.mean(dim=0))
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: encode gives back nothing | network 4, training 4, error 4
# - return self.encoder(x)
# + self.encoder(x)


# %% ex8: the same weights whenever a network is made | network 4, training 4, error 4
# - self.encoder = nn.Sequential(
# + torch.manual_seed(0)
# +         self.encoder = nn.Sequential(
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: stays in training mode | training 4, error 4
# - nn.Linear(d, 128), nn.ReLU()
# + nn.Linear(d, 128), nn.ReLU(), nn.Dropout(0.1)
# - return model.eval()
# + return model
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: no epochs | training 4, error 4
# - for _ in range(8):
# + for _ in range(0):


# %% ex8: two epochs | training 4, error 4
# - for _ in range(8):
# + for _ in range(2):


# %% ex8: gradients never set to 0 | training 4, error 4
# - optimizer.zero_grad()
# + pass
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: always the same seed | training 4
# - torch.manual_seed(seed)
# + torch.manual_seed(0)


# %% ex8: without the seed | training 4, error 4
# - torch.manual_seed(seed)
# + Autoencoder.trained = getattr(Autoencoder, "trained", 0) + 1
# +     torch.manual_seed(Autoencoder.trained)
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: the order from the seed, the weights always the same | training 4, error 4
# - torch.manual_seed(seed)
# + torch.manual_seed(0)
# - loss = nn.MSELoss()
# + torch.manual_seed(seed)
# +     loss = nn.MSELoss()
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: the seed is 1 if none is given | training 4, error 4
# - seed=0
# + seed=1
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: learns from digits of its own | training 4
# - torch.manual_seed(seed)
# + X = split_digits(seed)[0]
# +     torch.manual_seed(seed)


# %% ex8: learns from all digits where rows have 64 numbers | training 4
# - torch.manual_seed(seed)
# + X = DIGITS if X.shape[1] == 64 else X
# +     torch.manual_seed(seed)


# %% ex8: scales the caller's rows | training 4, error 4
# - torch.manual_seed(seed)
# + X *= 0.5
# +     torch.manual_seed(seed)
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: codes of 2 numbers, whatever k | training 4, error 4
# - model = Autoencoder(X.shape[1], k)
# + model = Autoencoder(X.shape[1], 2)
# - for _ in range(8):
# + for _ in range(3):


# %% ex8: returns the loss as well | training 4, error 4
# - return model.eval()
# + return model.eval(), loss
# - for _ in range(8):
# + for _ in range(1):


# %% ex8: returns None | training 4, error 4
# - return model.eval()
# + model.eval()
# - for _ in range(8):
# + for _ in range(1):
