"""Texts for people: small templates, filled in with ids, names and times.

A template is of Jinja2, in a sandbox, and of a small part of it: values, conditions, a few filters, and loops
over a value that is given. Nothing can be called, imported or defined, so that each template ends by itself,
after at most as many turns as there are values; what is longer than a text may be is refused while it is
made. A template that is refused buries the message that asks for it, and no other.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from gov_core.cases.codec import EVENT_TYPES
from gov_core.cases.subscription import ToldLanguage
from gov_core.errors import Fault, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import jinja2

LANGUAGES: Final[tuple[str, ...]] = get_args(ToldLanguage)
DEFAULT: Final = "default"
"""Name of the template of events that have none of their own."""

MAX_TITLE, MAX_TEXT = 100, 2000
"""Longest title and text, in letters."""
MAX_SOURCE: Final = 8000
"""Longest template, in letters."""
_MAX_DEPTH: Final = 2
"""Loops in loops: with values of a few hundred entries at most, 100,000 turns."""

_NODES: Final = frozenset(
    (
        *("Template", "Output", "TemplateData", "If", "For", "Tuple", "Name", "Const", "Getattr", "Getitem"),
        *("Filter", "Test", "Compare", "Operand", "And", "Or", "Not", "CondExpr"),
    )
)
_FILTERS: Final = frozenset(("default", "join", "length", "lower", "upper", "trim", "first", "last", "sort"))
_TESTS: Final = frozenset(("defined", "undefined", "none", "in", "odd", "even"))

VALUES: Final = frozenset(
    (
        *("city", "case", "version", "event", "what", "at", "state", "matter", "grade", "place", "unit"),
        *("owner", "units", "due", "level", "role", "body", "reason", "clock", "ended", "data", "to"),
    )
)
"""What a template may name."""


class Told(NamedTuple):
    """A message in words.

    Attributes:
        title: What it is about.
        text: What there is to say.
    """

    title: str
    text: str


class Template:
    """One text in one language.

    Args:
        name: Of the template.
        language: Its language.
        title: Template of the title.
        text: Template of the text.
        place: Where it stands, for errors.

    Raises:
        TemplateError: It cannot be read, or asks for what templates may not do; every fault.
    """

    def __init__(self, name: str, language: str, title: str, text: str, place: str = "") -> None:
        self.name, self.language = name, language
        self._place = place or f"{name}.{language}"
        faults = [*_faults(title, f"{self._place}#title"), *_faults(text, f"{self._place}#text")]
        if faults:
            raise TemplateError(faults)
        self._title, self._text = _environment().from_string(title), _environment().from_string(text)

    def fill(self, values: Mapping[str, Any]) -> Told:
        """The words for some values.

        Args:
            values: By the names of `VALUES`.

        Raises:
            TemplateError: ``template.too_long``, or ``template.failed``: it does not fit the values.
        """
        return Told(self._filled(self._title, values, MAX_TITLE), self._filled(self._text, values, MAX_TEXT))

    def _filled(self, template: jinja2.Template, values: Mapping[str, Any], longest: int) -> str:
        from gov_core.notifications._jinja import jinja2

        parts: list[str] = []
        length = 0
        try:
            for part in template.generate(**values):
                parts.append(part)
                length += len(part)
                if length > longest:
                    break
        except (
            jinja2.TemplateError,
            TypeError,
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
        ) as error:
            message = f"it cannot be filled in: {type(error).__name__}"
            hint = "preview it: gov-core outbox preview"
            raise TemplateError(
                [Fault("template.failed", message, self._place, hint, (self.name,))]
            ) from None
        if length > longest:
            message = f"it makes more than {longest} letters"
            hint = "say less: the case tells the rest"
            raise TemplateError([Fault("template.too_long", message, self._place, hint, (self.name,))])
        return "".join(parts).strip()


class Templates:
    """The texts of a city: its own, and those that come along.

    Args:
        own: By name and language.
    """

    def __init__(self, own: Mapping[tuple[str, str], Template] | None = None) -> None:
        self._all = {**_shipped(), **(own or {})}

    @classmethod
    def load(cls, folder: Path) -> Templates:
        """Read a folder: files ``NAME.LANGUAGE.txt``, the title on the first line.

        Args:
            folder: May be missing: then there are those that come along.

        Raises:
            TemplateError: Every fault of every file.
        """
        own: dict[tuple[str, str], Template] = {}
        faults: list[Fault] = []
        for path in sorted(folder.glob("*.txt")):
            name, _, language = path.stem.rpartition(".")
            if not name or language not in LANGUAGES:
                hint = f"call it NAME.LANGUAGE.txt, the language one of {', '.join(LANGUAGES)}"
                faults.append(Fault("template.bad_name", "its name says no language", path.name, hint))
                continue
            try:
                title, _, text = path.read_text("utf-8-sig").partition("\n")
                own[name, language] = Template(name, language, title, text, path.name)
            except UnicodeDecodeError as error:
                message = f"byte {error.start} is no UTF-8"
                faults.append(Fault("template.encoding", message, path.name, "save it as UTF-8"))
            except TemplateError as error:
                faults += error.faults
        if faults:
            raise TemplateError(faults)
        return cls(own)

    def of(self, event: str, language: str, name: str = "") -> Template:
        """The template for an event.

        Args:
            event: Its type.
            language: ``zh`` or ``en``.
            name: Of the template; empty for the one of the event, or that of all events.

        Raises:
            TemplateError: ``template.unknown``.
        """
        for wanted in (name,) if name else (event, DEFAULT):
            if (wanted, language) in self._all:
                return self._all[wanted, language]
        known = ", ".join(sorted({known for known, spoken in self._all if spoken == language}))
        message = f'there is no template "{name or event}" in {language}'
        raise TemplateError([Fault("template.unknown", message, name, f"there are: {known}", (name,))])

    def __contains__(self, named: tuple[str, str]) -> bool:
        return named in self._all


@cache
def words(language: str) -> Mapping[str, Any]:
    """The words that come along in a language, from ``words/``."""
    return tomllib.loads((files(__package__) / "words" / f"{language}.toml").read_text("utf-8"))


@cache
def _shipped() -> Mapping[tuple[str, str], Template]:
    return {
        (name, language): Template(name, language, said["title"], said["text"])
        for language in LANGUAGES
        for name, said in words(language)["templates"].items()
    }


@cache
def _environment() -> jinja2.Environment:
    from gov_core.notifications._jinja import ImmutableSandboxedEnvironment, jinja2

    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    environment.globals = {}
    return environment


def _faults(source: str, place: str) -> Iterator[Fault]:
    """What a template asks for that it may not do."""
    from gov_core.notifications._jinja import jinja2

    if len(source) > MAX_SOURCE:
        hint = "a message says little"
        yield Fault(
            "template.too_large", f"it has {len(source)} letters, and may have {MAX_SOURCE}", place, hint
        )
        return
    try:
        tree = _environment().parse(source)
    except jinja2.TemplateError as error:
        at = f"{place}:{getattr(error, 'lineno', 0) or 1}"
        yield Fault(
            "template.syntax", f"it cannot be read: {error.message}", at, "see the guide on templates"
        )
        return
    except RecursionError:
        yield _too_deep(place)
        return
    try:
        faults = list(_forbidden(tree, place, 0, VALUES))
        if not faults:
            _environment().from_string(source)
    except (RecursionError, SyntaxError, MemoryError):  # of the walk, of Jinja2, of Python that compiles it
        faults = [_too_deep(place)]
    yield from faults


def _too_deep(place: str) -> Fault:
    return Fault("template.syntax", "it is nested too deep", place, "see the guide on templates")


def _forbidden(node: jinja2.nodes.Node, place: str, depth: int, names: frozenset[str]) -> Iterator[Fault]:
    from gov_core.notifications._jinja import nodes

    why = ""
    match node:
        case nodes.Filter(name=name) if name not in _FILTERS:
            why = f'there is no filter "{name}"'
        case nodes.Filter(name="join") if _joins(node) > 1:
            why = "a join within a join grows without end"
        case nodes.Test(name=name) if name not in _TESTS:
            why = f'there is no test "{name}"'
        case nodes.Name(name=name, ctx="load") if name not in names:
            why = f'there is no value "{name}"'
        case nodes.Getattr(attr=name) if name.startswith("_"):
            why = "what begins with _ is nobody's business"
        case nodes.For():
            if depth >= _MAX_DEPTH:
                why = f"loops go {_MAX_DEPTH} deep at most"
            elif not isinstance(node.iter, nodes.Name | nodes.Getattr | nodes.Getitem) or node.recursive:
                why = "a loop runs over a value that is given"
            names |= {name.name for name in _targets(node.target)} | {"loop"}
            depth += 1
        case _ if type(node).__name__ not in _NODES:
            why = f"templates have no {type(node).__name__.lower()}"
    if why:
        hint = f"values: {', '.join(sorted(VALUES))}; filters: {', '.join(sorted(_FILTERS))}"
        yield Fault("template.forbidden", why, f"{place}:{node.lineno}", hint)
        return
    for child in node.iter_child_nodes():
        yield from _forbidden(child, place, depth, names)


def _joins(node: jinja2.nodes.Node) -> int:
    """How many joins an expression has, itself counted."""
    from gov_core.notifications._jinja import nodes

    return sum(
        one.name == "join" for one in (node, *node.find_all(nodes.Filter)) if isinstance(one, nodes.Filter)
    )


def _targets(target: jinja2.nodes.Node) -> Iterator[jinja2.nodes.Name]:
    """The names that a loop gives: one, or several in a row."""
    from gov_core.notifications._jinja import nodes

    if isinstance(target, nodes.Name):
        yield target
    yield from target.find_all(nodes.Name)


def word_of(event: str, language: str) -> str:
    """What an event is called."""
    kind = EVENT_TYPES.get(event)
    if language == "zh" and kind is not None:
        from gov_core.cases.machine import MACHINE

        return MACHINE.triggers[kind.trigger].chinese
    return event.replace("_", " ")
