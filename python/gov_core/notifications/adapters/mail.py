"""E-mail: a text to a mailbox, by a mail server (SMTP)."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import time
from email.message import EmailMessage
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from gov_core.notifications.adapters.addresses import resolved
from gov_core.notifications.adapters.resolving import Resolver
from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Delivered,
    Gone,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gov_core.notifications.adapters.addresses import Address

Encryption = Literal["tls", "starttls", "none"]
MAX_BYTES: Final = 100_000

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""Atoms and names of hosts. What else a header may hold, comments, quotes, literals, makes the library that
writes it stumble, or write another address; reporters give these, so one must not stop the mail of others."""
_NOBODY: Final = frozenset((550, 551, 553))
"""Answers to a mailbox that there is not."""


class MailNotifier:
    """Sends mails; a `Notifier`. Each goes over a connection of its own.

    Args:
        host: Of the mail server.
        sender: Mailbox that they come from.
        port: Of the server; by how it is encrypted if None.
        encryption: ``tls`` from the first byte on, ``starttls``, or ``none`` for a server on this machine.
        user: For the login; empty for none.
        password: For the login.
        tls: How certificates are judged; by the authorities of the machine if None.
        clock: A steady clock, in seconds.
        resolve: Finds the addresses of the server.
    """

    def __init__(
        self,
        host: str,
        sender: str,
        *,
        port: int | None = None,
        encryption: Encryption = "starttls",
        user: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        resolve: Callable[[str, int], Sequence[Address]] = resolved,
    ) -> None:
        self._host, self._sender = host, sender
        self._port = port or {"tls": 465, "starttls": 587, "none": 25}[encryption]
        self._encryption = encryption
        self._user, self._password = user, password
        self._tls = tls
        self._clock = clock
        self._resolver = Resolver(resolve)

    def describe(self) -> NotifierDescription:
        """What it is and promises."""
        return NotifierDescription(
            "mail", NOTIFIER_CONTRACT, "text", "mailbox", idempotent=True, deadlines=True, max_bytes=MAX_BYTES
        )

    def send(self, notification: Notification) -> Outcome:
        """Send it once; its id is that of the mail, so that a repeat can be told."""
        if not _MAILBOX.fullmatch(notification.to) or "=?" in notification.to:  # "=?" would be decoded
            return Rejected("notify.bad_address")
        if len(notification.body) > MAX_BYTES:
            return Rejected("notify.too_large")
        try:
            mail = self._mail(notification)
        except UnicodeDecodeError:
            return Rejected("notify.no_text")
        with _Watched(self._clock() + notification.deadline_s, self._clock, self._resolver) as watched:
            return self._hand_over(mail, watched)

    def close(self) -> None:
        """Nothing is kept open."""

    def _mail(self, notification: Notification) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, notification.to
        mail["Subject"] = " ".join(notification.title.split())  # a line break would begin another header
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{notification.id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(notification.body.decode())
        return mail

    def _hand_over(self, mail: EmailMessage, watched: _Watched) -> Outcome:
        said_all = False
        try:
            server = watched.connect(self._host, self._port, self._context(at_once=True))
            server.ehlo_or_helo_if_needed()
            if self._encryption == "starttls":
                server.starttls(context=self._context())
            if self._user:
                server.login(self._user, self._password)
            for code, _ in (server.mail(self._sender), server.rcpt(mail["To"])):
                if code >= 400:
                    return _refused(code)
            said_all = True
            code, _ = server.data(mail.as_bytes())
        except smtplib.SMTPAuthenticationError:
            return Retry("smtp.login")
        except ssl.SSLCertVerificationError:
            return Retry("tls.certificate")
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code)
        except (smtplib.SMTPException, OSError, ValueError):
            error_code = "net.timeout" if watched.over else "net.cut"
            return Unknown(error_code) if said_all else Retry(error_code)
        return Delivered() if code < 300 else _refused(code)

    def _context(self, *, at_once: bool = False) -> ssl.SSLContext | None:
        if at_once and self._encryption != "tls":
            return None
        return self._tls or ssl.create_default_context()


class _Watched:
    """A connection that is shut when its time is over, however it spends it."""

    def __init__(self, until_s: float, clock: Callable[[], float], resolver: Resolver) -> None:
        self._until_s, self._clock, self._resolver = until_s, clock, resolver
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, until_s - clock()), self._shut)
        self._timer.daemon = True
        self._server: smtplib.SMTP | None = None
        self.over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._server is not None:
            self._server.close()
        if self._socket is not None:
            self._socket.close()

    def connect(self, host: str, port: int, context: ssl.SSLContext | None) -> smtplib.SMTP:
        watched = self

        def reach(server: Any, host: str, port: int) -> socket.socket:  # noqa: ANN401  # either kind
            connected = watched._reached(host, port)
            # A second handle: TLS takes the first one over, and it could not be shut any more.
            watched._socket, watched._server = connected.dup(), server
            if watched.over:
                watched._shut()
            return connected

        class Plain(smtplib.SMTP):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
                return reach(self, host, port)

        class Encrypted(smtplib.SMTP):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
                plain = reach(self, host, port)
                return (context or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)

        kind = Plain if context is None else Encrypted
        return kind(host, port, timeout=self._left_s())

    def _reached(self, host: str, port: int) -> socket.socket:
        """A connection to the first address of the server that takes one."""
        try:
            addresses = self._resolver.addresses(host, port, self._left_s())
        except TimeoutError:
            self.over = True
            raise
        *others, last = addresses
        for address in others:
            with contextlib.suppress(OSError):
                return socket.create_connection((str(address), port), self._left_s())
        return socket.create_connection((str(last), port), self._left_s())

    def _left_s(self) -> float:
        return max(0.001, self._until_s - self._clock())

    def _shut(self) -> None:
        self.over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _refused(code: int) -> Outcome:
    if code in _NOBODY:
        return Gone()
    return Rejected(f"smtp.{code}") if code >= 500 else Retry(f"smtp.{code}")
