"""Units as UCUM writes them: is `kW.h` a unit, is `kwh`?

The unit codes are those of the Unified Code for Units of Measure 2.2, copyright Regenstrief Institute and the UCUM
Organization, https://ucum.org.
"""

import re
from difflib import get_close_matches
from functools import lru_cache

PREFIXES = (
    "Y",
    "Z",
    "E",
    "P",
    "T",
    "G",
    "M",
    "k",
    "h",
    "da",
    "d",
    "c",
    "m",
    "u",
    "n",
    "p",
    "f",
    "a",
    "z",
    "y",
    "Ki",
    "Mi",
    "Gi",
    "Ti",
)

METRIC = """
m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv l L ar t bar u eV pc [c] [h] [k] [eps_0]
[mu_0] [e] [m_e] [m_p] [G] [g] [ly] gf Ky Gal dyn erg P Bi St Mx G Oe Gb sb Lmb ph Ci R RAD REM cal_[15] cal_[20]
cal_m cal_IT cal_th cal tex m[H2O] m[Hg] eq osm g% kat U [iU] [IU] Np B B[SPL] B[V] B[mV] B[uV] B[10.nV] B[W] B[kW] st
mho bit By Bd
"""
"""Units that take a prefix."""

PLAIN = """
10* 10^ [pi] % [ppth] [ppm] [ppb] [pptr] gon deg ' '' min h d a_t a_j a_g a wk mo_s mo_j mo_g mo AU atm [lbf_av] [in_i]
[ft_i] [yd_i] [mi_i] [fth_i] [nmi_i] [kn_i] [sin_i] [sft_i] [syd_i] [cin_i] [cft_i] [cyd_i] [bf_i] [cr_i] [mil_i]
[cml_i] [hd_i] [ft_us] [yd_us] [in_us] [rd_us] [ch_us] [lk_us] [rch_us] [rlk_us] [fth_us] [fur_us] [mi_us] [acr_us]
[srd_us] [smi_us] [sct] [twp] [mil_us] [in_br] [ft_br] [rd_br] [ch_br] [lk_br] [fth_br] [pc_br] [yd_br] [mi_br]
[nmi_br] [kn_br] [acr_br] [gal_us] [bbl_us] [qt_us] [pt_us] [gil_us] [foz_us] [fdr_us] [min_us] [crd_us] [bu_us]
[gal_wi] [pk_us] [dqt_us] [dpt_us] [tbs_us] [tsp_us] [cup_us] [foz_m] [cup_m] [tsp_m] [tbs_m] [gal_br] [pk_br] [bu_br]
[qt_br] [pt_br] [gil_br] [foz_br] [fdr_br] [min_br] [gr] [lb_av] [oz_av] [dr_av] [scwt_av] [lcwt_av] [ston_av]
[lton_av] [stone_av] [pwt_tr] [oz_tr] [lb_tr] [sc_ap] [dr_ap] [oz_ap] [lb_ap] [oz_m] [lne] [pnt] [pca] [pnt_pr]
[pca_pr] [pied] [pouce] [ligne] [didot] [cicero] [degF] [degR] [degRe] [Cal] [Btu_39] [Btu_59] [Btu_60] [Btu_m]
[Btu_IT] [Btu_th] [Btu] [HP] [den] [in_i'H2O] [in_i'Hg] [PRU] [wood'U] [diop] [p'diop] %[slope] [mesh_i] [Ch] [drp]
[hnsf'U] [MET] [hp'_X] [hp'_C] [hp'_M] [hp'_Q] [hp_X] [hp_C] [hp_M] [hp_Q] [kp_X] [kp_C] [kp_M] [kp_Q] [pH] [S] [HPF]
[LPF] [arb'U] [USP'U] [GPL'U] [MPL'U] [APL'U] [beth'U] [anti'Xa'U] [todd'U] [dye'U] [smgy'U] [bdsk'U] [ka'U] [knk'U]
[mclg'U] [tb'U] [CCID_50] [TCID_50] [EID_50] [PFU] [FFU] [CFU] [IR] [BAU] [AU] [Amb'a'1'U] [PNU] [Lf] [D'ag'U] [FEU]
[ELU] [EU] Ao b att [psi] circ sph [car_m] [car_Au] [smoot] [m/s2/Hz^(1/2)] [NTU] [FNU] bit_s
"""
"""Units that take none."""

TAKE_PREFIX, TAKE_NONE = frozenset(METRIC.split()), frozenset(PLAIN.split())

