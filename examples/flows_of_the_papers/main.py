"""Run each flow over the preset of its paper, and tell its story under the names of the paper."""

from flows import FLOWS, fund_transfer, qinhuai, words

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
