"""What people call the columns of a file that are no signals: times, machines, tags, values, qualities."""

import re

TIME = re.compile(
    r"\b(time|timestamp|ts|date|datetime|zeit|zeitstempel|datum|uhrzeit|horodatage|fecha|hora|t|at|when|"
    r"clock)\b|时间|日期|时刻|时戳",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"\b(machine|asset|equipment|maschine|anlage|station|device|tool|workcenter|work center|line|"
    r"press|machine id|equipment id|resource|arbeitsplatz)\b|设备|机台|机器|产线|工位",
    re.IGNORECASE,
)
TAG = re.compile(
    r"\b(tag|tag ?name|signal|point|channel|variable|metric|sensor|parameter|name|node|item ?id|field)\b"
    r"|变量|点名|测点|信号",
    re.IGNORECASE,
)
VALUE = re.compile(r"\b(value|val|wert|reading|messwert|data|valeur|valor)\b|数值|值", re.IGNORECASE)
QUALITY = re.compile(r"\b(quality|status ?code|qualität|qual|good|valid)\b|质量码|数据质量", re.IGNORECASE)
