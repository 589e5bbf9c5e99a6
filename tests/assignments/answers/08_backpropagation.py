"""Answers to assignment 08, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a class or a function or, for a small mistake, what differs from the instructor's
answer.
"""

# ruff: noqa: F811

import itertools
import math

import numpy as np

# ------------------------------------------------------------------------------------------------ exercise 1: Value


# %% ex1: closures, and a number for every node | nothing
class Value:
    numbers = itertools.count()

    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = set(parents)
        self.number = next(Value.numbers)
        self.pass_on = lambda: None

    def __add__(self, other):
        other = self.lift(other)
        out = Value(self.data + other.data, (self, other))

        def pass_on():
            self.grad += out.grad
            other.grad += out.grad

        out.pass_on = pass_on
        return out

    def __mul__(self, other):
        other = self.lift(other)
        out = Value(self.data * other.data, (self, other))
        x, y = self.data, other.data

        def pass_on():
            self.grad += y * out.grad
            other.grad += x * out.grad

        out.pass_on = pass_on
        return out

    def __pow__(self, k):
        if not isinstance(k, int | float):
            raise TypeError("a number, please")
        return self.one(self.data**k, k * self.data ** (k - 1))

    def exp(self):
        return self.one(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self.one(math.log(self.data), 1 / self.data)

    def relu(self):
        return self.one(self.data, 1) if self.data > 0 else self.one(0, 0)

    def tanh(self):
        return self.one(math.tanh(self.data), 1 - math.tanh(self.data) ** 2)

    def backward(self):
        nodes, waiting = {self}, [self]
        while waiting:
            for parent in waiting.pop().parents - nodes:
                nodes.add(parent)
                waiting.append(parent)
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in sorted(nodes, key=lambda node: node.number, reverse=True):
            node.pass_on()

    @staticmethod
    def lift(x):
        return x if isinstance(x, Value) else Value(x)

    def one(self, data, slope):
        out = Value(data, (self,))

        def pass_on():
            self.grad += slope * out.grad

        out.pass_on = pass_on
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + self * -1

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def iterate(self, method, times):
        node = self
        for _ in range(times):
            node = getattr(node, method)()
        return node


# %% ex1: counts consumers, and a node goes on when all have delivered | nothing
class Value:
    def __init__(self, data, edges=()):
        self.data = float(data)
        self.grad = 0.0
        self.edges = list(edges)

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, [(self, 1)])
        return Value(self.data + other.data, [(self, 1), (other, 1)])

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, [(self, other)])
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError
        return Value(math.pow(self.data, k), [(self, k * math.pow(self.data, k - 1))])

    def exp(self):
        return Value(np.exp(self.data), [(self, np.exp(self.data))])

    def log(self):
        if not self.data > 0:
            raise ValueError("log")
        return Value(np.log(self.data), [(self, self.data**-1)])

    def relu(self):
        return Value(self.data * (self.data > 0), [(self, self.data > 0)])

    def tanh(self):
        return Value(np.tanh(self.data), [(self, 1 - np.tanh(self.data) ** 2)])

    def backward(self):
        missing, found = {self: 0}, [self]
        for node in found:
            for made_of, _ in node.edges:
                if made_of not in missing:
                    missing[made_of] = 0
                    found.append(made_of)
                missing[made_of] += 1
        for node in found:
            node.grad = 0.0
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for made_of, slope in node.edges:
                made_of.grad += slope * node.grad
                missing[made_of] -= 1
                if missing[made_of] == 0:
                    ready.append(made_of)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + self * -1

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def iterate(self, method, times):
        node = self
        for _ in range(times):
            node = getattr(node, method)()
        return node


# %% ex1: a recursive walk | large 2
# - order, seen, stack = [], set(), [(self, False)]
# + order, seen, stack = [], set(), []
# +
# +         def visit(node):
# +             if id(node) not in seen:
# +                 seen.add(id(node))
# +                 for made_of in node.inputs:
# +                     visit(made_of)
# +                 order.append(node)
# +
# +         visit(self)


# %% ex1: breadth first instead of in topological order | reuse 4, large 2
# - order, seen, stack = [], set(), [(self, False)]
# + order, seen, stack = [self], {id(self)}, []
# +         for node in order:
# +             for made_of in node.inputs:
# +                 if id(made_of) not in seen:
# +                     seen.add(id(made_of))
# +                     order.append(made_of)
# - for node in reversed(order):
# + for node in order:


# %% ex1: depth first, each node when it is first met | reuse 4, large 2
# - if finished:
# + if id(node) not in seen:
# +                 seen.add(id(node))
# +                 order.insert(0, node)
# +                 stack.extend((made_of, False) for made_of in node.inputs)
# +             elif False:
# - elif id(node) not in seen:
# + elif False:


# %% ex1: from the inputs to the output | arithmetic 4, functions 4, reuse 4, again 3, large 2
# - for node in reversed(order):
# + for node in order:


# %% ex1: gradients overwritten instead of added | reuse 4, again 3, large 2
# - made_of.grad += node.grad * slope
# + made_of.grad = node.grad * slope


# %% ex1: the slope alone, without the gradient that arrives | arithmetic 4, functions 4, reuse 4, again 3, large 2
# - made_of.grad += node.grad * slope
# + made_of.grad += slope


# %% ex1: adds to what stood in grad | again 3
# - node.grad = 0.0
# + node.grad += 0.0


# %% ex1: adds to the inputs, as torch does | again 3
# - node.grad = 0.0
# + node.grad = 0.0 if node.inputs else node.grad


# %% ex1: starts with a gradient of 0 | arithmetic 4, functions 4, reuse 4, again 3, large 2
# - self.grad = 1.0
# + self.grad = 0.0 if self.inputs else 1.0


# %% ex1: leaves the gradient of the output at 0 | arithmetic 4, again 3
# - self.grad = 1.0
# + self.grad = 1.0
# - made_of.grad += node.grad * slope
# + made_of.grad += node.grad * slope
# +         self.grad = 0.0


# %% ex1: only the inputs keep their gradients | arithmetic 4, reuse 4, again 3, large 2
# - made_of.grad += node.grad * slope
# + made_of.grad += node.grad * slope
# +         for node in order:
# +             if node.inputs:
# +                 node.grad = 0.0
# +         self.grad = 1.0


