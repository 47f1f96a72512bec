"""Broken procedures: what each says, and exactly what is to be told about it."""

from __future__ import annotations

from typing import NamedTuple


class Broken(NamedTuple):
    """A procedure with one thing broken.

    Attributes:
        code: What it shows.
        text: Of the file, without its head.
        place: Where it is told, after ``broken#``.
        extends: What it takes over the rest from; empty for nothing.
        also: What cannot but be told with it: (code, place).
    """

    code: str
    text: str
    place: str
    extends: str = "plain"
    also: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        """The whole file."""
        extends = f'extends = "{self.extends}"\n' if self.extends else ""
        source = "" if "source =" in self.text else 'source = "practice"\n'
        return f'name = "broken"\nchinese = "坏"\nenglish = "Broken"\n{source}{extends}{self.text}'


LINE = (
    *("collected", "triaged", "dispatched", "returned", "conferring", "accepted", "in_progress", "waiting"),
    *("forwarded", "handled", "closed", "evaluated", "reopened"),
)
"""States that cases of the plain procedure come to."""


def _stages(*stages: str) -> str:
    return f"stages = [{', '.join(stages)}]"


def _stage(name: str, *states: str) -> str:
    return f'{{ name = "{name}", chinese = "段", states = [{", ".join(map(repr, states))}] }}'


READ: tuple[Broken, ...] = (
    Broken("procedure.no_toml", "stages = [", ""),
    Broken("procedure.unknown_field", "colour = 3", "colour"),
    Broken("procedure.unknown_field", "[steps.start]\nrolse = []", "steps.start.rolse"),
    Broken("procedure.unknown_field", 'stages = []\nwithout = ["start"]\n[steps.report]', "", extends=""),
    Broken("procedure.bad_field", 'max_returns = "two"', "max_returns"),
    Broken("procedure.bad_field", "[steps.report]", "stages", extends=""),
    Broken("procedure.unknown_word", '[steps.start]\nroles = ["worker"]', "steps.start.roles.0"),
    Broken("procedure.unknown_word", '[[apart]]\nfirst = "file"\nsecond = "handle"', "apart.0.second"),
    Broken("procedure.unknown_base", "", "", extends="plane"),
    Broken("procedure.unknown_without", 'without = ["whistle"]', "without"),
)
"""What cannot be read."""

_CLOCK = '[[clocks]]\nname = "answer"\nunit = "working_day"\n'

_STREET_WORKS = (
    'without = ["self_handle", "quick_close"]\n'
    '[steps.claim]\nroles = ["street"]\n'
    '[steps.start]\nroles = ["street"]\n'
    '[steps.finish_part]\nroles = ["street"]\n'
    '[steps.give_feedback]\nroles = ["street"]\n'
)
_STREET_CHECKS = '[steps.verify_close]\nroles = ["street"]\n[steps.verify_fail]\nroles = ["street"]'

