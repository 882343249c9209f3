import { words } from "../../lib/i18n";

export const t = words(
  {
    title: "Proposals", lead: "What programs propose waits here for a person. Nothing changes until you confirm it; then it is done in your name.",
    none: "No proposal waits.", confirm: "Confirm", dismiss: "Dismiss", open: "waits", confirmed: "confirmed", dismissed: "dismissed", expired: "expired",
    by: "proposed by {who}, {clock}", why: "Why", would: "It would", until: "waits until {clock}", earlier: "Earlier", needs: "Needs the right “{right}”.",
    done: "Done, and written down as number {n}.", away: "Put away; nothing was changed.", act: "What", place: "Where", who: "Proposed by", state: "State", closedBy: "Closed by", when: "When",
    machine: "Machine", stop: "Stop", stops: "Stops", code: "Reason", text: "Text", about: "About", order: "Order", quantity: "Quantity", at: "At", after: "Then", alarm: "Alarm", signal: "Signal", value: "Value", product: "Product", time: "Time", since: "Since", lasts: "Lasts", reason: "Reason", number: "No.",
    waiting: "{n} proposals wait", see: "Show the machine at that time",
  },
  {
    title: "建议", lead: "程序提出的更改在此等待人确认。确认之前不作任何更改；确认后以您的名义执行。",
    none: "没有待确认的建议。", confirm: "确认", dismiss: "驳回", open: "待确认", confirmed: "已确认", dismissed: "已驳回", expired: "已过期",
    by: "由 {who} 于 {clock} 提出", why: "理由", would: "结果将为", until: "等待至 {clock}", earlier: "以往", needs: "需要“{right}”权限。",
    done: "已完成，记录编号 {n}。", away: "已驳回；未作任何更改。", act: "内容", place: "地点", who: "提出者", state: "状态", closedBy: "处理人", when: "时间",
    machine: "设备", stop: "停机", stops: "停机", code: "原因", text: "文字", about: "关于", order: "订单", quantity: "数量", at: "时刻", after: "之后", alarm: "报警", signal: "信号", value: "数值", product: "产品", time: "时长", since: "开始", lasts: "时长", reason: "原因", number: "编号",
    waiting: "{n} 条建议待确认", see: "查看当时的设备",
  },
);
