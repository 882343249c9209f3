import { words } from "../../lib/i18n";

export const t = words(
  {
    oee: "OEE", availability: "Availability", effectiveness: "Effectiveness", quality: "Quality", lostTime: "Lost time", lostMoney: "Cost of losses", lostParts: "Parts not made", coverage: "Coverage",
    coverageHelp: "Known part of planned time. What was not heard is unknown: a class of its own, neither production nor a stop.",
    whereTitle: "Where the time went", calendar: "Calendar time", unscheduled: "No shift planned", plannedDown: "Breaks, planned stops", plannedBusy: "Planned time", productive: "Productive time", operation: "Shift time",
    good: "{n} good parts", ofMade: "of {n} made", over: "Effectiveness above 100 %: an ideal cycle is too slow, or parts are counted twice. Nothing is capped.",
    running: "{n} shifts are not closed yet", shifts: "{n} closed shifts", none: "No shifts began in this period.", noCalendar: "Without shifts there is no planned time, and so no losses: describe them in plant.toml.",
    compare: "Compare with", nothing: "nothing", before: "the period before", other: "another period", measure: "Measure", time: "Time", parts: "Parts", money: "Money", kwh: "Energy", kgco2e: "CO₂e",
    by: "Ranked by", loss: "Class", reason: "Reason", machine: "Machine", product: "Product", order: "Order", shift: "Shift", day: "Day", line: "Line",
    name: "Loss", share: "Share", cumulative: "Sum", count: "Stops", then: "Then", change: "Change", noReason: "no reason given", noOrder: "no order", noProduct: "product not known",
    everything: "All losses", daysTitle: "Day by day", shiftsTitle: "Shift by shift", stopsTitle: "Single stops", stretchTitle: "Stretches", more: "Show more", of: "{n} of {total}", longest: "longest first", inTime: "in order of time", sort: "Order",
    since: "Begin", until: "End", length: "Length", where: "Machine", close: "Close", noStops: "No stops of this kind.", gain: "gain",
    behind: "The samples behind it", sample: "Value", signal: "Signal", at: "Time", quality2: "Quality", goodSample: "good", uncertain: "uncertain", bad: "bad", onMachine: "Open on the machine page", unheard: "not heard",
    give: "Give it a reason", giving: "Reason", given: "Reason given", take: "Give", entry: "Ledger entry {n}", state: "State", pick: "Choose a class, a reason, a stop: each opens the next, down to the samples.", remove: "Remove filter {name}",
    legend: "Colours", figuresOf: "Figures of {name}", effOver: "over 100 %", usual: "state, alarm, reason", worse: "worse than then",
  },
  {
    oee: "OEE", availability: "可用率", effectiveness: "有效率", quality: "合格率", lostTime: "损失时间", lostMoney: "损失成本", lostParts: "未产出件数", coverage: "覆盖率",
    coverageHelp: "计划时间中已知的部分。未听到的时间为“未知”：单独一类，既不算生产也不算停机。",
    whereTitle: "时间去向", calendar: "日历时间", unscheduled: "无排班", plannedDown: "休息与计划停机", plannedBusy: "计划时间", productive: "有效生产时间", operation: "班次时间",
    good: "{n} 件合格品", ofMade: "共产出 {n} 件", over: "有效率超过 100 %：标准节拍偏慢，或重复计数。数值不做截断。",
    running: "{n} 个班次尚未结算", shifts: "{n} 个已结班次", none: "该时段内没有开始的班次。", noCalendar: "没有班次就没有计划时间，也就没有损失：请在 plant.toml 中描述班次。",
    compare: "对比", nothing: "不对比", before: "上一时段", other: "另一时段", measure: "度量", time: "时间", parts: "件数", money: "金额", kwh: "能耗", kgco2e: "CO₂e",
    by: "排序依据", loss: "类别", reason: "原因", machine: "设备", product: "产品", order: "订单", shift: "班次", day: "日期", line: "产线",
    name: "损失", share: "占比", cumulative: "累计", count: "停机数", then: "对比值", change: "变化", noReason: "未填原因", noOrder: "无订单", noProduct: "产品未知",
    everything: "全部损失", daysTitle: "逐日", shiftsTitle: "逐班", stopsTitle: "单次停机", stretchTitle: "时段", more: "显示更多", of: "{n} / {total}", longest: "最长在前", inTime: "按时间", sort: "顺序",
    since: "开始", until: "结束", length: "时长", where: "设备", close: "关闭", noStops: "没有此类停机。", gain: "增益",
    behind: "背后的采样", sample: "值", signal: "信号", at: "时间", quality2: "质量", goodSample: "良好", uncertain: "不确定", bad: "坏", onMachine: "在设备页打开", unheard: "未听到",
    give: "填写原因", giving: "原因", given: "原因已填写", take: "确定", entry: "台账条目 {n}", state: "状态", pick: "选类别、原因、停机：逐级展开，直到采样。", remove: "去掉筛选 {name}",
    legend: "颜色", figuresOf: "{name} 的指标", effOver: "超过 100 %", usual: "状态、报警、原因", worse: "比对比时段差",
  },
);
