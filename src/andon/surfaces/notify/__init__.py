"""Tells people of alarms: by webhook, e-mail and MQTT, with escalation, and a digest where it would be a flood."""

from .message import Message
from .notifier import Notifier

__all__ = ["Message", "Notifier"]