# %% ex1: the same input twice is one input | reuse 4, again 3, large 2
# - zip(node.inputs, node.slopes, strict=True)
# + dict(zip(node.inputs, node.slopes, strict=True)).items()


# %% ex1: the product passes on each its own factor | arithmetic 4, functions 4, reuse 4, again 3, large 2
# - (other.data, self.data)
# + (self.data, other.data)


# %% ex1: the sum counts the second alone | arithmetic 4, functions 4, reuse 4, again 3, large 2
# - (1.0, 1.0)
# + (0.0, 1.0)


# %% ex1: the power loses its factor | functions 4, reuse 4, again 3
# - k * self.data ** (k - 1)
# + self.data ** (k - 1)


# %% ex1: the power rule forgets to subtract 1 | functions 4, reuse 4, again 3
# - k * self.data ** (k - 1)
# + k * self.data**k


# %% ex1: powers through the logarithm | values 3, functions 4, again 3
# - self.data**k, (self,)
# + math.exp(k * math.log(self.data)), (self,)


# %% ex1: whole powers only | values 3, functions 4
# - return Value(self.data**k,
# + k = int(k) if not isinstance(k, Value) else k
# +         return Value(self.data**k,


# %% ex1: the slope of exp is its argument | functions 4, reuse 4
# - return Value(e, (self,), (e,))
# + return Value(e, (self,), (self.data,))


# %% ex1: exp is passed through | functions 4, reuse 4
# - return Value(e, (self,), (e,))
# + return Value(e, (self,), (1.0,))


# %% ex1: logarithm to base 10 | values 3, reuse 4, errors 2
# - math.log(self.data)
# + math.log10(self.data)


# %% ex1: the slope of log is log | functions 4, reuse 4
# - (1 / self.data,)
# + (math.log(self.data),)


# %% ex1: log of 0 is minus infinity | errors 2
# - return Value(math.log(self.data),
# + if self.data == 0:
# +             return Value(-math.inf, (self,), (0.0,))
# +         return Value(math.log(self.data),


# %% ex1: log of a negative number by its size | errors 2
# - math.log(self.data)
# + math.log(abs(self.data))


# %% ex1: log with a little something added | values 3, errors 2
# - math.log(self.data)
# + math.log(self.data + 1e-9)


# %% ex1: relu passes everything on | functions 4
# - 1.0 if self.data > 0 else 0.0
# + 1.0


# %% ex1: relu has slope 1 at 0 | functions 4
# - 1.0 if self.data > 0 else 0.0
# + 1.0 if self.data >= 0 else 0.0


# %% ex1: leaky relu | values 3, functions 4
# - max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,)
# + max(0.01 * self.data, self.data), (self,), (1.0 if self.data > 0 else 0.01,)


# %% ex1: the slope of tanh without the square | functions 4, reuse 4, large 2
# - 1 - t**2
# + 1 - t


# %% ex1: the slope of tanh at the input | functions 4, reuse 4, again 3, large 2
# - 1 - t**2
# + 1 - self.data**2


# %% ex1: tanh by exp, which overflows | values 3, functions 4
# - t = math.tanh(self.data)
# + t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)


# %% ex1: an exponent that is a Value is taken for its number | errors 2
# - return Value(self.data**k,
# + k = k.data if isinstance(k, Value) else k
# +         return Value(self.data**k,


# %% ex1: ValueError for an exponent | errors 2
# - return Value(self.data**k,
# + if isinstance(k, Value):
# +             raise ValueError
# +         return Value(self.data**k,


# %% ex1: data stays an integer | values 3
# - self.data = float(data)
# + self.data = data


# %% ex1: no plain numbers in sums | values 3, arithmetic 4, functions 4, reuse 4, again 3, large 2
# - return Value(self.data + other.data, (self, other), (1.0, 1.0))
# + if not other.inputs and other.grad == 0 and other is not self and other not in (self,):
# +             return Value(self.data + other.data, (self,), (1.0,)) if other.data < 0 else NotImplemented
# +         return Value(self.data + other.data, (self, other), (1.0, 1.0))


# %% ex1: adds in place | values 3, arithmetic 4, functions 4, reuse 4, again 3, large 2
# - return Value(self.data + other.data, (self, other), (1.0, 1.0))
# + self.data += other.data
# +         return self


# %% ex1: a product with a number keeps no graph | arithmetic 4, functions 4, reuse 4, again 3, large 2
# - return Value(self.data * other.data, (self, other), (other.data, self.data))
# + inputs = (self, other) if other.inputs or self.inputs else ()
# +         return Value(self.data * other.data, inputs, (other.data, self.data)[: len(inputs)])


# %% ex1: throws the graph away after the first time | again 3
# - made_of.grad += node.grad * slope
# + made_of.grad += node.grad * slope
# +         self.inputs, self.slopes = (), ()


# %% ex1: sorted by depth | nothing
class Value:
    def __init__(self, data, *edges):
        self.data, self.grad, self.edges = float(data), 0.0, edges
        self.depth = 1 + max((node.depth for node, _ in edges), default=0)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, (self, float(other)))
        return Value(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, k):
        power = self.data**k  # raises TypeError for a Value
        return Value(power, (self, k * self.data ** (k - 1)))

    def exp(self):
        return Value(math.exp(self.data), (self, math.exp(self.data)))

    def log(self):
        return Value(math.log(self.data), (self, 1 / self.data))

    def relu(self):
        return Value(self.data * (self.data > 0), (self, float(self.data > 0)))

    def tanh(self):
        return Value(math.tanh(self.data), (self, 1 - math.tanh(self.data) ** 2))

    def backward(self):
        found, new = {self}, [self]
        while new:
            new = list({made_of for node in new for made_of, _ in node.edges} - found)
            found.update(new)
        for node in found:
            node.grad = float(node is self)
        for node in sorted(found, key=lambda node: -node.depth):
            for made_of, slope in node.edges:
                made_of.grad += slope * node.grad
        return self

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + self * -1

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def iterate(self, method, times):
        node = self
        for _ in range(times):
            node = getattr(node, method)()
        return node


