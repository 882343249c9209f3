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
UNIT = re.compile(
    r"\b(serial( ?(no|nr|number))?|s ?n|part ?id|unit ?id|dut( ?id)?|uut|bar ?code|specimen|sample ?id|piece"
    r"|seriennummer|teile? ?nummer|teil|part)\b|序列号|条码|件号|样品|零件",
    re.IGNORECASE,
)
TEST = re.compile(
    r"\b(test( ?name)?|characteristic|feature|dimension|measurand|property|merkmal|prüfmerkmal|messgrö(ss|ß)e)\b"
    r"|特性|检验项目|测试项目?|检测项目?",
    re.IGNORECASE,
)
"""The column of a file of measurements that names what was measured."""
NUMBERED = re.compile(
    r"\b(trial|replicate|repeat|repetition|run|round|subgroup|sample|group|cavity|position|spindle|day|shift|week|month"
    r"|no|nr|number|index|row|wiederholung|versuch|stichprobe|nest)\b|次数|试验|重复|子组|样本|序号|穴",
    re.IGNORECASE,
)
"""Numbers that say which one, not how much."""
OF_UNIT = {
    "lot": re.compile(r"\b(lot|batch|charge|los)\b|批", re.IGNORECASE),
    "wafer": re.compile(r"\bwafer\b|晶圆", re.IGNORECASE),
    "product": re.compile(r"\b(product|part ?(no|number|type)|model|article|artikel)\b|产品|型号|料号", re.IGNORECASE),
    "step": re.compile(r"\b(step|operation|arbeitsgang)\b|工序", re.IGNORECASE),
    "passed": re.compile(
        r"\b(result|pass(ed)?|verdict|status|ok|judge?ment|ergebnis|urteil)\b|结果|判定", re.IGNORECASE
    ),
    "who": re.compile(r"\b(operator|inspector|who|appraiser|prüfer|bediener)\b|操作员|检验员", re.IGNORECASE),
    "gauge": re.compile(r"\b(gauge|gage|instrument|caliper|messmittel)\b|量具", re.IGNORECASE),
}
"""What columns of a file of measurements say of the units."""
UNITS = re.compile(r"(units?|einheit|单位)\W*", re.IGNORECASE).fullmatch
LOWEST = re.compile(
    r"(lsl|ll|low(er)?( spec(ification)?)?( ?limit)?|min(imum)?|ug[wt]?|untere.*|(规格)?下限)\W*", re.IGNORECASE
).fullmatch
HIGHEST = re.compile(
    r"(usl|ul|upper( spec(ification)?)?( ?limit)?|high( ?limit)?|max(imum)?|og[wt]?|obere.*|(规格)?上限)\W*",
    re.IGNORECASE,
).fullmatch
"""The words beside the limits and units of tests."""
