"""What a drawing of a procedure says, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.cases.machine import MACHINE, PROGRAMS, ROLE_NAMES, TASK_NAMES
from gov_core.casework.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gov_core.cases.machine import Trigger
    from gov_core.cases.procedure import ClockRule, GradeRule, Procedure, Stage, WhistleLevel
    from gov_core.casework.wording import Language
    from gov_core.report.procedure_flow import Flow

_UNITS: Final = {
    "urgent_hour": ("紧急工作时", "urgent hours"),
    "working_hour": ("工作时", "working hours"),
    "working_day": ("工作日", "working days"),
    "natural_day": ("自然日", "natural days"),
}
_KINDS: Final = {"ordinary": "工作推进", "hard": "攻坚克难", "emergency": "应急"}
_STANDING: Final = {"practised": "文献实践", "recommended": "文献建议", "background": "背景"}
_ACTS: Final = {
    "file": "立案",
    "dispatch": "派遣",
    "execute": "办理",
    "resolve": "决议",
    "verify": "核实",
    "evaluate": "评价",
    "ask_extension": "申请延期",
    "grant_extension": "批准延期",
    "appeal": "申诉",
    "review": "复核",
}


class Words:
    """The words of one language.

    Args:
        language: ``zh`` or ``en``.
    """

    def __init__(self, language: Language) -> None:
        self.chinese = language == "zh"
        self._words = words()[language]

    def name(self, procedure: Procedure) -> str:
        """What a procedure is called."""
        return procedure.chinese if self.chinese else procedure.english

    def about(self, procedure: Procedure) -> str:
        """The other name, its id and its source, in one line."""
        other = procedure.english if self.chinese else procedure.chinese
        standing = procedure.standing or ""
        told = _STANDING.get(standing, "") if self.chinese else standing
        return "  ·  ".join(filter(None, (other, procedure.name, procedure.source, told)))

    def stage(self, stage: Stage) -> str:
        """What a stage is called."""
        return stage.chinese if self.chinese else _plain(stage.name)

    def state(self, state: str) -> str:
        """What a state is called."""
        return MACHINE.states[state] if self.chinese else _plain(state)

    def trigger(self, trigger: Trigger) -> str:
        """What a trigger is called."""
        return trigger.chinese if self.chinese else _plain(trigger.name)

    def role(self, role: str) -> str:
        """What a role is called."""
        return ROLE_NAMES.get(role, role) if self.chinese else _plain(role)

    def roles(self, roles: Sequence[str], most: int = 99) -> str:
        """Several roles, the first of them."""
        return self.joined([self.role(role) for role in roles if role not in PROGRAMS], most)

    def joined(self, names: Sequence[str], most: int = 99) -> str:
        """Several names, the first of them."""
        more = ("等" if self.chinese else " …") if len(names) > most else ""
        return ("、" if self.chinese else ", ").join(names[:most]) + more

    def task(self, kind: str, to: str) -> str:
        """A task and who is to do it."""
        name = TASK_NAMES.get(kind, kind) if self.chinese else _plain(kind)
        return f"☑ {name} → {self.role(to)}"

    def clock(self, rule: ClockRule) -> str:
        """What a clock is called."""
        return str(self._words["clock"].get(rule.name, _plain(rule.name)))

    def limit(self, rule: ClockRule) -> str:
        """How long a clock has, and for what."""
        chinese, english = _UNITS[rule.unit]
        amount, unit = rule.amount, chinese if self.chinese else english
        if rule.unit == "urgent_hour" and amount < 1:
            amount, unit = amount * 60, "分钟" if self.chinese else "minutes"
        if amount == 1:
            unit = unit.removesuffix("s")
        kinds = self.joined([_KINDS.get(kind, kind) if self.chinese else kind for kind in rule.kinds])
        parts = [f"{amount:g} {unit}" if amount else "", kinds, self.joined(rule.grades)]
        if rule.of:
            parts.append("以规则时限为先" if self.chinese else "unless the rule has a limit")
        if rule.scope == "unit":
            parts.append("每单位" if self.chinese else "each body")
        return (" · ").join(filter(None, parts))

    def notes(self, flow: Flow) -> Iterator[tuple[str, str]]:
        """What is told below the picture: whistles, grades, duties apart, and how else a case ends."""
        procedure, stop = flow.procedure, "；" if self.chinese else "; "
        if procedure.whistles:
            yield self._either("吹哨", "Whistles"), stop.join(map(self._level, procedure.whistles))
        if procedure.grades:
            yield (
                self._either("分级", "Grades"),
                stop.join(map(self._grade, procedure.grades)),
            )
        if procedure.apart:
            yield (
                self._either("不得同手", "Apart"),
                stop.join(f"{self._act(rule.first)} / {self._act(rule.second)}" for rule in procedure.apart),
            )
        yield self._either("退回后", "After returns"), self._returns(procedure)
        yield self._either("另可", "Else"), self.joined([self.trigger(trigger) for trigger in flow.exits])

    def _level(self, level: WhistleLevel) -> str:
        name = {"street": "街道吹哨", "community": "社区吹哨"}.get(level.name, level.name)
        told = f"{self.roles(level.starters)} → {self.role(level.summons)}"
        return f"{name}：{told}" if self.chinese else f"{level.name}: {told}"

    def _grade(self, grade: GradeRule) -> str:
        decides, handles = self.roles(grade.decides), self.roles(grade.handles)
        told = [
            f"{self._either('决定 ', 'decided by ')}{decides}" if decides else "",
            f"{self._either('办理 ', 'handled by ')}{handles}" if handles else "",
        ]
        name = grade.chinese if self.chinese else _plain(grade.name)
        return self._either("：", ": ").join(
            filter(None, (name, self._either("，", ", ").join(filter(None, told))))
        )

    def _returns(self, procedure: Procedure) -> str:
        decider, most = self.role(procedure.decider), procedure.max_returns
        return self._either(
            f"由{decider}决定；退回{most}次后指定办理或会商",
            f"the {decider} decides; after {most} returns a body is named for good, or a meeting called",
        )

    def _act(self, act: str) -> str:
        return _ACTS.get(act, act) if self.chinese else _plain(act)

    def _either(self, chinese: str, english: str) -> str:
        return chinese if self.chinese else english


def _plain(name: str) -> str:
    return name.replace("_", " ")
