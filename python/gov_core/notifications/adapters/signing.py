"""Signatures of Standard Webhooks, by the library of that name; what it leaks is caught here.

While keys change, a message is signed with each of them, and a receiver that knows one takes it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from gov_core.errors import Fault, NotificationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standardwebhooks import Webhook

_PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes that a key may have, as the specification says."""


class Signer:
    """Signs messages, and checks signatures.

    Args:
        secrets: ``whsec_`` and base64; the newest first. All of them sign.

    Raises:
        NotificationError: ``webhook.bad_secret``: there is none, or one is no key; never says what it was.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        faults = [_fault(number) for number, secret in enumerate(secrets, 1) if not _is_key(secret)]
        if faults or not secrets:
            raise NotificationError(faults or [_fault(0)])
        self._hooks = [_hook(secret) for secret in secrets]

    def headers(self, message_id: str, body: bytes, now_s: float) -> list[tuple[str, str]]:
        """The three headers of a message.

        Args:
            message_id: The same at every attempt.
            body: What is sent; UTF-8.
            now_s: The present, in seconds since 1970.
        """
        at = datetime.fromtimestamp(int(now_s), UTC)
        text = body.decode()
        signatures = " ".join(hook.sign(message_id, at, text) for hook in self._hooks)
        return [
            ("Webhook-Id", message_id),
            ("Webhook-Timestamp", str(int(now_s))),
            ("Webhook-Signature", signatures),
        ]

    def verify(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The event in a message that was received, if one of the keys has signed it within five minutes.

        Args:
            body: As it came, byte for byte.
            headers: As they came; case does not matter.

        Raises:
            NotificationError: ``webhook.bad_signature``: another key, another body, too old or too new.
        """
        for hook in self._hooks:
            try:
                hook.verify(body, dict(headers), json_parse=False)
                event: dict[str, Any] = json.loads(body)
            except Exception:  # noqa: BLE001, S112  # the library leaks ValueError and more; each means no
                continue
            return event
        hint = "look at the secret, the clock, and that the body was not touched"
        raise NotificationError([Fault("webhook.bad_signature", "the signature does not hold", "", hint)])


def new_secret() -> str:
    """A new key, for both ends."""
    import secrets
    from base64 import b64encode

    return _PREFIX + b64encode(secrets.token_bytes(32)).decode()


def _is_key(secret: str) -> bool:
    from base64 import b64decode

    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        return False
    return _SHORTEST <= len(key) <= _LONGEST


def _hook(secret: str) -> Webhook:
    from standardwebhooks import Webhook

    return Webhook(secret)


def _fault(number: int) -> Fault:
    message = f"secret {number} is no key" if number else "there is no secret"
    hint = f"give {_PREFIX} and {_SHORTEST} to {_LONGEST} bytes in base64, as gov-core outbox secret prints"
    return Fault("webhook.bad_secret", message, "", hint)
