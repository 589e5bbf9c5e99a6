"""Whole models, from the perceptron upward."""

from course_lib.models.alexnet import AlexNet
from course_lib.models.autoencoder import Autoencoder, anomaly_scores
from course_lib.models.autoregressive import FVSBN, NADE
from course_lib.models.char_lm import CharLM
from course_lib.models.composition import compose
from course_lib.models.conditioned import Conditioned
from course_lib.models.dcgan import DCGAN
from course_lib.models.deep_dream import deep_dream
from course_lib.models.densenet import DenseNet
from course_lib.models.echo_state import EchoStateNetwork, spectral_radius
from course_lib.models.features import feature_extractor
from course_lib.models.gan import (
    GAN,
    WGANGP,
    FeatureMatchingGAN,
    UnrolledGAN,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    r1_penalty,
)
from course_lib.models.gan_layers import MinibatchDiscrimination, SpectralNorm
from course_lib.models.googlenet import GoogLeNet
from course_lib.models.hashing import binary_codes, hamming_distances
from course_lib.models.lenet import LeNet5
from course_lib.models.linear_regions import count_linear_regions, linear_regions
from course_lib.models.mlp import MLP
from course_lib.models.perceptron import Perceptron, mistake_bound, mistakes_in_pass, with_constant
from course_lib.models.regularized_autoencoders import (
    ContractiveAutoencoder,
    DenoisingAutoencoder,
    SparseAutoencoder,
    contractive_penalty,
    corrupt,
    kl_sparsity,
    sigmoid_contractive_penalty,
)
from course_lib.models.resnet import ResNet
from course_lib.models.seq2seq import Seq2Seq
from course_lib.models.structured_autoencoders import ConvAutoencoder, SequenceAutoencoder
from course_lib.models.two_samples import (
    Coverage,
    TwoSampleTest,
    jensen_shannon,
    modes_covered,
    optimal_discriminator,
    two_sample_test,
)
from course_lib.models.vae import (
    ELBO,
    VAE,
    ConditionalVAE,
    LatentVariableModel,
    elbo,
    gaussian_kl,
    importance_weighted_log_likelihood,
    reparameterize,
)
from course_lib.models.vgg import VGG

__all__ = [
    "DCGAN",
    "ELBO",
    "FVSBN",
    "GAN",
    "MLP",
    "NADE",
    "VAE",
    "VGG",
    "WGANGP",
    "AlexNet",
    "Autoencoder",
    "CharLM",
    "ConditionalVAE",
    "Conditioned",
    "ContractiveAutoencoder",
    "ConvAutoencoder",
    "Coverage",
    "DenoisingAutoencoder",
    "DenseNet",
    "EchoStateNetwork",
    "FeatureMatchingGAN",
    "GoogLeNet",
    "LatentVariableModel",
    "LeNet5",
    "MinibatchDiscrimination",
    "Perceptron",
    "ResNet",
    "Seq2Seq",
    "SequenceAutoencoder",
    "SparseAutoencoder",
    "SpectralNorm",
    "TwoSampleTest",
    "UnrolledGAN",
    "anomaly_scores",
    "binary_codes",
    "compose",
    "contractive_penalty",
    "corrupt",
    "count_linear_regions",
    "deep_dream",
    "discriminator_loss",
    "elbo",
    "feature_extractor",
    "gaussian_kl",
    "generator_loss",
    "gradient_penalty",
    "hamming_distances",
    "importance_weighted_log_likelihood",
    "jensen_shannon",
    "kl_sparsity",
    "linear_regions",
    "mistake_bound",
    "mistakes_in_pass",
    "modes_covered",
    "optimal_discriminator",
    "r1_penalty",
    "reparameterize",
    "sigmoid_contractive_penalty",
    "spectral_radius",
    "two_sample_test",
    "with_constant",
]
