"""Sparkplug B 3.0: a host application at any MQTT broker."""

from .sparkplug import sparkplug

__all__ = ["sparkplug"]