# %% ex1: nodes are marked as seen for good | again 3
# - elif id(node) not in seen:
# + elif not getattr(node, "seen", False):
# +                 node.seen = True


# %% ex1: equal numbers are one node | functions 4, reuse 4, again 3, large 2
# - elif id(node) not in seen:
# + elif node.data not in {found.data for found in order}:


# %% ex1: the power's slope by division | functions 4
# - (k * self.data ** (k - 1),)
# + (k * self.data**k / self.data,)


# %% ex1: a slope of relu in between at 0 | functions 4
# - 1.0 if self.data > 0 else 0.0
# + 0.5 * (np.sign(self.data) + 1)


# %% ex1: what was done once is not done again | again 3
# - order, seen, stack = [], set(), [(self, False)]
# + if self.grad == 1.0:
# +             return
# +         order, seen, stack = [], set(), [(self, False)]


# ------------------------------------------------------------------------------------------ exercise 2: mlp_backward


# %% ex2: by layers, counted | nothing
def mlp_backward(X, Y, weights, biases, lam):
    count = len(weights)
    if count == 0 or len(biases) != count or lam < 0:
        raise ValueError("weights, biases or lam")
    weights, biases = [np.array(W, float) for W in weights], [np.array(b, float) for b in biases]
    X, Y = X.astype(float), Y.astype(float)
    n = X.shape[0]
    if X.shape[1:] != weights[0].shape[:1] or Y.shape != (n, biases[-1].size):
        raise ValueError("X or Y")
    H = {0: X}
    for k in range(1, count + 1):
        A = H[k - 1] @ weights[k - 1] + biases[k - 1]
        H[k] = A if k == count else np.tanh(A)
    J = ((H[count] - Y) ** 2).sum() / 2 / n
    for W in weights:
        J += lam * (W * W).sum() / 2
    dW, db = [None] * count, [None] * count
    G = (H[count] - Y) / n
    for k in range(count, 0, -1):
        dW[k - 1] = H[k - 1].T @ G + lam * weights[k - 1]
        db[k - 1] = np.ones(n) @ G
        if k > 1:
            G = G @ weights[k - 1].T * (1 - H[k - 1] * H[k - 1])
    return float(J), dW, db


# %% ex2: sample by sample, with outer products | nothing
def mlp_backward(X, Y, weights, biases, lam):
    if not weights or len(weights) != len(biases):
        raise ValueError
    if lam < 0 or Y.ndim != 2 or len(Y) != len(X) or X.shape[1] != weights[0].shape[0]:
        raise ValueError
    if Y.shape[1] != weights[-1].shape[1]:
        raise ValueError
    weights, biases = [W.astype(float) for W in weights], [b.astype(float) for b in biases]
    J, dW, db = 0.0, [lam * W for W in weights], [0 * b for b in biases]
    for W in weights:
        J += lam / 2 * np.linalg.norm(W) ** 2
    for x, y in zip(X.astype(float), Y.astype(float), strict=True):
        hidden = [x]
        for W, b in zip(weights, biases, strict=True):
            hidden.append(np.tanh(hidden[-1] @ W + b))
        g = (hidden[-2] @ weights[-1] + biases[-1] - y) / len(X)
        J += g @ g * len(X) / 2
        for k in range(len(weights) - 1, -1, -1):
            dW[k] = dW[k] + np.outer(hidden[k], g)
            db[k] = db[k] + g
            g = (weights[k] @ g) * (1 - hidden[k] ** 2)
    return [J, tuple(dW), tuple(db)]


# %% ex2: a tanh in the last layer, too | objective 3, layer 3, layers 5
# - layers[-1] @ Ws[-1] + biases[-1] - Y
# + np.tanh(layers[-1] @ Ws[-1] + biases[-1]) - Y


# %% ex2: no tanh at all | objective 3, layers 5
# - np.tanh(layers[-1] @ W + b)
# + layers[-1] @ W + b


# %% ex2: relu in place of tanh | objective 3, layers 5
# - np.tanh(layers[-1] @ W + b)
# + np.maximum(layers[-1] @ W + b, 0)


# %% ex2: the biases are left out | objective 3, layer 3, layers 5
# - layers[-1] @ Ws[-1] + biases[-1] - Y
# + layers[-1] @ Ws[-1] - Y


# %% ex2: the sum of squares, not the mean | objective 3, layers 5
# - J = len(X) / 2 * np.sum(G**2)
# + J = len(X) ** 2 / 2 * np.sum(G**2)


# %% ex2: the mean over outputs as well | objective 3
# - J = len(X) / 2 * np.sum(G**2)
# + J = len(X) / 2 * np.sum(G**2) / Y.shape[1]


# %% ex2: without the half | objective 3, layers 5
# - len(X) / 2 * np.sum(G**2)
# + len(X) * np.sum(G**2)


# %% ex2: the penalty without its half | objective 3, layers 5
# - lam / 2 * sum(
# + lam * sum(


# %% ex2: the penalty of the last layer alone | objective 3, layers 5
# - for W in Ws)
# + for W in Ws[-1:])


# %% ex2: biases are punished as well, in J | objective 3
# - for W in Ws)
# + for W in [*Ws, *biases])


# %% ex2: the norm instead of its square | objective 3, layers 5
# - sum(np.sum(W**2) for W in Ws)
# + sum(np.sqrt(np.sum(W**2)) for W in Ws)


# %% ex2: the objective, and no gradients yet | layer 3, layers 5
# - return J, dW[::-1], db[::-1]
# + return J, None, None


# %% ex2: last layer first | layers 5
# - return J, dW[::-1], db[::-1]
# + return J, dW, db


# %% ex2: gradients of the sum | layer 3, layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append(len(X) * H.T @ G + lam * W)


# %% ex2: a penalty without gradient | layer 3, layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append(H.T @ G)


# %% ex2: the penalty's gradient twice | layer 3, layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append(H.T @ G + 2 * lam * W)


# %% ex2: the penalty divided by the samples | layer 3, layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append(H.T @ G + lam * W / len(X))


