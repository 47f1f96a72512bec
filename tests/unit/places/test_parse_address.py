"""The address parser: hand-made addresses of places that do not exist, and properties of all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.places import AddressParser, ParsedAddress, normalise_address, parse_address
from gov_core.places._address_words import MARKERS, NEAR, ROAD_ENDS
from gov_core.places._parse_address import COMPONENTS, bare_value

# Written as people write; what is read: division, road, number, estate, building, unit, floor, room.
CASES = {
    "清风街道柳湾路12号": "清风街道|柳湾路|12||||",
    "东海省云水市清风区柳湾街道青荷社区柳湾路12号": "东海省云水市清风区柳湾街道青荷社区|柳湾路|12||||",
    "青荷县白鹭镇柳湾村5组8号": "青荷县白鹭镇柳湾村||8|5组|||",
    "柳湾路１２号阳光花园三号楼２单元５０１室": "|柳湾路|12|阳光花园|3|2||501",
    "柳湾路 12 号，阳光花园 3 幢 2 单元 501 室": "|柳湾路|12|阳光花园|3|2||501",
    "阳光花园十二幢二〇三室": "|||阳光花园|12|||203",
    "阳光花园第十二幢第二单元": "|||阳光花园|12|2||",
    "柳湾路一百零五号": "|柳湾路|105||||",
    "柳湾路二十号": "|柳湾路|20||||",
    "阳光花园3-2-501": "|||阳光花园|3|2||501",
    "阳光花园3—501": "|||阳光花园|3|||501",
    "阳光花园3-2": "|||阳光花园|3|2||",
    "阳光花园3#2-501": "|||阳光花园|3|2||501",
    "阳光花园3#楼501": "|||阳光花园|3|||501",
    "阳光花园３＃５０１": "|||阳光花园|3|||501",
    "3幢2-5-501": "||||3|2|5|501",
    "3号楼2门501": "||||3|2||501",
    "阳光花园3楼2单元501": "|||阳光花园|3|2||501",
    "柳湾路12号3楼": "|柳湾路|12||||3|",
    "阳光大厦A座12层1201": "|||阳光大厦|A||12|1201",
    "阳光大厦a座12F1201房": "|||阳光大厦|A||12|1201",
    "柳湾路12号国风大厦1201": "|柳湾路|12|国风大厦||||1201",
    "柳湾路200弄12号301": "|柳湾路|200弄12|||||301",
    "柳湾路200弄阳光花园12号301室": "|柳湾路|200弄12|阳光花园||||301",
    "柳湾路200弄": "|柳湾路|200弄||||",
    "柳湾路12号院3号楼": "|柳湾路|12||3|||",
    "柳湾路12号3号楼1单元6号": "|柳湾路|12||3|1||6",
    "柳湾路12号阳光花园3号": "|柳湾路|12|阳光花园|3|||",
    "阳光花园8号": "||8|阳光花园||||",
    "柳湾路12-3号楼": "|柳湾路|||12-3|||",
    "柳湾路12-1号": "|柳湾路|12-1|||||",
    "柳湾路12号附3号": "|柳湾路|12附3|||||",
    "柳湾路甲12号": "|柳湾路|甲12|||||",
    "柳湾路12号B1层": "|柳湾路|12||||B1|",
    "柳湾路12号负一层": "|柳湾路|12||||B1|",
    "柳湾路12号地下1层8室": "|柳湾路|12||||B1|8",
    "中山3路8号": "|中山三路|8|||||",
    "中山三路8号": "|中山三路|8|||||",
    "经10路8号": "|经十路|8|||||",
    "2号路12号": "|2号路|12|||||",
    "二号路12号": "|2号路|12|||||",
    "柳湾路北段8号": "|柳湾路北段|8|||||",
    "柳湾路白鹭巷8号": "|柳湾路白鹭巷|8|||||",
    "柳湾路阳光花园8幢": "|柳湾路||阳光花园|8|||",
    "丝路花园3幢": "|||丝路花园|3|||",
    "东街口花园3幢": "|||东街口花园|3|||",
    "阳光花园二期3幢": "|||阳光花园2期|3|||",
    "阳光花园A区3幢": "|||阳光花园A区|3|||",
    "青荷三村8号": "||8|青荷三村||||",
    "青荷3村8号": "||8|青荷三村||||",
    "幸福村3组12号": "||12|幸福村3组||||",
    "新城市花园3幢": "|||新城市花园|3|||",
    "东方市场路12号": "|东方市场路|12|||||",
    "阳光小区8幢": "|||阳光小区|8|||",
    "柳湾路12号东楼201": "|柳湾路|12||东|||201",
    "SOHO现代城3号楼": "|||SOHO现代城|3|||",
    "360大厦1201": "|||360大厦||||1201",
    "阳光花园08幢0301室": "|||阳光花园|8|||301",
    "甲幢乙室": "||||甲|||乙",
    "": "|||||||",
    "　": "|||||||",
}


@pytest.mark.parametrize("written", CASES)
def test_a_table_of_awkward_addresses(written: str) -> None:
    parts = [*CASES[written].split("|"), ""][:8]
    assert parse_address(written) == ParsedAddress(*parts)
    assert parse_address(str(parse_address(written))) == parse_address(written)


@pytest.mark.parametrize(
    ("written", "near", "unread"),
    [
        ("柳湾路12号对面", "对面", ()),
        ("柳湾路12号斜对面的小店", "斜对面", ("的小店",)),
        ("柳湾路和白鹭街路口", "路口", ()),
        ("柳湾路12号往东50米", "往东", ("50米",)),
        ("柳湾路12号后面", "后面", ()),
        ("柳湾路12号至16号", "至", ()),
        ("柳湾路１２号～16号", "~", ()),
        ("柳湾路十二号、十六号", "、", ()),
        ("柳湾路12号或柳湾街16号", "或", ()),
        ("柳湾路12号、3号楼", "", ()),
        ("柳湾路12号和平小区", "", ()),
        ("柳湾路12号(东门进)3幢", "", ("东门进",)),
        ("柳湾路12号3幢5幢", "", ("5幢",)),
        ("柳湾路12号3幢旧址", "", ("旧址",)),
        ("柳湾路12号(", "", ("",)),
    ],
)
def test_what_is_not_an_address_is_told(written: str, near: str, unread: tuple[str, ...]) -> None:
    parsed = parse_address(written)
    assert (parsed.near, parsed.unread) == (near, unread)
    assert parsed.road.startswith("柳湾路")


@pytest.mark.parametrize("piece", ["一", "1-", "路", "街道市区", "第", "(", "3幢", "Ａ", "\ufdfa"])
def test_endless_text_is_no_address(piece: str) -> None:
    text = piece * 100_000
    assert parse_address(text) == ParsedAddress()
    assert parse_address(text).unread == (text,)
    assert normalise_address(normalise_address(text)) == normalise_address(text)


def test_spans_are_of_the_normalised_text() -> None:
    parsed = parse_address("清风街道柳湾路１２号，三号楼 501")
    read = [(name, parsed.text[start:end]) for name, start, end in parsed.spans]
    assert read == [
        ("division", "清风街道"),
        ("road", "柳湾路"),
        ("number", "12号"),
        ("building", "3号楼"),
        ("room", "501"),
    ]


def test_known_names_decide_where_rules_would_guess() -> None:
    parser = AddressParser(["云水"], ["柳湾里"], ["学府街区", "白鹭路花园"])
    assert parser.parse("云水柳湾里3号") == ParsedAddress("云水", "柳湾里", "3")
    assert parser.parse("柳湾里学府街区3幢") == ParsedAddress(road="柳湾里", estate="学府街区", building="3")
    assert parser.parse("白鹭路花园3幢").estate == "白鹭路花园"
    assert parse_address("柳湾里3号").estate == "柳湾里"


@pytest.mark.parametrize(
    ("component", "value", "bare"),
    [
        ("number", "12号", "12"),
        ("number", "12", "12"),
        ("number", "200弄12号", "200弄12"),
        ("number", "12附3号", "12附3"),
        ("building", "三号楼", "3"),
        ("building", "A座", "A"),
        ("building", "东楼", "东"),
        ("unit", "2单元", "2"),
        ("floor", "负1层", "B1"),
        ("room", "0501室", "501"),
        ("road", "中山3路", "中山三路"),
        ("estate", "阳光花园二期", "阳光花园2期"),
        ("room", "", ""),
    ],
)
def test_columns_may_hold_the_word_or_only_the_number(component: str, value: str, bare: str) -> None:
    assert bare_value(component, value) == bare


counts = st.integers(1, 3000)
letters = st.sampled_from(["", "", "", "A", "B"])


@st.composite
def addresses(draw: st.DrawFn) -> ParsedAddress:
    """Addresses as a table has them: a road with a number, an estate, or both, and what is in it."""
    some = lambda values: draw(st.just("") | values)  # noqa: E731
    number = st.builds("{}{}".format, counts, letters) | st.builds("{}弄{}".format, counts, counts)
    road = some(st.sampled_from(["柳湾路", "白鹭街", "中山三路", "云水大道", "柳湾路白鹭巷"]))
    estate = some(st.sampled_from(["阳光花园", "青荷苑", "丝路花园", "阳光花园2期", "国风大厦"]))
    building = some(st.builds("{}{}".format, counts, letters) | st.sampled_from(["A", "东", "甲"]))
    return ParsedAddress(
        division=draw(st.sampled_from(["", "", "清风街道", "云水市清风区柳湾街道"]))
        if road or estate
        else "",
        road=road,
        number=draw(number) if road else "",
        estate=estate,
        building=building,
        unit=some(counts.map(str)),
        floor=some(counts.map(str)),
        room=some(st.builds("{}{}".format, counts, letters)),
    )


@given(addresses())
def test_what_is_written_is_read_again(address: ParsedAddress) -> None:
    assert parse_address(str(address)) == address


NUMERALS = "零一二三四五六七八九"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def in_words(value: str) -> str:
    number = int(value)
    if number < 10:
        return NUMERALS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return (NUMERALS[tens] if tens > 1 else "") + "十" + (NUMERALS[ones] if ones else "")
    return "".join("〇" if digit == "0" else NUMERALS[int(digit)] for digit in value)


@given(addresses(), st.data())
def test_all_ways_of_writing_one_address_are_read_alike(address: ParsedAddress, data: st.DataObject) -> None:
    written = str(address)
    if data.draw(st.booleans()):
        import re

        written = re.sub(r"(?<![0-9A-Z弄])\d+(?=幢|单元|层|室)", lambda found: in_words(found[0]), written)
    if data.draw(st.booleans()):
        written = written.replace("幢", data.draw(st.sampled_from(["栋", "号楼", "#楼", "座"])))
    if data.draw(st.booleans()):
        written = written.translate(WIDE)
    if data.draw(st.booleans()):
        written = written.lower()
    for end in ("路", "街", "号", "花园", "幢", "单元"):
        written = written.replace(end, end + data.draw(st.sampled_from(["", " ", "，", "\u3000", "-"])))
    assert parse_address(written) == address


pieces = st.sampled_from(
    [
        *MARKERS,
        *ROAD_ENDS,
        *NEAR,
        *"一二三十百0123789AB-#() ",
        "柳湾",
        "阳光花园",
        "清风街道",
        "市",
        "区",
        "附",
        "第",
    ]
)
anything = st.text() | st.lists(pieces, max_size=20).map("".join)


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalise_address(normalise_address(text)) == normalise_address(text)


@given(anything)
def test_whatever_is_given_is_read_without_overlap(text: str) -> None:
    parsed = parse_address(text)
    assert {name for name in COMPONENTS if getattr(parsed, name)} == {name for name, _, _ in parsed.spans}
    assert all(0 <= start < end <= len(parsed.text) for _, start, end in parsed.spans)
    assert parse_address(parsed.text) == parsed
