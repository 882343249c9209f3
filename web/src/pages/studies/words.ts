import { words } from "../../lib/i18n";

export const t = words(
  {
    catalogue: "Studies", standing: "Standing questions", find: "Find a study", place: "Place", everything: "Whole plant", able: "{able} of {of} machines", all: "all machines", none: "no machine yet", lacks: "What is missing",
    production: "Production", quality: "Quality", yields: "Yield", alarms: "Alarms", own: "Your own", when: "When", since: "Since", until: "Until", custom: "From … to …", by: "Split by", nothing: "not split", ask: "Ask", settings: "Settings",
    "this shift": "This shift", shift: "Last shift", today: "Today", yesterday: "Yesterday", "this week": "This week", week: "Last week", "7 d": "Last 7 days", "30 d": "Last 30 days", machine: "machine", line: "line", day: "day", week_: "week", month: "month", product: "product", order: "order", shift_: "shift",
    answer: "Answer", method: "How it is worked out", evidence: "What it rests on", save: "Save as", link: "Copy link", copied: "The link is in the clipboard.", again: "Ask again every shift", alarm: "Alarm when",
    figures: "Figures", figure: "Figure", value: "Value", meaning: "Meaning", pieces: "Parts", details: "Details", noPicture: "Asked like this the study has no picture: ask it of one machine, or without splitting.",
    formula: "Method and formula", source: "Source", example: "Example", needs: "What a machine needs for it", required: "needed", optional: "if there", from: "plant.toml gives", adds: "Answers add up: a line's is the sum of its machines'.", apart: "Each machine has an answer of its own.",
    machines: "Machines", left: "Left out", signals: "Signals read", rows: "Samples read", bad: "of them bad", version: "Version", paper: "plant.toml", heard: "Heard", role: "Role", signal: "Signal", known: "Known time", window: "Window",
    every: "Ask again", everyShift: "after every shift", everyDay: "after every day", called: "Name", watch: "Raise an alarm", never: "no alarm", below: "below", above: "above", limit: "Limit", priority: "Priority", critical: "critical", high: "high", medium: "medium", low: "low", keep: "Keep asking", cancel: "Cancel",
    kept: "The question stands: it is asked again by itself.", noStanding: "No question stands yet. Ask a study, then choose “Ask again every shift”.", stop: "Stop asking", stopped: "It is not asked any more; its answers stay.", lastAnswer: "Last answer", answers: "Answers", of: "Of", asked: "Asked", corrected: "corrected {n} ×", problem: "No answer", passed: "limit passed", inLimit: "within the limit", who: "By", question: "Question", open: "Open", back: "All standing questions", noAnswer: "not answered yet", sure: "Stop asking “{name}”?", trend: "Course", percentHint: "in per cent", unit: "Unit", yes: "yes", no: "no", missingFor: "Missing", automatic: "automatic",
  },
  {
    catalogue: "分析目录", standing: "定期提问", find: "查找分析", place: "地点", everything: "整个工厂", able: "{of} 台设备中 {able} 台可用", all: "全部设备可用", none: "暂无设备可用", lacks: "缺少什么",
    production: "生产", quality: "质量", yields: "良率", alarms: "报警", own: "自定义", when: "时间", since: "从", until: "到", custom: "自定义起止", by: "细分", nothing: "不细分", ask: "提问", settings: "参数",
    "this shift": "本班", shift: "上一班", today: "今天", yesterday: "昨天", "this week": "本周", week: "上周", "7 d": "最近 7 天", "30 d": "最近 30 天", machine: "设备", line: "产线", day: "天", week_: "周", month: "月", product: "产品", order: "订单", shift_: "班次",
    answer: "结论", method: "计算方法", evidence: "依据", save: "另存为", link: "复制链接", copied: "链接已复制。", again: "每班自动再问", alarm: "报警条件",
    figures: "指标", figure: "指标", value: "数值", meaning: "含义", pieces: "各部分", details: "明细", noPicture: "这样提问没有图形：请选择一台设备，或不细分。",
    formula: "方法与公式", source: "来源", example: "示例", needs: "设备需要具备", required: "必需", optional: "可选", from: "来自 plant.toml", adds: "结果可相加：产线的结果是其设备之和。", apart: "每台设备各有结果。",
    machines: "设备", left: "未计入", signals: "读取的信号", rows: "读取的样本", bad: "其中坏值", version: "版本", paper: "plant.toml", heard: "接收情况", role: "角色", signal: "信号", known: "已知时间", window: "时间段",
    every: "再次提问", everyShift: "每班结束后", everyDay: "每天结束后", called: "名称", watch: "触发报警", never: "不报警", below: "低于", above: "高于", limit: "限值", priority: "优先级", critical: "紧急", high: "高", medium: "中", low: "低", keep: "保存提问", cancel: "取消",
    kept: "已保存，将自动再次提问。", noStanding: "还没有定期提问。先提问，再选择“每班自动再问”。", stop: "停止提问", stopped: "已停止提问，历史回答保留。", lastAnswer: "最近回答", answers: "历次回答", of: "时段", asked: "提问时间", corrected: "已更正 {n} 次", problem: "无结果", passed: "超出限值", inLimit: "在限值内", who: "创建人", question: "提问", open: "打开", back: "全部定期提问", noAnswer: "尚未回答", sure: "停止提问“{name}”？", trend: "走势", percentHint: "百分比", unit: "单位", yes: "是", no: "否", missingFor: "缺少", automatic: "自动",
  },
);