# %% ex2: biases are punished as well | layer 3, layers 5
# - db.append(G.sum(axis=0))
# + db.append(G.sum(axis=0) + lam * biases[len(Ws) - 1 - len(db)])


# %% ex2: the mean of the rows for the biases | layer 3, layers 5
# - G.sum(axis=0)
# + G.mean(axis=0)


# %% ex2: the biases' gradients with an axis too many | layer 3, layers 5
# - G.sum(axis=0)
# + G.sum(axis=0, keepdims=True)


# %% ex2: the sum over outputs for the biases | layer 3, layers 5
# - G.sum(axis=0)
# + G.sum(axis=1)


# %% ex2: the gradients of the weights transposed | layer 3, layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append((H.T @ G + lam * W).T)


# %% ex2: the slope of tanh is forgotten | layers 5
# - (G @ W.T) * (1 - H**2)
# + G @ W.T


# %% ex2: the slope of tanh without the square | layers 5
# - (G @ W.T) * (1 - H**2)
# + (G @ W.T) * (1 - H)


# %% ex2: the slope of tanh from its output once more | layers 5
# - (G @ W.T) * (1 - H**2)
# + (G @ W.T) * (1 - np.tanh(H) ** 2)


# %% ex2: the penalty flows backward with the gradient | layers 5
# - (G @ W.T) * (1 - H**2)
# + ((G + lam * 0.01) @ W.T) * (1 - H**2)


# %% ex2: the wrong sign | layer 3, layers 5
# - biases[-1] - Y) / len(X)
# + biases[-1] - Y) / -len(X)


# %% ex2: decays the weights in place | objective 3, layer 3, layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append(H.T @ G + lam * W)
# +         W -= 0.1 * dW[-1]


# %% ex2: empties the lists | objective 3, layers 5
# - return J, dW[::-1], db[::-1]
# + while len(weights) > 1:
# +         weights.pop()
# +     return J, dW[::-1], db[::-1]


# %% ex2: in the dtypes that come in | objective 3, layer 3, layers 5
# - np.asarray(W, dtype=float)
# + np.asarray(W)


# %% ex2: lengths are not compared | errors 2
# - len(weights) != len(biases) or len(weights) == 0
# + len(weights) == 0
# - zip(Ws[:-1], biases[:-1], strict=True)
# + zip(Ws[:-1], biases[:-1], strict=False)


# %% ex2: empty lists are let in | errors 2
# - len(weights) != len(biases) or len(weights) == 0
# + len(weights) != len(biases)


# %% ex2: a negative penalty | errors 2
# - lam < 0
# + False


# %% ex2: no penalty is an error | objective 3, layer 3, layers 5, errors 2
# - lam < 0
# + lam <= 0


# %% ex2: targets that broadcast | errors 2
# - Y.shape != (len(X), Ws[-1].shape[1])
# + False


# %% ex2: looks at the number of targets alone | errors 2
# - Y.shape != (len(X), Ws[-1].shape[1])
# + len(Y) != len(X)


# %% ex2: the biases as a last row of the weights | nothing
def mlp_backward(X, Y, weights, biases, lam):
    if not 1 <= len(weights) == len(biases) or lam < 0:
        raise ValueError("weights, biases or lam")
    if np.ndim(X) != 2 or np.shape(X)[1] != np.shape(weights[0])[0]:
        raise ValueError("X")
    stacked = [np.vstack([W, b[np.newaxis]]).astype(float) for W, b in zip(weights, biases, strict=True)]
    ones = np.ones((len(X), 1))
    inputs = [np.hstack([X.astype(float), ones])]
    for M in stacked[:-1]:
        inputs.append(np.hstack([np.tanh(inputs[-1] @ M), ones]))
    error = inputs[-1] @ stacked[-1]
    if error.shape != np.shape(Y):
        raise ValueError("Y")
    error -= Y
    objective = np.sum(error**2) / (2 * len(X)) + lam * sum(np.sum(M[:-1] ** 2) for M in stacked) / 2
    delta, dW, db = error / len(X), [], []
    for M, H in zip(reversed(stacked), reversed(inputs), strict=True):
        gradient = H.T @ delta
        dW[:0], db[:0] = [gradient[:-1] + lam * M[:-1]], [gradient[-1]]
        delta = (delta @ M[:-1].T) * (1 - H[:, :-1] ** 2)
    return objective, dW, db


# %% ex2: the slope of tanh for the last layer as well | layer 3, layers 5
# - dW, db = [], []
# + dW, db, G = [], [], G * (1 - np.tanh(layers[-1] @ Ws[-1] + biases[-1]) ** 2)


# %% ex2: weights of the layer above, already changed | layers 5
# - G = (G @ W.T) * (1 - H**2)
# + G = (G @ (W - 0.01 * dW[-1]).T) * (1 - H**2)


# %% ex2: divides by the samples once more on the way | layers 5
# - G = (G @ W.T) * (1 - H**2)
# + G = (G @ W.T) * (1 - H**2) / len(X)


# %% ex2: the penalty's gradient for the last layer alone | layers 5
# - dW.append(H.T @ G + lam * W)
# + dW.append(H.T @ G + (lam * W if not dW else 0))


# %% ex2: divides by the outputs as well | objective 3, layer 3, layers 5
# - / len(X)
# + / Y.size


# %% ex2: the spectral norm | objective 3
# - sum(np.sum(W**2) for W in Ws)
# + sum(np.linalg.norm(W, 2) ** 2 for W in Ws)


# --------------------------------------------------------------------------------------------- exercise 3: gradcheck


# %% ex3: entry by entry, in plain Python | nothing
def gradcheck(f, gradient, x, eps=1e-5):
    if eps <= 0:
        raise ValueError
    x = np.array(x, dtype=float)
    g = np.asarray(gradient(x.copy()))
    if g.shape != x.shape:
        raise ValueError
    worst = 0.0
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += eps
        down.flat[i] -= eps
        q, entry = float(f(up) - f(down)) / (2 * eps), float(g.flat[i])
        if not (math.isfinite(q) and math.isfinite(entry)):
            return float("inf")
        worst = max(worst, abs(entry - q) / max(1.0, abs(entry), abs(q)))
    return worst


