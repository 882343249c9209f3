"""The ways a message goes: an HTTP POST, a mail, an MQTT publish. Each returns once the other side has taken it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import mimetypes
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

from ...errors import BadInput, NotConnected
from ...plant.alarms import Notify
from .message import Message

PATIENCE = 15.0
"""Seconds that the other side is given."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
REFUSED = (400, 413, 422)
"""The receiver understood, and will not take this message however often it comes."""
Secret = Callable[[str], str | None]
Body = Mapping[str, object]


def send(message: Message, receiver: Notify, secret: Secret) -> None:
    """Send a message; when this returns, the other side has it.

    Raises
    ------
    NotConnected
        It did not work now; it may later.
    BadInput
        The other side will never take this message.
    """
    WAYS[receiver.by](message, receiver, secret)


def _webhook(message: Message, receiver: Notify, secret: Secret) -> None:
    import httpx2  # heavy, and only where somebody is told by it

    url = str(receiver.settings["url"]) or secret("url")
    if not url:
        raise NotConnected(f"{receiver.name} has no address: give `url`, or the secret url of notify-{receiver.name}.")
    body = BODIES[str(receiver.settings["body"])](message)
    headers = {"Idempotency-Key": hashlib.sha256(message.key.encode()).hexdigest()}
    if token := secret("token"):
        headers["Authorization"] = f"Bearer {token}"
    try:
        answer = httpx2.post(_signed(url, secret("sign")), json=body, headers=headers, timeout=PATIENCE)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotConnected(f"{_host(url)}: {type(error).__name__}: {error}") from error
    if answer.status_code in REFUSED:
        raise BadInput(f"{_host(url)} refused the message: {answer.status_code} {answer.text[:200]}")
    if not answer.is_success:
        raise NotConnected(f"{_host(url)} answered {answer.status_code} {answer.text[:200]}")
    if receiver.settings["body"] in ("dingtalk", "wecom"):
        _agreed(answer.text, _host(url))


def _agreed(text: str, host: str) -> None:
    """DingTalk and WeCom say with 200 that it went wrong."""
    if '"errcode":0' not in text.replace(" ", ""):
        raise NotConnected(f"{host} answered {text[:200]}")


def _signed(url: str, key: str | None) -> str:
    """DingTalk's signature of a robot that has one: HMAC-SHA256 of the moment."""
    if not key:
        return url
    stamp = str(time.time_ns() // 1_000_000)
    made = hmac.new(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256).digest()
    return f"{url}&timestamp={stamp}&sign={quote_plus(base64.b64encode(made))}"


def _host(url: str) -> str:
    """What may be shown of an address that may hold a token."""
    return urlsplit(url).netloc.rpartition("@")[2] or "the webhook"


def _json(message: Message) -> Body:
    return {"key": message.key, **asdict(message)}


def _slack(message: Message) -> Body:
    return {"text": f"*{message.subject}*\n{message.text}"}


def _teams(message: Message) -> Body:
    rows = [
        {"type": "TextBlock", "text": message.subject, "weight": "bolder", "wrap": True},
        *[{"type": "TextBlock", "text": row, "wrap": True, "spacing": "none"} for row in message.text.splitlines()],
    ]
    card = {"type": "AdaptiveCard", "version": "1.4", "body": rows}
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _dingtalk(message: Message) -> Body:
    text = f"### {message.subject}\n\n" + message.text.replace("\n", "\n\n")
    return {"msgtype": "markdown", "markdown": {"title": message.subject, "text": text}}


def _wecom(message: Message) -> Body:
    return {"msgtype": "markdown", "markdown": {"content": f"**{message.subject}**\n{message.text}"}}


BODIES: Mapping[str, Callable[[Message], Body]] = {
    "json": _json,
    "slack": _slack,
    "teams": _teams,
    "dingtalk": _dingtalk,
    "wecom": _wecom,
}


def _email(message: Message, receiver: Notify, secret: Secret) -> None:
    security = str(receiver.settings["security"])
    host, _, port = str(receiver.settings["server"]).partition(":")
    mail = EmailMessage()
    mail["Subject"], mail["From"] = message.subject, str(receiver.settings["sender"])
    to = message.to or receiver.settings["to"]
    mail["To"] = ", ".join(map(str, to if isinstance(to, list | tuple) else [to]))
    mail["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@andon>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    for name in message.files:
        _attach(mail, Path(name))
    try:
        with _mail_server(host, int(port or PORTS[security]), security) as server:
            if user := str(receiver.settings["user"]):
                server.login(user, secret("password") or "")
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        raise BadInput(f"{host} takes no mail for {mail['To']}: {error}") from error
    except smtplib.SMTPDataError as error:
        kind = BadInput if error.smtp_code >= 500 else NotConnected
        raise kind(f"{host} refused the mail: {error}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotConnected(f"{host}: {type(error).__name__}: {error}") from error


def _attach(mail: EmailMessage, file: Path) -> None:
    main, _, sub = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").partition("/")
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(f"{file} was to be sent, and is no longer there.") from error
    mail.add_attachment(data, maintype=main, subtype=sub, filename=file.name)


def _mail_server(host: str, port: int, security: str) -> smtplib.SMTP:
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=PATIENCE)
    if security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _mqtt(message: Message, receiver: Notify, secret: Secret) -> None:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion  # only where somebody is told by it

    url = urlsplit(str(receiver.settings["url"]) or secret("url") or "")
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect_timeout = PATIENCE
    if url.scheme == "mqtts":
        client.tls_set_context(ssl.create_default_context())
    if user := str(receiver.settings["user"]):
        client.username_pw_set(user, secret("password"))
    try:
        client.connect(url.hostname or "", url.port or (8883 if url.scheme == "mqtts" else 1883))
        client.loop_start()
        sent = client.publish(_topic(message, receiver), json.dumps(_json(message), ensure_ascii=False), qos=1)
        sent.wait_for_publish(PATIENCE)
        if not sent.is_published():
            raise NotConnected(f"{url.hostname}: the broker did not take the message in {PATIENCE:.0f} s.")
        client.disconnect()
    except (OSError, ValueError, RuntimeError) as error:
        raise NotConnected(f"{url.hostname}: {type(error).__name__}: {error}") from error
    finally:
        client.loop_stop()


def _topic(message: Message, receiver: Notify) -> str:
    """The topic with place, alarm and priority put in; a digest is of the receiver's name."""
    one = message.alarms[0] if len(message.alarms) == 1 else {"place": receiver.name, "alarm": message.about}
    filled = {k: str(one.get(k, message.about)) for k in ("place", "alarm", "priority")}
    topic = str(receiver.settings["topic"])
    for name, value in filled.items():
        topic = topic.replace(f"{{{name}}}", value.replace("+", "_").replace("#", "_"))
    return topic


WAYS: Mapping[str, Callable[[Message, Notify, Secret], None]] = {"webhook": _webhook, "email": _email, "mqtt": _mqtt}
