"""``gov-core personal``: what is kept of somebody, who looked, how it goes, and the keys it lies under."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from gov_core.cli._app import app
from gov_core.cli._stores import STORE, existing

if TYPE_CHECKING:
    from gov_core.privacy import Retention, Vault
    from gov_core.storage.protocol import CaseStore

commands = typer.Typer(help="Look after personal data.", no_args_is_help=True)
app.add_typer(commands, name="personal")

SUBJECT = typer.Argument(metavar="SUBJECT", help="Opaque id of whom it is about.")
KEYS = typer.Option("--keys", metavar="ADDRESS", help="Master keys: file:keys.txt or env:GOV_CORE_KEYS.")
BASIS = typer.Option("--basis", metavar="CODE", help="Why, as a code: request, court_order.")
YES = typer.Option("--yes", help="Do it; without this it is only said what would be done.")
COMMAND = typer.Option("--command-id", help="Unique for ever, for retries; made anew if not given.")


@commands.command()
def show(subject: Annotated[str, SUBJECT], store: Annotated[str, STORE]) -> None:
    """Say what is kept of somebody, without values: what, in which cases, under which holds, who looked."""
    from gov_core.privacy.sealing import name_of

    opened = _knowing(store, subject)
    values = [name_of(one.sealed) for one in opened.personal_of(subject)]
    looks = _accesses(opened, subject)
    told = {
        "subject": subject,
        "values": values,
        "cases": list(opened.cases_of(subject)),
        "holds": [hold._asdict() for hold in opened.holds() if hold.subject == subject],
        "erased": [receipt._asdict() for receipt in opened.erasures() if receipt.subject == subject],
        "accesses": looks,
    }
    opened.close()
    _print(told)


@commands.command()
def reveal(  # noqa: PLR0917 - typer passes options by name
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="Id of the case.")],
    store: Annotated[str, STORE],
    keys: Annotated[str, KEYS],
    purpose: Annotated[str, typer.Option(help="What for; gov-core personal purposes lists them.")],
    role: Annotated[str, typer.Option(help="Role of who looks: hotline, unit, community.")],
    account: Annotated[str, typer.Option(help="Id of the account of who looks; never a name.")],
    *,
    body: Annotated[str, typer.Option(help="Id of the body they act for.")] = "",
    area: Annotated[
        list[str] | None, typer.Option(help="Path of a place the body answers for: S1/C1. May come again.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="What to open: contact, text. As little as the purpose needs.")
    ] = None,
) -> None:
    """Open what a case knows of persons and homes, for a purpose; the look is noted first."""
    from gov_core.cases.actor import Actor
    from gov_core.casework.handling import load
    from gov_core.casework.sealing import notes_of, sealed_of

    opened = existing(store)
    case = load(opened, case_id)[0].with_changes(sealed=tuple(sealed_of(opened, case_id)))
    seen = _vault(opened, keys).reveal(
        case,
        Actor(role, body, account, tuple(area or ())),  # type: ignore[arg-type]  # no role is refused
        purpose,
        at=datetime.now(UTC),
        names=name or (),
        notes=notes_of(opened, case_id),
    )
    opened.close()
    for one in seen:
        value = None if one.value is None else one.value.text
        _print({"name": one.name, "subject": one.subject, "value": value}, indent=None)


@commands.command()
def purposes() -> None:
    """List what personal data may be opened for, what each purpose needs, and what it shows unasked."""
    from gov_core.privacy import PURPOSES

    for purpose in PURPOSES.values():
        who = "programs alone" if purpose.program else "people who may see it"
        more = ", ".join(name for name in purpose.may if name not in purpose.shows) or "–"
        sys.stdout.write(f"{purpose.code:10} {purpose.chinese}  {who}\n")
        sys.stdout.write(f"           shows {', '.join(purpose.shows)}; if asked {more}\n")


@commands.command()
def export(
    subject: Annotated[str, SUBJECT],
    store: Annotated[str, STORE],
    keys: Annotated[str, KEYS],
    account: Annotated[str, typer.Option(help="Id of the account that hands it out; never a name.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File, made for its owner alone; stdout if not given."),
    ] = None,
) -> None:
    """Write all that is kept of somebody, in clear, with who looked at it: for them, and for nobody else."""
    opened = _knowing(store, subject)
    whole = _vault(opened, keys).export_subject(subject, reader=account).as_dict()
    opened.close()
    if output is None:
        _print(whole)
        return
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")


@commands.command()
def erase(
    subject: Annotated[str, SUBJECT],
    store: Annotated[str, STORE],
    *,
    basis: Annotated[str, BASIS] = "request",
    command_id: Annotated[str, COMMAND] = "",
    yes: Annotated[bool, YES] = False,
) -> None:
    """Destroy key and values of somebody; the receipt. Events, chains and seals stay as they are."""
    opened = _knowing(store, subject)
    if yes:
        receipt = opened.erase(subject, command_id=command_id or f"erase/{uuid4().hex}", basis=basis)
        _print(receipt._asdict())
    else:
        kept, cases = opened.personal_of(subject), opened.cases_of(subject)
        holds = [hold.basis for hold in opened.holds() if hold.subject == subject]
        _print({"subject": subject, "values": len(kept), "cases": list(cases), "holds": holds})
        _only_said()
    opened.close()


@commands.command()
def hold(
    subject: Annotated[str, SUBJECT],
    store: Annotated[str, STORE],
    *,
    basis: Annotated[str, BASIS],
    until: Annotated[
        str | None, typer.Option(help="When it ends: 2026-12-31T00:00+08:00; by release alone if not given.")
    ] = None,
) -> None:
    """Keep somebody's data from being erased (legal hold), until a time or until it is released."""
    from gov_core.casework.rows import micros
    from gov_core.cli.case import moment
    from gov_core.storage.personal import Hold

    opened = _knowing(store, subject)
    opened.hold(Hold(subject, basis, None if until is None else micros(moment(until, "--until"))))
    opened.close()


