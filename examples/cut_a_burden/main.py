"""A community's burden of 108 items, cut to 30 on one day: who does the rest, and what has no money."""

import csv
from datetime import date
from pathlib import Path

import shapely
from rich.console import Console

from gov_core.checker import check
from gov_core.checklists import Checklist, Item, Matter, Transfer
from gov_core.checklists.burden import reduction
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.city import City, Place, Rule, Unit
from gov_core.report import body_names, draw_reduction, print_reduction

CUT = date(2026, 1, 1)
COMMITTEE = "@residents_committee"
with (Path(__file__).parent / "burden.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
DEPARTMENTS = list(dict.fromkeys(row["department"] for row in ROWS))

# Until the cut everything is on one list of work; from then on the committee has two lists. What it assists
# in is held by a department, which has the rest to itself; of what is merged, each group becomes one item.
lists = [
    Checklist("work", "work", "工作清单（生成）", COMMITTEE, 108, valid_to=CUT),
    Checklist("self", "self_government", "依法自治事项清单（生成）", COMMITTEE, 12, valid_from=CUT),
    Checklist("help", "assistance", "依法协助事项清单（生成）", COMMITTEE, 18, valid_from=CUT),
    *(Checklist(name, "duty", "职责清单（生成）", f"@{name}", valid_from=CUT) for name in DEPARTMENTS),
]
items, transfers = list[Item](), list[Transfer]()
merged: dict[str, list[str]] = {}
for row in ROWS:
    code, title, department = row["code"], row["title"], row["department"]
    into = (row["into"],) if row["into"] else ()
    items.append(Item(code, "work", title, matters=(code,), valid_to=CUT, successors=into))
    if row["decision"] == "self_government":
        items.append(Item(code, "self", title, matters=(code,), valid_from=CUT))
    elif row["decision"] == "return":
        items.append(Item(code, department, title, matters=(code,), valid_from=CUT))
    else:
        items.append(Item(f"{code}-lead", department, title, matters=(code,), valid_from=CUT))
        if row["decision"] == "merge":
            merged.setdefault(row["into"], []).append(code)
            continue
        origin = f"@{department}"
        items.append(Item(code, "help", title, matters=(code,), transferred_from=origin, valid_from=CUT))
        funds = float(row["funds_yuan"]) if row["funds_yuan"] else None
        paid = {"earmarked": True, "decided_by": COMMITTEE, "account": "RC"} if funds else {}
        transfers.append(Transfer(code, origin, COMMITTEE, CUT, funds, **paid))
for code, matters in merged.items():
    items.append(Item(code, "help", f"合并事项 {code}（生成）", matters=tuple(matters), valid_from=CUT))

city = City.from_parts(
    name="生成社区",
    levels=["community", "grid"],
    places=[Place("C", "生成社区", "community"), Place("G", "", "grid", "C")],
    geometries={"G": shapely.box(119.0, 33.0, 119.01, 33.01).wkb},
    units=[
        Unit("RC", "生成居民委员会", "residents_committee", ("C",)),
        *(Unit(name.upper(), "", name, ("C",)) for name in DEPARTMENTS),
    ],
    matters=[Matter(row["code"], row["title"]) for row in ROWS],
    rules=[Rule("R", None, None, None, None, (COMMITTEE,))],
    checklists=lists,
    items=items,
    transfers=transfers,
)
before, after = city.as_of(date(2025, 12, 31)), city.as_of(CUT)
cut = reduction(before, after, COMMITTEE)
print_reduction(cut, Console(), names=body_names(after), each=False)
figure = draw_reduction(cut, names=body_names(after), note="数据为生成，非任何社区的清单。")
Path("burden.svg").write_text(figure, encoding="utf-8")

assert (cut.before.total, cut.after.total) == (108, 30)
assert cut.unheld == ()
assert responsibility_matrix(after).gaps == ()
assert [found for found in check(city) if found.severity == "error"] == []
unfunded = [found.fault.ids[1] for found in check(city) if found.fault.code == "transfer.unfunded"]
assert sorted(unfunded) == sorted(cut.unfunded)
print(f"{len(unfunded)} of {len(transfers)} transferred duties came without money")
