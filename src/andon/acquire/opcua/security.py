"""Certificates: our own, made on first use, and which servers' we trust; all in the source's folder."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from pathlib import Path

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import cert_gen, security_policies, uacrypto
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ...errors import NotConnected
from ..link import Link
from .door import Door

log = logging.getLogger("andon.opcua")
YEARS = 20
"""How long our own certificate holds: a plant must not stop because a year has gone by."""
Safe = (
    type[security_policies.SecurityPolicyAes256Sha256RsaPss]
    | type[security_policies.SecurityPolicyAes128Sha256RsaOaep]
    | type[security_policies.SecurityPolicyBasic256Sha256]
)
POLICIES: Mapping[str, Safe] = {
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
}
"""The policies that are still held to be safe, the best first."""


async def secured(client: Client, link: Link, door: Door) -> None:
    """Give a client its security and its user, before it connects.

    Raises
    ------
    NotConnected
        The server does not offer this security, or its certificate is not trusted.
    """
    client.application_uri = f"urn:{socket.gethostname()}:andon:{link.source}"
    if door.user:
        client.set_user(door.user)
        client.set_password(link.secret("password") or "")
    if door.security == "None":
        return
    certificate, key = own(link.home, client.application_uri)
    endpoint, policy = _chosen(await client.connect_and_get_server_endpoints(), door)
    server = trusted(endpoint.ServerCertificate or b"", link.home, door)
    await client.set_security(
        POLICIES[policy],
        str(certificate),
        str(key),
        server_certificate=uacrypto.CertProperties(server.public_bytes(Encoding.DER), "DER"),
        mode=ua.MessageSecurityMode[door.security],
    )


def own(home: Path, uri: str) -> tuple[Path, Path]:
    """The files of our certificate and its key, made where there are none for this application URI."""
    certificate, key = home / "own" / "certificate.der", home / "own" / "key.pem"
    if key.exists() and certificate.exists() and _speaks_for(certificate, uri):
        return certificate, key
    certificate.parent.mkdir(parents=True, exist_ok=True)
    secret = cert_gen.generate_private_key()
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri), x509.DNSName(socket.gethostname())]
    made = cert_gen.generate_self_signed_app_certificate(
        secret, f"Andon {uri.rpartition(':')[2]}", {}, names, [ExtendedKeyUsageOID.CLIENT_AUTH], days=365 * YEARS
    )
    key.touch(mode=0o600)
    key.write_bytes(cert_gen.dump_private_key_as_pem(secret))
    certificate.write_bytes(made.public_bytes(Encoding.DER))
    return certificate, key


def trusted(chain: bytes, home: Path, door: Door) -> x509.Certificate:
    """The server's certificate, if it or who signed it lies in `trusted`.

    Raises
    ------
    NotConnected
        It does not: it is put into `rejected`, and the text says what to do.
    """
    if not chain:
        raise NotConnected(
            f"{door.url} offers {door.security} but shows no certificate: mend the server's configuration."
        )
    shown = x509.load_der_x509_certificate(chain[: int.from_bytes(chain[2:4], "big") + 4])
    file = f"{shown.fingerprint(SHA1()).hex()}.der"  # the thumbprint that servers and other clients show
    known = home / "trusted"
    known.mkdir(parents=True, exist_ok=True)
    if any(_vouches(one, shown) for one in sorted(known.iterdir()) if one.is_file()):
        return shown
    if door.trust == "first" and not any(known.iterdir()):
        (known / file).write_bytes(shown.public_bytes(Encoding.DER))
        log.warning("%s: its certificate %s is trusted from now on", door.url, file)
        return shown
    rejected = home / "rejected"
    rejected.mkdir(exist_ok=True)
    (rejected / file).write_bytes(shown.public_bytes(Encoding.DER))
    raise NotConnected(
        f"The certificate of {door.url} ({shown.subject.rfc4514_string()}, thumbprint {file[:-4]}) is not trusted. "
        f"It is in {rejected / file}; if it is the right one, move it to {known}."
    )


def offers(endpoints: list[ua.EndpointDescription]) -> str:
    """What a server offers, in words: `None, Basic256Sha256/SignAndEncrypt`."""
    told = {
        "None" if e.SecurityMode is ua.MessageSecurityMode.None_ else f"{_short(e)}/{e.SecurityMode.name}"
        for e in endpoints
    }
    return ", ".join(sorted(told)) or "nothing"


def _chosen(endpoints: list[ua.EndpointDescription], door: Door) -> tuple[ua.EndpointDescription, str]:
    """The endpoint with the wanted security, the best policy first."""
    wanted = list(POLICIES) if door.policy == "best" else [door.policy]
    mode = ua.MessageSecurityMode[door.security]
    for policy in wanted:
        for endpoint in endpoints:
            if endpoint.SecurityMode == mode and endpoint.SecurityPolicyUri == POLICIES[policy].URI:
                return endpoint, policy
    raise NotConnected(
        f"{door.url} does not offer {door.policy if door.policy != 'best' else 'a safe policy'} with {door.security}. "
        f"It offers: {offers(endpoints)}. Change `security` or `policy` of the source, or the server."
    )


def _short(endpoint: ua.EndpointDescription) -> str:
    return str(endpoint.SecurityPolicyUri).rpartition("#")[2].replace("_", "")


def _speaks_for(certificate: Path, uri: str) -> bool:
    try:
        made = x509.load_der_x509_certificate(certificate.read_bytes())
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    return uri in names.get_values_for_type(x509.UniformResourceIdentifier)


def _vouches(file: Path, shown: x509.Certificate) -> bool:
    """Is a trusted file this certificate, or the authority that signed it?"""
    data = file.read_bytes()
    try:
        one = x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
        if one == shown:
            return True
        shown.verify_directly_issued_by(one)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
