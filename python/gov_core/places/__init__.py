"""Places and what is in them: levels, codes, layers, assets, premises, addresses, norms."""

from gov_core.places._address import Address
from gov_core.places._address_book import AddressBook, AddressMatch
from gov_core.places._address_text import normalise_address
from gov_core.places._area import areas_m2
from gov_core.places._asset import Asset, AssetClass
from gov_core.places._code import (
    CODECS,
    DIGITAL_GRID,
    DIVISION,
    GRID,
    DigitalGridCode,
    DivisionCode,
    GridCode,
    Layout,
    PlaceCode,
    PlaceCodec,
    code_faults,
    codec_for,
    parent_of,
)
from gov_core.places._component_classes import component_classes
from gov_core.places._division import Division, divisions, divisions_in, present_code
from gov_core.places._layer import LAYER_KINDS, Layer, LayerArea
from gov_core.places._norm import Norm
from gov_core.places._norm_set import NormSet, norm_sets
from gov_core.places._numbering import number_grids, reading_order
from gov_core.places._parse_address import AddressParser, ParsedAddress, parse_address
from gov_core.places._place import Place, Void
from gov_core.places._premises import Premises

__all__ = [
    "CODECS",
    "DIGITAL_GRID",
    "DIVISION",
    "GRID",
    "LAYER_KINDS",
    "Address",
    "AddressBook",
    "AddressMatch",
    "AddressParser",
    "Asset",
    "AssetClass",
    "DigitalGridCode",
    "Division",
    "DivisionCode",
    "GridCode",
    "Layer",
    "LayerArea",
    "Layout",
    "Norm",
    "NormSet",
    "ParsedAddress",
    "Place",
    "PlaceCode",
    "PlaceCodec",
    "Premises",
    "Void",
    "areas_m2",
    "code_faults",
    "codec_for",
    "component_classes",
    "divisions",
    "divisions_in",
    "norm_sets",
    "normalise_address",
    "number_grids",
    "parent_of",
    "parse_address",
    "present_code",
    "reading_order",
]
