"""The plant.toml that `andon init` writes: short, commented, ready to be filled in."""

import json

HEAD = {
    "en": """\
# {name} on paper: everything that Andon must know and no machine can tell.
# `andon check` names every mistake with its line. All keys: docs/plant-toml.md
""",
    "zh": """\
# {name} 的纸上工厂：机器说不出、而 Andon 必须知道的一切。
# `andon check` 会逐行指出每个错误。全部键的说明见 docs/plant-toml.md
""",
}

TEXTS = {
    "name": ("of the plant", "工厂名称"),
    "zone": ("IANA time zone of the plant's clocks", "工厂时钟所在的 IANA 时区"),
    "currency": ("of all money in this file", "本文件中所有金额的货币"),
    "language": ("language of reports: en or zh", "报表语言：en 或 zh"),
    "calendar": ('A night shift belongs to the day it "start"s or "end"s', "夜班归属开始日 (start) 或结束日 (end)"),
    "holidays": ("no shift starts on these local dates", "这些日期不开班"),
    "make_up": ("make-up working days run as the weekday named", "调休上班日按所写的星期排班"),
    "shift": (
        "Shifts: without them there is no planned time and so no OEE. Remove the # and correct them",
        "班次：没有班次就没有计划时间，也就没有 OEE。去掉 # 并改成实际班次",
    ),
    "machine": (
        "Machines. `andon import` proposes them with their signals from a file",
        "机器。`andon import` 会根据文件提出机器及其信号",
    ),
    "states": ("preset or own map of what the machine says", "机器状态的映射：预设名或自定义"),
    "holds": ("silence longer than this is unknown", "超过此时长没有数据即为未知"),
    "product": (
        "Products: the ideal cycle is the time for one part at the best sustainable speed",
        "产品：理想节拍是在可持续的最佳速度下加工一件的时间",
    ),
    "reason": (
        "Reasons of stops, as a tree; element and loss say where they count",
        "停机原因（树形）；element 与 loss 说明计入哪一类",
    ),
}
"""Comments in English and Chinese."""


def template(name: str, *, zone: str, currency: str = "", language: str = "en") -> str:
    """The text of a new plant.toml; it is valid as it is.

    Parameters
    ----------
    name
        Name of the plant: letters, digits, `-`, `_` and `.`.
    zone
        IANA time zone.
    currency
        ISO 4217 code, or "".
    language
        Of the comments and of reports: "en" or "zh".

    Examples
    --------
    >>> print(template("works", zone="Europe/Rome").splitlines()[5])
    zone = "Europe/Rome"              # IANA time zone of the plant's clocks
    """
    says = {key: texts[language == "zh"] for key, texts in TEXTS.items()}
    plant = {"name": name, "zone": zone, "currency": currency, "language": language}
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plant.items())
    table = "\n".join(f"{line:<33} # {says[key]}" for line, key in zip(lines, plant, strict=True))
    return HEAD[language].format(name=name) + BODY.format(table=table, says=says)


BODY = """
[plant]
{table}

[calendar]
day_of_shift = "start"            # {says[calendar]}
holidays = []                     # {says[holidays]}: [2026-12-25]
make_up = []                      # {says[make_up]}: [{{ date = 2026-10-10, as = "fri" }}]

# {says[shift]}
# [[shift]]
# name = "early"
# start = "06:00"
# end = "14:00"
# days = ["mon", "tue", "wed", "thu", "fri"]
# breaks = [{{ start = "10:00", end = "10:15" }}]

# [[shift]]
# name = "night"
# start = "22:00"
# end = "06:00"
# days = ["mon", "tue", "wed", "thu", "fri"]

# {says[machine]}
# [[machine]]
# path = "line-1/press-3"
# class = "press"
# minor_stop = "5 min"
# ideal_cycle = "12 s"
#
# [machine.signals.state]
# states = "packml"               # {says[states]}
# holds = "10 min"                # {says[holds]}
#
# [machine.signals.good_count]
# counting = "total"
# holds = "10 min"

# {says[product]}
# [[product]]
# name = "bracket"
# cycles = [{{ ideal_cycle = "12 s", machine = "line-1/press-3", valid_from = 2026-01-01 }}]
# values = [{{ value = 2.50, valid_from = 2026-01-01 }}]

# {says[reason]}
# [[reason]]
# code = "jam"
# text = "Jam"
# text_zh = "卡料"
# element = "ADET"
# loss = "breakdown"
"""