LINTED: tuple[Broken, ...] = (
    Broken("procedure.no_source", 'source = ""', "source"),
    Broken("procedure.no_owner", "owners = []", "owners"),
    Broken("procedure.bad_number", "reviewers = 0", "reviewers"),
    Broken("procedure.bad_number", "default_score = 101", "default_score"),
    Broken("procedure.unknown_trigger", "[steps.dispach]", "steps.dispach"),
    Broken(
        "procedure.unknown_trigger",
        f'{_CLOCK}starts = ["report", "repot"]\nmeets = ["triage"]\namount = 1',
        "clocks.answer.starts",
    ),
    Broken(
        "procedure.unknown_trigger",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage", "check_result.finished"]\namount = 1',
        "clocks.answer.meets",
    ),
    Broken("procedure.unknown_state", _stages(_stage("all", *LINE, "finished")), "stages.all"),
    Broken(
        "procedure.unknown_grade", '[steps.escalate]\ngrades = ["huge"]', "steps.escalate.grades", "graded"
    ),
    Broken(
        "procedure.unknown_grade",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = 1\ngrades = ["huge"]',
        "clocks.answer.grades",
        "graded",
    ),
    Broken(
        "procedure.no_opening",
        'without = ["report", "draft", "handling"]',
        "steps",
    ),
    Broken(
        "procedure.unreachable_stage",
        _stages(_stage("all", *LINE), _stage("call", "whistled")),
        "stages.call",
    ),
    Broken(
        "procedure.state_in_two_stages", _stages(_stage("all", *LINE), _stage("end", "closed")), "stages.end"
    ),
    Broken("procedure.state_in_no_stage", _stages(_stage("all", *LINE[1:])), "stages"),
    Broken(
        "procedure.stage_nobody_leaves",
        'without = ["verify_close", "verify_fail", "rework"]',
        "stages.verify",
    ),
    Broken(
        "procedure.stage_nobody_leaves",
        '[steps.evaluate]\n[steps.claim]\ngrades = ["general"]\n',
        "stages.dispatch",
    ),
    Broken("procedure.no_end", 'without = ["submit"]', "steps"),
    Broken("procedure.no_end", 'without = ["grant_reopen", "deny_reopen"]', "steps"),
    Broken("procedure.role_may_not", '[steps.start]\nroles = ["unit", "hotline"]', "steps.start.roles"),
    Broken(
        "procedure.role_may_not",
        '[[grades]]\nname = "big"\nchinese = "大"\n'
        'handles = ["grid_worker", "community", "unit", "district"]',
        "grades.big.handles",
    ),
    Broken(
        "procedure.nobody_may",
        '[steps.rate]\nroles = ["unit"]',
        "steps.rate",
        also=(("procedure.role_may_not", "steps.rate.roles"),),
    ),
    Broken(
        "procedure.evidence_from_nobody",
        '[steps.end_child]\nevidence = ["after"]',
        "steps.end_child.evidence",
    ),
    Broken("procedure.half_step", 'without = ["absorb"]', "steps.merge"),
    Broken("procedure.half_step", 'without = ["split"]', "steps.end_child"),
    Broken("procedure.decider_may_not", 'decider = "records"', "decider"),
    Broken(
        "procedure.task_never_begun",
        'without = ["assign_task"]\n[steps.verify_close]\nneeds = ["check_result"]',
        "steps.verify_close.needs",
    ),
    Broken(
        "procedure.task_never_begun",
        'without = ["assign_task"]\n[steps.triage]\nneeds = ["verify_report"]\n'
        'begins = [{ kind = "verify_report", to = "grid_worker" }]',
        "steps.triage.needs",
    ),
    Broken(
        "procedure.task_never_begun",
        '[steps.triage]\nroles = ["street"]\n'
        'begins = [{ kind = "verify_report", to = "grid_worker", by = ["hotline"] }]',
        "steps.triage.begins.verify_report",
    ),
    Broken(
        "procedure.task_never_done",
        'without = ["finish_task"]\n'
        '[steps.give_feedback]\nbegins = [{ kind = "check_result", to = "verifier" }]',
        "steps.give_feedback.begins.check_result",
    ),
    Broken(
        "procedure.task_never_done",
        'without = ["finish_task"]\n[steps.archive]\nneeds = ["return_visit"]',
        "steps.archive.needs",
    ),
    Broken(
        "procedure.task_role_may_not",
        '[steps.give_feedback]\nbegins = [{ kind = "check_result", to = "dispatcher" }]',
        "steps.give_feedback.begins.check_result",
    ),
    Broken(
        "procedure.clock_never_started",
        f'{_CLOCK}starts = ["whistle"]\nmeets = ["triage"]\namount = 1',
        "clocks.answer.starts",
    ),
    Broken(
        "procedure.clock_never_started",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = 1\nscope = "unit"',
        "clocks.answer.starts",
    ),
    Broken(
        "procedure.clock_never_started",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = 1\nkinds = ["hard"]',
        "clocks.answer.starts",
    ),
    Broken(
        "procedure.clock_never_started",
        f'{_CLOCK}starts = ["report"]\nmeets = ["report", "triage"]\namount = 1',
        "clocks.answer.starts",
    ),
    Broken(
        "procedure.clock_never_met",
        f'{_CLOCK}starts = ["report"]\nmeets = ["whistle"]\namount = 1',
        "clocks.answer.meets",
    ),
    Broken(
        "procedure.clock_no_limit",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = 0',
        "clocks.answer.amount",
    ),
    Broken(
        "procedure.clock_no_limit",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = -1\nof = "respond"',
        "clocks.answer.amount",
    ),
    Broken(
        "procedure.clock_no_limit",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = nan',
        "clocks.answer.amount",
    ),
    Broken(
        "procedure.clock_twice",
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = 1\n'
        f'{_CLOCK}starts = ["report"]\nmeets = ["triage"]\namount = 2\ngrades = ["big"]',
        "clocks.answer",
    ),
    Broken(
        "procedure.whistle_without_step",
        'whistles = [{ name = "street", starters = ["street"], summons = "unit" }]',
        "whistles.street",
    ),
    Broken("procedure.whistle_no_level", "whistles = []", "whistles", "whistle_loop"),
    Broken(
        "procedure.whistle_no_starter",
        'whistles = [{ name = "street", starters = [], summons = "unit" }]',
        "whistles.street",
        "whistle_loop",
    ),
    Broken(
        "procedure.whistle_starter_may_not",
        'whistles = [{ name = "street", starters = ["unit"], summons = "unit" }]',
        "whistles.street.starters",
        "whistle_loop",
    ),
    Broken(
        "procedure.whistle_starter_may_not",
        'whistles = [{ name = "street", starters = ["street"], hard = ["district"], summons = "unit" }]',
        "whistles.street.hard",
        "whistle_loop",
    ),
    Broken(
        "procedure.whistle_summons_may_not",
        'whistles = [{ name = "street", starters = ["street"], summons = "community" }]',
        "whistles.street.summons",
        "whistle_loop",
    ),
    Broken(
        "procedure.apart_impossible",
        'without = ["force_assign", "forward", "join_unit"]\n'
        '[[apart]]\nfirst = "file"\nsecond = "dispatch"\n'
        '[steps.triage]\nroles = ["street"]\n[steps.dispatch]\nroles = ["street"]',
        "apart",
    ),
    Broken("procedure.apart_impossible", f"{_STREET_WORKS}{_STREET_CHECKS}", "steps"),
    Broken(
        "procedure.apart_impossible",
        f'{_STREET_WORKS}begins = [{{ kind = "check_result", to = "street" }}]',
        "steps.give_feedback.begins.check_result",
    ),
    Broken("procedure.no_approvals", "approvals = []", "approvals"),
    Broken("procedure.approver_may_not", 'approvals = ["unit", "district"]', "approvals"),
)
"""What could never run to its end, or never counts."""
