"""The words that Chinese addresses are made of: what the parser knows, as data."""

from __future__ import annotations

CAPITALS = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−~〜_"), "-")
GAPS = dict.fromkeys(map(ord, "\t\n\r,，、;；:：。/|·•.\"'“”‘’"), " ")
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"), None)
ROUND_ZEROS = dict.fromkeys(map(ord, "○◯"), "〇")
LETTERS = CAPITALS | DASHES | GAPS | UNSEEN | ROUND_ZEROS
"""What becomes of single letters once compatibility forms, such as full-width ones, are folded."""

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}

MARKERS = {
    "号大院": "number",
    "号院": "number",
    "号楼": "building",
    "号幢": "building",
    "号栋": "building",
    "#楼": "building",
    "号房": "room",
    "号室": "room",
    "单元": "unit",
    "弄": "lane",
    "号": "number",
    "幢": "building",
    "栋": "building",
    "座": "building",
    "#": "building",
    "梯": "unit",
    "门": "unit",
    "层": "floor",
    "楼": "floor",
    "F": "floor",
    "室": "room",
    "房": "room",
}
"""Word after a number to what it numbers, longer words first; what comes before may change it (`_parse`)."""

NOT_AFTER = {
    "号": "路街线巷道门桥",
    "门": "口前外内",
    "座": "谈",
    "楼": "梯道宇",
    "层": "高",
    "房": "产屋东",
    "F": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
"""Letters that make a marker part of another word when they follow: 2号路 is a road, not a number."""

NAMED_BUILDINGS = frozenset("东南西北中主副前后")
"""May stand before 楼 as the name of a building, where nothing else stands before them."""

ROAD_ENDS = (
    *("大道", "大街", "公路", "国道", "省道", "县道", "乡道", "环路", "支路", "辅路", "胡同"),
    *("路", "街", "巷", "道"),
)
"""Ends of names of roads and lanes."""

ROAD_SECTIONS = "东南西北中一二三四五六七八九十上下"
"""Before 段 after a road they are part of its name."""

NOT_AFTER_ROAD = "口道坊区边市旁桥"
"""Letters that make an end of a road part of a longer word: 路口, 街道, 街区."""

ESTATE_ENDS = (
    *("花园", "小区", "新村", "家园", "公寓", "大厦", "广场", "大楼", "商城", "市场", "中心", "名居", "别墅"),
    *("学校", "小学", "中学", "医院", "宾馆", "酒店", "饭店", "商厦", "写字楼", "产业园", "工业园", "科技园"),
    *("宿舍", "苑", "园", "府", "城", "湾", "庭", "居", "村", "里"),
)
"""What alone is no name of an estate: 丝路花园 is one name, not 丝路 and 花园."""

NEAR = (
    *("斜对面", "正对面", "对面", "附近", "旁边", "隔壁", "交叉口", "交汇处", "十字路口", "路口", "周边"),
    *("以东", "以南", "以西", "以北", "东侧", "南侧", "西侧", "北侧", "旁"),
    *("往东", "往南", "往西", "往北", "向东", "向南", "向西", "向北", "东边", "南边", "西边", "北边"),
    *("斜对过", "对过", "后面", "前面", "背后", "后身", "之间", "中间", "一带", "不远处"),
)
"""Words after which an address is near the one that is named, not at it."""

BETWEEN_SEVERAL = "、~至到和与或及"
"""Between two numbers on one road: what is meant is one of several, and which is not said."""

DIVISION_ENDS = {
    "province": ("特别行政区", "自治区", "省"),
    "city": ("自治州", "地区", "市", "盟"),
    "county": ("新区", "县", "旗", "区", "市"),
    "town": ("街道办事处", "街道", "苏木", "镇", "乡"),
    "community": ("社区居委会", "社区", "居委会", "村委会", "村"),
}
"""Ends of the names of divisions, by level, top to bottom."""

STRONG_DIVISIONS = ("省", "自治区", "街道", "街道办事处", "社区", "社区居委会")
"""Ends that say alone that a name is one of a division; others need a second division beside them."""
