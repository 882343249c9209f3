"""What may be written about reports that are made by themselves: one model, each key with its meaning."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .kinds import Name

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ReportTable(BaseModel):
    """A report that is made when a shift, a production day or a week is over, and again when it is corrected."""

    model_config = STRICT
    name: Name = Field(description="Name of the report; its files lie under `reports/NAME` of the plant folder.")
    at: str = Field(default="", description="Machine, line or area that it is about; without it, the whole plant.")
    every: Literal["shift", "day", "week"] = Field(default="shift", description="What one report is about.")
    formats: list[Literal["html", "pdf", "xlsx"]] = Field(
        default=["html", "xlsx"],
        description="What is made of it; `pdf` needs WeasyPrint (`pip install 'andon[pdf]'`) or Chromium.",
        min_length=1,
    )
    language: Literal["en", "zh", ""] = Field(default="", description="Language; by default the plant's.")
    folder: str = Field(
        default="", description="Where copies go, such as a shared drive; a relative path is under the plant folder."
    )
    mail: str = Field(default="", description="Name of the [[notify]] by email whose mail server sends it.")
    to: list[str] = Field(default=[], description="Addresses of the receivers; by default those of that [[notify]].")
