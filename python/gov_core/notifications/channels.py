"""The channels of a deployment: which notifier, to which address, how fast; read from ``channels.toml``.

A city says who is told what by which channel; how a channel gets there is the business of whoever runs the
workers, and so are its secrets. They stand in the environment or in files, and the table names them:
``env:NAME``, ``file:PATH``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from inspect import signature
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from gov_core.cases.subscription import DESKS, RELATED
from gov_core.city._closest import Closest
from gov_core.errors import Fault, FaultsError, NotificationError
from gov_core.notifications.adapters.addresses import Guard, networks, target_of
from gov_core.notifications.describing import wrong_with
from gov_core.notifications.rate import Rate
from gov_core.plugins import broken, find, load, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gov_core.cases.subscription import Subscription
    from gov_core.city import City
    from gov_core.notifications.protocol import Notifier, NotifierDescription
    from gov_core.notifications.templates import Templates

REPORTER: Final = "reporter"

_PACING: Final = ("rate", "concurrency", "deadline_s")
_DEADLINE_S: Final = 15.0
_CONCURRENCY: Final = 4


class Endpoint(NamedTuple):
    """Somebody who is reached by a channel.

    Attributes:
        id: ``hook:U-1``, as messages name it.
        notifier: Hands messages over.
        address: Where to; empty for reporters, whose contact is looked up for each message, and for a
            notifier that needs none.
        rate: How fast it may be sent to; None for as fast as it goes.
        concurrency: How many attempts may be under way at once.
        deadline_s: How long an attempt may take, in seconds.
    """

    id: str
    notifier: Notifier
    address: str
    rate: Rate | None = None
    concurrency: int = _CONCURRENCY
    deadline_s: float = _DEADLINE_S

    def __repr__(self) -> str:
        return f"Endpoint(id={self.id!r})"


@dataclass(frozen=True)
class Channels:
    """All endpoints of a deployment.

    Attributes:
        endpoints: By their ids.
        open: Channels whose notifier needs no address, by name: whoever is told by them is told at one place.
    """

    endpoints: Mapping[str, Endpoint]
    open: Mapping[str, Endpoint] = field(default_factory=dict)

    def of(self, endpoint: str) -> Endpoint | None:
        """The endpoint of an id; None if the deployment has none."""
        known = self.endpoints.get(endpoint)
        if known is None and (shared := self.open.get(endpoint.partition(":")[0])) is not None:
            return shared._replace(id=endpoint)
        return known

    @classmethod
    def load(cls, path: Path, *, environ: Mapping[str, str]) -> Channels:
        """Read a file of channels.

        Args:
            path: Of the file.
            environ: Where ``env:NAME`` is looked up.

        Raises:
            NotificationError: Every fault of it. None says what a secret is.
        """
        try:
            table = tomllib.loads(path.read_text("utf-8-sig"))
        except OSError as error:
            fault = Fault(
                "channel.no_file", f"it cannot be read: {error.strerror}", str(path), "look at the path"
            )
            raise NotificationError([fault]) from None
        except ValueError as error:  # also of what is no UTF-8
            fault = Fault(
                "channel.no_toml", f"it is no TOML: {error}", path.name, "mend it; save it as UTF-8"
            )
            raise NotificationError([fault]) from None
        return _Reader(path, environ).read(table)

    def faults_for(self, city: City, templates: Templates) -> Iterator[Fault]:
        """What does not fit a city: its subscriptions ask for what is not there, or nobody is so called.

        Args:
            city: Its newest version; the rows of the others are looked at, too.
            templates: Of the deployment.
        """
        yield from self._strangers({unit.id for unit in city.rows("units")})
        names = {id_.partition(":")[0] for id_ in self.endpoints} | set(self.open)
        for row in city.rows("subscriptions"):
            place = f"subscriptions#{row.event or ''}/{row.matter or ''}/{row.to}/{row.channel}"
            if row.channel not in names:
                hint = f"there are: {', '.join(sorted(names))}"
                yield Fault(
                    "channel.unknown", f'there is no channel "{row.channel}"', place, hint, (row.channel,)
                )
            elif lacking := self._without_address(row, city):
                message = f"channel {row.channel} has no address of {_some(lacking)}"
                hint = f'give it in [channels.{row.channel}.to]: "{lacking[0]}" = "..."'
                yield Fault("channel.no_address", message, place, hint, lacking)
            if row.template and (row.template, row.language) not in templates:
                message = f'there is no template "{row.template}" in {row.language}'
                hint = f"add templates/{row.template}.{row.language}.txt beside the channels"
                yield Fault("template.unknown", message, place, hint, (row.template,))

    def _strangers(self, bodies: set[str]) -> Iterator[Fault]:
        """Those who have an address, and whom no message is for."""
        closest = Closest(known := bodies | {REPORTER, *DESKS})
        for id_ in self.endpoints:
            channel, _, who = id_.partition(":")
            if who not in known:
                message = f'the city has no body "{who}"'
                hint = closest(who) or "name a body of the city, a role, or reporter"
                yield Fault(
                    "channel.unknown_recipient", message, f"channels.{channel}.to.{who}", hint, (who,)
                )

    def _without_address(self, row: Subscription, city: City) -> tuple[str, ...]:
        """Who is meant by a row and cannot be reached; of those that a case decides on, all or nobody."""
        if row.channel in self.open:
            return ()
        by_case = row.to in RELATED and row.to != REPORTER
        if by_case or row.to.startswith("@"):
            meant = [unit.id for unit in city.units if by_case or unit.kind == row.to[1:]]
        else:
            meant = [row.to]
        lacking = tuple(who for who in meant if f"{row.channel}:{who}" not in self.endpoints)
        return () if by_case and len(lacking) < len(meant) else lacking

    def close(self) -> None:
        """Close all notifiers."""
        for endpoint in (*self.endpoints.values(), *self.open.values()):
            endpoint.notifier.close()


class _Reader:
    """Reads one file, and collects what is wrong with it."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path, self._environ = path, environ
        self._faults: list[Fault] = []
        self._built: dict[str, Notifier] = {}

    def read(self, table: Mapping[str, Any]) -> Channels:
        endpoints: dict[str, Endpoint] = {}
        shared: dict[str, Endpoint] = {}
        channels = table.get("channels", {})
        for key in table.keys() - {"channels"}:
            self._fault(
                "channel.unknown_field", f'there is no table "{key}"', key, "all is in [channels.NAME]"
            )
        if not isinstance(channels, dict) or not channels:
            self._fault("channel.none", "there are no channels", "", "add [channels.NAME]")
            channels = {}
        for name, given in channels.items():
            if not isinstance(given, dict) or ":" in name:
                self._fault("channel.bad_field", "a channel is a table, and its name has no colon", name, "")
                continue
            options = {key: value for key, value in given.items() if key != "to"}
            to = given.get("to", {})
            if not isinstance(to, dict):
                self._fault("channel.bad_field", "to is a table: who is told = where", f"{name}.to", "")
                continue
            if (whole := self._endpoint(name, f"{name}:", options, "")) is not None:
                if whole.notifier.describe().address == "none":
                    shared[name] = whole
                elif REPORTER not in to and whole.notifier.describe().address in ("phone", "mailbox"):
                    endpoints[f"{name}:{REPORTER}"] = whole._replace(id=f"{name}:{REPORTER}")
            for who, where in to.items():
                more = where if isinstance(where, dict) else {"address": where}
                address = more.get("address", "")
                own = options | {key: value for key, value in more.items() if key != "address"}
                made = self._endpoint(f"{name}.to.{who}", f"{name}:{who}", own, address)
                if made is not None:
                    endpoints[made.id] = made
        if self._faults:
            raise NotificationError(self._faults)
        return Channels(endpoints, shared)

    def _endpoint(self, place: str, id_: str, options: Mapping[str, Any], address: object) -> Endpoint | None:
        before = len(self._faults)
        pacing = self._pacing(place, options)
        settings = {key: value for key, value in options.items() if key not in _PACING}
        needs_own = bool(address) or id_.endswith(":")
        notifier = self._notifier(place, settings)
        if notifier is None:
            return None
        described: NotifierDescription = notifier.describe()
        where = self._secret(address, f"{place}.address") if address else ""
        if address and where and described.address == "url":
            try:
                target_of(where, http=bool(settings.get("http", False)))
            except NotificationError as error:
                self._take(error, place)
        if not needs_own and described.address != "none":
            self._fault("channel.no_address", "it has no address", place, "give one")
        if len(self._faults) > before:
            return None
        return Endpoint(id_, notifier, where, *pacing)

    def _pacing(self, place: str, options: Mapping[str, Any]) -> tuple[Rate | None, int, float]:
        rate: Rate | None = None
        given = options.get("rate")
        if given is not None:
            rate = _rate(given)
            if rate is None:
                hint = "write it as { per_s = 10, burst = 20 }"
                self._fault("channel.bad_field", "this is no rate", f"{place}.rate", hint)
        concurrency, deadline_s = (
            options.get("concurrency", _CONCURRENCY),
            options.get("deadline_s", _DEADLINE_S),
        )
        if not isinstance(concurrency, int) or not 1 <= concurrency <= 256:
            self._fault(
                "channel.bad_field", "concurrency is a number from 1 to 256", f"{place}.concurrency", ""
            )
        if not _is_number(deadline_s) or not 0 < deadline_s <= 60:
            self._fault(
                "channel.bad_field", "deadline_s is above 0 and at most 60", f"{place}.deadline_s", ""
            )
        return rate, concurrency, deadline_s

    def _notifier(self, place: str, settings: Mapping[str, Any]) -> Notifier | None:
        key = repr(sorted(settings.items(), key=str))
        if key in self._built:
            return self._built[key]
        kind = settings.get("kind", "")
        before = len(self._faults)
        options = {
            name: self._secrets(value, f"{place}.{name}")
            for name, value in settings.items()
            if name != "kind"
        }
        if len(self._faults) > before:
            return None
        make = KINDS.get(kind) if isinstance(kind, str) else None
        try:
            notifier = _plugin(str(kind), options) if make is None else make(self._path.parent, options)
        except FaultsError as error:  # also what a plugin says
            self._take(error, place)
            return None
        except ImportError as error:
            extra = "apprise" if kind == "apprise" else "notifications"
            hint = f'pip install "gov-core[{extra}]"'
            self._fault("channel.no_driver", f"{kind} needs {error.name}, which is not there", place, hint)
            return None
        for name in options:
            self._fault("channel.unknown_field", f'{kind} has no option "{name}"', f"{place}.{name}", "")
        self._built[key] = notifier
        return notifier

    def _secrets(self, value: object, place: str) -> object:
        if isinstance(value, list):
            return [self._secrets(each, place) for each in value]
        return self._secret(value, place) if isinstance(value, str) else value

    def _secret(self, value: object, place: str) -> str:
        """A text, or what the environment or a file has in its place."""
        if not isinstance(value, str):
            self._fault("channel.bad_field", "this is no text", place, "put it in quotes")
            return ""
        kind, _, name = value.partition(":")
        if kind == "env":
            if not self._environ.get(name):
                hint = "set it before the worker starts"
                self._fault("channel.no_secret", f"the environment has no {name}", place, hint)
            return self._environ.get(name, "")
        if kind == "file":
            try:
                return (self._path.parent / name).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                hint = "look at the path, and at who may read it"
                self._fault("channel.no_secret", f"the file {name} cannot be read", place, hint)
                return ""
        return value

    def _take(self, error: FaultsError, place: str) -> None:
        for fault in error.faults:
            self._fault(fault.code, fault.message, place, fault.hint)

    def _fault(self, code: str, message: str, field_: str, hint: str) -> None:
        place = f"{self._path.name}#channels.{field_}" if field_ else self._path.name
        self._faults.append(Fault(code, message, place, hint))


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return ", ".join(ids[:3]) + more


