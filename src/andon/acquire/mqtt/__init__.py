"""MQTT: topics and JSON payloads of any broker."""

from .mqtt import mqtt

__all__ = ["mqtt"]