# %% ex3: all at once, and what is nan is replaced | nothing
def gradcheck(f, gradient, x, eps=1e-5):
    if not eps > 0:
        raise ValueError("eps")
    x = x.astype(float)
    g = np.array(gradient(x), dtype=float)
    if np.shape(g) != np.shape(x):
        raise ValueError("shape")
    units = eps * np.eye(x.size).reshape(x.size, *x.shape)
    q = np.array([f(x + e) - f(x - e) for e in units]).reshape(x.shape) / (2 * eps)
    bound = np.maximum.reduce([np.ones(x.shape), np.abs(g), np.abs(q)])
    return float(np.nan_to_num(np.abs(g - q) / bound, nan=np.inf).max())


# %% ex3: forward differences | vectors 3, shapes 2
# - (f(x + nudge) - f(x - nudge)) / (2 * eps)
# + (f(x + nudge) - f(x)) / eps


# %% ex3: divides by eps | vectors 3, shapes 2, finite 2
# - / (2 * eps)
# + / eps


# %% ex3: absolute errors | vectors 3, shapes 2
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + 1


# %% ex3: relative errors, without the 1 | vectors 3, shapes 2
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + np.maximum(np.abs(g), np.abs(q))


# %% ex3: relative to the gradient alone | vectors 3, shapes 2
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + np.maximum(1, np.abs(g))


# %% ex3: relative to the quotients alone | vectors 3
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + np.maximum(1, np.abs(q))


# %% ex3: relative to the sum of both | vectors 3, shapes 2
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + np.maximum(1, np.abs(g) + np.abs(q))


# %% ex3: relative to the largest entry of all | vectors 3
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + max(1, np.abs(g).max(), np.abs(q).max())


# %% ex3: the smaller for the scale | vectors 3, shapes 2
# - np.maximum(1, np.maximum(np.abs(g), np.abs(q)))
# + np.minimum(1, np.maximum(np.abs(g), np.abs(q)) + 1e-300)


# %% ex3: the mean error | vectors 3, shapes 2
# - np.max(np.abs(g - q)
# + np.mean(np.abs(g - q)


# %% ex3: errors that cancel | vectors 3, shapes 2
# - np.max(np.abs(g - q)
# + np.max((g - q)


# %% ex3: an error for each entry | vectors 3, shapes 2
# - np.max(np.abs(g - q)
# + (np.abs(g - q)


# %% ex3: the norm of the difference over the norms | vectors 3, shapes 2
# - np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# + np.linalg.norm(g - q) / max(1, np.linalg.norm(g), np.linalg.norm(q))


# %% ex3: pass or fail | vectors 3, shapes 2, finite 2
# - return np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# + return bool(np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q)))) < 1e-6)


# %% ex3: nan comes out | finite 2
# - if not np.all(np.isfinite(g) & np.isfinite(q)):
# + if False:


# %% ex3: nan passes, since max keeps what it has | finite 2
def gradcheck(f, gradient, x, eps=1e-5):
    if not eps > 0:
        raise ValueError
    x = x.astype(float)
    g, worst = np.asarray(gradient(x), dtype=float), 0.0
    if g.shape != x.shape:
        raise ValueError
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = eps
        q = (f(x + nudge) - f(x - nudge)) / (2 * eps)
        worst = max(worst, abs(g[i] - q) / max(1, abs(g[i]), abs(q)))
    return worst


# %% ex3: looks at nan in the gradient alone | finite 2
# - np.isfinite(g) & np.isfinite(q)
# + np.isfinite(g)


# %% ex3: infinite is not nan | finite 2
# - np.isfinite(g) & np.isfinite(q)
# + ~(np.isnan(g) | np.isnan(q))


# %% ex3: one finite entry is enough | finite 2
# - np.all(np.isfinite
# + np.any(np.isfinite


# %% ex3: vectors only | shapes 2
# - q = np.empty(x.shape)
# + if x.ndim > 1:
# +         return math.inf
# +     q = np.empty(x.shape)


# %% ex3: functions get the dtype of x | shapes 2
# - x = np.asarray(x, dtype=float)
# + x = np.asarray(x)


# %% ex3: another default for eps | vectors 3
# - eps=1e-5
# + eps=1e-4


# %% ex3: nudges x in place | vectors 3, shapes 2
def gradcheck(f, gradient, x, eps=1e-5):
    if not eps > 0:
        raise ValueError
    g = np.asarray(gradient(x), dtype=float)
    if g.shape != x.shape:
        raise ValueError
    q = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += eps
        up = f(x)
        x[i] -= 2 * eps
        q[i] = (up - f(x)) / (2 * eps)
        x[i] += eps + 1e-14
    if not np.all(np.isfinite(g) & np.isfinite(q)):
        return math.inf
    return np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))


# %% ex3: shapes that broadcast | errors 2
# - g.shape != x.shape
# + False
# - q = np.empty(x.shape)
# + q = np.empty(x.shape)


# %% ex3: sizes are compared, shapes are not | errors 2
# - g.shape != x.shape
# + g.size != x.size


# %% ex3: a nudge of 0 | errors 2
# - not eps > 0
# + eps < 0


# %% ex3: a negative nudge | errors 2
# - not eps > 0
# + eps == 0


