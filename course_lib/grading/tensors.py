"""Torch tensors on the wire: by value, and those that require gradients also as a reference.

A tensor that requires a gradient is mirrored on the other side by a leaf. When a result computed there comes back, it
is tied to the tensors that it was computed from by one autograd function, whose backward step lets the other side go
backward and brings the gradients home. So ``loss.backward()`` in a test reaches the student's parameters, and a test's
tensor gets its gradient through the student's code; first order only.

A parameter and its mirror are kept equal: whichever side changed one, the other hears of it in the next message.
"""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.grading import wire

if TYPE_CHECKING:
    import torch

    from course_lib.grading.peer import Peer

DTYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
)


class TensorWords:
    """How a peer writes and reads what belongs to torch."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._mirrors: weakref.WeakValueDictionary[int, torch.Tensor] = weakref.WeakValueDictionary()
        """Leaves that stand for the other side's tensors, by its numbers."""
        self._shared: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        """Own leaves that are mirrored there, with the values that both sides know."""
        self._known: dict[int, torch.Tensor] = {}
        """The values of the mirrors that both sides know."""

    def node(self, encoder: wire.Encoder, value: Any) -> Any:
        """The node of something of torch's, or None."""
        torch = sys.modules.get("torch")
        if torch is None:
            return None
        match value:
            case torch.Tensor():
                return self._tensor_node(encoder, value)
            case torch.dtype():
                return ["torch", str(value).removeprefix("torch.")]
            case torch.device():
                return ["device", str(value)]
            case torch.Size():
                return ["size", list(value)]
            case type() if class_of(value.__name__) is value:
                return ["torch class", value.__name__]
            case torch.Generator():
                encoder.remember(value)
                return ["torch rng", encoder.buffer(value.get_state().numpy().tobytes())]
        return None

    def _tensor_node(self, encoder: wire.Encoder, value: torch.Tensor) -> Any:
        number = next((n for n, mirror in self._mirrors.items() if mirror is value), None)
        if number is not None:
            return ["your tensor", number]
        encoder.remember(value)
        name = str(value.dtype).removeprefix("torch.")
        if name not in DTYPES or value.layout != _torch().strided:
            raise wire.WireError(f"a tensor of dtype {name} and layout {value.layout}")
        node = ["tensor", name, list(value.shape), encoder.buffer(_bytes(value))]
        if not value.requires_grad:
            return node
        mine = self.peer.export(value)
        is_parameter = isinstance(value, _torch().nn.Parameter)
        if value.is_leaf:
            self._shared[mine] = value, value.detach().clone()
        return ["tied", *node[1:], mine, value.is_leaf, is_parameter, self._origins(value)]

    def _origins(self, value: torch.Tensor) -> list[int]:
        """The numbers of the other side's tensors from which a value was computed."""
        numbers = {id(mirror): number for number, mirror in self._mirrors.items()}
        found, seen, left = [], set(), [value.grad_fn]
        while left:
            function = left.pop()
            if function is None or function in seen:
                continue
            seen.add(function)
            leaf = getattr(function, "variable", None)
            if leaf is not None and id(leaf) in numbers:
                found.append(numbers[id(leaf)])
            left += [following for following, _ in function.next_functions]
        return found

    def value(self, decoder: wire.Decoder, node: list[Any]) -> Any:
        """The value of such a node."""
        torch = _torch()
        match node:
            case ["tensor", str(name), list(shape), number]:
                return decoder.remember(_tensor(name, shape, decoder.buffer(number)))
            case ["tied", str(name), list(shape), number, int(theirs), is_leaf, is_parameter, list(origins)]:
                plain = _tensor(name, shape, decoder.buffer(number))
                return decoder.remember(self._tied(plain, theirs, bool(is_leaf), bool(is_parameter), origins))
            case ["your tensor", int(number)]:
                return self.peer.exported(number)
            case ["torch", str(name)] if isinstance(getattr(torch, name, None), torch.dtype):
                return getattr(torch, name)
            case ["torch class", str(name)] if (kind := class_of(name)) is not None:
                return kind
            case ["device", str(name)]:
                return torch.device(name if name == "cpu" or torch.cuda.is_available() else "cpu")
            case ["size", list(sizes)]:
                return torch.Size(sizes)
            case ["torch rng", number]:
                state = torch.frombuffer(bytearray(decoder.buffer(number)), dtype=torch.uint8)
                return decoder.remember(torch.Generator().set_state(state))
        raise wire.WireError(f"an unknown word {node[0]!r}")

    def _tied(self, plain: torch.Tensor, theirs: int, is_leaf: bool, is_parameter: bool, origins: list[int]) -> Any:
        if is_leaf:
            return self._mirror(plain, theirs, is_parameter)
        own = [self.peer.exported(number) for number in origins]
        anchor = _torch().zeros((), requires_grad=True)  # the student's parameters may be all that it depends on
        return _crossing().apply(self, theirs, plain, anchor, *own)

    def _mirror(self, plain: torch.Tensor, theirs: int, is_parameter: bool) -> Any:
        mirror = self._mirrors.get(theirs)
        if mirror is None:
            mirror = _torch().Tensor._make_subclass(_mirror_class(), plain, True)
            mirror._owner = self.peer, theirs
            mirror._is_param = is_parameter
            self._mirrors[theirs] = mirror
        self._known[theirs] = plain.clone()
        return mirror

    # ------------------------------------------------------------------------------------------------ keeping equal

    def news(self) -> dict[str, list[Any]] | None:
        """Leaves that changed since the other side heard of them."""
        mine, yours = [], []
        for number, (tensor, known) in self._shared.items():
            if not _same(tensor, known):
                self._shared[number] = tensor, tensor.detach().clone()
                mine.append([number, tensor.detach().clone()])
        for number, mirror in self._mirrors.items():
            if not _same(mirror, self._known[number]):
                self._known[number] = mirror.detach().as_subclass(_torch().Tensor).clone()
                yours.append([number, self._known[number].clone()])
        return {"mine": mine, "yours": yours} if mine or yours else None

    def take_over(self, news: Any) -> None:
        """Let the leaves here be what the other side made of them."""
        for number, value in (news or {}).get("mine", []):
            if number in self._mirrors:
                _copy(value, self._mirrors[number])
                self._known[number] = value
        for number, value in (news or {}).get("yours", []):
            tensor, _ = self._shared[number]
            _copy(value, tensor)
            self._shared[number] = tensor, value

    def backward(self, number: int, gradient: Any) -> list[Any]:
        """Go backward from an own tensor; return the gradients of the mirrors it was computed from."""
        tensor = self.peer.exported(number)
        mirrors = [self._mirrors[origin] for origin in self._origins(tensor)]
        for mirror in mirrors:
            _local_grad(mirror, None)
        tensor.backward(gradient, retain_graph=True)
        gradients = [_local_grad(mirror) for mirror in mirrors]
        for mirror in mirrors:
            _local_grad(mirror, None)
        return [None if g is None else g.detach().as_subclass(_torch().Tensor) for g in gradients]

    def gradient(self, number: int, *value: Any) -> Any:
        """The gradient of an own tensor; given one, put it there."""
        tensor = self.peer.exported(number)
        if value:
            tensor.grad = value[0]
        return tensor.grad