@commands.command()
def release(
    subject: Annotated[str, SUBJECT], store: Annotated[str, STORE], *, basis: Annotated[str, BASIS]
) -> None:
    """End a hold; exits with 1 if there was none."""
    opened = existing(store)
    ended = opened.release(subject, basis)
    opened.close()
    if not ended:
        from gov_core.cli._report import tell

        tell(f"there is no hold of {subject} for {basis}")
        raise typer.Exit(1)


@commands.command()
def holds(store: Annotated[str, STORE]) -> None:
    """List the holds that run, one JSON object a line."""
    opened = existing(store)
    running = opened.holds()
    opened.close()
    for one in running:
        _print(one._asdict(), indent=None)


@commands.command()
def retention(
    store: Annotated[str, STORE],
    *,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML with [retention] keep_days and basis.")
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option(help="Days after the last event of the last of somebody's cases.")
    ] = None,
    now: Annotated[str | None, typer.Option(help="2026-01-01T00:00+08:00; the present if not given.")] = None,
    yes: Annotated[bool, YES] = False,
) -> None:
    """Erase what has been kept long enough of people whose cases are all closed; those held stay."""
    from gov_core.cli.case import moment

    rule = _retention(policy, keep_days)
    opened = existing(store)
    report = opened.apply_retention(rule.policy(moment(now, "--now")), dry_run=not yes)
    opened.close()
    _print(report._asdict())
    if not yes:
        _only_said()


@commands.command("new-keys")
def new_keys(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where; must not be there yet.")],
) -> None:
    """Make a file with a new master key that its owner alone can read."""
    from gov_core.privacy.key_file import create

    _print(create(file).describe()._asdict())


@commands.command()
def rotate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of master keys.")],
    *,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Leave only the newest: first rewrap every store and backup.")
    ] = False,
) -> None:
    """Put a new master key in front of the others; then rewrap each store, then drop the old ones."""
    from gov_core.privacy import key_file

    _print((key_file.drop_old(file) if drop_old else key_file.rotate(file)).describe()._asdict())


@commands.command()
def rewrap(
    store: Annotated[str, STORE],
    keys: Annotated[str, KEYS],
    *,
    after: Annotated[str, typer.Option(help="Goes on behind a subject.")] = "",
) -> None:
    """Wrap the keys of all subjects by the newest master key; may be stopped and begun again."""
    opened = existing(store)
    vault = _vault(opened, keys)
    wrapped = sum(count for _, count in vault.rewrap(after=after))
    opened.close()
    _print({"current": vault.keys.describe().current, "wrapped": wrapped})


def _knowing(url: str, subject: str) -> CaseStore:
    """Open a store that has, or had, something of somebody: an id that is mistyped would be erased for ever.

    Raises:
        PrivacyError: ``privacy.no_subject``.
    """
    from gov_core.errors import Fault, PrivacyError

    store = existing(url)
    if (
        store.personal_of(subject)
        or store.cases_of(subject)
        or any(receipt.subject == subject for receipt in store.erasures())
        or any(hold.subject == subject for hold in store.holds())
        or store.read_key(subject) is not None
    ):
        return store
    store.close()
    hint = "look at the id: gov-core personal reveal prints it with what it opens of a case"
    fault = Fault("privacy.no_subject", "the store has nothing of such a subject", subject, hint, (subject,))
    raise PrivacyError([fault])


def _vault(store: CaseStore, keys: str) -> Vault:
    from gov_core.privacy import Vault, open_keys

    return Vault(store, open_keys(keys))


def _retention(policy: Path | None, keep_days: int | None) -> Retention:
    from gov_core.privacy import Retention

    if (policy is None) == (keep_days is None):
        raise typer.BadParameter("say how long: --policy FILE or --keep-days N", param_hint="--keep-days")
    return Retention.of({"keep_days": keep_days}) if policy is None else Retention.load(policy)


def _accesses(store: CaseStore, subject: str) -> list[dict[str, Any]]:
    from gov_core.privacy.vault import looks

    return [
        {
            "at": datetime.fromtimestamp(one.at_us / 1_000_000, UTC).isoformat(),
            "reader": one.reader,
            "purpose": one.purpose,
            "case_id": one.case_id,
        }
        for one in looks(store, subject)
    ]


def _print(value: object, *, indent: int | None = 2) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def _only_said() -> None:
    from gov_core.cli._report import GREY, tell

    tell("nothing was erased: add --yes to do it", GREY)
