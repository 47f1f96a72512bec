"""Casework: what an app calls. Each call decides and stores one step of one case, or refuses it whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Unpack
from uuid import uuid4

from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER
from gov_core.cases.case import NOWHERE, Evidence
from gov_core.cases.context import Context
from gov_core.cases.sight import seen_by
from gov_core.casework import merging
from gov_core.casework.checking import check
from gov_core.casework.deadlines import ExplainedDeadline, explain_deadline
from gov_core.casework.handling import Outcome, beside_the_whole, handle, load, tell_nobody, unknown
from gov_core.casework.report import open_case
from gov_core.casework.rerouting import route_again
from gov_core.casework.rows import micros
from gov_core.casework.sealing import located, notes_of, of_a_home, sealed_of
from gov_core.casework.splitting import split
from gov_core.casework.steps import Said, Steps
from gov_core.casework.ticking import Tick, tick
from gov_core.casework.timeline import Entry, timeline
from gov_core.casework.whos_turn import Answer, Turn, may, who_may
from gov_core.errors import CapabilityMissingError, CaseRefusedError, Fault, StepError
from gov_core.privacy.plain import PersonalInput
from gov_core.storage.protocol import RecordedAt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.procedure import Procedure
    from gov_core.casework.governance import Governance
    from gov_core.casework.handling import Announce
    from gov_core.casework.intake import Intake
    from gov_core.casework.locating import Where
    from gov_core.casework.timeline import Language
    from gov_core.privacy.plain import Note
    from gov_core.privacy.vault import Revealed, Vault
    from gov_core.storage.evidence import EvidenceStore
    from gov_core.storage.protocol import AsOf, CaseFilter, CaseOrder, CasePage, CaseStore, DueClock

_OF_TWO_CASES: Final = frozenset(
    {"merge", "unmerge", "absorb", "let_go", "split", "end_child", "reopen_child"}
)
_ROUTED: Final = ("location", "owner", "unit", "rule", "limits")
"""What triage and reroute hold of what the router found."""


class Casework(Steps):
    """The cases of one city over one store.

    Safe to use from several threads and processes, as far as the store is: each step is decided on the case
    as it is, and decided again where another was first.

    Args:
        governance: What the city says about its cases.
        store: Where they are kept.
        evidence: Where photographs and documents are kept; without it `keep` is missing, and what a step says
            it brings is believed.
        vault: Seals and opens what is said of persons and homes; without it such things are refused.
        announce: Whom to tell of each step; its messages are stored with the events, and workers deliver them
            (`gov_core.notifications`). Nobody by default.
        now: What time it is, with a time zone; the clock of the machine by default.
        new_id: Makes ids for cases and commands that come without one; must never give one twice.
    """

    def __init__(
        self,
        governance: Governance,
        store: CaseStore,
        *,
        evidence: EvidenceStore | None = None,
        vault: Vault | None = None,
        announce: Announce = tell_nobody,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.governance = governance
        self.store = store
        self.evidence = evidence
        self.vault = vault
        self._announce = announce
        self._now = now
        self._new_id = new_id

    # Steps.

    def report(
        self,
        intake: Intake,
        actor: Actor,
        *,
        said: PersonalInput | Sequence[PersonalInput] = (),
        command_id: str = "",
    ) -> Outcome:
        """Take a report: locate it, find who is responsible, open a case.

        A second delivery of the same reference of the same channel gives the case of the first.

        Args:
            intake: What was said.
            actor: Who says it.
            said: What was said of persons and homes; it is sealed, and the events hold commitments. Of a
                matter about a home, point and address of the intake go the same way where there is a vault.
            command_id: Unique for ever; made from channel and reference, or anew, if empty.

        Raises:
            CaseRefusedError: It cannot be taken; every reason.
            CommandReusedError: The reference, or the id, came before with another report.
            CapabilityMissingError: ``privacy.no_vault``: something was said of a person, and there is no
                vault.
            ErasedError: What was said is about a subject that was erased.
        """
        inputs = (said,) if isinstance(said, PersonalInput) else tuple(said)
        if inputs:
            self._needed_vault()
        now = self._now()
        subjects = self._check_kept("", intake.evidence, intake.matter)
        check(intake)
        if self.vault is not None and self._is_home(intake.matter, now):
            inputs = of_a_home(intake, inputs)
        intake = located(intake, inputs)
        return open_case(
            self.store,
            self.governance,
            intake,
            actor,
            now,
            self._new_id,
            command_id,
            self._announce,
            seal=(lambda: self._needed_vault().seal(*inputs)) if inputs else None,
            subjects=subjects,
        )

    def handle(self, case_id: str, command: Command, actor: Actor, *, command_id: str = "") -> Outcome:
        """Apply a command to a case.

        What changes two cases at once has a method of its own here (`merge`, `unmerge`, `split`). Where a
        case is and whose, only the router says: triage and reroute with a place are methods, too.

        Args:
            case_id: Which case.
            command: What is asked.
            actor: Who asks.
            command_id: Unique for ever: with the same one again nothing happens twice. Made anew if empty,
                which is for callers that never retry.

        Raises:
            UnknownCaseError: There is no such case.
            CaseRefusedError: The case does not take it; every reason.
            CommandReusedError: The id was used for another command.
            ConcurrencyConflictError: Others were first, again and again.
            PayloadRejectedError: ``command.bad_field``: a field is of another type.
        """
        _check_whole(case_id, command)
        if isinstance(command, c.Triage | c.Reroute):
            return self._route_again(case_id, command, None, actor, command_id)
        subjects = self._check_kept(case_id, command.evidence)
        return handle(
            self.store,
            case_id,
            command,
            actor,
            command_id=command_id or self._new_id(),
            contexts=self._contexts,
            subjects=subjects,
            announce=self._announce,
        )

    def triage(
        self,
        case_id: str,
        actor: Actor,
        *,
        matter: str = "",
        grade: str = "",
        where: Where | None = None,
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Say what a case is about and how grave (分析研判, 立案); the router is asked again if that is new.

        Args:
            case_id: Which case.
            actor: Who says so.
            matter: Code of the matter; empty leaves it.
            grade: The grade; empty leaves it.
            where: Where it is, if that is known better now.
            command_id: Unique for ever; made anew if empty.
            **said: What may be said with every step.

        Raises:
            GovCoreError: As for `handle`.
        """
        command = c.Triage(matter=matter, grade=grade, **said)
        return self._route_again(case_id, command, where, actor, command_id)

    def reroute(
        self,
        case_id: str,
        actor: Actor,
        *,
        where: Where | None = None,
        matter: str = "",
        grade: str = "",
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Say that a case is elsewhere, or about something else (改派); with a reason.

        The router decides anew by the boundaries of the day. Where another body is responsible there, or
        in charge, the case is filed anew with it; clocks of the case run on.

        Args:
            case_id: Which case.
            actor: Who says so: somebody who answers for the place where it was.
            where: Where it is; None asks again for the place it has, say after boundaries have moved.
            matter: Code of the matter; empty leaves it.
            grade: The grade; empty leaves it.
            command_id: Unique for ever; made anew if empty.
            **said: What may be said with every step.

        Raises:
            GovCoreError: As for `handle`.
        """
        command = c.Reroute(location=NOWHERE, matter=matter, grade=grade, **said)
        return self._route_again(case_id, command, where, actor, command_id)

    def merge(
        self, case_id: str, into: str, actor: Actor, *, reason: str = "", command_id: str = ""
    ) -> Outcome:
        """Join a case to another one on the same matter (并案): both change, or neither.

        Args:
            case_id: The one that ends.
            into: The one that takes it in and goes on.
            actor: Who says so; has to be allowed both.
            reason: Why, as a code.
            command_id: Unique for ever; made anew if empty.

        Returns:
            What became of `case_id`.

        Raises:
            GovCoreError: As for `handle`; the reasons of both cases.
        """
        own_id = command_id or self._new_id()
        return merging.merge(
            self.store,
            case_id,
            into,
            actor,
            self._contexts,
            command_id=own_id,
            reason=reason,
            announce=self._announce,
        )

    def unmerge(self, case_id: str, actor: Actor, *, reason: str, command_id: str = "") -> Outcome:
        """Part a case again from the one it was merged into (拆并): both change, or neither.

        Args:
            case_id: The one that was merged; it goes on where it was.
            actor: Who says so; has to be allowed both.
            reason: Why, as a code.
            command_id: Unique for ever; made anew if empty.

        Raises:
            GovCoreError: As for `handle`; the reasons of both cases.
        """
        own_id = command_id or self._new_id()
        return merging.unmerge(
            self.store,
            case_id,
            actor,
            self._contexts,
            command_id=own_id,
            reason=reason,
            announce=self._announce,
        )

    def split(
        self,
        case_id: str,
        parts: Sequence[Intake],
        actor: Actor,
        *,
        reason: str = "",
        command_id: str = "",
    ) -> Outcome:
        """Part a case into several (拆分): all are opened, or none.

        A part is at the place of the case unless it says another. The case closes by the rule of its
        procedure: when all parts have ended, or whenever. A part tells it when it ends.

        Args:
            case_id: Which case.
            parts: What each part is about.
            actor: Who says so.
            reason: Why, as a code.
            command_id: Unique for ever; made anew if empty.

        Returns:
            What became of `case_id`; its `children` are the ids of the parts.

        Raises:
            GovCoreError: As for `handle` and `report`.
        """
        for part in parts:
            self._check_kept(case_id, part.evidence, part.matter)
        return split(
            self.store,
            self.governance,
            case_id,
            parts,
            actor=actor,
            contexts=self._contexts,
            now=self._now,
            command_id=command_id or self._new_id(),
            reason=reason,
            announce=self._announce,
        )

    def keep(self, data: bytes, *, shows: str = "", subject: str = "") -> Evidence:
        """Put a photograph or document into the evidence store, and get what a step brings of it.

        Args:
            data: The file.
            shows: What it is evidence of: ``before``, ``after``, ``material`` …
            subject: Opaque id of whom it is about, under whose key it is sealed; evidence of a matter about a
                home has to be. Empty keeps the file as it is.

        Raises:
            PayloadRejectedError: It is empty, too large, or of no kind that is kept.
            CapabilityMissingError: This casework has no evidence store, or no vault and is to seal.
            ErasedError: The subject was erased.
        """
        if self.evidence is None:
            raise _no_evidence_store()
        files = self.evidence
        kept = self._needed_vault().keep(files, data, subject) if subject else files.put(data)
        return Evidence(kept.digest, kept.kind, shows, kept.bytes)

    # What is said of persons and homes.

    def note(self, case_id: str, text: str) -> Note:
        """Seal what somebody says in words with a step, for its ``note``.

        Args:
            case_id: Which case; the words are kept, and erased, with what its reporter said.
            text: The words.

        Raises:
            UnknownCaseError: There is no such case.
            CapabilityMissingError: There is no vault.
            ErasedError: What was said with the case was erased.
        """
        sealed = self.case(case_id).sealed
        return self._needed_vault().note(text, subject=sealed[0].subject if sealed else "")

    def reveal(
        self, case_id: str, actor: Actor, purpose: str, *, names: Iterable[str] = ()
    ) -> tuple[Revealed, ...]:
        """Open what a case, and each that was merged into it, knows of persons and homes.

        Each look is noted before anything is opened: who, what for, which value; never the value.

        Args:
            case_id: Which case.
            actor: Who looks; has to see what is opened, and be signed in.
            purpose: What for: one of `gov_core.privacy.PURPOSES`.
            names: What to open; as little as the purpose needs, if none is named.

        Returns:
            In the order in which it was said, then notes; the value is None of what was erased.

        Raises:
            UnknownCaseError: There is no such case, or none for them.
            RevealRefusedError: They may not see it, or not for that; every reason, and nothing was opened.
            CapabilityMissingError: There is no vault.
        """
        vault, at, case = self._needed_vault(), self._present(), self.case(case_id)
        if seen_by(case, actor, at) is None:
            raise unknown(case_id)
        whole = case.with_changes(sealed=tuple(sealed_of(self.store, case_id)))
        notes = notes_of(self.store, case_id)
        return vault.reveal(whole, actor, purpose, at=at, names=names, notes=notes)

    def look(self, case_id: str, digest: str, actor: Actor, purpose: str) -> bytes:
        """Open a photograph or document of a case.

        Args:
            case_id: Which case.
            digest: Which of its evidence.
            actor: Who looks.
            purpose: What for.

        Raises:
            GovCoreError: As for `reveal`; ``ErasedError``: it was erased.
        """
        vault, at, case = self._needed_vault(), self._present(), self.case(case_id)
        if self.evidence is None:
            raise _no_evidence_store()
        if seen_by(case, actor, at) is None:
            raise unknown(case_id)
        return vault.look(self.evidence, digest, case, actor, purpose, at=at)

    # Time.

    def due(self, *, limit: int = 1000) -> tuple[DueClock, ...]:
        """The clocks that have something to tell now, in order; `tick` tells it."""
        return self.store.due(micros(self._present()), limit=limit)

    def tick(self, *, limit: int = 1000) -> Iterator[Tick]:
        """Let the clocks tell what they have to, each once, the longest due first.

        Lights change, levels rise, rests end, and evaluations that nobody gave are given by default. Two
        workers may do so at the same time; what one has told the other passes over.

        Args:
            limit: How many at most; a clock whose case does not take what it tells is passed over, and does
                not count.
        """
        return tick(
            self.store,
            self._present(),
            limit,
            lambda case, at: self.context(case, SCHEDULER, at=at),
            self._announce,
        )

    # Questions.

    def case(self, case_id: str, *, as_of: AsOf | datetime | None = None) -> Case:
        """A case, now or as it was.

        Args:
            case_id: Which.
            as_of: A position of the store, or a time by the store's own clock, with a time zone.

        Raises:
            UnknownCaseError: There is no such case, or was none then.
        """
        return load(self.store, case_id, as_of=_as_of(as_of))[0]

    def cases(
        self, where: CaseFilter, *, order: CaseOrder = "due", after: str | None = None, limit: int = 100
    ) -> CasePage:
        """A page of a list of cases; lights are told by the time it is now unless the filter says another."""
        if where.light is not None and where.now_us is None:
            where = where._replace(now_us=micros(self._present()))
        return self.store.query_cases(where, order=order, after=after, limit=limit)

    def timeline(
        self, case_id: str, *, language: Language = "zh", as_of: AsOf | datetime | None = None
    ) -> tuple[Entry, ...]:
        """The story of a case, event by event, in words.

        Args:
            case_id: Which.
            language: ``zh`` or ``en``.
            as_of: As for `case`.

        Raises:
            UnknownCaseError: There is no such case, or was none then.
        """
        return timeline(self.store, self.governance, case_id, language, as_of=_as_of(as_of))

    def explain_deadline(self, case_id: str, clock: str = "handling", scope: str = "") -> ExplainedDeadline:
        """How a deadline of a case came about: start, hours that count, holidays, pauses, extensions.

        Args:
            case_id: Which case.
            clock: Which of its clocks.
            scope: Id of the body the clock is for; empty for the whole case.

        Raises:
            UnknownCaseError: There is no such case.
            StepError: It has no such clock.
        """
        return explain_deadline(self.case(case_id), self.governance, self._present(), clock, scope)

    def who_may(self, case_id: str) -> tuple[Turn, ...]:
        """What may be done to a case as it stands, and by whom.

        Raises:
            UnknownCaseError: There is no such case.
        """
        case = beside_the_whole(self.store, self.case(case_id))
        return who_may(case, self.procedure(case))

    def may(self, case_id: str, actor: Actor) -> tuple[Answer, ...]:
        """What somebody may do to a case, and why not the rest.

        Raises:
            UnknownCaseError: There is no such case.
        """
        case = beside_the_whole(self.store, self.case(case_id))
        return may(case, self.procedure(case), actor, self._present())

    def seen_by(self, case_id: str, actor: Actor) -> Case:
        """A case as somebody may see it: what they may not see is left out, its reporter above all.

        Raises:
            UnknownCaseError: There is no such case, or none for them: a body that it complains of, and
                whoever stands in no relation to it, does not learn that it is there.
        """
        seen = seen_by(self.case(case_id), actor, self._present())
        if seen is None:
            raise unknown(case_id)
        return seen

    def candidates(
        self,
        case_id: str,
        *,
        within_m: float = merging.WITHIN_M,
        within: timedelta = merging.WITHIN,
        point_of: Callable[[str], merging.Point | None] | None = None,
        places: tuple[str, ...] = (),
    ) -> tuple[merging.Candidate, ...]:
        """Open cases that may be about the same matter, to be merged or left; see `merging.candidates`.

        The grids around a known point are those of the days on which such a case may have been reported.

        Raises:
            UnknownCaseError: There is no such case.
        """
        case = self.case(case_id)

        def grids_near(point: merging.Point, metres: float) -> tuple[str, ...]:
            days = (self.governance.day_of(case.opened_at + by) for by in (timedelta(0), -within, within))
            maps = dict.fromkeys(map(self.governance.on, days))
            return tuple(dict.fromkeys(grid for on in maps for grid in on.grids_near(*point, metres)))

        return merging.candidates(
            self.store,
            case,
            within_m=within_m,
            within=within,
            point_of=point_of,
            places=places,
            grids_near=grids_near,
        )

    def reporters(self, case_id: str) -> tuple[merging.Told, ...]:
        """All who reported the matter of a case, those of its duplicates too: who is told of its end.

        Raises:
            UnknownCaseError: There is no such case.
        """
        return merging.reporters(self.store, case_id)

    def context(self, case: Case, actor: Actor, *, at: datetime | None = None) -> Context:
        """By which rules a case is decided: its own procedure, and the boundaries of the day.

        Args:
            case: Which.
            actor: Who acts.
            at: When; now if None.
        """
        now, governance = at or self._now(), self.governance
        return Context(
            now=now,
            actor=actor,
            procedure=self.procedure(case),
            calendar=governance.calendar,
            authority=governance.on(governance.day_of(now)),
        )

    def procedure(self, case: Case) -> Procedure:
        """The procedure a case runs through."""
        return self.governance.procedure(case.procedure)

    def _present(self) -> datetime:
        """What time it is, where no decision on a case looks at it."""
        now = self._now()
        _check_zone(now, "now")
        return now

    def _contexts(self, case: Case, actor: Actor) -> Context:
        return self.context(case, actor)

    def _route_again(
        self, case_id: str, command: c.Triage | c.Reroute, where: Where | None, actor: Actor, command_id: str
    ) -> Outcome:
        subjects = self._check_kept(case_id, command.evidence)
        return route_again(
            self.store,
            self.governance,
            case_id,
            command,
            where=where,
            actor=actor,
            contexts=self._contexts,
            now=self._now,
            command_id=command_id or self._new_id(),
            subjects=subjects,
            announce=self._announce,
        )

    def _needed_vault(self) -> Vault:
        if self.vault is None:
            hint = "give one: Casework(..., vault=Vault(store, open_keys(address)))"
            message = "something is said of a person or a home, and there is no vault to seal it"
            raise CapabilityMissingError([Fault("privacy.no_vault", message, "", hint)])
        return self.vault

    def _is_home(self, matter: str, now: datetime) -> bool:
        return self.governance.on(self.governance.day_of(now)).home(matter)

    def _check_kept(self, case_id: str, evidence: Sequence[Evidence], matter: str = "") -> tuple[str, ...]:
        """What a step says it brings is there, sealed if it is of a home; whom that is about.

        A case must not rest on a digest of nothing.
        """
        if self.evidence is None or not evidence:
            return ()
        missing = [one.digest for one in evidence if not self.evidence.has(one.digest)]
        if missing:
            message = f"{len(missing)} of its evidence is not in the evidence store"
            hint = "put the file there first: keep(data)"
            raise CaseRefusedError([Fault("case.evidence_not_kept", message, case_id, hint, tuple(missing))])
        if self.vault is None or not self._is_home(matter or self.case(case_id).matter, self._now()):
            return ()
        subjects = {one.digest: self.vault.subject_of(self.evidence, one.digest) for one in evidence}
        if open_ := tuple(digest for digest, subject in subjects.items() if subject is None):
            message = f"{len(open_)} of its evidence is of a home, and not sealed"
            hint = "keep it under seal: keep(data, subject=...)"
            raise CaseRefusedError([Fault("case.evidence_not_sealed", message, case_id, hint, open_)])
        return tuple(dict.fromkeys(filter(None, subjects.values())))


def _no_evidence_store() -> CapabilityMissingError:
    hint = "give one: Casework(..., evidence=FileEvidenceStore(folder))"
    return CapabilityMissingError([Fault("evidence.no_store", "there is no evidence store", "", hint)])


def _check_whole(case_id: str, command: Command) -> None:
    """One side of what changes two cases is no step, nor is what a router would have to say."""
    if command.trigger in _OF_TWO_CASES:
        message = f"{command.trigger} changes two cases at once"
        hint = "use merge, unmerge or split; a part that ends tells by itself"
        raise CaseRefusedError([Fault("case.of_two_cases", message, case_id, hint)])
    if isinstance(command, c.Triage | c.Reroute):
        told = [name for name in _ROUTED if getattr(command, name, None) not in (None, NOWHERE, "", ())]
        if told:
            message = f"the router says {' and '.join(told)}, not who asks"
            hint = f"use {command.trigger}(where=...)"
            raise CaseRefusedError([Fault("case.router_says", message, case_id, hint)])


def _as_of(as_of: AsOf | datetime | None) -> AsOf | None:
    if not isinstance(as_of, datetime):
        return as_of
    _check_zone(as_of, "as_of")
    return RecordedAt(micros(as_of))


def _check_zone(at: datetime, place: str) -> None:
    if at.utcoffset() is None:
        hint = "give times with a zone, such as +08:00"
        raise StepError([Fault("case.naive_time", "a time has no time zone", place, hint)])
