/** Words and colours of states, losses and time elements; written by docs/make.py from the house's own. */
export interface Meaning { en: string; zh: string; light: string; dark: string }

export const STATES: Record<string, Meaning> = {
  producing: { en: "producing", zh: "生产", light: "#3a9277", dark: "#3f9f82" },
  setup: { en: "setup", zh: "换型调整", light: "#3b6ea8", dark: "#5b8fca" },
  idle_no_order: { en: "idle, no order", zh: "无订单待机", light: "#b9c1c8", dark: "#66727d" },
  starved: { en: "starved", zh: "缺料", light: "#e3b23c", dark: "#dfb04a" },
  blocked: { en: "blocked", zh: "堵料", light: "#a3712a", dark: "#b9853c" },
  held_operator: { en: "held by operator", zh: "人工暂停", light: "#9a7fb8", dark: "#a78fc4" },
  fault: { en: "fault", zh: "故障", light: "#c4511d", dark: "#e2703a" },
  maintenance_planned: { en: "planned maintenance", zh: "计划保养", light: "#7fb4d6", dark: "#8fc3e4" },
  off: { en: "off", zh: "关机", light: "#7d8891", dark: "#434e58" },
  unknown: { en: "unknown", zh: "未知", light: "#f1e9ef", dark: "#2e2630" },
};

export const LOSSES: Record<string, Meaning> = {
  productive: { en: "productive", zh: "有效生产", light: "#3a9277", dark: "#3f9f82" },
  breakdown: { en: "breakdown", zh: "故障停机", light: "#c4511d", dark: "#e2703a" },
  setup: { en: "setup", zh: "换型调整", light: "#3b6ea8", dark: "#5b8fca" },
  minor_stop: { en: "minor stops", zh: "小停机", light: "#e08b57", dark: "#f0a877" },
  speed: { en: "speed", zh: "速度损失", light: "#e3b23c", dark: "#dfb04a" },
  defects: { en: "defects", zh: "不良品", light: "#8f4a78", dark: "#b56d9d" },
  startup: { en: "startup", zh: "启动损失", light: "#b98bac", dark: "#8a5479" },
  delay: { en: "delay", zh: "延误", light: "#a3712a", dark: "#b9853c" },
  idle: { en: "idle", zh: "空闲", light: "#b9c1c8", dark: "#66727d" },
  unrated: { en: "unrated", zh: "无标准节拍", light: "#9fc7b9", dark: "#2f6353" },
  unknown: { en: "unknown", zh: "未知", light: "#f1e9ef", dark: "#2e2630" },
};

export const ELEMENTS: Record<string, Meaning> = {
  APT: { en: "APT", zh: "APT", light: "#b9c1c8", dark: "#66727d" },
  AUST: { en: "AUST", zh: "AUST", light: "#b9c1c8", dark: "#66727d" },
  ADET: { en: "ADET", zh: "ADET", light: "#b9c1c8", dark: "#66727d" },
  ADOT: { en: "ADOT", zh: "ADOT", light: "#b9c1c8", dark: "#66727d" },
  planned_down: { en: "planned down", zh: "计划停机", light: "#7fb4d6", dark: "#8fc3e4" },
  unscheduled: { en: "unscheduled", zh: "非排班时间", light: "#dfe4e8", dark: "#2b343c" },
  unknown: { en: "unknown", zh: "未知", light: "#f1e9ef", dark: "#2e2630" },
};
