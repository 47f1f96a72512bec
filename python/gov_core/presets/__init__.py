"""Models of governance that the papers describe, as cities to start from.

A preset is a folder of tables (``presets/data``) and a function that makes the ground they stand on. Every
value that is from a paper says which row of the acceptance table it is from and what the paper claims of it.
What a paper only recommends is an option, off unless asked for.
"""

from gov_core.presets._catalogue import NAMES, builder, describe, load
from gov_core.presets._preset import Option, Preset
from gov_core.presets.guiyang import guiyang
from gov_core.presets.jianye import jianye
from gov_core.presets.luohu import luohu, zhabei_2005
from gov_core.presets.qingbo import qingbo
from gov_core.presets.qinghe import qinghe
from gov_core.presets.qinghe_proposal import qinghe_proposal
from gov_core.presets.qinhuai import qinhuai
from gov_core.presets.shandong import shandong
from gov_core.presets.yantian import yantian_2002, yantian_2004

__all__ = [
    "NAMES",
    "Option",
    "Preset",
    "builder",
    "describe",
    "guiyang",
    "jianye",
    "load",
    "luohu",
    "qingbo",
    "qinghe",
    "qinghe_proposal",
    "qinhuai",
    "shandong",
    "yantian_2002",
    "yantian_2004",
    "zhabei_2005",
]
