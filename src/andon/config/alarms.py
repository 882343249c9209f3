"""What may be written about alarms and about who is told of them: one model a table, each key with its meaning."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..units import MINUTE, SECOND
from .kinds import Length, Name, StateName, Switched

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
Positive = Annotated[float, Field(gt=0)]
Priority = Literal["critical", "high", "medium", "low"]
Bound = float | Literal["limit"]


class AdviceTable(BaseModel):
    """What rationalisation found out about an alarm (ISA-18.2, IEC 62682)."""

    model_config = STRICT
    cause: str = Field(default="", description="What usually causes it.")
    consequence: str = Field(default="", description="What happens if nobody does anything.")
    action: str = Field(default="", description="What the operator does.")
    within: Length | None = Field(default=None, description="Time in which the operator can still avert it.")


class AlarmTable(BaseModel):
    """An alarm: exactly one of `high`, `low`, `rise`, `fall`, `state`, `equals`, `text`, `stale` says when it is on."""

    model_config = STRICT
    name: Name = Field(description="Name of the alarm.")
    signal: str = Field(
        default="",
        description="What it watches: a role, the name of a signal, or a path. With `state` it is the machine's state.",
    )
    at: str | list[str] = Field(
        default=[], description="Machines, lines or areas; without it, every machine that has the signal."
    )
    high: Bound | None = Field(
        default=None, description="On above this; `limit` in quotes: above the `high` of the signal's [[limit]]."
    )
    low: Bound | None = Field(
        default=None, description="On below this; `limit` in quotes: below the `low` of the signal's [[limit]]."
    )
    rise: Positive | None = Field(default=None, description="On when it rose by more than this within `per`.")
    fall: Positive | None = Field(default=None, description="On when it fell by more than this within `per`.")
    per: Length | None = Field(default=None, description="The time in which it rose or fell.")
    state: StateName | list[StateName] | None = Field(
        default=None, description="On while the machine is in this state, or one of these."
    )
    longer_than: Length | None = Field(default=None, description="Only when the state lasts longer than this.")
    equals: bool | int | float | str | list[str] | None = Field(
        default=None, description="On while the signal says this, or one of these."
    )
    text: str | None = Field(
        default=None, description="On while the signal's text looks like this; `*` is any letters: `FAULT*`, `*`."
    )
    stale: Length | None = Field(default=None, description="On when no usable value came for so long.")
    deadband: Annotated[float, Field(ge=0)] = Field(
        default=0.0, description="How far the value must come back before the condition is over."
    )
    on_delay: Length | None = Field(default=None, description="How long the condition must hold.")
    off_delay: Length | None = Field(default=None, description="How long the condition must be over.")
    priority: Priority = Field(default="medium", description="How urgent it is.")
    message: str = Field(
        default="", description="What operators read; `{machine}`, `{value}` and `{unit}` are filled in."
    )
    message_zh: str = Field(default="", description="What operators read in Chinese.")
    advice: AdviceTable = Field(default=AdviceTable(), description="Cause, consequence, action, time to respond.")
    group: str = Field(default="", description="First-out group: of those that come together the first is marked.")
    suppressed_while: list[StateName] = Field(
        default=[], description="States of the machine in which it means nothing (suppressed by design)."
    )
    latching: bool = Field(default=False, description="It stays until somebody resets it.")


class SystemAlarmsTable(BaseModel):
    """Andon's own alarms; they need no configuration."""

    model_config = STRICT
    source_lost: Switched = Field(
        default=MINUTE, description="A source is lost for so long.", json_schema_extra={"default": "1 min"}
    )
    no_values: Switched = Field(
        default=5 * MINUTE,
        description="A source is connected for so long and has brought no value.",
        json_schema_extra={"default": "5 min"},
    )
    clock_skew: Switched = Field(
        default=5 * SECOND,
        description="The clock of a source differs by more than this for a minute.",
        json_schema_extra={"default": "5 s"},
    )
    disk_full: bool = Field(default=True, description="The disk is full, so sources wait.")


class NotifyTable(BaseModel):
    """Who is told of alarms, and how."""

    model_config = STRICT
    name: Name = Field(description="Name of the receiver; secrets are found under `notify-NAME`.")
    by: Literal["webhook", "email", "mqtt"] = Field(description="Which way.")
    priorities: list[Priority] = Field(
        default=["critical", "high", "medium", "low"],
        description="Of which priorities; `[]`: of none, it only sends reports.",
    )
    at: list[str] = Field(default=[], description="Of which machines, lines, areas or sources; without it, of all.")
    shifts: list[str] = Field(default=[], description="Only while one of these shifts runs; without it, always.")
    after: Length | None = Field(
        default=None, description="Escalation: only what is still unacknowledged after this time."
    )
    most: Annotated[int, Field(gt=0)] = Field(
        default=10, description="More messages than this in ten minutes become one digest a minute."
    )
    returned: bool = Field(default=False, description="Tell also when an alarm has gone.")
    language: Literal["en", "zh", ""] = Field(default="", description="Language; by default the plant's.")
    url: str = Field(
        default="", description="Webhook: where to; mqtt: `mqtt://host:port`. One with a token is a secret: `url`."
    )
    body: Literal["json", "slack", "teams", "dingtalk", "wecom"] = Field(
        default="json", description="Webhook: what its receiver understands."
    )
    server: str = Field(default="", description="E-mail: host or host:port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="E-mail: how it is encrypted.")
    user: str = Field(default="", description="E-mail, mqtt: user; the password is a secret: `password`.")
    sender: str = Field(default="", description="E-mail: address of the sender.")
    to: list[str] = Field(default=[], description="E-mail: addresses of the receivers.")
    topic: str = Field(default="", description="Mqtt: topic; `{place}`, `{alarm}` and `{priority}` are filled in.")
