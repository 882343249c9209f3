"""What may be written in `[login]`: the company's own login (OpenID Connect), and which right its groups give."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..plant.login import Login

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
Right = Literal["viewer", "operator", "engineer", "admin"]


class LoginTable(BaseModel):
    """The company's own login, by OpenID Connect; people log in with a password here beside it."""

    model_config = STRICT
    issuer: str = Field(description="Address of the OpenID provider: https://login.example.com/realms/works.")
    client_id: str = Field(description="What Andon is called there. Its secret is `client_secret` of `login`.")
    title: str = Field(default="Company login", description="What the button says.")
    scopes: list[str] = Field(default=["openid", "profile", "email"], description="What is asked of the provider.")
    name: str = Field(default="preferred_username", description="The claim that is a person's name here.")
    groups: str = Field(default="groups", description="The claim that lists the groups of a person.")
    rights: dict[str, Right] = Field(default={}, description="The right of each group; the highest one holds.")
    lines: dict[str, list[str]] = Field(
        default={}, description="Lines or areas that a group's right is for; without it, the whole plant."
    )
    otherwise: Right | Literal[""] = Field(
        default="", description="The right of whoever is in none of these groups; without it, they are not let in."
    )


def built(table: LoginTable | None) -> Login | None:
    """What a table means."""
    if table is None:
        return None
    return Login(
        issuer=table.issuer,
        client_id=table.client_id,
        title=table.title,
        scopes=tuple(table.scopes),
        name=table.name,
        groups=table.groups,
        rights=dict(table.rights),
        lines={group: tuple(lines) for group, lines in table.lines.items()},
        otherwise=table.otherwise,
    )
