import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Now", everyLine: "All lines", line: "Line", search: "Machine, order or product", sort: "Order", byPlace: "By place", byTrouble: "Trouble first", byOee: "Worst OEE first",
    view: "View", tiles: "Tiles", compact: "Compact", rows: "Table", wall: "Wall", sound: "Sound", soundOn: "Sound on", soundOff: "Sound off", test: "Test", muted: "Touch the page once, so that the browser lets it sound.",
    call: "Call for help", callTo: "Call for help: {machine}", machine: "Machine", whom: "Who is called", said: "What to say with it (optional)", cancel: "Cancel", since: "since {clock}",
    coming: "I am coming", over: "It is over", waits: "waits", answered: "{who} is coming", calledBy: "called by {who}", calls: "Calls for help", noRight: "Only operators can call; log in with the right to.",
    order: "Order", noOrder: "no order", good: "Good", target: "target {n}", noTarget: "no target", oee: "OEE so far", availability: "Availability", effectiveness: "Effectiveness", quality: "Quality",
    a: "A", e: "E", q: "Q", known: "{p} known", knownShort: "known", over100: "Over 100 %: the ideal cycle time is wrong.", coverage: "Share of the planned time so far in which the state was known.",
    noShift: "outside the shifts", running: "{n} of {all} producing", nothing: "No machine fits. Take a filter away.", noMachines: "No machines yet. Connect one, or import a file.", connect: "Connect a machine",
    state: "State", lasts: "For", reason: "Reason", rejects: "Rejects", waiting: "Waiting for the plant", filter: "Only {state}", scrap: "{n} rejects", goal: "Target",
  },
  {
    title: "现场", everyLine: "全部产线", line: "产线", search: "设备、订单或产品", sort: "排序", byPlace: "按位置", byTrouble: "问题优先", byOee: "OEE 最低优先",
    view: "显示", tiles: "卡片", compact: "紧凑", rows: "表格", wall: "大屏", sound: "声音", soundOn: "声音已开", soundOff: "声音已关", test: "试听", muted: "请点一下页面，浏览器才允许发声。",
    call: "呼叫帮助", callTo: "呼叫帮助：{machine}", machine: "设备", whom: "呼叫谁", said: "补充说明（可选）", cancel: "取消", since: "{clock} 起",
    coming: "我来处理", over: "结束呼叫", waits: "等待", answered: "{who} 正在前来", calledBy: "{who} 呼叫", calls: "呼叫", noRight: "只有操作员可以呼叫；请以相应权限登录。",
    order: "订单", noOrder: "无订单", good: "合格", target: "目标 {n}", noTarget: "无目标", oee: "当前 OEE", availability: "可用率", effectiveness: "有效率", quality: "合格率",
    a: "可用", e: "性能", q: "合格", known: "已知 {p}", knownShort: "已知", over100: "超过 100 %：理想节拍有误。", coverage: "到目前为止计划时间中状态已知的比例。",
    noShift: "非班次时间", running: "{all} 台中 {n} 台生产", nothing: "没有符合条件的设备，请放宽筛选。", noMachines: "还没有设备。请接入一台，或导入文件。", connect: "接入设备",
    state: "状态", lasts: "持续", reason: "原因", rejects: "不良", waiting: "正在等待工厂数据", filter: "只看{state}", scrap: "不良 {n}", goal: "目标",
  },
);
