"""Models of governance that the papers describe, as cities to start from.

A preset is a folder of tables (``presets/data``) and a function that makes the ground they stand on. Every
value that is from a paper says which row of the acceptance table it is from and what the paper claims of it.
What a paper only recommends is an option, off unless asked for.
"""

from gov_core.presets._catalogue import NAMES, describe, load
from gov_core.presets._preset import Option, Preset
from gov_core.presets.qinghe import qinghe

__all__ = ["NAMES", "Option", "Preset", "describe", "load", "qinghe"]
