"""A surface to walk down."""

import torch

from course_lib.arrays import torch_generator


class Bowl:
    """Two parameters, one of which gets no gradient in every third step, on a curved noisy surface."""

    def __init__(self, dtype, device="cpu"):
        generator = torch_generator(0)
        draw = lambda *shape: torch.randn(shape, generator=generator, dtype=torch.float64).to(device, dtype)  # noqa: E731
        self.W, self.b = draw(3, 2).requires_grad_(), draw(2).requires_grad_()
        self.noise = [draw(3, 2) for _ in range(25)]

    def walk(self, make):
        optimizer = make([self.W, self.b])
        path = []
        for step, noise in enumerate(self.noise):
            optimizer.zero_grad()
            loss = ((self.W - noise).square().sum() + self.W.sin().sum()) / 10
            if step % 3:
                loss = loss + (self.W.sum(0) * self.b).sum() / 10 + self.b.cosh().sum() / 10
            loss.backward()
            optimizer.step()
            path.append(torch.cat([self.W.detach().reshape(-1), self.b.detach()]).clone())
        return torch.stack(path)
