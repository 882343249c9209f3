"""What people call things: the words of several languages, and the roles, units and states that they speak of."""

import re
from collections.abc import Iterator, Mapping

# role: words; the first role whose words occur wins, so the special stand before the general
ROLES: Mapping[str, re.Pattern[str]] = {
    role: re.compile(words, re.IGNORECASE)
    for role, words in {
        "reject_count": r"\b(reject\w*|scrap\w*|nok|ng|nio|bad (parts|count|qty)|defect\w*|ausschuss|schlechtteile|"
        r"rebuts?|mauvaises?|scart\w*|rechaz\w*|chatarra|merma)\b|不良|不合格|废品|报废",
        "rework_count": r"\b(rework\w*|nacharbeit|retouches?|rilavora\w*|retrabajo)\b|返工|返修",
        "good_count": r"\b(good( (parts|count|qty|pieces))?|ok (parts|count|qty)|gut(teile|menge|stück|stueck)|"
        r"(pièces )?bonnes|(pezzi )?buoni|(piezas )?buenas|conformi|items|"
        r"parts(?! (total|produced|made|count))|pieces|pcs)\b|良品|合格",
        "total_count": r"\b(total(?! (?!count|parts|qty|pieces|produced|output|made)\w)( (count|parts|qty))?|"
        r"count\w*|cnt|produced|output|quantity|qty|(ge)?samt(zahl|menge)|"
        r"(stück|stueck)\w*|menge|(teile)?(zähler|zaehler)|compteur|pièces|pieces|quantité|conta(tore|dor|pezzi)|"
        r"conteggio|pezzi|quantità|piezas|cantidad|shots|strokes|hübe|"
        r"production(?! ?(order|mode|stat|line|program|id)))\b|产量|总数|计数|件数|数量|产出",
        "alarm": r"\b(alarm\w*|allarm\w*|fault|error|störung|stoerung|fehler|warning|défaut|panne|guasto|avería|"
        r"falla)\b|报警|故障|告警",
        "state": r"\b(state|status|run(ning)?|machine (state|status)|betriebszustand|zustand|läuft|laeuft|execution|"
        r"[ée]tat|statut|en marche|stato|in marcia|estado|en marcha)\b|状态|运行",
        "mode": r"\b(mode|betriebsart|modo|modalità)\b|模式",
        "reason": r"\b(reason\w*|downtime (reason|code)|stillstandsgrund|grund|cause|motif|motivo|causale)\b|原因",
        "order": r"\b((work|production|job) ?order|order\w*|(fertigungs)?auftrag\w*|job|batch|lot|charge|"
        r"ordre de fabrication|commande|ordine|commessa|lotto|orden|pedido|lote)\b|工单|订单|批次|批号",
        "product": r"\b(product\w*|article|artikel|material|part (no|number|type)|sku|produkt|item no|produit|"
        r"prodotto|articolo|producto|artículo)\b|产品|物料|型号|品号",
        "serial": r"\b(serial\w*|sn|unit id|seriennummer|barcode|dmc|matricola|numéro de série|número de serie)\b"
        r"|序列号|条码",
        "recipe": r"\b(recipe|program\w*|rezept|programm|recette|ricetta|receta)\b|配方|程序",
        "cycle_time": r"\b(cycle ?time|cycletime|taktzeit|zykluszeit|cycle|ct|temps de cycle|tempo (di )?ciclo|"
        r"tiempo de ciclo)\b|节拍|周期|循环时间",
        "energy": r"\b(energy|kwh|mwh|energie|énergie|energia|energía|consumption|verbrauch|consommation|consumo|usage|"
        r"wirkarbeit)\b|电量|能耗|电能|用电",
        "power": r"\b(power(?! factor)|kw|leistung|puissance|wirkleistung|potenza|potencia)\b|功率",
        # "current" is an adjective as well: of an ampere only at the end or before a figure's own words
        "current": r"\b(current(?! (?!(avg|average|rms|max|min|mean|actual|act|value|pv|phase|lagging|leading|m?a|ka|"
        r"l?\d)\b)\w)|strom|amps?|courant|corrente|corriente)\b|电流",
        "voltage": r"\b(voltage|spannung|volts?|tension|tensione|tensión|voltaje)\b|电压",
        "torque": r"\b(torque|drehmoment|load|last|couple|coppia|par motor|carico|carga)\b|扭矩|转矩|负载",
        "speed": r"\b(speed|rpm|drehzahl|geschwindigkeit|velocity|rate|feed|vorschub|vitesse|velocità|velocidad|giri)\b"
        r"|转速|速度|速率",
        "temperature": r"\b(temp\w*|temperatur\w*)\b|温度|℃|°C",
        "pressure": r"\b(press(ure)?(?! ?\d)|druck|pression|pressione|presión)\b|压力|压强",
        "vibration": r"\b(vib\w*|acceler\w*|schwingung|beschleunigung)\b|振动|加速度",
        "humidity": r"\b(humidity|feuchte|feuchtigkeit|rh|humidité|umidità|humedad)\b|湿度",
        "flow": r"\b(flow\w*|durchfluss|débit|portata|caudal)\b|流量",
        "level": r"\b(level|füllstand|fuellstand|niveau|livello|nivel)\b|液位|料位",
        "position": r"\b(position|pos|weg|lage|posizione|posición)\b|位置",
    }.items()
}
COUNTED = ("total_count", "good_count", "reject_count", "rework_count")
WORDED = ("order", "product", "serial", "recipe", "reason")
UNIT_ENDINGS: Mapping[str, str] = {
    "degc": "Cel",
    "c": "Cel",
    "degf": "[degF]",
    "kw": "kW",
    "w": "W",
    "mw": "MW",
    "kwh": "kW.h",
    "mwh": "MW.h",
    "wh": "W.h",
    "kvarh": "kvar.h",
    "bar": "bar",
    "mbar": "mbar",
    "kpa": "kPa",
    "mpa": "MPa",
    "psi": "[psi]",
    "rpm": "/min",
    "hz": "Hz",
    "ms": "ms",
    "s": "s",
    "sec": "s",
    "min": "min",
    "h": "h",
    "a": "A",
    "ma": "mA",
    "v": "V",
    "mv": "mV",
    "mm": "mm",
    "um": "um",
    "pct": "%",
    "percent": "%",
    "nm": "N.m",
    "kn": "kN",
    "n": "N",
    "kg": "kg",
    "l": "L",
    "m3": "m3",
}
"""What the last word of a name says about the unit: `power_kW`, `druck_bar`."""

