"""What tests of log-in in two steps share: a person with an app or a passkey, and the codes an app shows."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from reviews.models import User
from tests.factories import PASSWORD


def code(secret: str) -> str:
    """Return what an app with the secret shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def give_app(user: User) -> str:
    """Let a person have an app and recovery codes, and return the app's secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def give_passkey(user: User, name: str = "Telefonen") -> Authenticator:
    """Let a person have a passkey that no device keeps."""
    flag = AuthenticatorData.FLAG
    flags = flag.USER_PRESENT | flag.USER_VERIFIED | flag.ATTESTED
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]  # fido2 has not typed this one
    about = AttestedCredentialData.create(Aaguid.NONE, bytes(16), key)
    data = AuthenticatorData.create(bytes(32), flags, 0, bytes(about))
    told = CollectedClientData.create(CollectedClientData.TYPE.CREATE, bytes(16), "https://localhost")
    credential = {
        "id": websafe_encode(bytes(16)),
        "rawId": websafe_encode(bytes(16)),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(bytes(told)),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
    }
    return WebAuthn.add(user, name, credential).instance


def recovery_codes(user: User) -> list[str]:
    """Return the recovery codes that a person has left."""
    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return [str(each) for each in kept.wrap().get_unused_codes()]


def log_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> str:
    """Log in with the password, and return where that leads."""
    answer = client.post(reverse("account_login"), {"login": user.email, "password": password, **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def log_in_twice(client: Client, user: User, secret: str) -> str:
    """Log in with the password and a code from the app, and return where that leads."""
    assert log_in(client, user) == reverse("mfa_authenticate")
    return client.post(reverse("mfa_authenticate"), {"code": code(secret)}).headers["Location"]
