"""Mail: over a server that takes, refuses, hangs or goes away."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from email import message_from_bytes, policy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.notifications.adapters.mail import MailNotifier
from gov_core.notifications.protocol import Delivered, Gone, Notification, Rejected, Retry, Unknown
from gov_core.testing.notifier.certificates import authority

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gov_core.notifications.adapters.addresses import Address
    from gov_core.notifications.adapters.mail import Encryption
    from gov_core.notifications.protocol import Outcome

USUAL = {
    "": b"220 here\r\n",
    "EHLO": b"250 here\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 taken\r\n",
    "QUIT": b"221 bye\r\n",
}


class MailServer:
    """Answers each command as it is told; None hangs, b"" hangs up."""

    def __init__(
        self,
        answers: Mapping[str, bytes | None],
        tls: ssl.SSLContext | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        self._answers: dict[str, bytes | None] = {**USUAL, **answers}
        self._tls, self._at_once = tls, at_once
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.mail = b""
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        line, _ = self._listening.accept()
        if self._tls is not None and self._at_once:
            line = self._tls.wrap_socket(line, server_side=True)
        with line:
            if self._say(line, ""):
                self._serve(line)

    def _serve(self, line: socket.socket) -> None:
        with line.makefile("rb") as lines:
            for command in lines:
                word = command.split()[0].decode().upper()
                if not self._say(line, word):
                    return
                if word == "STARTTLS" and self._tls is not None:
                    with self._tls.wrap_socket(line, server_side=True) as hidden:
                        self._serve(hidden)
                    return
                if word == "DATA":
                    while (text := lines.readline()) not in (b".\r\n", b""):
                        self.mail += text
                    if not self._say(line, "."):
                        return

    def _say(self, line: socket.socket, word: str) -> bool:
        answer = self._answers.get(word, b"500 what\r\n")
        if answer is None:
            self.over.wait(10)
            return False
        if answer.startswith(b"drip"):
            with contextlib.suppress(OSError):
                for byte in b"250-" + b"x" * 200:
                    line.sendall(bytes((byte,)))
                    if self.over.wait(0.05):
                        break
            return False
        line.sendall(answer)
        return answer != b""

    def close(self) -> None:
        self.over.set()
        self._listening.close()
        self._thread.join(5)


def send(answers: Mapping[str, bytes | None], **changes: Any) -> tuple[Outcome, MailServer, float]:
    server = MailServer(answers)
    values: dict[str, Any] = {
        "id": "msg_1",
        "case_id": "C-1",
        "seq": 1,
        "attempt": 1,
        "to": "a@town.example",
        "title": "吹哨通知",
        "body": "请报到。".encode(),
        "deadline_s": 2.0,
    }
    mail = MailNotifier("127.0.0.1", "notice@city.example", port=server.port, encryption="none")
    started = time.monotonic()
    outcome = mail.send(Notification(**values | changes))
    took_s = time.monotonic() - started
    server.close()
    return outcome, server, took_s


def test_a_mail_arrives_with_its_id() -> None:
    outcome, server, _ = send({})
    assert outcome == Delivered()
    mail = message_from_bytes(server.mail, policy=policy.default)
    assert mail["Message-ID"] == "<msg_1@city.example>"
    assert mail["Subject"] == "吹哨通知"
    assert mail.get_content().strip() == "请报到。"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"": b"554 no\r\n"}, Retry("net.cut")),
        ({"": b""}, Retry("net.cut")),
        ({"MAIL": b"451 later\r\n"}, Retry("smtp.451")),
        ({"RCPT": b"450 busy\r\n"}, Retry("smtp.450")),
        ({"RCPT": b"550 nobody\r\n"}, Gone()),
        ({"RCPT": b"552 full\r\n"}, Rejected("smtp.552")),
        ({"DATA": b"554 no\r\n"}, Rejected("smtp.554")),
        ({".": b"554 spam\r\n"}, Rejected("smtp.554")),
        ({".": b"451 later\r\n"}, Retry("smtp.451")),
        ({".": b""}, Unknown("net.cut")),
    ],
)
def test_what_the_server_says_decides(answers: dict[str, bytes], expected: Outcome) -> None:
    assert send(answers)[0] == expected


@pytest.mark.parametrize("word", ["", "EHLO", "RCPT", "."])
@pytest.mark.parametrize("answer", [None, b"drip"])
def test_a_deadline_holds_over_a_server_that_hangs_or_drips(word: str, answer: bytes | None) -> None:
    soonest_s = 60.0
    for _ in range(3):  # on a machine that does other things too
        outcome, _, took_s = send({word: answer}, deadline_s=0.4)
        assert isinstance(outcome, Unknown if word == "." else Retry)
        soonest_s = min(soonest_s, took_s)
        if soonest_s < 0.65:
            break
    assert soonest_s < 0.65


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b@c", "a b@c.example", "a@c.example\r\nBcc: x@y.example", "张@c.example"]
)
def test_what_is_no_mailbox_is_rejected(to: str) -> None:
    mail = MailNotifier("127.0.0.1", "notice@city.example", port=9, encryption="none")
    sent = Notification("msg_1", "C-1", 1, 1, to, "t", b"x", 1.0)
    assert mail.send(sent) == Rejected("notify.bad_address")


def test_a_title_begins_no_other_header() -> None:
    _, server, _ = send({}, title="hello\r\nBcc: x@y.example")
    mail = message_from_bytes(server.mail, policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "hello Bcc: x@y.example"


def test_where_nobody_listens_it_is_tried_again() -> None:
    mail = MailNotifier("127.0.0.1", "notice@city.example", port=9, encryption="none")
    sent = Notification("msg_1", "C-1", 1, 1, "a@b.example", "t", b"x", 1.0)
    assert isinstance(mail.send(sent), Retry)


@pytest.mark.parametrize(
    "to",
    [
        "._@[\x00?*?\x01",
        "(b$).!@?",
        "(+@\x7f",
        "=?utf-8?q?a?=@town.example",
        "a@[10.0.0.1]",
        "a..b@town.example",
    ],
)
def test_a_mailbox_that_a_header_cannot_hold_is_refused_alone(to: str) -> None:
    """Reporters give them: one that made the library raise would count against the mail of all."""
    mail = MailNotifier("mail.example", "notice@city.example")
    assert mail.send(Notification("msg_1", "C-1", 1, 1, to, "t", b"x", 1.0)) == Rejected("notify.bad_address")


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
def test_a_server_that_drips_under_tls_is_left_in_time(tmp_path: Path, encryption: Encryption) -> None:
    """TLS takes the socket over; the deadline has to hold all the same."""
    signer = authority(tmp_path / "tls")
    server = MailServer(
        {"EHLO": b"250-here\r\n250 STARTTLS\r\n", "STARTTLS": b"220 go on\r\n", "MAIL": b"drip"},
        tls=signer.context("localhost"),
        at_once=encryption == "tls",
    )
    trusted = ssl.create_default_context(cafile=str(signer.certificate))
    mail = MailNotifier(
        "localhost", "notice@city.example", port=server.port, encryption=encryption, tls=trusted
    )
    started = time.monotonic()
    outcome = mail.send(Notification("msg_1", "C-1", 1, 1, "a@town.example", "t", b"x", 1.0))
    took_s = time.monotonic() - started
    server.close()
    assert outcome == Retry("net.timeout")
    assert took_s < 4.0  # the drip lasts ten seconds


def test_a_name_server_that_is_silent_holds_no_mail_up() -> None:
    silent = threading.Event()

    def resolve(_host: str, _port: int) -> list[Address]:
        silent.wait(10)
        raise OSError("nobody answers")

    mail = MailNotifier("mail.example", "notice@city.example", resolve=resolve)
    started = time.monotonic()
    outcome = mail.send(Notification("msg_1", "C-1", 1, 1, "a@town.example", "t", b"x", 0.3))
    took_s = time.monotonic() - started
    silent.set()
    assert outcome == Retry("net.timeout")
    assert took_s < 5


def test_the_next_address_of_a_server_is_tried_where_the_first_takes_no_call() -> None:
    server = MailServer({})
    found = [ip_address("127.0.0.2"), ip_address("127.0.0.1")]  # it listens at the second alone
    mail = MailNotifier(
        "mail.example", "notice@city.example", port=server.port, encryption="none", resolve=lambda *_: found
    )
    outcome = mail.send(Notification("msg_1", "C-1", 1, 1, "a@town.example", "t", b"x", 2.0))
    server.close()
    assert outcome == Delivered()
