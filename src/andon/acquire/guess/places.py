"""Words of places, of machines and of their parts, as people call the folders of a source."""

import re

PLACE = re.compile(
    r"\b(plant|factory|site|area|hall|shop ?floor|shop|building|line|section|department|werk|halle|linie|bereich|"
    r"usine|atelier|ligne|stabilimento|reparto|linea|planta|nave|línea)( ?\w{0,3})?$|车间|产线|生产线|工厂|区域",
    re.IGNORECASE,
)
CONTAINER = re.compile(
    r"(objects|machines|devices|device ?set|equipment|assets|maschinen|anlagen|geräte|machinery|plc|tags|root|"
    r"data ?blocks|global ?vars|gvl|application|resources?|sp ?bv1 0|factory ?talk|sources?|设备)",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"\b(machine|press|lathe|mill|robot|oven|furnace|kiln|conveyor|filler|packer|label+er|mou?lder|extruder|cnc|grinder|"
    r"welder|cutter|laser|saw|station|mixer|reactor|compressor|chiller|boiler|washer|tester|printer|mounter|"
    r"maschine|presse|drehmaschine|fräsmaschine|schleifmaschine|ofen|roboter|anlage|säge|tornio|fresatrice|pressa|"
    r"forno|torno|prensa|horno|fresadora|tour|fraiseuse|four)\b|机$|床$|机器人|炉|机\d|床\d",
    re.IGNORECASE,
)
COMPONENT = re.compile(
    r"stat(us|e|es|istics)|count(s|er|ers)?|production|energy|electrical|power|drives?|axis|axes|spindles?|alarms?|"
    r"identification|parameters?|set|monitoring|notifications?|motors?|temperatures?|process(data)?|data|"
    r"values?|outputs?|inputs?|admin|commands?|diagnos\w+|maintenance|tools?|controllers?|paths?|sensors?|hydraulics?|"
    r"pneumatics?|lubrication|coolant|heating|heaters?|quality|oee|orders?|jobs?|management|recipes?|systems?|"
    r"environmental|measurements?|components?|method|building|blocks|operation|machinery|items?|"
    r"telemetry|metrics|events?|properties|info|setpoints?|limits|config\w*|signals|antrieb\w*|achsen?|spindel|zähler|"
    r"zustand|energie|produktion|motoren|werte|meldungen|messwerte|main|left|right|upper|lower|linear|rotary|[xyzabc]|"
    r"\d+|.*(状态|计数|主轴|电机|报警|能耗|参数).*",
    re.IGNORECASE,
)
