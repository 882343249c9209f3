"""Words that say what a name does not speak of: wishes and limits, parts of a machine, nameplates."""

import re

SET = re.compile(
    r"\b(set ?point|setpoint|set|sp|soll\w*|target\w*|limit\w*|grenz\w*|(?<!l )(?<!m3 )(min|max)|"
    r"minimum|maximum|threshold|warning|"
    r"nominal|default|config\w*|parameter|consigne|seuil|obiettivo|soglia|impostat[oa]|consigna|umbral)\b"
    r"|设定|目标|上限|下限|阈值",
    re.IGNORECASE,
)
"""Words of a wish or a limit: not what is, but what should be."""
NOT_PARTS = re.compile(
    r"\b(alarm\w*|error\w*|fault\w*|fehler|störung|warning\w*|start\w*|hours?|stunden|time|zeit|packet\w*|message\w*|"
    r"byte\w*|session\w*|heart ?beat|watch ?dog|retr(y|ies)|sequence|live)\b|报警|故障|心跳",
    re.IGNORECASE,
)
"""What else is counted in a machine."""
OF_A_PART = re.compile(
    r"\b(alarm\w*|error\w*|fault\w*|door\w*|valve\w*|gripper\w*|light\w*|lamp\w*|connection|comm\w*|network|coolant|"
    r"battery|relay|sensor\w*|axis|axes|filter|heater|brake|clamp|lock\w*|interlock|safety|pump|fan|input|output|digital|"
    r"power|door|tür|ventil|achse|pumpe|lüfter|signal|quality|tool|order|job|pallet)\b|门|阀|轴|泵",
    re.IGNORECASE,
)
"""What has a state without being the machine."""
HOUSEKEEPING = re.compile(
    r"\b(manufacturer\w*|model\w*|(hard|soft|firm)ware\w*|version\w*|revision\w*|serial ?number|device ?class|vendor|"
    r"product (uri|name|code)|product ?uri|build\w*|uri|url|ip ?address|mac|language|locale\w*|time ?zone|"
    r"namespace\w*|node ?version|device ?manual|asset ?id|identification|year ?of ?construction|bd ?seq|"
    r"heart ?beat|watch ?dog|server ?status)\b|制造商|型号|版本",
    re.IGNORECASE,
)
"""Names of what never tells anything about production."""
GENERIC = re.compile(
    r"(actual|act|value|val|pv|ist|istwert|current ?value|measured ?value|reading|data|wert|valeur|valore|valor|"
    r"in|out|raw|number|id|name|code|text|数值|值)\d*",
    re.IGNORECASE,
)
"""Names that say nothing without the folder above."""
