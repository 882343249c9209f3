import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Yield", wafers: "Wafers", wafersN: "{n} wafers", bins: "Bins", more: "More questions", show: "Show", hard: "Hard bin", soft: "Soft bin", retest: "Tested again", lastTest: "last test counts", firstTest: "first test counts",
    lot: "Lot", allLots: "all lots", sort: "Order", byTime: "as tested", worst: "worst yield first", best: "best yield first", size: "Size", small: "small", middle: "middle", large: "large",
    dies: "Dies", yield: "Yield", judged: "of {n} judged dies", nothing: "No wafer was tested here in this time.", nothingMore: "Wafers come with STDF files (andon import lot.stdf --at tester-1) or measurements that carry x and y.",
    wafer: "Wafer {n}", unbinned: "no bin", passes: "passes", fails: "fails", only: "Show only bin {n}", every: "Show all bins", drawn: "{n} maps drawn in {ms} ms", back: "All wafers", die: "Die", pick: "Choose a die to see its tests.",
    test: "Test", value: "Value", limits: "Limits", result: "Result", passed: "passed", failed: "failed", unknown: "not judged", site: "Site", attempt: "Test no.", time: "Time", unit: "Unit", bin: "Bin", number: "No.", machine: "Machine", onMachine: "What the machine did then",
    stack: "Stack", stackHelp: "Share of failing dies at each place, over the wafers shown", none: "none", earlierLater: "Previous and next wafer", previous: "Previous wafer", next: "Next wafer", failedFirst: "Failed first", yieldOfLot: "Yield by lot", pareto: "Where dies are lost", share: "Share", count: "Dies", product: "Product", low: "little", high: "much", outside: "outside the limits", tests: "{n} tests", find: "Find a test", chart: "Control chart", onlyFailed: "only failed", step: "Step", tester: "Said of it",
    ask: "Ask", patterns: "Patterns on wafers", mapStudy: "Zones and clusters", model: "Yield model", outliers: "Part average testing", parametric: "Every test at a glance", commonality: "What bad units share", time2: "Test time", acceptance: "Lot acceptance", machineStudy: "Yield and the machine", binsStudy: "Bins in full",
  },
  {
    title: "良率", wafers: "晶圆", wafersN: "{n} 片晶圆", bins: "分档", more: "更多分析", show: "显示", hard: "硬分档", soft: "软分档", retest: "复测", lastTest: "以末次测试为准", firstTest: "以首次测试为准",
    lot: "批次", allLots: "全部批次", sort: "排序", byTime: "按测试时间", worst: "良率最低在前", best: "良率最高在前", size: "大小", small: "小", middle: "中", large: "大",
    dies: "芯片", yield: "良率", judged: "已判定芯片 {n} 颗", nothing: "此时段这里没有测试过晶圆。", nothingMore: "晶圆数据来自 STDF 文件（andon import lot.stdf --at tester-1）或带 x、y 坐标的测量值。",
    wafer: "晶圆 {n}", unbinned: "无分档", passes: "合格", fails: "不合格", only: "只显示分档 {n}", every: "显示全部分档", drawn: "{n} 张图，绘制用时 {ms} 毫秒", back: "全部晶圆", die: "芯片", pick: "选择一颗芯片查看其测试。",
    test: "测试项", value: "数值", limits: "规格限", result: "结果", passed: "合格", failed: "不合格", unknown: "未判定", site: "测试位", attempt: "第几次", time: "时间", unit: "单元", bin: "分档", number: "编号", machine: "设备", onMachine: "当时设备在做什么",
    stack: "叠图", stackHelp: "所示晶圆中每个位置的失效芯片占比", none: "无", earlierLater: "上一片与下一片", previous: "上一片", next: "下一片", failedFirst: "不合格在前", yieldOfLot: "各批次良率", pareto: "芯片损失在哪里", share: "占比", count: "芯片数", product: "产品", low: "低", high: "高", outside: "超出规格限", tests: "{n} 个测试项", find: "查找测试项", chart: "控制图", onlyFailed: "仅不合格", step: "工步", tester: "附带信息",
    ask: "提问", patterns: "晶圆图形模式", mapStudy: "分区与聚集", model: "良率模型", outliers: "零件平均测试", parametric: "全部测试项概览", commonality: "不良单元的共同点", time2: "测试时间", acceptance: "批次验收", machineStudy: "良率与设备", binsStudy: "分档详情",
  },
);
