"""The records of STDF V4 and V4-2007: their numbers and fields, and how one record is taken apart."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Value = int | float | str | bytes | list[int] | list[float] | list[str] | None
TABLE = """
FAR 0 10 CPU_TYPE:U1 STDF_VER:U1
ATR 0 20 MOD_TIM:U4 CMD_LINE:Cn
MIR 1 10 SETUP_T:U4 START_T:U4 STAT_NUM:U1 MODE_COD:C1 RTST_COD:C1 PROT_COD:C1 BURN_TIM:U2 CMOD_COD:C1 LOT_ID:Cn
  PART_TYP:Cn NODE_NAM:Cn TSTR_TYP:Cn JOB_NAM:Cn JOB_REV:Cn SBLOT_ID:Cn OPER_NAM:Cn EXEC_TYP:Cn EXEC_VER:Cn
  TEST_COD:Cn TST_TEMP:Cn USER_TXT:Cn AUX_FILE:Cn PKG_TYP:Cn FAMLY_ID:Cn DATE_COD:Cn FACIL_ID:Cn FLOOR_ID:Cn
  PROC_ID:Cn OPER_FRQ:Cn SPEC_NAM:Cn SPEC_VER:Cn FLOW_ID:Cn SETUP_ID:Cn DSGN_REV:Cn ENG_ID:Cn ROM_COD:Cn SERL_NUM:Cn
  SUPR_NAM:Cn
MRR 1 20 FINISH_T:U4 DISP_COD:C1 USR_DESC:Cn EXC_DESC:Cn
PCR 1 30 HEAD_NUM:U1 SITE_NUM:U1 PART_CNT:U4 RTST_CNT:U4 ABRT_CNT:U4 GOOD_CNT:U4 FUNC_CNT:U4
HBR 1 40 HEAD_NUM:U1 SITE_NUM:U1 HBIN_NUM:U2 HBIN_CNT:U4 HBIN_PF:C1 HBIN_NAM:Cn
SBR 1 50 HEAD_NUM:U1 SITE_NUM:U1 SBIN_NUM:U2 SBIN_CNT:U4 SBIN_PF:C1 SBIN_NAM:Cn
PMR 1 60 PMR_INDX:U2 CHAN_TYP:U2 CHAN_NAM:Cn PHY_NAM:Cn LOG_NAM:Cn HEAD_NUM:U1 SITE_NUM:U1
PGR 1 62 GRP_INDX:U2 GRP_NAM:Cn INDX_CNT:U2 PMR_INDX:k2U2
PLR 1 63 GRP_CNT:U2 GRP_INDX:k0U2 GRP_MODE:k0U2 GRP_RADX:k0U1 PGM_CHAR:k0Cn RTN_CHAR:k0Cn PGM_CHAL:k0Cn
  RTN_CHAL:k0Cn
RDR 1 70 NUM_BINS:U2 RTST_BIN:k0U2
SDR 1 80 HEAD_NUM:U1 SITE_GRP:U1 SITE_CNT:U1 SITE_NUM:k2U1 HAND_TYP:Cn HAND_ID:Cn CARD_TYP:Cn CARD_ID:Cn LOAD_TYP:Cn
  LOAD_ID:Cn DIB_TYP:Cn DIB_ID:Cn CABL_TYP:Cn CABL_ID:Cn CONT_TYP:Cn CONT_ID:Cn LASR_TYP:Cn LASR_ID:Cn EXTR_TYP:Cn
  EXTR_ID:Cn
WIR 2 10 HEAD_NUM:U1 SITE_GRP:U1 START_T:U4 WAFER_ID:Cn
WRR 2 20 HEAD_NUM:U1 SITE_GRP:U1 FINISH_T:U4 PART_CNT:U4 RTST_CNT:U4 ABRT_CNT:U4 GOOD_CNT:U4 FUNC_CNT:U4 WAFER_ID:Cn
  FABWF_ID:Cn FRAME_ID:Cn MASK_ID:Cn USR_DESC:Cn EXC_DESC:Cn
