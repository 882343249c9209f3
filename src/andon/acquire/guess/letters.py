"""Names that can be typed from names that people gave: letters of other scripts and words of other languages."""

import re
import unicodedata
from collections.abc import Container, Mapping

SPELLED: Mapping[str, str] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "å": "aa", "ł": "l"}
CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        re.split(" ", "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch  y  e iu ia"),
        strict=True,
    )
)
WORDS: Mapping[str, str] = {
    "注塑机": "molder",
    "冲压机": "press",
    "压力机": "press",
    "压铸机": "die-caster",
    "冲床": "press",
    "车床": "lathe",
    "铣床": "mill",
    "磨床": "grinder",
    "钻床": "drill",
    "加工中心": "machining-center",
    "机器人": "robot",
    "机床": "machine",
    "包装机": "packer",
    "灌装机": "filler",
    "贴片机": "mounter",
    "回流焊": "reflow-oven",
    "焊机": "welder",
    "炉": "oven",
    "空压机": "compressor",
    "电表": "meter",
    "泵": "pump",
    "风机": "fan",
    "输送机": "conveyor",
    "机台": "machine",
    "设备": "machine",
    "机器": "machine",
    "产线": "line",
    "生产线": "line",
    "车间": "shop",
    "工厂": "plant",
    "工位": "station",
    "区域": "area",
    "主轴": "spindle",
    "电机": "motor",
    "号": "",
}
"""What machines, places and their parts are called in Chinese, and in a path that anybody can type."""
LONGEST_FIRST = sorted(WORDS, key=len, reverse=True)


def plain_letters(name: str) -> str:
    """A name in Latin letters where that can be done; other letters stay.

    >>> plain_letters("Prüfstand"), plain_letters("冲压机3"), plain_letters("Пресс 2"), plain_letters("桥")
    ('Pruefstand', ' press 3', 'Press 2', '桥')
    """
    for word in LONGEST_FIRST:
        name = name.replace(word, f" {WORDS[word]} " if WORDS[word] else " ") if word in name else name
    told = "".join(_latin(letter) for letter in unicodedata.normalize("NFC", name.rstrip()))
    return re.sub(r"(?<=[a-z])  ?(?=\d)", " ", told)


def _latin(letter: str) -> str:
    lower = letter.lower()
    found = SPELLED.get(lower, CYRILLIC.get(lower))
    if found is None:
        bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        return bare or letter
    return found.capitalize() if letter != lower else found


def path_part(name: str) -> str:
    """A machine or a line as a part of a path: lower case, words joined by `-`.

    >>> path_part("Press 3"), path_part("PressHall_2"), path_part("Prüfstand"), path_part("3号冲压机"), path_part("7")
    ('press-3', 'press-hall-2', 'pruefstand', '3-press', 'machine-7')
    """
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z]{3})(?=\d)", " ", plain_letters(name))
    bare = re.sub(r"[^\w]+|_+", "-", parts.strip().lower()).strip("-") or "machine"
    return f"machine-{bare}" if bare.replace("-", "").isdigit() else bare


def signal_name(name: str) -> str:
    """A signal's name: lower case, words joined by `_`, units in brackets left out.

    >>> signal_name("SpindleLoad"), signal_name("Temp. Öl [°C]"), signal_name("主轴温度")
    ('spindle_load', 'temp_oel', 'spindle_温度')
    """
    bare = re.sub(r"[\[(（【].*?[\])）】]", "", name)
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", plain_letters(bare))
    return re.sub(r"[^\w]+|_+", "_", parts.strip().lower()).strip("_") or "signal"


def free(name: str, taken: Container[str], mark: str = "_") -> str:
    """The name, or the name with the first number that is free.

    >>> free("press", {"press", "press_2"})
    'press_3'
    """
    if name not in taken:
        return name
    number = 2
    while f"{name}{mark}{number}" in taken:
        number += 1
    return f"{name}{mark}{number}"
