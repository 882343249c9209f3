"""ATDF, the same records as text: written as STDF, so that both are read alike."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from ...errors import BadInput
from .records import KINDS, NUMBERS

FAR = b"FAR:"
EMPTY = {"HARD_BIN": 0xFFFF, "SOFT_BIN": 0xFFFF, "X_COORD": -32768, "Y_COORD": -32768, "BURN_TIM": 0xFFFF}
TIMES = ("SETUP_T", "START_T", "FINISH_T", "MOD_TIM")
UNKNOWN = ("PART_CNT", "RTST_CNT", "ABRT_CNT", "GOOD_CNT", "FUNC_CNT")
"""Fields that say "nobody knows" by all their bits."""
SCALES = {"m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "K": 3, "M": 6, "G": 9, "T": 12, "%": -2}
TABLE = """
FAR _type STDF_VER
MIR LOT_ID PART_TYP JOB_NAM NODE_NAM TSTR_TYP SETUP_T START_T OPER_NAM MODE_COD STAT_NUM SBLOT_ID TEST_COD RTST_COD
  JOB_REV EXEC_TYP EXEC_VER PROT_COD CMOD_COD BURN_TIM TST_TEMP USER_TXT AUX_FILE PKG_TYP FAMLY_ID DATE_COD FACIL_ID
  FLOOR_ID PROC_ID OPER_FRQ SPEC_NAM SPEC_VER FLOW_ID SETUP_ID DSGN_REV ENG_ID ROM_COD SERL_NUM SUPR_NAM
MRR FINISH_T DISP_COD USR_DESC EXC_DESC
PCR HEAD_NUM SITE_NUM PART_CNT RTST_CNT ABRT_CNT GOOD_CNT FUNC_CNT
HBR HEAD_NUM SITE_NUM HBIN_NUM HBIN_CNT HBIN_PF HBIN_NAM
SBR HEAD_NUM SITE_NUM SBIN_NUM SBIN_CNT SBIN_PF SBIN_NAM
PMR PMR_INDX CHAN_TYP CHAN_NAM PHY_NAM LOG_NAM HEAD_NUM SITE_NUM
SDR HEAD_NUM SITE_GRP SITE_NUM HAND_TYP HAND_ID CARD_TYP CARD_ID LOAD_TYP LOAD_ID DIB_TYP DIB_ID CABL_TYP CABL_ID
  CONT_TYP CONT_ID LASR_TYP LASR_ID EXTR_TYP EXTR_ID
WIR HEAD_NUM START_T SITE_GRP WAFER_ID
WRR HEAD_NUM FINISH_T PART_CNT WAFER_ID SITE_GRP RTST_CNT ABRT_CNT GOOD_CNT FUNC_CNT FABWF_ID FRAME_ID MASK_ID
  USR_DESC EXC_DESC
PIR HEAD_NUM SITE_NUM
PRR HEAD_NUM SITE_NUM PART_ID NUM_TEST _passed HARD_BIN SOFT_BIN X_COORD Y_COORD _again _abort TEST_T PART_TXT
  PART_FIX
PTR TEST_NUM HEAD_NUM SITE_NUM RESULT _passed _flags TEST_TXT ALARM_ID _limits UNITS LO_LIMIT HI_LIMIT C_RESFMT
  C_LLMFMT C_HLMFMT LO_SPEC HI_SPEC RES_SCAL LLM_SCAL HLM_SCAL
FTR TEST_NUM HEAD_NUM SITE_NUM _passed _flags VECT_NAM TIME_SET CYCL_CNT REL_VADR REPT_CNT NUM_FAIL XFAIL_AD
  YFAIL_AD VECT_OFF _pins _states _more _still FAIL_PIN OP_CODE TEST_TXT
MPR TEST_NUM HEAD_NUM SITE_NUM RTN_STAT RTN_RSLT _passed _flags TEST_TXT ALARM_ID _limits UNITS LO_LIMIT HI_LIMIT
  START_IN INCR_IN UNITS_IN RTN_INDX
