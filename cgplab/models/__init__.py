"""Quantized networks, their weights, data sets and accuracy.

What this package exports needs numpy alone; training and accuracy live in the modules below it, which load
torch.
"""

from cgplab.models.datasets import Dataset, load_dataset
from cgplab.models.stored import Layer, StoredModel, load_model, model_names

__all__ = ["Dataset", "Layer", "StoredModel", "load_dataset", "load_model", "model_names"]