# %% ex3: eps <= 0, and one vector of nudges | nothing
def gradcheck(f, gradient, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.array(x, dtype=float)
    g = gradient(x.copy())
    if np.shape(g) != x.shape:
        raise ValueError("shape")
    worst = 0.0
    for place, g_i in np.ndenumerate(g):
        ends = []
        for end in (x[place] + eps, x[place] - eps):
            nudged = x.copy()
            nudged[place] = end
            ends.append(f(nudged))
        q_i = (ends[0] - ends[1]) / (2 * eps)
        if not math.isfinite(g_i) or not math.isfinite(q_i):
            return math.inf
        worst = max(worst, abs(g_i - q_i) / max(1, abs(g_i), abs(q_i)))
    return worst


# %% ex3: errors below 1e-5 count as 0 | vectors 3
# - return np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# + error = np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# +     return error if error > 1e-5 else 0.0


# %% ex3: no error above 1 | vectors 3
# - return np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# + return np.max(np.minimum(1, np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q)))))


# %% ex3: the sizes are compared, not the signs | vectors 3
# - return np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# + return np.max(np.abs(np.abs(g) - np.abs(q)) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))


# %% ex3: entries that are nan are left out | finite 2
# - return math.inf
# + g, q = (np.where(np.isfinite(g) & np.isfinite(q), a, 0) for a in (g, q))


# %% ex3: huge is infinite | finite 2
# - np.isfinite(g) & np.isfinite(q)
# + (np.abs(g) < 1e100) & (np.abs(q) < 1e100)


# %% ex3: the median | vectors 3, shapes 2
# - return np.max(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))
# + return np.median(np.abs(g - q) / np.maximum(1, np.maximum(np.abs(g), np.abs(q))))


# %% ex3: nan for infinite | finite 2
# - return math.inf
# + return math.nan


# -------------------------------------------------------------------------------------------------- exercise 4: Dual


# %% ex4: one rule for functions, a product with the reciprocal | nothing
class Dual:
    def __init__(self, value, tangent=0.0):
        self.value, self.tangent = float(value), float(tangent)

    def apply(self, f, slope):
        return Dual(f(self.value), slope(self.value) * self.tangent)

    def __add__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.tangent + other.tangent)
        return Dual(self.value + other, self.tangent)

    def __mul__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.value * other.tangent + other.value * self.tangent)
        return Dual(self.value * other, self.tangent * other)

    def __truediv__(self, other):
        if isinstance(other, Dual):
            return self * other.apply(lambda v: 1 / v, lambda v: -1 / v**2)
        return self * (1 / other)

    def __pow__(self, k):
        return self.apply(lambda v: v**k, lambda v: k * v ** (k - 1))

    def sin(self):
        return self.apply(math.sin, math.cos)

    def exp(self):
        return self.apply(math.exp, math.exp)

    def log(self):
        if self.value <= 0:
            raise ValueError("log")
        return self.apply(math.log, lambda v: 1 / v)

    def tanh(self):
        return self.apply(math.tanh, lambda v: 1 - math.tanh(v) ** 2)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + self * -1

    def __rtruediv__(self, other):
        return Dual(other) / self


# %% ex4: NumPy numbers inside, checked by hand | nothing
class Dual:
    def __init__(self, value, tangent=0.0):
        self.value = float(value)
        self.tangent = float(tangent)

    @staticmethod
    def parts(x):
        return (x.value, x.tangent) if isinstance(x, Dual) else (float(x), 0.0)

    def __add__(self, other):
        w, t = Dual.parts(other)
        return Dual(np.add(self.value, w), np.add(self.tangent, t))

    def __mul__(self, other):
        w, t = Dual.parts(other)
        return Dual(self.value * w, np.dot([self.tangent, self.value], [w, t]))

    def __truediv__(self, other):
        w, t = Dual.parts(other)
        if w == 0:
            raise ZeroDivisionError("division by 0")
        return Dual(self.value / w, (self.tangent * w - self.value * t) / w**2)

    def __pow__(self, k):
        if k == 1:
            return Dual(self.value, self.tangent)
        return Dual(np.float64(self.value) ** k, k * np.float64(self.value) ** (k - 1.0) * self.tangent)

    def sin(self):
        return Dual(np.sin(self.value), np.cos(self.value) * self.tangent)

    def exp(self):
        return Dual(np.exp(self.value), np.exp(self.value) * self.tangent)

    def log(self):
        if not self.value > 0:
            raise ValueError("log")
        return Dual(np.log(self.value), self.tangent / self.value)

    def tanh(self):
        return Dual(np.tanh(self.value), self.tangent - self.tangent * np.tanh(self.value) ** 2)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + self * -1

    def __rtruediv__(self, other):
        return Dual(other) / self


# %% ex4: the product of the tangents | arithmetic 4, functions 4
# - self.tangent * other.value + self.value * other.tangent
# + self.tangent * other.tangent


# %% ex4: the product rule, each with its own | arithmetic 4, functions 4
# - self.tangent * other.value + self.value * other.tangent
# + self.tangent * self.value + other.value * other.tangent


# %% ex4: half of the product rule | arithmetic 4, functions 4
# - self.tangent * other.value + self.value * other.tangent
# + self.tangent * other.value


# %% ex4: sums keep the left tangent | arithmetic 4, functions 4
# - self.tangent + other.tangent)
# + self.tangent)


# %% ex4: the quotient of the tangents | arithmetic 4, functions 4
# - (self.tangent - quotient * other.tangent) / other.value
# + self.tangent / (other.tangent or 1.0)


# %% ex4: plus in the quotient rule | arithmetic 4, functions 4
# - (self.tangent - quotient * other.tangent) / other.value
# + (self.tangent + quotient * other.tangent) / other.value


# %% ex4: the quotient rule without its square | arithmetic 4, functions 4
# - (self.tangent - quotient * other.tangent) / other.value
# + self.tangent - quotient * other.tangent


# %% ex4: a number's tangent is 1 | arithmetic 4, functions 4
# - tangent=0.0
# + tangent=1.0


# %% ex4: value and tangent stay integers | arithmetic 4
# - self.value = float(value)
# + self.value = value
# - self.tangent = float(tangent)
# + self.tangent = tangent


# %% ex4: adds in place | arithmetic 4
# - return Dual(self.value + other.value, self.tangent + other.tangent)
# + self.value, self.tangent = self.value + other.value, self.tangent + other.tangent
# +         return self


# %% ex4: the power forgets the chain rule | functions 4
# - k * self.value ** (k - 1) * self.tangent
# + k * self.value ** (k - 1)


# %% ex4: the power loses its factor | functions 4
# - k * self.value ** (k - 1) * self.tangent
# + self.value ** (k - 1) * self.tangent


# %% ex4: the power of the tangent | functions 4
# - k * self.value ** (k - 1) * self.tangent
# + self.tangent**2 if k == 2 else k * self.value ** (k - 1) * self.tangent


# %% ex4: the derivative of sin with a minus | functions 4
# - math.cos(self.value) * self.tangent
# + -math.cos(self.value) * self.tangent


# %% ex4: sin of the tangent | functions 4
# - math.cos(self.value) * self.tangent
# + math.sin(self.tangent)


