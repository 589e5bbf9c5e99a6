"""A small DCGAN: a generator of transposed convolutions against a discriminator of convolutions."""

from __future__ import annotations

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.blocks import Chain
from course_lib.models.conditioned import Conditioned
from course_lib.models.gan import GAN


class DCGAN(GAN):
    r"""Deep convolutional GAN for images of 8 by 8 pixels from 0 to 1.

    The generator grows the code to 2, 4 and 8 pixels; every transposed convolution with stride 2 undoes, in shape, a
    convolution of the discriminator. No pooling and no fully connected layer, ReLU in the one and leaky ReLU in the
    other, and batch normalisation in the generator.   (Radford, Metz and Chintala, Unsupervised representation learning
    with deep convolutional generative adversarial networks, 2016)

    The paper's discriminator is normalised too. With these few channels it does without: a penalty such as R1 looks at
    single samples, and batch normalisation would mix them.

    Args:
        latent_dim: The size of the code.
        channels: The channels of 4 by 4 pixels; those of 2 by 2 are as many, those of 8 by 8 one.
        num_classes: If given, both networks are told the class (:class:`Conditioned`).
        loss: As for :class:`GAN`, and so is ``r1``.
        r1: The weight of the R1 penalty.
        random: Where the initial weights come from; by default torch's global generator.

    >>> DCGAN().sample(3).shape
    torch.Size([3, 1, 8, 8])
    """

    def __init__(
        self,
        latent_dim: int = 16,
        channels: int = 32,
        *,
        num_classes: int | None = None,
        loss: str = "non-saturating",
        r1: float = 0.0,
        random: torch.Generator | None = None,
    ) -> None:
        k = num_classes or 0
        generator = Chain(
            grid=Grid(),
            to_2x2=nn.ConvTranspose2d(latent_dim + k, channels, 2, bias=False, generator=random),
            norm_2x2=nn.BatchNorm2d(channels),
            relu_2x2=nn.ReLU(),
            to_4x4=nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1, bias=False, generator=random),
            norm_4x4=nn.BatchNorm2d(channels),
            relu_4x4=nn.ReLU(),
            to_8x8=nn.ConvTranspose2d(channels, 1, 4, stride=2, padding=1, generator=random),
            pixels=nn.Sigmoid(),
        )
        discriminator = Chain(
            to_4x4=nn.Conv2d(1 + k, channels, 4, stride=2, padding=1, generator=random),
            relu_4x4=nn.LeakyReLU(0.2),
            to_2x2=nn.Conv2d(channels, channels, 4, stride=2, padding=1, generator=random),
            relu_2x2=nn.LeakyReLU(0.2),
            logit=nn.Conv2d(channels, 1, 2, generator=random),
            flatten=nn.Flatten(0),
        )
        if num_classes is None:
            super().__init__(generator, discriminator, latent_dim, loss=loss, r1=r1)
        else:
            told = Conditioned(generator, num_classes), Conditioned(discriminator, num_classes)
            super().__init__(*told, latent_dim, loss=loss, r1=r1)


class Grid(nn.Module):
    """Features as the channels of images of one pixel: (n, k) becomes (n, k, 1, 1).

    >>> Grid()(torch.zeros(5, 3)).shape
    torch.Size([5, 3, 1, 1])
    """

    def forward(self, x: Tensor) -> Tensor:
        """Add two axes."""
        return x[:, :, None, None]