def is_module(value: Any) -> bool:
    """Whether a value is a ``torch.nn.Module``."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def class_of(name: str) -> type | None:
    """The class of ``torch.nn`` with a name, or ``torch.Tensor``; None where there is no such class, or no torch."""
    torch: Any = sys.modules.get("torch")
    found = torch and (torch.Tensor if name == "Tensor" else vars(torch.nn).get(name))
    return found if isinstance(found, type) and issubclass(found, torch.nn.Module | torch.Tensor) else None


def nearest_class(module: Any) -> type:
    """The first class of ``torch.nn`` that a module's own derives from."""
    return next((kind for kind in type(module).__mro__ if class_of(kind.__name__) is kind), _torch().nn.Module)


def _torch() -> Any:
    import torch

    return torch


def _bytes(value: torch.Tensor) -> bytes:
    torch = _torch()
    plain = value.detach().cpu().as_subclass(torch.Tensor)
    flat = plain.clone(memory_format=torch.contiguous_format).reshape(-1)  # of one number, any strides are contiguous
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


def _tensor(name: str, shape: list[int], data: memoryview) -> torch.Tensor:
    torch = _torch()
    if name not in DTYPES or any(type(n) is not int or n < 0 for n in shape):
        raise wire.WireError("a tensor of an unknown kind")
    if name == "bool":
        return torch.from_numpy((np.frombuffer(data, np.uint8) != 0).reshape(shape))
    if not len(data):
        return torch.zeros(shape, dtype=getattr(torch, name))
    return torch.frombuffer(bytearray(data), dtype=getattr(torch, name)).reshape(shape)


def _same(tensor: Any, known: Any) -> bool:
    plain = tensor.detach().as_subclass(_torch().Tensor)
    return plain.shape == known.shape and bool(((plain == known) | ((plain != plain) & (known != known))).all())


def _copy(value: Any, into: Any) -> None:
    with _torch().no_grad():
        into.copy_(value)


def _local_grad(mirror: Any, *value: Any) -> Any:
    """The gradient that lies at a mirror itself, not at the tensor it stands for."""
    slot = _torch().Tensor.grad
    if value:
        slot.__set__(mirror, value[0])
    return slot.__get__(mirror)


def _mirror_class() -> Any:
    """The class of mirrors, made when torch is there."""
    global _Mirror
    if _Mirror is None:
        torch: Any = _torch()

        class Mirror(torch.Tensor):
            """A leaf that stands for a tensor of the other side; its gradient lies there."""

            __torch_function__ = torch._C._disabled_torch_function_impl

            @property
            def grad(self) -> Any:
                peer, number = self._owner
                local = _local_grad(self)
                there = peer.apply("gradient", number)
                if local is None:
                    return there
                _local_grad(self, None)
                total = local.detach().as_subclass(torch.Tensor) + (0 if there is None else there)
                peer.apply("gradient", number, total)
                return total

            @grad.setter
            def grad(self, value: Any) -> None:
                peer, number = self._owner
                _local_grad(self, None)
                peer.apply("gradient", number, value)

        _Mirror = Mirror
    return _Mirror


def _crossing() -> Any:
    """The autograd function that goes backward on the other side, made when torch is there."""
    global _Crossing
    if _Crossing is None:
        torch: Any = _torch()

        class Crossing(torch.autograd.Function):
            """The tie between a result and the tensors that it was computed from over there."""

            @staticmethod
            def forward(ctx: Any, words: TensorWords, number: int, plain: Any, anchor: Any, *own: Any) -> Any:
                ctx.words, ctx.number, ctx.count = words, number, len(own)
                return plain

            @staticmethod
            @torch.autograd.function.once_differentiable
            def backward(ctx: Any, gradient: Any) -> Any:
                gradients = ctx.words.peer.apply("backward", ctx.number, gradient)
                return None, None, None, None, *gradients[: ctx.count]

        _Crossing = Crossing
    return _Crossing


_Mirror: Any = None
_Crossing: Any = None
