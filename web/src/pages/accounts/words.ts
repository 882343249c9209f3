import { words } from "../../lib/i18n";

export const t = words(
  {
    people: "People", tokens: "Tokens", log: "Audit log", title: "Who may do what", add: "Add a person", addToken: "Add a token", name: "Name", right: "Right", lines: "Lines", password: "First password",
    newPassword: "New password (empty: unchanged)", ways: "Logs in with", seen: "Last seen", made: "Made", sessions: "Browsers", change: "Change", remove: "Remove", save: "Save", cancel: "Cancel", everything: "whole plant",
    everythingLong: "The whole plant", onlyThese: "Only these lines", viewer: "viewer", operator: "operator", engineer: "engineer", admin: "admin",
    viewerMeans: "sees everything, changes nothing", operatorMeans: "gives reasons, scrap, orders; acknowledges alarms", engineerMeans: "connects machines, takes alarms out of service", adminMeans: "changes the plant, accounts and backups",
    viaPassword: "password", viaCompany: "company login", never: "never", endSessions: "Log out everywhere", ended: "{name} was logged out everywhere.", removed: "{name} was removed.", changed: "{name} was changed.", added: "{name} may log in now.",
    sure: "Remove {name}? Whoever is logged in with this account is out at once.", sureToken: "Revoke {name}? Whatever asks with this token is refused from now on.",
    first: "No accounts yet", firstSays: "Whoever sits at this computer has every right, and nobody else gets in. Make an account for an admin to let others in, over TLS: from then on everybody logs in, here too.",
    firstAdd: "Make the first account", policy: "10 characters or more, without the name in it.", none: "There are no tokens. A token lets a program ask: Grafana, a script, an assistant over MCP.",
    until: "Expires", revoke: "Revoke", revoked: "{name} is refused from now on.", days: "Holds for", d30: "30 days", d90: "90 days", d365: "a year", forever: "until it is revoked", once: "Copy it now: it is shown this once.", copy: "Copy", copied: "Copied.", done: "Done",
    use: "Send it as a header", by: "by {who}", number: "No.", at: "When", who: "Who", act: "What", state: "Outcome", arguments: "With", older: "Older", newest: "Newest", allWho: "everybody", verify: "Verify the chain", holds: "The log is whole: {n} lines, each bound to the one before.",
    broken: "The log is broken at line {n}: {says}", lastHash: "Note this hash elsewhere, and a log that was cut off is found out by it", empty: "Nothing was written down yet.", filterWho: "Who (exactly)", filterAct: "What (exactly)", find: "Find", loading: "Loading",
  },
  {
    people: "人员", tokens: "令牌", log: "审计日志", title: "谁可以做什么", add: "添加人员", addToken: "添加令牌", name: "名称", right: "权限", lines: "产线", password: "初始密码",
    newPassword: "新密码（留空则不变）", ways: "登录方式", seen: "最近使用", made: "创建时间", sessions: "浏览器", change: "修改", remove: "删除", save: "保存", cancel: "取消", everything: "整个工厂",
    everythingLong: "整个工厂", onlyThese: "仅限这些产线", viewer: "查看者", operator: "操作员", engineer: "工程师", admin: "管理员",
    viewerMeans: "可查看全部，不可修改", operatorMeans: "填写停机原因、报废、订单；确认报警", engineerMeans: "接入设备，停用报警", adminMeans: "修改工厂、账户与备份",
    viaPassword: "密码", viaCompany: "企业登录", never: "从未", endSessions: "全部退出", ended: "{name} 已在所有浏览器退出。", removed: "{name} 已删除。", changed: "{name} 已修改。", added: "{name} 现在可以登录。",
    sure: "删除 {name}？使用该账户的人会立即退出。", sureToken: "吊销 {name}？使用该令牌的请求将被拒绝。",
    first: "尚无账户", firstSays: "在本机操作的人拥有全部权限，其他人无法进入。要让他人通过 TLS 访问，请先创建管理员账户；此后所有人（包括本机）都需要登录。",
    firstAdd: "创建第一个账户", policy: "至少 10 个字符，且不含用户名。", none: "尚无令牌。令牌供程序使用：Grafana、脚本或通过 MCP 的助手。",
    until: "到期", revoke: "吊销", revoked: "{name} 从现在起被拒绝。", days: "有效期", d30: "30 天", d90: "90 天", d365: "一年", forever: "直到吊销", once: "请立即复制：仅显示这一次。", copy: "复制", copied: "已复制。", done: "完成",
    use: "作为请求头发送", by: "由 {who} 创建", number: "序号", at: "时间", who: "谁", act: "操作", state: "结果", arguments: "参数", older: "更早", newest: "最新", allWho: "所有人", verify: "校验链", holds: "日志完整：共 {n} 行，每行与前一行相连。",
    broken: "日志在第 {n} 行损坏：{says}", lastHash: "请将此哈希记在别处，若日志被截断可据此发现", empty: "尚无记录。", filterWho: "谁（完全匹配）", filterAct: "操作（完全匹配）", find: "查找", loading: "加载中",
  },
);
