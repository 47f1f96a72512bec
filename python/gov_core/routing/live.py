"""A router that takes a new version while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gov_core.routing.explanation import Explanation
    from gov_core.routing.route import Route


class AnyRouter(Protocol):
    """What a running router holds: a `Router` or a `RouterHistory`."""

    @property
    def digest(self) -> str:
        """Says which answers to expect."""

    def route(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Route:
        """Routes one event."""

    def route_batch(self, events: object, *, precision: bool = False) -> Any:  # noqa: ANN401 - the kind of `events`
        """Routes a table."""

    def route_stream(self, batches: Iterable[Any], *, precision: bool = False) -> Iterator[Any]:
        """Routes batch by batch."""

    def explain(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Explanation:
        """Says how an answer comes about."""


class Answered(NamedTuple):
    """A routed table and the version that routed it.

    Attributes:
        table: As `Router.route_batch` gives it.
        digest: Of the router that answered, see `Router.digest`.
    """

    table: Any
    digest: str


class LiveRouter:
    """Routes by the newest version it was given; the version may be replaced at any time, from any thread.

    An event or a batch that has begun is answered to its end by the version it began with: no batch is ever
    answered by two. Routers are immutable, so there is nothing to wait for; the old one goes when the last
    batch that it answers does.

    Args:
        router: The first version.

    Examples:
        A table and the version that answered it::

            live = LiveRouter(Router.compile(City.load("city")))
            table, digest = live.answer(events)
            live.replace(Router.compile(City.load("city-of-tomorrow")))
    """

    __slots__ = ("_router",)

    def __init__(self, router: AnyRouter) -> None:
        self._router = router

    @property
    def current(self) -> AnyRouter:
        """The version that answers now: hold it to ask several things of one version."""
        return self._router

    @property
    def digest(self) -> str:
        """Digest of the version that answers now."""
        return self._router.digest

    def replace(self, router: AnyRouter) -> AnyRouter:
        """Answers by another version from now on.

        Compile it before: what cannot be compiled raises there, and the old version goes on answering.

        Returns:
            The version that answered until now.
        """
        # One store of a reference: a reader sees the old version or the new one, never a part of both.
        old, self._router = self._router, router
        return old

    def route(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Route:
        """Routes one event, as `Router.route`."""
        return self._router.route(fields if event is None else event)

    def route_batch(self, events: object, *, precision: bool = False) -> Any:  # noqa: ANN401 - the kind of `events`
        """Routes a table by one version, as `Router.route_batch`; `answer` says which."""
        return self._router.route_batch(events, precision=precision)

    def answer(self, events: object, *, precision: bool = False) -> Answered:
        """Routes a table by one version, and says which."""
        router = self._router
        return Answered(router.route_batch(events, precision=precision), router.digest)

    def answer_stream(self, batches: Iterable[Any], *, precision: bool = False) -> Iterator[Answered]:
        """Routes batch by batch, each by the version that is newest when its turn comes.

        The dictionaries of answers are those of their version: batches of two versions share no schema.
        """
        return (self.answer(batch, precision=precision) for batch in batches)

    def explain(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Explanation:
        """Says in words how the answer for one event comes about, as `Router.explain`."""
        return self._router.explain(fields if event is None else event)

    def __repr__(self) -> str:
        return f"LiveRouter({self._router!r})"
