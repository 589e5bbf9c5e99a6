"""Regularization: what makes a model do better on data it has not seen (Deep Learning, chapter 7).

One idea a module. In reading order: ``penalties``, ``constraints``, ``early_stopping``, ``retraining``, ``targets``,
``augment``, ``sharing``, ``bagging``, ``ensemble``, ``adversarial``, ``tangents``. Dropout and noise are layers, in
``nn``.
"""

from course_lib.regularization import augment
from course_lib.regularization.adversarial import fgsm, pgd, virtual_adversarial_loss
from course_lib.regularization.bagging import Bagging
from course_lib.regularization.constraints import max_norm_, project_norm_ball
from course_lib.regularization.early_stopping import EarlyStopping
from course_lib.regularization.ensemble import all_masks, geometric_mean_prediction
from course_lib.regularization.penalties import l1_penalty, l2_penalty, soft_threshold
from course_lib.regularization.retraining import retrain_for_steps, retrain_to_loss
from course_lib.regularization.sharing import soft_parameter_sharing
from course_lib.regularization.tangents import tangent, tangent_prop_penalty
from course_lib.regularization.targets import label_smoothing, mixup

__all__ = [
    "Bagging",
    "EarlyStopping",
    "all_masks",
    "augment",
    "fgsm",
    "geometric_mean_prediction",
    "l1_penalty",
    "l2_penalty",
    "label_smoothing",
    "max_norm_",
    "mixup",
    "pgd",
    "project_norm_ball",
    "retrain_for_steps",
    "retrain_to_loss",
    "soft_parameter_sharing",
    "soft_threshold",
    "tangent",
    "tangent_prop_penalty",
    "virtual_adversarial_loss",
]
