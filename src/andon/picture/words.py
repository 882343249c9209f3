"""The words of pictures in Chinese; a text that is not here is shown as it is."""

from collections.abc import Mapping

from ..model import Loss, State

SPOKEN: Mapping[str, str] = {
    State.IDLE: "idle, no order",
    State.HELD: "held by operator",
    State.MAINTENANCE: "planned maintenance",
    Loss.MINOR_STOP: "minor stops",
    "planned_down": "planned down",
}
"""How a code is written in English where it is not written as it is."""

CHINESE: Mapping[str, str] = {
    State.PRODUCING: "生产",
    State.SETUP: "换型调整",
    State.IDLE: "无订单待机",
    State.STARVED: "缺料",
    State.BLOCKED: "堵料",
    State.HELD: "人工暂停",
    State.FAULT: "故障",
    State.MAINTENANCE: "计划保养",
    State.OFF: "关机",
    State.UNKNOWN: "未知",
    Loss.PRODUCTIVE: "有效生产",
    Loss.BREAKDOWN: "故障停机",
    Loss.MINOR_STOP: "小停机",
    Loss.SPEED: "速度损失",
    Loss.DEFECTS: "不良品",
    Loss.STARTUP: "启动损失",
    Loss.DELAY: "延误",
    Loss.IDLE: "空闲",
    Loss.UNRATED: "无标准节拍",
    "planned_down": "计划停机",
    "unscheduled": "非排班时间",
    "planned busy time": "计划工作时间",
    "planned operation time": "计划运行时间",
    "other": "其他",
    "center": "中心线",
    "count": "数量",
    "cumulative": "累计",
    "time": "时间",
    "share": "占比",
    "good": "合格品",
    "rejects": "报废品",
    "rework": "返工品",
    "total": "合计",
    "ideal": "标准",
    "median": "中位数",
    "mean": "平均",
    "target": "目标",
    "best": "最佳",
    "upper limit": "上限",
    "lower limit": "下限",
    "no product": "无产品信息",
    "machine": "设备",
    "order": "订单",
    "product": "产品",
    "from": "从",
    "to": "到",
    "late": "延迟",
    "early": "提前",
    "on time": "准时",
    "min": "分钟",
    "s": "秒",
    "h": "小时",
    "d": "天",
    "parts": "件",
    "UTC": "协调世界时",
}
"""Chinese by English text or code."""


def say(text: str, language: str) -> str:
    """A text in the reader's language: the house's codes as words, everything else as it was given.

    >>> say("idle_no_order", "en"), say("fault", "zh"), say("line-1/press-3", "zh")
    ('idle, no order', '故障', 'line-1/press-3')
    """
    spoken = SPOKEN.get(text, text)
    return CHINESE.get(text, CHINESE.get(spoken, spoken)) if language == "zh" else spoken
