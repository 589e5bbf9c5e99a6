"""What the course teaches it writes itself: no ready-made version may hide inside a reference implementation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "course_lib"

FORBIDDEN = (
    "numpy.linalg",
    "scipy.linalg",
    "scipy.sparse.linalg",
    "torch.linalg",
    "torch.nn.functional",
    "torch.nn.",
    "torch.optim",
    "torch.conv",
    "torch.lstm",
    "torch.gru",
    "torch.rnn",
    "torch.max_pool",
    "torch.avg_pool",
    "torch.adaptive_",
    "torch.batch_norm",
    "torch.layer_norm",
    "torch.native_",
    "torch.var_mean",
    "torch.softmax",
    "torch.log_softmax",
    "torch.logsumexp",
    "torch.logaddexp",
    "torch.logcumsumexp",
    "torch.special.softmax",
    "torch.special.log_softmax",
    "torch.special.logsumexp",
    "torch.special.expit",
    "torch.sparse.softmax",
    "torch.sparse.log_softmax",
    "torch.sigmoid",
    "torch.relu",
    "torch.prelu",
    "torch.rrelu",
    "torch.celu",
    "torch.selu",
    "torch.hardshrink",
    "torch.threshold",
    "torch.binary_cross_entropy_with_logits",
    "torch.kl_div",
    "torch.poisson_nll_loss",
    "torch.cosine_embedding_loss",
    "torch.cosine_similarity",
    "torch.embedding",
    "torch.instance_norm",
    "torch.group_norm",
    "torch.rms_norm",
    "torch.bilinear",
    "torch._C",
    "torch.ops",
    "torch._softmax",
    "torch._log_softmax",
    "array_api_compat.torch.linalg",
    "array_api_compat.numpy.linalg",
    "scipy.special.log_softmax",
    "scipy.special.log_expit",
    "torch.dropout",
    "torch.cholesky",
    "torch.lu",
    "torch.qr",
    "torch.svd",
    "torch.pinverse",
    "torch.inverse",
    "torch.det",
    "torch.logdet",
    "torch.slogdet",
    "torch.lobpcg",
    "torch.triangular_solve",
    "torch.pca_lowrank",
    "scipy.special.softmax",
    "scipy.special.logsumexp",
    "scipy.special.expit",
    "scipy.ndimage",
    "scipy.signal",
    "sklearn.cluster",
)
ALLOWED = (
    "numpy.linalg.LinAlgError",
    "torch.nn.Module",
    "torch.nn.Parameter",
    "torch.nn.ParameterList",
    "torch.nn.ParameterDict",
    "torch.nn.ModuleList",
    "torch.nn.ModuleDict",
    "torch.nn.Sequential",
    "torch.nn.modules",
    "torch.nn.utils.rnn",
    "torch.detach",
    "torch._C._disabled_torch_function_impl",
)
METHODS = {
    "linalg",  # of a namespace that came out of a call
    "softmax",
    "log_softmax",
    "logsumexp",
    "logcumsumexp",
    "logaddexp",
    "inverse",
    "pinverse",
    "det",
    "logdet",
    "slogdet",
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "triangular_solve",
    "lu",
    "lu_solve",
    "qr",
    "svd",
    "prelu",
    "relu_",
    "sigmoid_",
}
"""What tensors can do by themselves: ``x.softmax(0)`` is ``torch.softmax(x, 0)``."""


def full_names(source: str) -> set[str]:
    """Every dotted name a module reads, with its aliases spelt out: ``np.linalg.solve`` → ``numpy.linalg.solve``.

    ``xp.linalg`` counts as ``numpy.linalg``: ``xp`` is what the course calls an array namespace.
    """
    tree = ast.parse(source)
    aliases = {"xp": "numpy"}
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {
                a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names
            }
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            aliases |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
            names |= {f"{node.module}.{a.name}" for a in node.names}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if parts and isinstance(node, ast.Name) and node.id in aliases:
            names.add(".".join([aliases[node.id], *reversed(parts)]))
    return names


def methods(source: str) -> set[str]:
    """Every attribute that is read from something other than an imported module or class, or ``self``."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {(a.asname or a.name).split(".")[0] for node in imports for a in node.names} | {"self", "cls"}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            root = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Name) and root.id in imported):
                found.add(node.attr)
    return found


def forbidden_in(source: str) -> set[str]:
    names = {name for name in full_names(source) if name.startswith(FORBIDDEN) and not name.startswith(ALLOWED)}
    return names | (methods(source) & METHODS)


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_library_uses_no_ready_made_answer(path):
    assert not forbidden_in(path.read_text())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import numpy as np\nnp.linalg.solve(A, b)", {"numpy.linalg.solve"}),
        ("import numpy as np\nraise np.linalg.LinAlgError", set()),
        ("from numpy.linalg import svd", {"numpy.linalg.svd"}),
        ("import torch.nn.functional as F\nF.relu(x)", {"torch.nn.functional", "torch.nn.functional.relu"}),
        ("from torch import nn\nnn.Conv2d(1, 2, 3)", {"torch.nn.Conv2d"}),
        ("from torch import nn\nclass Net(nn.Module): ...", set()),
        ("xp.linalg.inv(A)", {"numpy.linalg.inv", "linalg"}),
        ("namespace(A).linalg.inv(A)", {"linalg"}),
        ("import array_api_compat.torch as t\nt.linalg.inv(A)", {"array_api_compat.torch.linalg.inv"}),
        ("def f(x): return x.softmax(0)", {"softmax"}),
        ("def f(A): return A.T.det() * A.mT.inverse()", {"det", "inverse"}),
        ("from course_lib.linear_algebra import det\ndet(A)", set()),
        ("from course_lib import linear_algebra as la\nla.det(A)", set()),
        ("def f(self): return self.svd", set()),
        ("import torch\ntorch.relu(x) + torch.sigmoid(x)", {"torch.relu", "torch.sigmoid"}),
        ("import torch\ntorch.conv2d(x, w)", {"torch.conv2d"}),
        ("import torch\ntorch.adaptive_avg_pool1d(x, 1)", {"torch.adaptive_avg_pool1d"}),
        (
            "import torch\ntorch.native_layer_norm(x)[0] * torch.native_norm(x)",
            {"torch.native_layer_norm", "torch.native_norm"},
        ),
        ("import torch\nmean, variance = torch.var_mean(x), x.var()", {"torch.var_mean"}),
        ("from scipy import ndimage\nndimage.sobel(x)", {"scipy.ndimage", "scipy.ndimage.sobel"}),
    ],
)
def test_the_lint_sees(source, found):
    assert forbidden_in(source) == found
