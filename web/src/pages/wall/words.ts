import { words } from "../../lib/i18n";

export const t = words(
  {
    plant: "Plant", offline: "No connection since {clock}. What is shown is old.", waiting: "Waiting for the plant", shift: "Shift {name}", noShift: "outside the shifts",
    oee: "OEE", good: "good", target: "of {n}", known: "{p} known", answered: "{who} is coming", muted: "Touch the screen once to allow sound", page: "Page {n} of {all}", nothing: "There is no machine on {line}.", noMachines: "No machines yet.",
    noOrder: "no order",
  },
  {
    plant: "工厂", offline: "自 {clock} 起无连接，显示的是旧数据。", waiting: "正在等待工厂数据", shift: "班次 {name}", noShift: "非班次时间",
    oee: "OEE", good: "合格", target: "目标 {n}", known: "已知 {p}", answered: "{who} 正在前来", muted: "请触摸屏幕一次以允许发声", page: "第 {n} 页，共 {all} 页", nothing: "{line} 上没有设备。", noMachines: "还没有设备。",
    noOrder: "无订单",
  },
);
