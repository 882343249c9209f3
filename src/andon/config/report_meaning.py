"""Do the reports of a well-formed plant.toml make sense, and can they be sent?"""

from collections.abc import Iterator

from .alarm_build import is_at
from .draft import Draft
from .kinds import nearest
from .mistakes import Finding
from .reports import ReportTable

Wrong = tuple[str, str]


def reports(draft: Draft) -> Iterator[Finding]:
    """Places and receivers are there, and there are shifts to report on."""
    for row, report in enumerate(draft.file.report):
        for key, said in (*_place(draft, report), *_mail(draft, report)):
            place = draft.place("report", row, *((key,) if key else ()))
            yield Finding(place, f"Report '{report.name}': {said}")


def _place(draft: Draft, report: ReportTable) -> Iterator[Wrong]:
    machines, plant = draft.file.machine, draft.file.plant
    whole = len(machines) == len(draft.names("machine", "path"))
    if whole and report.at not in ("", plant.name, plant.site) and not any(is_at(m, [report.at]) for m in machines):
        known = {m.path for m in machines} | {m.area for m in machines if m.area}
        known |= {m.path.rpartition("/")[0] for m in machines if "/" in m.path}
        yield "at", f"there is no machine, line or area {report.at!r}. {nearest(report.at, known)}"
    if not draft.names("shift"):
        yield "", "it is about closed shifts, and the plant has none. Describe them: [[shift]]."


def _mail(draft: Draft, report: ReportTable) -> Iterator[Wrong]:
    receivers = draft.names("notify")
    if report.to and not report.mail:
        yield "to", "`to` needs `mail`, the name of the [[notify]] by email whose server sends it."
    if report.mail and report.mail not in receivers:
        yield "mail", f"there is no [[notify]] {report.mail!r}. {nearest(report.mail, receivers)}"
    for receiver in draft.file.notify:
        if receiver.name == report.mail and receiver.by != "email":
            yield "mail", f"[[notify]] {report.mail!r} tells by {receiver.by}, and a report goes by email."
