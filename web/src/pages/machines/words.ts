import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Machines", all: "All machines", machine: "Machine", state: "State", order: "Order", product: "Product", alarms: "Alarms", shifts: "Shifts", notes: "Notes", hits: "Found", since: "since {at}",
    oee: "OEE", coverage: "Coverage", made: "Made", good: "Good", rejects: "Rejects", rework: "Rework", quality: "Quality", availability: "Availability", effectiveness: "Effectiveness", unheard: "not heard",
    signals: "Signals", add: "Add signal…", behind: "Behind the curves", nothing: "nothing", states: "stops", orders: "orders", fold: "Fold closed hours", mode: "Dragging", zoom: "zooms", note: "makes a note", compare: "compares", closer: "Closer", wider: "Wider", reset: "All",
    hint: "Drag to zoom, Shift-drag or two fingers to move, Ctrl-wheel or pinch to zoom, double-click for all. Keys: ← → + − 0.", csv: "Samples as CSV", find: "Find moments", findButton: "Find", example: "temperature > 60 for 5 min while running", condition: "Condition",
    found: "{n} times, {time} in all; the signals were known for {coverage} of the time", noneFound: "It never held; the signals were known for {coverage} of the time", clear: "Clear", begin: "Begin", end: "End", length: "Length", shown: "{n} of {total} shown",
    noteText: "Note", noteFor: "Note for {at}", save: "Save", cancel: "Cancel", noted: "Note saved", compareHint: "Drag over one stretch, then over another: what is different?", a: "A", b: "B", mean: "Mean", least: "Lowest", most: "Highest", difference: "B − A", overlay: "Lay B over A", over: "B, moved onto A", swap: "Swap", signal: "Signal",
    counts: "Counts", cycles: "Cycle times", alarmList: "Alarms", orderList: "Orders", parameters: "Parameters", losses: "Losses", value: "Value", unit: "Unit", at: "When", role: "Role", source: "Source", heard: "Quality", shift: "Shift", day: "Day", planned: "Planned", quantity: "Quantity", started: "Begin", finished: "End", running: "running",
    noSignals: "This machine has no signals that can be drawn as curves.", noRows: "Nothing in this period.", seconds: "s", allLosses: "All losses of this period", name: "Name", priority: "Priority", acknowledged: "Acknowledged", lane: "What every machine did", bad: "bad", uncertain: "uncertain", fine: "good",
    closeTitle: "Close", noMachine: "Choose a machine.", exceeded: "8 signals at most: take one away first.", runningNow: "now", lost: "Lost time", time: "Time", points: "pp",
  },
  {
    title: "设备", all: "全部设备", machine: "设备", state: "状态", order: "订单", product: "产品", alarms: "报警", shifts: "班次", notes: "备注", hits: "查到", since: "自 {at}",
    oee: "OEE", coverage: "覆盖率", made: "产量", good: "合格", rejects: "不良", rework: "返工", quality: "合格率", availability: "可用率", effectiveness: "有效率", unheard: "未听到",
    signals: "信号", add: "添加信号…", behind: "曲线背景", nothing: "无", states: "停机", orders: "订单", fold: "折叠非班次时间", mode: "拖动", zoom: "缩放", note: "写备注", compare: "对比", closer: "放大", wider: "缩小", reset: "全部",
    hint: "拖动缩放；Shift 拖动或单指移动；Ctrl 滚轮或双指缩放；双击复原。键盘：← → + − 0。", csv: "采样导出 CSV", find: "查找时刻", findButton: "查找", example: "temperature > 60 持续 5 分钟 当 运行", condition: "条件",
    found: "共 {n} 次，合计 {time}；信号已知时间占 {coverage}", noneFound: "从未成立；信号已知时间占 {coverage}", clear: "清除", begin: "开始", end: "结束", length: "时长", shown: "显示 {n} / {total}",
    noteText: "备注", noteFor: "{at} 的备注", save: "保存", cancel: "取消", noted: "备注已保存", compareHint: "先拖选一段，再拖选另一段：有何不同？", a: "A", b: "B", mean: "均值", least: "最低", most: "最高", difference: "B − A", overlay: "把 B 叠到 A 上", over: "B，已平移到 A", swap: "互换", signal: "信号",
    counts: "计数", cycles: "节拍", alarmList: "报警", orderList: "订单", parameters: "参数", losses: "损失", value: "值", unit: "单位", at: "时间", role: "角色", source: "来源", heard: "质量", shift: "班次", day: "日期", planned: "计划", quantity: "数量", started: "开始", finished: "结束", running: "进行中",
    noSignals: "该设备没有可画成曲线的信号。", noRows: "该时段无内容。", seconds: "秒", allLosses: "该时段的全部损失", name: "名称", priority: "优先级", acknowledged: "已确认", lane: "每台设备做了什么", bad: "坏", uncertain: "不确定", fine: "良好",
    closeTitle: "关闭", noMachine: "请选择设备。", exceeded: "最多 8 个信号：请先去掉一个。", runningNow: "现在", lost: "损失时间", time: "时间", points: "个百分点",
  },
);
