import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Reports", look: "Look at one", made: "Made by itself", of: "Language of the report", en: "English", zh: "中文",
    html: "HTML", pdf: "PDF", xlsx: "Excel", save: "Save as", noPdf: "No PDF can be made on this computer: install WeasyPrint (pip install 'andon[pdf]') or Chromium. Any browser prints the HTML.",
    preview: "Preview of the report", loading: "The report is being made…", shift: "Shift", day: "Day", week: "Week", any: "Other stretch", closed: "{n} closed shifts of machines", none: "no shift is closed yet: figures up to now",
    nothing: "No report is made by itself yet.", how: "Describe one in plant.toml, and it is written to a folder or sent by mail as soon as its shifts are closed:", toPlant: "To plant.toml",
    name: "Report", at: "About", every: "Each", formats: "Formats", goes: "Goes to", language: "Language", wholePlant: "whole plant", kept: "kept here", mailTo: "mail: {to}", since: "since {at}",
    period: "Period", version: "Version", madeAt: "Made", files: "Files", says: "What it says", corrected: "corrected, version {n}", replaced: "replaced by version {n}", waits: "waits for: {where}", folder: "folder", mail: "mail server",
    again: "Make and send once more", asked: "{period} is made and sent in a moment.", empty: "None was made yet: the first one comes when the next {every} is over.", everyShift: "shift", everyDay: "day", everyWeek: "week",
    failed: "It did not work, and is tried again: {why}", missing: "{form} is missing: {why}", more: "Show more", filter: "Only of", all: "all reports", makeFor: "Make it for", last: "the last one",
  },
  {
    title: "报告", look: "查看报告", made: "自动生成", of: "报告语言", en: "English", zh: "中文",
    html: "HTML", pdf: "PDF", xlsx: "Excel", save: "另存为", noPdf: "这台计算机无法生成 PDF：请安装 WeasyPrint（pip install 'andon[pdf]'）或 Chromium。任何浏览器都能打印 HTML。",
    preview: "报告预览", loading: "正在生成报告……", shift: "班次", day: "天", week: "周", any: "其他时段", closed: "{n} 个已结算的设备班次", none: "尚无已结算的班次：数字截至目前",
    nothing: "还没有自动生成的报告。", how: "在 plant.toml 中描述一个报告，班次结算后就会写入文件夹或以邮件发送：", toPlant: "打开 plant.toml",
    name: "报告", at: "范围", every: "周期", formats: "格式", goes: "送往", language: "语言", wholePlant: "全厂", kept: "保存在此", mailTo: "邮件：{to}", since: "自 {at} 起",
    period: "时段", version: "版本", madeAt: "生成时间", files: "文件", says: "内容摘要", corrected: "已更正，第 {n} 版", replaced: "已由第 {n} 版取代", waits: "等待：{where}", folder: "文件夹", mail: "邮件服务器",
    again: "重新生成并发送", asked: "{period} 即将生成并发送。", empty: "还没有生成过：下一个{every}结束时生成第一份。", everyShift: "班次", everyDay: "生产日", everyWeek: "周",
    failed: "未成功，将重试：{why}", missing: "缺少 {form}：{why}", more: "显示更多", filter: "只看", all: "全部报告", makeFor: "生成对象", last: "最近一个",
  },
);