def _rate(given: object) -> Rate | None:
    match given:
        case {"per_s": int() | float() as per_s, **rest} if 0 < per_s < inf and rest.keys() <= {"burst"}:
            burst = rest.get("burst", 1)
            return Rate(float(per_s), burst) if isinstance(burst, int) and burst >= 1 else None
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _take(options: dict[str, Any], name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:  # noqa: ANN401
    """An option of a type; without a default it has to be there."""
    if name not in options and default is not None:
        return default
    value = options.pop(name, None)
    if not isinstance(value, kind):
        raise NotificationError([Fault("channel.bad_field", f"{name} is missing, or of another type")])
    return value


def _client(options: dict[str, Any]) -> Any:  # noqa: ANN401  # loaded with the driver
    from gov_core.notifications.adapters.http import HttpClient

    allowed = networks(map(str, _take(options, "allow", list, [])))
    return HttpClient(Guard(allowed, http=_take(options, "http", bool, default=False)))


def _webhook(_: Path, options: dict[str, Any]) -> Notifier:
    from gov_core.notifications.adapters.webhook import WebhookNotifier

    secrets = _take(options, "secrets", list, [])
    return WebhookNotifier([str(secret) for secret in secrets], _client(options))


def _mail(_: Path, options: dict[str, Any]) -> Notifier:
    from gov_core.notifications.adapters.mail import Encryption, MailNotifier

    encryption = _take(options, "encryption", str, "starttls")
    if encryption not in get_args(Encryption):
        raise NotificationError([Fault("channel.bad_field", f"encryption is one of {get_args(Encryption)}")])
    return MailNotifier(
        _take(options, "host", str),
        _take(options, "sender", str),
        port=_take(options, "port", int, 0) or None,
        encryption=encryption,
        user=_take(options, "user", str, ""),
        password=_take(options, "password", str, ""),
    )


def _sms(_: Path, options: dict[str, Any]) -> Notifier:
    from gov_core.notifications.adapters.sms import JsonGateway, SmsNotifier

    url, token = _take(options, "url", str), _take(options, "token", str, "")
    return SmsNotifier(JsonGateway(url, token, _client(options)))


def _apprise(_: Path, __: dict[str, Any]) -> Notifier:
    from gov_core.notifications.adapters.apprise import AppriseNotifier

    return AppriseNotifier()


def _console(_: Path, __: dict[str, Any]) -> Notifier:
    from gov_core.notifications.adapters.console import ConsoleNotifier

    return ConsoleNotifier()


def _file(folder: Path, options: dict[str, Any]) -> Notifier:
    from gov_core.notifications.adapters.file import FileNotifier

    return FileNotifier(folder / _take(options, "path", str))


KINDS: Final[Mapping[str, Callable[[Path, dict[str, Any]], Notifier]]] = {
    "webhook": _webhook,
    "mail": _mail,
    "sms": _sms,
    "apprise": _apprise,
    "console": _console,
    "file": _file,
}


def _plugin(kind: str, options: dict[str, Any]) -> Notifier:
    """A notifier of an installed package: what its entry point names is called with the options."""
    plugin = find("gov_core.notifications", kind)
    if plugin is None:
        hint = f"one of {', '.join(KINDS)}, or a package that brings it"
        raise NotificationError(
            [Fault("channel.unknown_kind", f'there is no kind of channel "{kind}"', "", hint)]
        )
    maker = load(plugin)
    if not callable(maker):
        raise broken(plugin, [f"{plugin.target} cannot be called with the options of a channel"])
    _check_takes(maker, kind, options)
    notifier: Notifier = make(plugin, lambda: maker(**options))
    if wrong := wrong_with(notifier):
        raise broken(plugin, wrong)
    options.clear()
    return notifier


def _check_takes(maker: Callable[..., object], kind: str, options: Mapping[str, Any]) -> None:
    """Tell a wrong option as one: what the call itself raised would be taken for a fault of the plugin."""
    try:
        taken = signature(maker)
    except (TypeError, ValueError):  # some that are written in C have none
        return
    try:
        taken.bind(**options)
    except TypeError as error:  # names an option, and no value
        hint = f"its options: {', '.join(taken.parameters) or 'none'}"
        raise NotificationError([Fault("channel.bad_field", f"{kind}: {error}", "", hint)]) from None
