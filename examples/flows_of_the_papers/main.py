"""Run each flow over the preset of its paper, and tell its story under the names of the paper."""

from flows import FLOWS, fund_transfer, list_review, qinhuai, words

from gov_core import presets

for flow in FLOWS:
    office = flow.office()
    flow.run(office)
    print(f"\n{flow.row} {office.city.name}: {' -> '.join(flow.stages())}")
    for entry in office.casework.timeline(office.case_id):
        print(f"  {entry}")
    named = [stage for stage in office.stages if stage in flow.stages()]
    assert list(dict.fromkeys(named)) == flow.stages()

states = fund_transfer()
print(f"\nN-RULE-9 {' -> '.join(words(qinhuai('funds_follow_task'), 'fund_transfer'))}")
for fund in states:
    print(f"  {fund.state}: {fund.left_fen / 100:.2f} yuan left")
assert [fund.state for fund in states] == ["unpaid", "paid", "agreed", "deposited", "deposited"]

cut = list_review()
print(f"\nS-LIST-2 {' -> '.join(words(presets.shandong(), 'list_review'))}")
print(f"  {cut.before.total} items before, two lists after: {dict(cut.after.by_kind)}")
assert cut.before.total > 100
assert cut.after.by_kind == {"self_government": 3, "assistance": 30}
