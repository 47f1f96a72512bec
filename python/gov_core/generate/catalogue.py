"""The matters of a generated city: 5 classes of components and 6 of events, in the project's own words.

The eleven classes are those in use in digital urban management (部件 and 事件). Sub-classes, conditions,
units and limits are made up for generated cities: real ones differ from city to city, so they are data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gov_core.city import AssetClass, Limit, Matter

if TYPE_CHECKING:
    from collections.abc import Iterator

# class: (code, name, who leads); sub-class: (name, who leads instead or "", conditions with their limits).
# u urgent_hour, h working_hour, d working_day, n natural_day.
_CLASSES: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "C01",
        "公用设施",
        "@urban_management_bureau",
        (
            ("上水井盖", "@water_bureau", "缺失 2u, 破损 4h, 下沉 5d"),
            ("雨污水井盖", "@water_bureau", "缺失 2u, 破损 4h, 异响 2d"),
            ("通信井盖", "@communications_office", "缺失 2u, 破损 1d, 下沉 5d"),
            ("电力设施", "@power_supply_office", "带电外露 2u, 箱体破损 2d"),
            ("燃气设施", "@housing_bureau", "漏气 1u, 警示标志缺失 1d"),
            ("路灯", "", "不亮 2d, 灯杆倾斜 4u, 灯罩破损 3d"),
            ("消防栓", "@emergency_bureau", "漏水 4h, 被遮挡 1d"),
            ("公共座椅", "", "破损 5d, 缺失 10d"),
        ),
    ),
    (
        "C02",
        "道路交通设施",
        "@transport_bureau",
        (
            ("人行道", "", "塌陷 2u, 铺砖松动 3d"),
            ("车行道", "", "塌陷 2u, 坑槽 2d, 裂缝 7d"),
            ("交通信号灯", "@public_security_bureau", "全灭 2u, 显示不全 4h"),
            ("交通标志牌", "@public_security_bureau", "缺失 1d, 污损 3d"),
            ("道路护栏", "", "倒伏 4u, 破损 2d"),
            ("公交站亭", "", "玻璃破损 1d, 站牌污损 3d"),
            ("停车泊位", "@public_security_bureau", "标线不清 7d, 设施占用 1d"),
        ),
    ),
    (
        "C03",
        "市容环境设施",
        "@urban_management_bureau",
        (
            ("公共厕所", "@sanitation_team", "堵塞 4h, 设施损坏 2d"),
            ("垃圾箱", "@sanitation_team", "满溢 4h, 破损 3d"),
            ("垃圾收集点", "@sanitation_team", "满溢 4h, 污水横流 1d"),
            ("户外广告牌", "", "松动 2u, 画面破损 3d"),
            ("景观灯", "", "不亮 5d, 线缆外露 4u"),
            ("宣传栏", "@community_station", "破损 5d, 内容过期 3d"),
        ),
    ),
    (
        "C04",
        "园林绿化设施",
        "@landscape_bureau",
        (
            ("行道树", "", "倒伏 2u, 断枝悬挂 4u, 缺株 15n"),
            ("古树名木", "", "病虫害 3d, 支撑损坏 2d"),
            ("绿地", "", "毁坏 5d, 斑秃 15n"),
            ("花坛", "", "破损 5d, 枯死 7n"),
            ("健身器材", "@community_station", "断裂 1d, 松动 2d"),
        ),
    ),
    (
        "C05",
        "其他部件",
        "@street_office",
        (
            ("工地围挡", "@housing_bureau", "倒塌 2u, 破损 2d"),
            ("水域护栏", "@water_bureau", "缺失 4u, 破损 2d"),
            ("人防标识", "@emergency_bureau", "缺失 5d, 污损 7d"),
            ("门楼牌", "@public_security_bureau", "缺失 10n, 错误 10n"),
        ),
    ),
    (
        "E01",
        "市容环境",
        "@enforcement_team",
        (
            ("暴露垃圾", "@sanitation_team", "少量 4h, 成堆 1d"),
            ("积存渣土", "", "少量 1d, 成堆 2d"),
            ("道路不洁", "@sanitation_team", "污渍 4h, 遗撒 4h"),
            ("水域不洁", "@water_bureau", "漂浮物 1d, 异味 3d"),
            ("油烟污染", "@ecology_bureau", "扰民 2d, 直排 5d"),
            ("违法搭建", "", "在建 1d, 已建 15d"),
            ("乱堆物料", "", "占道 4h, 楼道 1d"),
            ("焚烧垃圾", "", "露天 1u, 反复 1d"),
        ),
    ),
    (
        "E02",
        "宣传广告",
        "@enforcement_team",
        (
            ("非法小广告", "@sanitation_team", "张贴 1d, 喷涂 2d"),
            ("违规户外广告", "", "设置 3d, 遮挡 1d"),
            ("违规标语", "", "悬挂 1d, 破损 1d"),
            ("占道宣传", "", "占道 2h, 噪声 2h"),
        ),
    ),
    (
        "E03",
        "施工管理",
        "@housing_bureau",
        (
            ("施工扰民", "@ecology_bureau", "夜间 2u, 日间 4h"),
            ("工地扬尘", "@ecology_bureau", "未覆盖 4h, 未洒水 4h"),
            ("车辆遗撒", "@enforcement_team", "泥土 4h, 渣土 2h"),
            ("无证掘路", "@transport_bureau", "正在施工 2u, 未恢复 3d"),
            ("违规装修", "", "承重结构 4u, 噪声 1d"),
        ),
    ),
    (
        "E04",
        "突发事件",
        "@emergency_bureau",
        (
            ("路面塌陷", "@transport_bureau", "危及通行 1u, 一般 4u"),
            ("管道破裂", "@water_bureau", "供水 2u, 污水 2u"),
            ("道路积水", "@water_bureau", "深积水 1u, 浅积水 4u"),
            ("道路结冰", "@transport_bureau", "主干道 2u, 支路 4u"),
            ("建筑物险情", "@housing_bureau", "墙皮脱落 2u, 倾斜 1u"),
            ("群众被困", "", "电梯 1u, 其他 1u"),
        ),
    ),
    (
        "E05",
        "街面秩序",
        "@enforcement_team",
        (
            ("无照经营", "@market_regulation_bureau", "游商 2h, 固定摊点 1d"),
            ("店外经营", "", "占道 2h, 反复 1d"),
            ("机动车乱停", "@public_security_bureau", "占盲道 2h, 占消防通道 1u"),
            ("非机动车乱停", "", "占道 4h, 淤积 4h"),
            ("噪声扰民", "@public_security_bureau", "广场 4h, 商业 1d"),
            ("散养犬只", "@public_security_bureau", "伤人风险 2u, 不牵绳 1d"),
            ("占道维修", "", "车辆 4h, 其他 1d"),
        ),
    ),
    (
        "E06",
        "扩展事件",
        "@community_station",
        (
            ("邻里纠纷", "@residents_committee", "噪声 3d, 漏水 3d, 公共空间 5d"),
            ("物业服务", "@street_property_centre", "保洁 2d, 收费 7d, 维修 3d"),
            ("飞线充电", "@residents_committee", "楼外 1d, 楼内 4u"),
            ("楼道堆物", "@residents_committee", "易燃 4u, 一般 2d"),
            ("便民服务", "", "证明 3d, 咨询 1d"),
            ("电梯故障", "@market_regulation_bureau", "停运 4u, 异响 2d"),
        ),
    ),
)
_UNITS = {"u": "urgent_hour", "h": "working_hour", "d": "working_day", "n": "natural_day"}
_FIRST_ANSWER = {
    "u": Limit(1, "urgent_hour"),
    "h": Limit(1, "working_hour"),
    "d": Limit(4, "working_hour"),
    "n": Limit(1, "working_day"),
}

ASSET_CLASSES = (
    AssetClass("estate", "小区共用设施"),
    AssetClass("estate.lift", "小区电梯", "estate"),
    AssetClass("estate.lighting", "小区照明", "estate"),
    AssetClass("estate.gate", "小区门禁", "estate"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A matter with who leads and how soon, as far as it says so itself.

    Attributes:
        matter: The matter.
        unit: Who leads, ``@kind``.
        respond_within: How soon the first answer is due; None if conditions below say it.
        resolve_within: How soon it is to be resolved; None if conditions below say it.
    """

    matter: Matter
    unit: str
    respond_within: Limit | None = None
    resolve_within: Limit | None = None


def catalogue() -> Iterator[Entry]:
    """Yield the matters, parents first: class ``C01``, sub-class ``C01-02``, condition ``C01-02-3``."""
    for code, class_name, class_unit, subclasses in _CLASSES:
        yield Entry(Matter(code, class_name), class_unit)
        for i, (name, own_unit, conditions) in enumerate(subclasses, start=1):
            unit = own_unit or class_unit
            subclass = f"{code}-{i:02d}"
            yield Entry(Matter(subclass, name, code), unit)
            for j, condition in enumerate(conditions.split(", "), start=1):
                what, limit = condition.split(" ")
                resolve = Limit(int(limit[:-1]), _UNITS[limit[-1]])  # type: ignore[arg-type]  # one of the four
                matter = Matter(f"{subclass}-{j}", f"{name}:{what}", subclass)
                yield Entry(matter, unit, _FIRST_ANSWER[limit[-1]], resolve)
