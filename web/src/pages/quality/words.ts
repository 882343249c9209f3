import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Quality", charts: "Control charts", capability: "Capability", gauges: "Gauges", nothing: "Nothing was measured here in this time.", nothingMore: "Values come from the inspection entry on the operator's page, from CSV and Excel files, line protocol or STDF.", find: "Find a test",
    test: "Test", values: "Values", failed: "Failed", limits: "Limits", machine: "Machine", open: "Open", tests: "{n} tests", more: "Show {n} more", inControl: "in control", signals: "{n} signals", oneSignal: "1 signal", noChart: "no chart", back: "All charts",
    chart: "Chart", rules: "Rules", settings: "Settings", run: "One false alarm in about {n} points", stable: "Stable", unstable: "Not stable", points: "Points", phase: "Phase", phaseI: "limits from these points", phaseII: "points judged by limits of before", lag: "Correlation of neighbours", correlated: "too correlated for these limits", arl: "Points per false alarm",
    selected: "{n} points chosen: {from} – {to}", limitsFrom: "Compute the limits from these", zoom: "Zoom in", whole: "Show all", clear: "Clear", limitsAgain: "Limits from all points", frozenFrom: "Limits were computed from {from} – {to}",
    stage: "Stage", center: "Center", upper: "Upper", lower: "Lower", sigma: "Sigma", size: "Size", basis: "Spread from", from: "From", by: "by {who}, {when}", data: "the data", frozen: "frozen", given: "given", used: "{used} of {points} used", freeze: "Freeze these limits", release: "Release", freezeWhy: "Why these limits? (kept with your name)", freezeDone: "The limits are frozen.", releaseDone: "The limits come from the data again.", hint: "Drag over the chart to choose points; click one to open it; arrow keys move.",
    rule: "Rule", meaning: "What it looks for", hits: "Points", point: "Point {n}", of: "of {n}", value: "Value", time: "Time", unit: "Unit", lot: "Lot", note: "Note", noteAt: "Note at this point", noteKeep: "Keep the note", noted: "The note is kept.", exclude: "Leave it out of the limits, this is why", measured: "Measured on", around: "What the machine did then", onMachine: "Open on the machine page", broken: "Breaks rule {rules}", reaction: "What to do", fine: "breaks no rule", prev: "Previous signal", next: "Next signal", residuals: "Chart the residuals",
    distribution: "Distribution", ask: "Ask", low: "Lower limit", high: "Upper limit", target: "Target", place: "Place", choose: "Choose a test", all: "All settings", report: "Report", save: "Save as",
    cancel: "Cancel", ok: "Freeze", subgroup: "Subgroup",
  },
  {
    title: "质量", charts: "控制图", capability: "过程能力", gauges: "量具", nothing: "此时段这里没有测量值。", nothingMore: "测量值来自操作员页的检验录入、CSV 与 Excel 文件、行协议或 STDF。", find: "查找测试项",
    test: "测试项", values: "数值个数", failed: "不合格", limits: "规格限", machine: "设备", open: "打开", tests: "{n} 个测试项", more: "再显示 {n} 个", inControl: "受控", signals: "{n} 个异常信号", oneSignal: "1 个异常信号", noChart: "无控制图", back: "全部控制图",
    chart: "图种", rules: "判异准则", settings: "参数", run: "平均约每 {n} 点误报一次", stable: "稳定", unstable: "不稳定", points: "点数", phase: "阶段", phaseI: "控制限由这些点算出", phaseII: "各点按此前的控制限判定", lag: "相邻点相关", correlated: "相关性过强，控制限不可信", arl: "平均误报间隔点数",
    selected: "已选 {n} 点：{from} – {to}", limitsFrom: "用这些点计算控制限", zoom: "放大", whole: "显示全部", clear: "取消选择", limitsAgain: "用全部点计算控制限", frozenFrom: "控制限由 {from} – {to} 算出",
    stage: "阶段", center: "中心线", upper: "上限", lower: "下限", sigma: "标准差", size: "子组大小", basis: "离散估计", from: "来源", by: "{who}，{when}", data: "数据", frozen: "已冻结", given: "给定", used: "采用 {used}/{points} 点", freeze: "冻结这些控制限", release: "解除冻结", freezeWhy: "为什么采用这些控制限？（与您的姓名一同保存）", freezeDone: "控制限已冻结。", releaseDone: "控制限重新由数据计算。", hint: "在图上拖动以选择一段点；点击打开某点；方向键逐点移动。",
    rule: "准则", meaning: "判别内容", hits: "点数", point: "第 {n} 点", of: "共 {n}", value: "数值", time: "时间", unit: "单元", lot: "批次", note: "备注", noteAt: "此点的备注", noteKeep: "保存备注", noted: "备注已保存。", exclude: "不计入控制限，理由如上", measured: "测量对象", around: "当时设备在做什么", onMachine: "在设备页打开", broken: "违反准则 {rules}", reaction: "应对措施", fine: "未违反准则", prev: "上一个信号", next: "下一个信号", residuals: "绘制残差图",
    distribution: "分布", ask: "提问", low: "规格下限", high: "规格上限", target: "目标值", place: "地点", choose: "选择测试项", all: "全部参数", report: "报告", save: "另存为",
    cancel: "取消", ok: "冻结", subgroup: "子组",
  },
);
