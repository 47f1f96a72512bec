"""Run each flow over the preset of its paper, and tell its story under the names of the paper."""

from flows import FLOWS, VISITS, fund_transfer, qingbo, qinhuai, six_visits, words
from office import Office

for flow in FLOWS:
    office = flow.office()
    flow.run(office)
    print(f"\n{flow.row} {office.city.name}: {' -> '.join(flow.stages())}")
    for entry in office.casework.timeline(office.case_id):
        print(f"  {entry}")
    named = [stage for stage in office.stages if stage in flow.stages()]
    assert list(dict.fromkeys(named)) == flow.stages()

office = Office(qingbo(), "plain")
six_visits(office)
story = office.casework.timeline(office.case_id)
visits = [VISITS[entry.event.trigger] for entry in story if entry.event.trigger in VISITS]
print(f"\nQ-PROC-3 as far as a case carries them: {' -> '.join(visits)}")
assert visits == words(office.city, "six_visits")

states = fund_transfer()
print(f"\nN-RULE-9 {' -> '.join(words(qinhuai('funds_follow_task'), 'fund_transfer'))}")
for fund in states:
    print(f"  {fund.state}: {fund.left_fen / 100:.2f} yuan left")
assert [fund.state for fund in states] == ["unpaid", "paid", "agreed", "deposited", "deposited"]
