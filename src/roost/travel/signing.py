"""Who vouches for what a remote cache has: Ed25519 (RFC 8032), by `cryptography`."""

from __future__ import annotations

import base64
from pathlib import Path

from roost.errors import ConfigurationError

from .store import RemoteMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sign(data: bytes, key: Path) -> str:
    """Sign data with a private key, PEM or OpenSSH's, without a passphrase; gives the signature in base64.

    Raises:
        RemoteMissing: `cryptography` is not installed.
        ConfigurationError: the file is no such key.
    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise _missing() from None
    try:
        text = key.expanduser().read_bytes()
        ssh = b"OPENSSH" in text.partition(b"\n")[0]
        load = serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
        found = load(text, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"`{key}` is no private key that can sign", why=(str(error),), hints=(MAKE,)
        ) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise ConfigurationError(f"`{key}` is another kind of key than Ed25519", hints=(MAKE,))
    return base64.b64encode(found.sign(data)).decode()


MAKE = "make one: `openssl genpkey -algorithm ed25519 -out roost.key`, and its other half `openssl pkey -in roost.key -pubout`"


def signed(data: bytes, signature: str | None, trusted: Iterable[str]) -> bool:
    """Tell whether a signature is by one of the trusted keys.

    Args:
        trusted: public keys: a file's path, or a line as OpenSSH writes it (`ssh-ed25519 AAAA…`).

    Raises:
        RemoteMissing: `cryptography` is not installed.
        ConfigurationError: one of them is no public key.
    """
    try:
        from cryptography.exceptions import InvalidSignature
    except ImportError:
        raise _missing() from None
    keys = [_public(one) for one in trusted]
    if signature is None:
        return False
    for key in keys:
        try:
            key.verify(base64.b64decode(signature, validate=True), data)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def _public(text: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        data = text.encode() if text.startswith("ssh-") else Path(text).expanduser().read_bytes()
        ssh = data.startswith(b"ssh-")
        found = serialization.load_ssh_public_key(data) if ssh else serialization.load_pem_public_key(data)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"`{text}` in `remote.trusted-keys` is no public key", why=(str(error),)) from error
    if not isinstance(found, Ed25519PublicKey):
        raise ConfigurationError(f"`{text}` in `remote.trusted-keys` is another kind of key than Ed25519")
    return found


def _missing() -> RemoteMissing:
    return RemoteMissing(
        "cannot check or make a signature: cryptography is not installed",
        hints=("install it where roost is: `python -m pip install 'roost[remote]'`",),
    )
