"""Studies of alarms: whether people can live with them."""

FILES = {"alarm-load": "load"}
"""The file of each study."""
