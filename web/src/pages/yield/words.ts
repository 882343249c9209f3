import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Yield", wafers: "Wafers", wafersN: "{n} wafers", oneWafer: "1 wafer", more: "More questions", show: "Show", hard: "Hard bin", soft: "Soft bin", retest: "Tested again", lastTest: "last test counts", firstTest: "first test counts", lot: "Lot",
    allLots: "all lots", sort: "Order", byTime: "as tested", worst: "worst yield first", best: "best yield first", size: "Size", small: "small", middle: "middle", large: "large", dies: "Dies", yield: "Yield",
    judged: "of {n} judged dies", nothing: "No wafer was tested here in this time.", nothingMore: "Wafers come with STDF files (andon import PLANT lot.stdf --at test/tester-1) or measurements that carry x and y.", wafer: "Wafer {n}",
    unbinned: "no bin", passes: "passes", fails: "fails", only: "Show only bin {n}", every: "Show all bins", back: "All wafers", die: "Die", pick: "Choose a die to see its tests.", test: "Test", limits: "Limits",
    attempt: "Test no.", time: "Time", machine: "Machine", none: "none", previous: "Previous wafer", next: "Next wafer", pareto: "Where dies are lost", product: "Product", step: "Step",
  },
  {
    title: "良率", wafers: "晶圆", wafersN: "{n} 片晶圆", oneWafer: "1 片晶圆", more: "更多分析", show: "显示", hard: "硬分档", soft: "软分档", retest: "复测", lastTest: "以末次测试为准", firstTest: "以首次测试为准", lot: "批次", allLots: "全部批次", sort: "排序", byTime: "按测试时间",
    worst: "良率最低在前", best: "良率最高在前", size: "大小", small: "小", middle: "中", large: "大", dies: "芯片", yield: "良率", judged: "已判定芯片 {n} 颗", nothing: "此时段这里没有测试过晶圆。",
    nothingMore: "晶圆数据来自 STDF 文件（andon import PLANT lot.stdf --at test/tester-1）或带 x、y 坐标的测量值。", wafer: "晶圆 {n}", unbinned: "无分档", passes: "合格", fails: "不合格", only: "只显示分档 {n}", every: "显示全部分档", back: "全部晶圆", die: "芯片", pick: "选择一颗芯片查看其测试。",
    test: "测试项", limits: "规格限", attempt: "第几次", time: "时间", machine: "设备", none: "无", previous: "上一片", next: "下一片", pareto: "芯片损失在哪里", product: "产品", step: "工步",
  },
);
