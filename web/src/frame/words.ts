import { words } from "../lib/i18n";

export const t = words(
  {
    now: "Now", losses: "Losses", machines: "Machines", operator: "Operator", quality: "Quality", yield: "Yield", studies: "Studies", alarms: "Alarms", reports: "Reports",
    connect: "Connect", plant: "Plant", data: "Data", accounts: "Accounts", wall: "Wall",
    live: "Live", beginning: "Connecting…", offline: "No connection to the plant; trying again", skip: "Skip to content", menu: "Menu", dark: "Dark", light: "Light",
    language: "中文", notFound: "There is no such page.", home: "Back to Now", failed: "This could not be shown", again: "Try again",
    loading: "Loading", standing: "{n} alarms wait for somebody", proposals: "Proposals", proposed: "{n} proposals of programs wait for a person",
  },
  {
    now: "现场", losses: "损失", machines: "设备", operator: "操作员", quality: "质量", yield: "良率", studies: "分析", alarms: "报警", reports: "报告",
    connect: "接入", plant: "工厂", data: "数据", accounts: "账户", wall: "大屏",
    live: "实时", beginning: "正在连接…", offline: "与工厂的连接已中断，正在重试", skip: "跳到正文", menu: "菜单", dark: "深色", light: "浅色",
    language: "English", notFound: "没有这个页面。", home: "返回现场", failed: "无法显示", again: "重试",
    loading: "加载中", standing: "{n} 条报警待处理", proposals: "建议", proposed: "{n} 条程序建议待人确认",
  },
);