COMMON = {
    "°C": "Cel",
    "degC": "Cel",
    "C°": "Cel",
    "celsius": "Cel",
    "°F": "[degF]",
    "°": "deg",
    "kWh": "kW.h",
    "KWh": "kW.h",
    "kwh": "kW.h",
    "Wh": "W.h",
    "MWh": "MW.h",
    "sec": "s",
    "secs": "s",
    "seconds": "s",
    "hr": "h",
    "hour": "h",
    "hours": "h",
    "minute": "min",
    "minutes": "min",
    "day": "d",
    "rpm": "{rotation}/min",
    "1/min": "/min",
    "pcs": "{part}",
    "pieces": "{part}",
    "parts": "{part}",
    "part": "{part}",
    "count": "{part}",
    "pc.": "{part}",
    "percent": "%",
    "ohm": "Ohm",
    "Ω": "Ohm",
    "µm": "um",
    "μm": "um",
    "mm/sec": "mm/s",
    "m3": "m3",
    "m³": "m3",
    "m³/h": "m3/h",
    "m²": "m2",
    "l/min": "l/min",
    "VA": "V.A",
    "kVA": "kV.A",
    "var": "V.A",
    "kvar": "kV.A",
    "kVAr": "kV.A",
    "kVArh": "kV.A.h",
    "kvarh": "kV.A.h",
    "Nm": "N.m",
    "psi": "[psi]",
    "inch": "[in_i]",
    "in": "[in_i]",
    "ft": "[ft_i]",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "g-force": "[g]",
    "dB": "dB",
    "Ah": "A.h",
    "mAh": "mA.h",
    "": "1",
    "none": "1",
    "-": "1",
    "ratio": "1",
    "Kw": "kW",
    "KW": "kW",
    "kw": "kW",
    "amp": "A",
    "amps": "A",
    "volt": "V",
    "volts": "V",
    "bar(g)": "bar{gauge}",
    "barg": "bar{gauge}",
    "hz": "Hz",
    "HZ": "Hz",
}
"""What people write, and what UCUM calls it."""

NOTE = r"\{[!-z|~]*\}"
SYMBOL = r"10[*^]|(?:\[[^\]]*\]|[^\d\s.()/{}+\-\[\]])+"
PIECE = re.compile(rf"(?P<symbol>{SYMBOL})(?:[+-]?\d+)?(?:{NOTE})?|\d+(?:{NOTE})?|{NOTE}")
"""A unit with its power and annotation, a number, or an annotation alone."""


@lru_cache(maxsize=1024)
def is_unit(code: str) -> bool:
    """Is this a unit in UCUM's case-sensitive notation?

    >>> [is_unit(c) for c in ("kW.h", "kwh", "mm/s", "m/s2", "{part}/min", "10*3/uL", "m/")]
    [True, False, True, True, True, True, False]
    """
    if not code or not code.isascii():
        return False
    rest = code[1:] if code.startswith("/") else code
    end = _terms(rest, 0)
    return end == len(rest) and end > 0


def nearest_unit(code: str) -> str | None:
    """The UCUM code that somebody probably meant, or None.

    >>> nearest_unit("kWh"), nearest_unit("°C"), nearest_unit("mm/sec")
    ('kW.h', 'Cel', 'mm/s')
    """
    if code in COMMON:
        return COMMON[code]
    usual = [
        "W",
        "kW",
        "kW.h",
        "W.h",
        "Cel",
        "Pa",
        "bar",
        "mm/s",
        "m/s",
        "m/s2",
        "mm",
        "um",
        "N.m",
        "Hz",
        "A",
        "mA",
        "V",
        "kg",
        "l/min",
        "m3/h",
        "{part}",
        "/min",
        "%",
        "s",
        "ms",
        "min",
        "h",
        "[g]",
        "deg",
        "{rotation}/min",
        "1",
    ]
    return next(iter(get_close_matches(code, usual, n=1)), None)


def _terms(text: str, at: int) -> int:
    """Read `term (. term | / term)*` from a position; the position after it, or -1."""
    at = _component(text, at)
    while 0 <= at < len(text) and text[at] in "./":
        at = _component(text, at + 1)
    return at


def _component(text: str, at: int) -> int:
    """Read a bracketed term, a number, an annotation or a unit with its power; the position after it, or -1."""
    if at < len(text) and text[at] == "(":
        end = _terms(text, at + 1)
        return end + 1 if 0 <= end < len(text) and text[end] == ")" else -1
    match = PIECE.match(text, at)
    if not match or (match["symbol"] and not _is_atom(match["symbol"])):
        return -1
    return match.end()


def _is_atom(symbol: str) -> bool:
    bare = any(symbol.startswith(p) and symbol[len(p) :] in TAKE_PREFIX for p in PREFIXES)
    return symbol in TAKE_PREFIX or symbol in TAKE_NONE or bare
