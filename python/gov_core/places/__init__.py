"""Places and what is in them: levels, codes, layers, assets, premises, addresses, norms."""

from gov_core.places._address import Address
from gov_core.places._asset import Asset, AssetClass
from gov_core.places._layer import Layer, LayerArea
from gov_core.places._norm import Norm
from gov_core.places._place import Place, Void
from gov_core.places._premises import Premises

__all__ = [
    "Address",
    "Asset",
    "AssetClass",
    "Layer",
    "LayerArea",
    "Norm",
    "Place",
    "Premises",
    "Void",
]