STATES: Mapping[str, str] = {
    word: state
    for state, words in {
        "producing": "run running execute executing producing production active auto automatic automatik produktion "
        "processing machining busy läuft laeuft betrieb marche en_marche in_marcia marcia produzione marcha "
        "en_marcha produciendo 运行 运行中 生产 生产中 加工 加工中 自动",
        "idle_no_order": "idle standby ready stop stopped waiting bereit leerlauf stillstand halt inactive arrêt "
        "à_l'arrêt attente prêt fermo ferma pronto pronta attesa parado parada listo espera 待机 空闲 停机 停止 待料",
        "setup": "setup changeover manual tooling rüsten ruesten einrichten jog réglage attrezzaggio preparazione "
        "ajuste preparación 换型 调试 换模 手动 设置",
        "fault": "alarm fault faulted error down aborted störung stoerung fehler failure emergency estop panne défaut "
        "alarme allarme guasto errore alarma fallo avería 报警 故障 异常 急停",
        "starved": "starved suspended mangel materialmangel mancanza_materiale falta_material 缺料",
        "blocked": "blocked stau blockiert bloqué bloccato bloqueado 堵料 阻塞",
        "held_operator": "held hold paused pause feed_hold interrupted pausa 暂停",
        "maintenance_planned": "maintenance wartung pm maintenance_planned manutenzione mantenimiento 保养 维护",
        "off": "off aus machineoff offline unavailable poweroff power_off ausgeschaltet éteint hors_tension spento "
        "apagado 关机 断电 离线",
    }.items()
    for said in words.split()
    for word in dict.fromkeys((said, said.replace("_", " ")))
}
"""Words that machines say, and Andon's state."""
AMBIGUOUS = (
    "stop",
    "stopped",
    "halt",
    "stillstand",
    "arrêt",
    "fermo",
    "ferma",
    "parado",
    "parada",
    "停机",
    "停止",
    "manual",
)
"""Words of STATES that say what a machine does and not why: a person must say which loss they are."""


def spaced(name: str) -> str:
    """A column's name as words: `PowerAvg_kW` is `power avg kw`.

    >>> spaced("PowerAvg_kW"), spaced("machine-0.temp")
    ('power avg kw', 'machine 0 temp')
    """
    text = re.sub(r"(?<=[a-zß-ÿ0-9])(?=[A-ZÀ-Þ][a-zß-ÿ\d])", " ", name)
    return re.sub(r"[_\-.\s]+", " ", text).strip().lower()


def role_of(name: str) -> tuple[str, str]:
    """The role a column's name speaks of and the word that says so, or two empty texts.

    >>> role_of("Ausschuss [Stk]"), role_of("主轴温度"), role_of("xyz")
    (('reject_count', 'ausschuss'), ('temperature', '温度'), ('', ''))
    """
    return next(roles_of(name), ("", ""))


def roles_of(name: str) -> Iterator[tuple[str, str]]:
    """All roles a name speaks of, each with its word, the likeliest first.

    >>> list(roles_of("Power Status"))
    [('state', 'status'), ('power', 'power')]
    """
    for text in (spaced(name), name):
        found = [(role, hit[0]) for role, words in ROLES.items() if (hit := words.search(text))]
        yield from found
        if found:
            return


def slug(name: str) -> str:
    """A signal's name from a column's: lower case, words joined by `_`; Chinese letters stay.

    >>> slug("Temp. Spindle [°C]"), slug("温度(℃)")
    ('temp_spindle', '温度')
    """
    bare = re.sub(r"[\[(（【].*?[\])）】]", "", name)
    return re.sub(r"[^\w]+", "_", bare.strip().lower()).strip("_") or "column"


def machine_slug(word: str) -> str:
    """A machine's place in its line from what a file calls it; hyphens stay, a bare number gets a name.

    >>> machine_slug("Press-1"), machine_slug("7")
    ('press-1', 'machine-7')
    """
    bare = re.sub(r"[^\w-]+", "_", word.strip().lower()).strip("_") or "machine"
    return f"machine-{bare}" if bare[:1].isdigit() else bare