WCR 2 30 WAFR_SIZ:R4 DIE_HT:R4 DIE_WID:R4 WF_UNITS:U1 WF_FLAT:C1 CENTER_X:I2 CENTER_Y:I2 POS_X:C1 POS_Y:C1
PIR 5 10 HEAD_NUM:U1 SITE_NUM:U1
PRR 5 20 HEAD_NUM:U1 SITE_NUM:U1 PART_FLG:B1 NUM_TEST:U2 HARD_BIN:U2 SOFT_BIN:U2 X_COORD:I2 Y_COORD:I2 TEST_T:U4
  PART_ID:Cn PART_TXT:Cn PART_FIX:Bn
TSR 10 30 HEAD_NUM:U1 SITE_NUM:U1 TEST_TYP:C1 TEST_NUM:U4 EXEC_CNT:U4 FAIL_CNT:U4 ALRM_CNT:U4 TEST_NAM:Cn
  SEQ_NAME:Cn TEST_LBL:Cn OPT_FLAG:B1 TEST_TIM:R4 TEST_MIN:R4 TEST_MAX:R4 TST_SUMS:R4 TST_SQRS:R4
PTR 15 10 TEST_NUM:U4 HEAD_NUM:U1 SITE_NUM:U1 TEST_FLG:B1 PARM_FLG:B1 RESULT:R4 TEST_TXT:Cn ALARM_ID:Cn OPT_FLAG:B1
  RES_SCAL:I1 LLM_SCAL:I1 HLM_SCAL:I1 LO_LIMIT:R4 HI_LIMIT:R4 UNITS:Cn C_RESFMT:Cn C_LLMFMT:Cn C_HLMFMT:Cn
  LO_SPEC:R4 HI_SPEC:R4
MPR 15 15 TEST_NUM:U4 HEAD_NUM:U1 SITE_NUM:U1 TEST_FLG:B1 PARM_FLG:B1 RTN_ICNT:U2 RSLT_CNT:U2 RTN_STAT:k5N1
  RTN_RSLT:k6R4 TEST_TXT:Cn ALARM_ID:Cn OPT_FLAG:B1 RES_SCAL:I1 LLM_SCAL:I1 HLM_SCAL:I1 LO_LIMIT:R4 HI_LIMIT:R4
  START_IN:R4 INCR_IN:R4 RTN_INDX:k5U2 UNITS:Cn UNITS_IN:Cn C_RESFMT:Cn C_LLMFMT:Cn C_HLMFMT:Cn LO_SPEC:R4
  HI_SPEC:R4
FTR 15 20 TEST_NUM:U4 HEAD_NUM:U1 SITE_NUM:U1 TEST_FLG:B1 OPT_FLAG:B1 CYCL_CNT:U4 REL_VADR:U4 REPT_CNT:U4
  NUM_FAIL:U4 XFAIL_AD:I4 YFAIL_AD:I4 VECT_OFF:I2 RTN_ICNT:U2 PGM_ICNT:U2 RTN_INDX:k12U2 RTN_STAT:k12N1
  PGM_INDX:k13U2 PGM_STAT:k13N1 FAIL_PIN:Dn VECT_NAM:Cn TIME_SET:Cn OP_CODE:Cn TEST_TXT:Cn ALARM_ID:Cn PROG_TXT:Cn
  RSLT_TXT:Cn PATG_NUM:U1 SPIN_MAP:Dn
BPS 20 10 SEQ_NAME:Cn
EPS 20 20
GDR 50 10 GEN_DATA:Vn
DTR 50 30 TEXT_DAT:Cn
"""
"""A record a paragraph: name, type, subtype, fields with their types; `k12U2`: as many as field 12 (from 0) says."""
LATER = {
    "VUR": (0, 30),
    "PSR": (1, 90),
    "NMR": (1, 91),
    "CNR": (1, 92),
    "SSR": (1, 93),
    "CDR": (1, 94),
    "STR": (15, 30),
}
"""Records that V4-2007 added, which say how scan tests were run."""
VENDORS = (180, 181, 220, 221)
"""Record types that the standard leaves to testers of two makers."""
MISSING = -32768
"""The coordinate of a part that has none."""
NUMBERS = {"U1": "B", "U2": "H", "U4": "I", "I1": "b", "I2": "h", "I4": "i", "R4": "f", "R8": "d", "B1": "B"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: name, type and subtype as one number, fields with their types."""

    name: str
    code: int
    fields: tuple[tuple[str, str], ...]