"""
"""A record a paragraph: in which order ATDF says its fields. Those with a _ are said by letters; other records are
passed over."""
ORDER = {name: fields for name, *fields in map(str.split, TABLE.replace("\n  ", " ").strip().splitlines())}
ALARMS = {"A": 0x01, "U": 0x04, "T": 0x08, "N": 0x10, "X": 0x20}
PARAMETERS = {"S": 0x01, "D": 0x02, "O": 0x04, "H": 0x08, "L": 0x10}
Fields = dict[str, str]


def is_text(head: bytes) -> bool:
    """Whether bytes begin as ATDF does."""
    return head.startswith(FAR)


def packed(pieces: Iterator[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    """ATDF text, piece by piece, as the bytes of STDF.

    Raises
    ------
    BadInput
        A field of a record cannot be read; the line is said.
    """
    separator, yielded = "|", False
    for number, (line, position) in enumerate(_lines(pieces), 1):
        name, _, rest = line.partition(":")
        if name == "FAR":
            separator = rest[1:2] or "|"
            yield _record("FAR", bytes([2, 4])), position
            yielded = True
        elif name in ORDER and yielded:
            fields = dict(zip(ORDER[name], rest.split(separator), strict=False))
            try:
                yield _record(name, _body(name, fields)), position
            except (ValueError, struct.error) as error:
                raise BadInput(f"Line {number} of the ATDF ({name}) cannot be read: {error}.") from None


def _lines(pieces: Iterator[tuple[bytes, int]]) -> Iterator[tuple[str, int]]:
    """Records; one whose next line begins with a blank goes on there."""
    waiting, position = "", 0
    left = b""
    for piece, position in pieces:
        *whole, left = (left + piece).replace(b"\r\n", b"\n").split(b"\n")
        for raw in whole:
            text = raw.decode("utf-8", errors="replace")
            if text.startswith(" "):
                waiting += text[1:]
                continue
            if waiting:
                yield waiting, position
            waiting = text
    tail = left.decode("utf-8", errors="replace")
    for text in (waiting + tail[1:],) if tail.startswith(" ") else (waiting, tail):
        if text.strip():
            yield text, position


def _record(name: str, body: bytes) -> bytes:
    return struct.pack("<HBB", len(body), *divmod(KINDS[name].code, 256)) + body


def _body(name: str, said: Fields) -> bytes:
    values = _values(name, said)
    return b"".join(_packed(kind, values[field]) for field, kind in KINDS[name].fields if field in values)


def _values(name: str, said: Fields) -> dict[str, object]:
    """The fields of a record as numbers and texts; one that is left out at the end is left out there, too."""
    if name in ("PTR", "MPR", "FTR"):
        return _tested(name, said)
    values: dict[str, object] = {f: said.get(f, "") for f, _ in KINDS[name].fields}
    if name == "PRR":
        again = {"I": 1, "C": 2}.get(said.get("_again", ""), 0)
        verdict = {"P": 0, "F": 8}.get(said.get("_passed", ""), 16)
        values["PART_FLG"] = again | verdict | (4 if said.get("_abort") else 0)
    if name == "SDR":
        sites = [int(s) for s in said.get("SITE_NUM", "").split(",") if s]
        values["SITE_CNT"], values["SITE_NUM"] = len(sites), sites
    return {f: _value(f, kind, values[f]) for f, kind in KINDS[name].fields}


def _tested(name: str, said: Fields) -> dict[str, object]:
    """A result: the letters of its flags as bits; nothing after what the line says."""
    flags = said.get("_flags", "")
    verdict = {"P": 0, "A": 0, "F": 0x80}.get(said.get("_passed", ""), 0x40)
    result = said.get("RESULT", "")
    missing = 0x02 if name == "PTR" and not result.strip() else 0
    values: dict[str, object] = {
        "TEST_NUM": int(said["TEST_NUM"]),
        "HEAD_NUM": int(said.get("HEAD_NUM") or 1),
        "SITE_NUM": int(said.get("SITE_NUM") or 1),
        "TEST_FLG": verdict | missing | sum(b for letter, b in ALARMS.items() if letter in flags),
    }
    if name == "FTR":
        return values | _functional(said)
    values["PARM_FLG"] = sum(b for letter, b in PARAMETERS.items() if letter in flags)
    if name == "PTR":
        values["RESULT"] = _float(result) if result.strip() else 0.0
    else:
        results = [_float(v) for v in said.get("RTN_RSLT", "").split(",") if v]
        pins = [int(p) for p in said.get("RTN_INDX", "").split(",") if p]
        states = [int(s, 16) for s in said.get("RTN_STAT", "").split(",") if s] or [0] * len(pins)
        values |= {"RTN_ICNT": len(pins), "RSLT_CNT": len(results), "RTN_STAT": (states + [0] * len(pins))[: len(pins)]}
        values |= {"RTN_RSLT": results}
    return values | _described(name, said)


def _described(name: str, said: Fields) -> dict[str, object]:
    """What a result's line says of its test; where it says no limits, its first line did."""
    if len(said) <= 6:
        return {}
    low, high = said.get("LO_LIMIT", "").strip(), said.get("HI_LIMIT", "").strip()
    values: dict[str, object] = {n: said.get(n, "") for n in ("TEST_TXT", "ALARM_ID")}
    values["OPT_FLAG"] = 0x0E | (0 if low else 0x10) | (0 if high else 0x20)
    values |= {n: int(said.get(n) or 0) for n in ("RES_SCAL", "LLM_SCAL", "HLM_SCAL")}
    values |= {"LO_LIMIT": _float(low) if low else 0.0, "HI_LIMIT": _float(high) if high else 0.0}
    if name == "MPR":
        values |= {n: _float(said.get(n) or "0") for n in ("START_IN", "INCR_IN")}
        values["RTN_INDX"] = [int(p) for p in said.get("RTN_INDX", "").split(",") if p]
    return values | {"UNITS": said.get("UNITS", "")}


