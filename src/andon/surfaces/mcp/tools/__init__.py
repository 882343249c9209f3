"""The tools, a file a subject: importing them fills the register."""

from . import acting, books, events, explain, glance, questions, signals  # noqa: F401
