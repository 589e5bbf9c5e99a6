"""What an exercise does not allow raises, while that exercise's own cells and tests run: ``write this one yourself``.

The named functions are replaced once, before the submission runs, by ones that look who calls: a call from the
notebook's own code is refused while the function is forbidden; a call from inside a library goes through. Of a package
that is forbidden as a whole the notebook imports a stand-in that does the same. This stops ordinary spellings. Python
has others, which the threat model names.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import sys
import types
from typing import Any


class ForbiddenError(RuntimeError):
    """The submission called what its exercise does not allow."""


class Guard:
    """The functions that some exercise forbids, each refusing only while it is forbidden.

    Args:
        names: Functions, classes or modules in full: ``numpy.linalg``, ``torch.nn.functional.conv2d``.
        notebook: The names of the notebook; functions defined there are the student's own code.
    """

    def __init__(self, names: list[str], notebook: dict[str, Any]) -> None:
        self._notebook = notebook
        self._active: set[str] = set()
        self._packages = {name for name in names if "." not in name}
        for name in set(names) - self._packages:
            self._replace(name)
        self._import = builtins.__import__
        builtins.__import__ = self._guarded_import

    def forbid(self, names: list[str]) -> None:
        """From now on forbid these, and nothing else."""
        self._active = set(names)

    def check(self, rule: str, name: str, caller: types.FrameType) -> None:
        """Refuse what a rule forbids at present, if it is the notebook that wants it.

        Raises:
            ForbiddenError: It is.
        """
        if rule in self._active and caller.f_globals is self._notebook:
            raise ForbiddenError(f"{name} is not allowed in this exercise: write this one yourself")

    def _guarded_import(self, name: str, globals: Any = None, *arguments: Any, **named: Any) -> Any:
        module = self._import(name, globals, *arguments, **named)
        package = name.partition(".")[0]
        if globals is not self._notebook or package not in self._packages:
            return module
        if package in self._active:
            raise ForbiddenError(f"{package} is not allowed in this exercise: write this one yourself")
        return GuardedModule(self, package, module)

    def _replace(self, name: str) -> None:
        place, _, last = name.rpartition(".")
        owner, target = _find(place), _find(name)
        if isinstance(target, types.ModuleType):
            for each, value in vars(target).items():
                if not each.startswith("_") and _is_replaceable(value):
                    setattr(target, each, self._guarded(name, f"{name}.{each}", value))
        elif owner is not None and _is_replaceable(target):
            with contextlib.suppress(TypeError):  # a method of a class written in C stays as it is
                setattr(owner, last, self._guarded(name, name, target))

    def _guarded(self, rule: str, name: str, target: Any) -> Any:
        if isinstance(target, type):
            target.__init__ = self.guarded_function(rule, name, target.__init__)  # type: ignore[misc]
            return target
        return self.guarded_function(rule, name, target)

    def guarded_function(self, rule: str, name: str, target: Any) -> Any:
        """A function that looks who calls, and then does what ``target`` does."""

        @functools.wraps(target)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.check(rule, name, sys._getframe(1))
            return target(*args, **kwargs)

        return guarded


class GuardedModule(types.ModuleType):
    """What the notebook gets when it imports a package that some exercise forbids as a whole."""

    def __init__(self, guard: Guard, package: str, module: types.ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(_guard=guard, _package=package, _module=module)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        full = f"{self._module.__name__}.{name}"
        self._guard.check(self._package, full, sys._getframe(1))
        if isinstance(value, types.ModuleType):
            return GuardedModule(self._guard, self._package, value)
        if isinstance(value, types.FunctionType | types.BuiltinFunctionType):
            return self._guard.guarded_function(self._package, full, value)
        return value

    def __dir__(self) -> list[str]:
        return dir(self._module)


def _is_replaceable(target: Any) -> bool:
    if isinstance(target, type):
        return not issubclass(target, BaseException) and bool(target.__flags__ & (1 << 9))  # a class written in Python
    return callable(target)


def _find(name: str) -> Any:
    """What a dotted name stands for; None if nothing."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            found = getattr(found, part, None)
        return found
    return None