def code_of(typ: int, sub: int) -> int:
    """Type and subtype as one number."""
    return typ << 8 | sub


def _kinds() -> Mapping[str, Kind]:
    found: dict[str, Kind] = {}
    for line in TABLE.replace("\n  ", " ").strip().splitlines():
        name, typ, sub, *fields = line.split()
        pairs = tuple((f, t) for f, _, t in (x.partition(":") for x in fields))
        found[name] = Kind(name, code_of(int(typ), int(sub)), pairs)
    return found


KINDS = _kinds()
NAMES = {k.code: k.name for k in KINDS.values()} | {code_of(*c): name for name, c in LATER.items()}
ANY = 0xFFFF


def _longest(kind: Kind) -> int:
    """Most bytes that a record of a kind can have."""
    sizes = {name: struct.calcsize(letter) for name, letter in NUMBERS.items()} | {"C1": 1, "Cn": 256, "Bn": 256}
    return min(sum(sizes.get(t, ANY) for _, t in kind.fields), ANY)


LONGEST = np.full(1 << 16, -1, np.int32)
"""By type and subtype the most bytes that a record can have; -1 where there is no such record."""
LONGEST[[k.code for k in KINDS.values()]] = [_longest(k) for k in KINDS.values()]
LONGEST[[code_of(*c) for c in LATER.values()]] = ANY
for _vendor in VENDORS:
    LONGEST[_vendor << 8 : (_vendor + 1) << 8] = ANY


@dataclass(slots=True)
class _Cursor:
    """A place in a record's bytes, and their byte order ("<" or ">")."""

    body: bytes
    order: str
    at: int = 0

    def number(self, letter: str) -> int | float:
        form = struct.Struct(self.order + letter)
        (value,) = form.unpack_from(self.body, self.at)
        self.at += form.size
        found: int | float = value
        return found

    def bytes(self, count: int) -> bytes:
        if self.at + count > len(self.body):
            raise struct.error("the record ends before")
        self.at += count
        return self.body[self.at - count : self.at]

    def text(self) -> str:
        return text_of(self.bytes(int(self.number("B"))))


def text_of(body: bytes) -> str:
    r"""Characters of a record: UTF-8, or where they are none, Latin-1.

    >>> text_of(b"25 \xb0C  "), text_of("25 °C".encode())
    ('25 °C', '25 °C')
    """
    try:
        return body.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return body.decode("latin-1").strip("\0 ")


def take_apart(name: str, body: bytes, order: str) -> dict[str, Value]:
    """The fields of one record; those after the end of a shortened one are None.

    >>> take_apart("WIR", bytes([1, 255, 0, 0, 0, 1, 2, 87, 49]), ">")
    {'HEAD_NUM': 1, 'SITE_GRP': 255, 'START_T': 1, 'WAFER_ID': 'W1'}
    """
    cursor, fields = _Cursor(body, order), KINDS[name].fields
    found: dict[str, Value] = dict.fromkeys(f for f, _ in fields)
    for field, kind in fields:
        try:
            found[field] = _field(kind, cursor, found)
        except struct.error:
            break
    return found


def _field(kind: str, cursor: _Cursor, before: Mapping[str, Value]) -> Value:
    if kind in NUMBERS:
        return cursor.number(NUMBERS[kind])
    if kind in PLAIN:
        return PLAIN[kind](cursor)
    counted, one = kind[1:-2], kind[-2:]
    said = list(before.values())[int(counted)]
    count = said if isinstance(said, int) else 0
    if one == "N1":
        packed = cursor.bytes((count + 1) // 2)
        return [packed[i // 2] >> 4 * (i % 2) & 15 for i in range(count)]
    if one == "Cn":
        return [cursor.text() for _ in range(count)]
    return [cursor.number(NUMBERS[one]) for _ in range(count)]


PLAIN: Mapping[str, Callable[[_Cursor], Value]] = {
    "C1": lambda c: c.bytes(1).decode("latin-1"),
    "Cn": lambda c: c.text(),
    "Bn": lambda c: c.bytes(int(c.number("B"))),
    "Dn": lambda c: c.bytes((int(c.number("H")) + 7) // 8),
    "Vn": lambda c: c.body[c.at :],
}
