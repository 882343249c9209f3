"""Modbus TCP and RTU over TCP: block reads planned from the addresses, each bad one on its own."""

from .modbus import modbus

__all__ = ["modbus"]