def _functional(said: Fields) -> dict[str, object]:
    numbers: dict[str, object] = dict.fromkeys((f for f, k in KINDS["FTR"].fields[4:14]), 0)
    texts = {n: said.get(n, "") for n in ("VECT_NAM", "TIME_SET", "OP_CODE", "TEST_TXT")}
    return {**numbers, "RTN_INDX": [], "RTN_STAT": [], "PGM_INDX": [], "PGM_STAT": [], "FAIL_PIN": b"", **texts}


def _value(field: str, kind: str, said: object) -> object:
    """A field as it is packed."""
    if not isinstance(said, str) or kind in ("Cn", "C1"):
        return said
    if not said.strip() and kind in ("Bn", "Dn"):
        return b""
    if field in TIMES:
        return _time(said)
    if not said.strip():
        return EMPTY.get(field, 0xFFFFFFFF if field in UNKNOWN else 255 if field == "SITE_GRP" else 0)
    if kind in ("Bn", "Dn"):
        return bytes.fromhex(said)
    return _float(said) if kind == "R4" else int(said)


def _packed(kind: str, value: object) -> bytes:
    if kind in NUMBERS:
        return struct.pack("<" + NUMBERS[kind], value)
    if kind == "C1":
        return str(value).encode("latin-1", "replace")[:1] or b" "
    if kind == "Cn":
        body = str(value).encode()[:255]
        return bytes([len(body)]) + body
    if kind in ("Bn", "Dn"):
        assert isinstance(value, bytes)
        return struct.pack("<B" if kind == "Bn" else "<H", len(value) * (1 if kind == "Bn" else 8)) + value
    assert isinstance(value, list)
    if kind.endswith("N1"):
        pairs = [*value, 0] if len(value) % 2 else value
        return bytes(a | b << 4 for a, b in zip(pairs[::2], pairs[1::2], strict=True))
    return struct.pack(f"<{len(value)}{NUMBERS[kind[-2:]]}", *value)


def _float(said: str) -> float:
    """A number; a letter behind it says by how much it is scaled.

    >>> _float("3.5m"), _float("-2E3"), _float("1.5")
    (0.0035, -2000.0, 1.5)
    """
    said = said.strip()
    return float(said[:-1] + f"e{SCALES[said[-1]]}") if said[-1:] in SCALES else float(said)


def _time(said: str) -> int:
    """Seconds since 1970 of "9:30:15 23-JUL-1998"; 0 where nothing is said."""
    if not said.strip():
        return 0
    return int(datetime.strptime(said.strip().title(), "%H:%M:%S %d-%b-%Y").replace(tzinfo=UTC).timestamp())