# %% ex4: exp forgets the tangent | functions 4
# - return Dual(e, e * self.tangent)
# + return Dual(e, e)


# %% ex4: log to base 2 | functions 4
# - math.log(self.value), self.tangent
# + math.log2(self.value), self.tangent


# %% ex4: the derivative of log upside down | functions 4
# - self.tangent / self.value)  #
# + self.value * self.tangent)  #


# %% ex4: the derivative of tanh without the square | functions 4
# - 1 - t**2
# + 1 - t


# %% ex4: tanh by exp, which overflows | functions 4
# - t = math.tanh(self.value)
# + t = 1 - 2 / (math.exp(2 * self.value) + 1)


# %% ex4: the log of the size | errors 2
# - math.log(self.value), self.tangent
# + math.log(abs(self.value)), self.tangent


# %% ex4: NumPy's logarithm, which never raises | errors 2
# - math.log(self.value), self.tangent
# + np.log(self.value), self.tangent
# - self.tangent / self.value)  #
# + self.tangent / (self.value or math.nan))  #


# %% ex4: NumPy's division, which never raises | errors 2
# - self.value / other.value
# + np.float64(self.value) / other.value
# - quotient * other.tangent) / other.value
# + quotient * other.tangent) / np.float64(other.value)


# %% ex4: 0 / 0 is 0 | errors 2
# - quotient = self.value / other.value
# + if self.value == 0 == other.value:
# +             return Dual(0.0)
# +         quotient = self.value / other.value


# %% ex4: quotients as products with powers | nothing
class Dual:
    def __init__(self, value, tangent=0.0):
        self.value = float(value)
        self.tangent = float(tangent)

    def lift(self, other):
        return other if isinstance(other, Dual) else Dual(other)

    def chain(self, value, slope):
        return Dual(value, slope * self.tangent)

    def __add__(self, other):
        other = self.lift(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other):
        other = self.lift(other)
        return Dual(self.value * other.value, self.value * other.tangent + self.tangent * other.value)

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    def __pow__(self, k):
        return self.chain(self.value**k, k * self.value ** (k - 1))

    def sin(self):
        return self.chain(math.sin(self.value), math.cos(self.value))

    def exp(self):
        return self.chain(math.exp(self.value), math.exp(self.value))

    def log(self):
        return self.chain(math.log(self.value), 1 / self.value)

    def tanh(self):
        return self.chain(math.tanh(self.value), 1 - math.tanh(self.value) ** 2)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + self * -1

    def __rtruediv__(self, other):
        return Dual(other) / self


# %% ex4: a small divisor counts as 0 | arithmetic 4
# - quotient = self.value / other.value
# + if abs(other.value) < 1e-12:
# +             raise ZeroDivisionError
# +         quotient = self.value / other.value


# %% ex4: a little something in the divisor | arithmetic 4, errors 2
# - quotient = self.value / other.value
# + other = other + 1e-12
# +         quotient = self.value / other.value


# %% ex4: a small number has no logarithm | functions 4
# - return Dual(math.log(self.value), self.tangent / self.value)  # math.log raises ValueError
# + if self.value < 1e-9:
# +             raise ValueError
# +         return Dual(math.log(self.value), self.tangent / self.value)


# %% ex4: log with a little something added | functions 4, errors 2
# - return Dual(math.log(self.value), self.tangent / self.value)  # math.log raises ValueError
# + return Dual(math.log(self.value + 1e-12), self.tangent / (self.value + 1e-12))


# %% ex4: whole powers only | functions 4
# - return Dual(self.value**k, k * self.value ** (k - 1) * self.tangent)
# + k = int(k)
# +         return Dual(self.value**k, k * self.value ** (k - 1) * self.tangent)


# %% ex4: a power by repeated products | functions 4
# - return Dual(self.value**k, k * self.value ** (k - 1) * self.tangent)
# + product = self
# +         for _ in range(int(k) - 1):
# +             product = product * self
# +         return product


# %% ex4: sin's tangent without the inner one | functions 4
# - return Dual(math.sin(self.value), math.cos(self.value) * self.tangent)
# + return Dual(math.sin(self.value), math.cos(self.value))


# %% ex4: negative numbers are no divisors | arithmetic 4
# - quotient = self.value / other.value
# + if other.value <= 0:
# +             raise ZeroDivisionError
# +         quotient = self.value / other.value


# %% ex4: the power's exponent is at least 1 | functions 4
# - return Dual(self.value**k, k * self.value ** (k - 1) * self.tangent)
# + return Dual(self.value**k, k * self.value ** max(k - 1, 0) * self.tangent)


# -------------------------------------------------------------------------------- exercise 5: hessian_vector_product


# %% ex5: flattened, and the norm by hand | nothing
def hessian_vector_product(gradient, x, v, eps=1e-5):
    x, v = np.array(x, dtype=float), np.array(v, dtype=float)
    if x.shape != v.shape or eps <= 0:
        raise ValueError("shape or eps")
    if not v.any():
        return 0 * x
    largest = np.abs(v).max()
    length = largest * math.sqrt(((v / largest) ** 2).sum())
    u = v / length
    ahead, behind = gradient(x + eps * u), gradient(x - eps * u)
    return (ahead - behind) * (length / (2 * eps))


# %% ex5: two differences of one list | nothing
def hessian_vector_product(gradient, x, v, eps=1e-5):
    if np.shape(x) != np.shape(v):
        raise ValueError
    if not eps > 0:
        raise ValueError
    x, v = x.astype(np.float64), v.astype(np.float64)
    length = float(np.sqrt(np.sum(v * v)))
    if length == 0.0:
        return np.zeros_like(x)
    gradients = [gradient(x + sign * eps / length * v) for sign in (1, -1)]
    return np.subtract(*gradients) / (2 * eps) * length


# %% ex5: a step along v, however long | product 3, shapes 2, scale 2
# - step = eps * (v / length)
# + length, step = 1.0, eps * v


# %% ex5: the length is not given back | product 3, shapes 2, scale 2
# - return length * (gradient
# + return (gradient


# %% ex5: the length is divided out twice | product 3, shapes 2, scale 2
# - return length * (gradient
# + return 1 / length * (gradient


