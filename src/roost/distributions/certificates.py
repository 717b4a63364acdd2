"""Certificates of indexes: those of a file that the settings name, beside the system's."""

from __future__ import annotations

from roost import home as homes
from roost.digests import sha256
from roost.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roost.home import Home


def bundle(file: str, *, home: Home, environ: Mapping[str, str]) -> Path:
    """Give one file with the certificates of the settings and those that would count without them.

    Programs take one file in the place of the system's certificates: what else they talk to must go on working.

    Raises:
        ConfigurationError: the file cannot be read, or has no certificate.
    """
    from pathlib import Path

    own = Path(file).expanduser()
    what = f"`index.ca-file` names `{file}`"
    try:
        text = own.read_bytes()
    except OSError as error:
        raise ConfigurationError(what, why=((error.strerror or str(error)).lower(),)) from error
    if b"-----BEGIN CERTIFICATE-----" not in text:
        raise ConfigurationError(what, why=("it has no certificate in PEM form",))
    others = _system(environ)
    whole = b"\n".join((text, *(other for other in (_read(others),) if other)))
    place = home.cache / "certificates" / f"{sha256(whole)[:16]}.pem"
    if not place.exists():
        homes.write(place, whole)
    return place


def _system(environ: Mapping[str, str]) -> str | None:
    import ssl

    return environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile


def _read(file: str | None) -> bytes | None:
    from pathlib import Path

    try:
        return Path(file).read_bytes() if file else None
    except OSError:
        return None
