"""Units as OPC UA names them (EUInformation, by UN/ECE Recommendation 20 codes) and as UCUM does."""

from __future__ import annotations

from collections.abc import Mapping

from ...plant.ucum import COMMON, is_unit

TABLE = """
MTR=m DMT=dm CMT=cm MMT=mm 4H=um C45=nm KMT=km KTM=km INH=[in_i] FOT=[ft_i] YRD=[yd_i] SMI=[mi_i]
MTK=m2 CMK=cm2 MMK=mm2 DMK=dm2 KMK=km2 HAR=har MTQ=m3 CMQ=cm3 MMQ=mm3 DMQ=dm3 LTR=L MLT=mL CLT=cL DLT=dL HLT=hL
4G=uL INQ=[cin_i] FTQ=[cft_i] GLL=[gal_us] GLI=[gal_br]
SEC=s MIN=min HUR=h DAY=d WEE=wk C26=ms B98=us C47=ns B52=ks
KGM=kg GRM=g MGM=mg MC=ug TNE=t LBR=[lb_av] ONZ=[oz_av] STN=[ston_av]
AMP=A 4K=mA B84=uA B22=kA VLT=V 2Z=mV D82=uV KVT=kV B78=MV WTT=W KWT=kW MAW=MW C31=mW A90=GW OHM=Ohm B49=kOhm
B75=MOhm FAR=F 4O=uF C41=nF 81=H C14=mH COU=C AMH=A.h E09=mA.h D46=V.A KVA=kV.A MVA=MV.A D44=V.A{reactive}
KVR=kV.A{reactive} D33=T C29=mT
JOU=J KJO=kJ 3B=MJ GV=GJ WHR=W.h KWH=kW.h MWH=MW.h GWH=GW.h
CEL=Cel FAH=[degF] KEL=K A48=[degR]
PAL=Pa KPA=kPa MPA=MPa A97=hPa A89=GPa BAR=bar MBR=mbar ATM=atm PS=[psi] C55=N/m2 C56=N/mm2 HN=mm[Hg] HP=mm[H2O]
NEW=N B47=kN B73=MN C20=mN NU=N.m B48=kN.m D83=mN.m J72=cN.m F88=N.cm 4P=N/m F47=N/mm
MTS=m/s C16=mm/s 2M=cm/s KMH=km/h 2X=m/min H81=mm/min MSK=m/s2 M41=mm/s2 M39=cm/s2 FS=[ft_i]/s FR=[ft_i]/min
IU=[in_i]/s HTZ=Hz KHZ=kHz MHZ=MHz A86=GHz RPM={rotation}/min M46={rotation}/min RPS={rotation}/s C94=/min C97=/s H10=/h
2A=rad/s 2B=rad/s2 E96=deg/s C81=rad C25=mrad DD=deg D61=' D62='' A91=gon M44={rotation}
MQH=m3/h MQS=m3/s G53=m3/min L2=L/min G51=L/s LD=L/d 40=mL/s 41=mL/min
KGS=kg/s E93=kg/h F31=kg/min F28=g/min F29=g/s E18=t/h
KMQ=kg/m3 23=g/cm3 GL=g/L GM=g/m2 28=kg/m2 A93=g/m3 GP=mg/m3 M1=mg/L GQ=ug/m3 KL=kg/m GF=g/m
C65=Pa.s C24=mPa.s S4=m2/s C17=mm2/s 4C=cSt B32=kg.m2
P1=% 59=[ppm] 61=[ppb] C62=1 EA=1 H87={part} 2N=dB LUX=lx LUM=lm CDL=cd D54=W/m2 D53=W/m/K D55=W/m2/K
A99=bit AD=By 2P=kBy 4L=MBy
"""
CODES: Mapping[str, str] = dict(pair.split("=", 1) for pair in TABLE.split())
"""UN/ECE common codes and what UCUM calls them."""
UN_ECE = "http://www.opcfoundation.org/UA/units/un/cefact"


def unit_of(information: object) -> tuple[str, str]:
    """The UCUM code of an EUInformation, and in words where it is from; empty where it is not known.

    >>> unit_of({"NamespaceUri": UN_ECE, "UnitId": 4408652, "DisplayName": "°C"})
    ('Cel', 'its unit is °C (CEL)')
    >>> unit_of({"NamespaceUri": "urn:acme", "UnitId": -1, "DisplayName": "kWh"})
    ('kW.h', 'its unit is kWh')
    """
    if not isinstance(information, dict):
        return "", ""
    shown = str(information.get("DisplayName") or "").strip()
    number = information.get("UnitId")
    code = spelled(number) if isinstance(number, int) else ""
    if code in CODES:
        return CODES[code], f"its unit is {shown or code} ({code})"
    found = COMMON.get(shown) if shown else None
    if found is None and shown and is_unit(shown):
        found = shown
    return (found, f"its unit is {shown}") if found else ("", f"its unit {shown!r} is not known" if shown else "")


def spelled(number: int) -> str:
    """The common code that a UnitId spells, a byte a letter (OPC 10000-8, 5.6.4.3).

    >>> spelled(4408652), spelled(-1)
    ('CEL', '')
    """
    letters = number.to_bytes(4, "big").lstrip(b"\0") if number > 0 else b""
    return letters.decode("ascii", "replace")