# %% ex5: forward differences | product 3, shapes 2, scale 2
# - (gradient(x + step) - gradient(x - step)) / (2 * eps)
# + (gradient(x + step) - gradient(x)) / eps


# %% ex5: divides by eps | product 3, shapes 2, scale 2
# - / (2 * eps)
# + / eps


# %% ex5: precedence, halves and then multiplies | product 3, shapes 2, scale 2
# - / (2 * eps)
# + / 2 * eps


# %% ex5: the wrong way round | product 3, shapes 2, scale 2
# - gradient(x + step) - gradient(x - step)
# + gradient(x - step) - gradient(x + step)


# %% ex5: the sum of sizes for the norm | product 3, shapes 2
# - np.linalg.norm(v)
# + np.abs(v).sum()


# %% ex5: the largest size for the norm | product 3, shapes 2
# - np.linalg.norm(v)
# + np.abs(v).max()


# %% ex5: the norm of a matrix that is not the root of the squares | shapes 2
# - np.linalg.norm(v)
# + np.linalg.norm(v.ravel()) if v.ndim != 2 else np.linalg.norm(v, 2)


# %% ex5: each row has a length of its own | shapes 2
# - np.linalg.norm(v)
# + np.linalg.norm(v.ravel())
# - step = eps * (v / length)
# + length = np.linalg.norm(v, axis=-1, keepdims=True)
# +     step = eps * (v / length)


# %% ex5: the whole Hessian | shapes 2
def hessian_vector_product(gradient, x, v, eps=1e-5):
    x, v = np.asarray(x, dtype=float), np.asarray(v, dtype=float)
    if x.shape != v.shape or not eps > 0:
        raise ValueError
    length = np.linalg.norm(v.ravel())
    if length == 0:
        return np.zeros(x.shape)
    if eps != 1e-5:
        u = eps * v / length
        return length * (gradient(x + u) - gradient(x - u)) / (2 * eps)
    units = eps * np.eye(x.size).reshape(x.size, *x.shape)
    H = np.array([((gradient(x + e) - gradient(x - e)) / (2 * eps)).ravel() for e in units])
    return (H.T @ v.ravel()).reshape(x.shape)


# %% ex5: the product comes out flat | shapes 2, scale 2
# - / (2 * eps)
# + / (2 * eps) if x.ndim == 1 else (length * (gradient(x + step) - gradient(x - step)) / (2 * eps)).ravel()


# %% ex5: another default for eps | product 3
# - eps=1e-5
# + eps=1e-3


# %% ex5: in the dtype of x | shapes 2, scale 2
# - np.asarray(v, dtype=float)
# + np.asarray(v)
# - step = eps * (v / length)
# + step = (eps * (v / length)).astype(x.dtype)
# - return np.zeros(x.shape)
# + return np.zeros(v.shape, dtype=v.dtype)


# %% ex5: walks in place | product 3, shapes 2, scale 2
# - return length * (gradient(x + step) - gradient(x - step)) / (2 * eps)
# + x += step
# +     ahead = gradient(x)
# +     x -= 2 * step
# +     return length * (ahead - gradient(x)) / (2 * eps)


# %% ex5: normalises v in place | product 3, shapes 2, scale 2
# - step = eps * (v / length)
# + v /= length
# +     step = eps * v


# %% ex5: divides by a length of 0 | scale 2
# - if length == 0:
# + if False:


# %% ex5: asks for the gradient where v is 0 | scale 2
# - return np.zeros(x.shape)
# + return 0 * gradient(x)


# %% ex5: a short v counts as 0 | scale 2
# - length == 0
# + length < 1e-12


# %% ex5: a little something against division by 0 | scale 2
# - step = eps * (v / length)
# + step = eps * (v / (length + 1e-8))


# %% ex5: shapes that broadcast | errors 2
# - x.shape != v.shape
# + False


# %% ex5: sizes are compared, shapes are not | errors 2
# - x.shape != v.shape
# + x.size != v.size


# %% ex5: looks at eps too late | errors 2
# - if not eps > 0:
# + if np.any(v) and not eps > 0:


# %% ex5: a step of 0 | errors 2
# - not eps > 0
# + eps < 0


# %% ex5: returns None | product 3, shapes 2, scale 2
# - return length * (gradient(x + step) - gradient(x - step)) / (2 * eps)
# + length * (gradient(x + step) - gradient(x - step)) / (2 * eps)


# %% ex5: eps <= 0, and v asked with any | nothing
def hessian_vector_product(gradient, x, v, eps=1e-5):
    if np.shape(x) != np.shape(v) or eps <= 0:
        raise ValueError("shapes or eps")
    if not v.any():
        return 0.0 * v.astype(float)
    x, v = x.astype(float), v.astype(float)
    length = math.hypot(*v.ravel())
    ahead, behind = (gradient(x + sign * eps * (v / length)) for sign in (1, -1))
    return (ahead - behind) / eps * length / 2


# %% ex5: eps relative to x | product 3, shapes 2
# - step = eps * (v / length)
# + eps = eps * max(1, np.linalg.norm(x.ravel()))
# +     step = eps * (v / length)


# %% ex5: the second gradient at x | product 3, shapes 2, scale 2
# - return length * (gradient(x + step) - gradient(x - step)) / (2 * eps)
# + return length * (gradient(x + step) - gradient(x)) / eps


# %% ex5: the size of each entry | product 3, shapes 2, scale 2
# - return length * (gradient(x + step) - gradient(x - step)) / (2 * eps)
# + return length * abs(gradient(x + step) - gradient(x - step)) / (2 * eps)


# %% ex5: a third gradient, for the shape | shapes 2, scale 2
# - length = np.linalg.norm(v)
# + gradient(x)
# +     length = np.linalg.norm(v.ravel())


# %% ex5: refuses a coarse eps | product 3, shapes 2, errors 2
# - if not eps > 0:
# + if not 0 < eps < 0.1:


# %% ex5: a length of at least 1 | product 3, shapes 2, scale 2
# - length = np.linalg.norm(v)
# + length = max(1.0, np.linalg.norm(v.ravel())) if v.any() else 0
