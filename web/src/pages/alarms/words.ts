import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Alarms", standing: "Standing", history: "History", hidden: "Kept back", load: "Load", defined: "Defined",
    priority: "Priority", critical: "critical", high: "high", medium: "medium", low: "low", place: "Place", alarm: "Alarm", state: "State", since: "Since", until: "Until", lasted: "Lasted", message: "Message", value: "Value", by: "Acknowledged by", do: "What to do",
    unacknowledged: "unacknowledged", acknowledged: "acknowledged", returned: "over, unacknowledged", latched_unacknowledged: "latched, unacknowledged", latched: "latched", shelved: "shelved", suppressed: "suppressed by design", out_of_service: "out of service", normal: "over",
    acknowledge: "Acknowledge", reset: "Reset", shelve: "Shelve…", unshelve: "Bring back", outOfService: "Out of service…", inService: "Put back into service", chosen: "Acknowledge {n} chosen", choose: "Choose {alarm} at {place}",
    calm: "No alarm stands.", calmHistory: "No alarm in this time.", calmHidden: "No alarm is kept back.", calmDefined: "plant.toml defines no alarms.", how: "How alarms are defined", search: "Place, alarm or message", onlyWaiting: "Only what waits for somebody", firstOut: "first out", firstOutHelp: "The first of its group: look here for the cause.",
    cause: "Cause", consequence: "Consequence", action: "Action", within: "within {time}", noAdvice: "plant.toml gives no advice for this alarm.", acknowledgedAt: "{who} acknowledged it at {clock}", still: "still on",
    shelveTitle: "Shelve {alarm}", outTitle: "Take {alarm} out of service", time: "For how long", min15: "15 min", h1: "1 h", h8: "8 h", h24: "24 h", why: "Why (somebody will ask)", cancel: "Cancel", doIt: "Do it", done: "{place}: {alarm}: done",
    shelveHelp: "It comes back by itself, at the latest after 24 hours.", outHelp: "It stays away until somebody puts it back. For a time of up to 24 hours, shelve it.", who: "Who",
    last: "Time", shift: "This shift", today: "24 h", week: "7 days", month: "30 days", shown: "{n} of {all}", flood: "Alarm flood: {n} in the last 10 minutes. Look for what is marked “first out”.", count: "Times", share: "Share", perHour: "Per hour",
    perHourHelp: "6 an hour are acceptable, more than 12 are too many for one person (ISA-18.2).", peak: "Most in 10 min", peakHelp: "More than 10 are a flood.", inFlood: "Time in flood", inFloodHelp: "Below 1 % is wanted.", topShare: "Share of the ten most frequent", topHelp: "Below 5 % is wanted.", answer: "Median answer", answerHelp: "Time until somebody acknowledged; half took longer.", chattering: "Chattering", chatterHelp: "Came three times within a minute; none is wanted.", fleeting: "Fleeting", fleetingHelp: "Over before anybody could respond.", acknowledgedShare: "Acknowledged", acknowledgedHelp: "Share that somebody acknowledged.",
    badActors: "Bad actors: the most frequent alarms", wanted: "wanted", priorities: "How urgent they were", condition: "Condition", delays: "Delays", group: "Group", latching: "latching", method: "Method and source", standingFor: "Stand over 24 h", standingHelp: "Alarms that were on for 24 hours without a break; none is wanted.", more: "Details", less: "Less",
  },
  {
    title: "报警", standing: "当前", history: "历史", hidden: "已隐藏", load: "负荷", defined: "定义",
    priority: "优先级", critical: "紧急", high: "高", medium: "中", low: "低", place: "位置", alarm: "报警", state: "状态", since: "开始", until: "结束", lasted: "持续", message: "消息", value: "数值", by: "确认人", do: "操作",
    unacknowledged: "未确认", acknowledged: "已确认", returned: "已恢复，未确认", latched_unacknowledged: "已锁存，未确认", latched: "已锁存", shelved: "已搁置", suppressed: "设计抑制", out_of_service: "停用", normal: "已结束",
    acknowledge: "确认", reset: "复位", shelve: "搁置…", unshelve: "恢复", outOfService: "停用…", inService: "重新启用", chosen: "确认所选 {n} 条", choose: "选择 {place} 的 {alarm}",
    calm: "当前没有报警。", calmHistory: "这段时间没有报警。", calmHidden: "没有被隐藏的报警。", calmDefined: "plant.toml 未定义报警。", how: "如何定义报警", search: "位置、报警或消息", onlyWaiting: "只看待处理的", firstOut: "首出", firstOutHelp: "同组中最先出现：从这里找原因。",
    cause: "原因", consequence: "后果", action: "措施", within: "{time} 内", noAdvice: "plant.toml 没有为该报警给出建议。", acknowledgedAt: "{who} 于 {clock} 确认", still: "仍在",
    shelveTitle: "搁置 {alarm}", outTitle: "停用 {alarm}", time: "多长时间", min15: "15 分钟", h1: "1 小时", h8: "8 小时", h24: "24 小时", why: "原因（会有人问起）", cancel: "取消", doIt: "执行", done: "{place}：{alarm}：已完成",
    shelveHelp: "到时自动恢复，最长 24 小时。", outHelp: "直到有人重新启用。24 小时以内请用搁置。", who: "操作人",
    last: "时间", shift: "本班", today: "24 小时", week: "7 天", month: "30 天", shown: "{all} 条中的 {n} 条", flood: "报警泛滥：最近 10 分钟 {n} 条。请先看标有“首出”的报警。", count: "次数", share: "占比", perHour: "每小时",
    perHourHelp: "每小时 6 条可以接受，超过 12 条一人难以应对（ISA-18.2）。", peak: "10 分钟最多", peakHelp: "超过 10 条即为泛滥。", inFlood: "泛滥时间", inFloodHelp: "应低于 1 %。", topShare: "最频繁十条的占比", topHelp: "应低于 5 %。", answer: "确认时间中位数", answerHelp: "直到有人确认的时间；一半更久。", chattering: "抖动", chatterHelp: "一分钟内出现三次；应为零。", fleeting: "瞬时", fleetingHelp: "还来不及响应就已消失。", acknowledgedShare: "已确认", acknowledgedHelp: "已被确认的比例。",
    badActors: "问题报警：最频繁的报警", wanted: "应为", priorities: "紧急程度分布", condition: "条件", delays: "延时", group: "组", latching: "锁存", method: "方法与出处", standingFor: "持续超过 24 小时", standingHelp: "连续 24 小时未消失的报警；应为零。", more: "详情", less: "收起",
  },
);
