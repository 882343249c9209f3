import { words } from "../../lib/i18n";

export const t = words(
  {
    overview: "Plant", text: "plant.toml", machines: "Machines", machine: "Machine", class: "Class", signals: "Signals", roles: "Roles", signal: "Signal", role: "Role", unit: "Unit", kind: "Kind", source: "Source",
    shifts: "Shifts of this week", noShifts: "There are no shifts, so there is no planned time and no OEE. Add [[shift]] to plant.toml.", products: "Products", product: "Product", material: "Material", cycle: "Ideal cycle", worth: "Value", valid: "valid from", always: "always", several: "{n} machines", noProducts: "There are no products.", reasons: "Reasons", planned: "planned", noReasons: "There are no reasons.", zone: "Time zone", currency: "Currency", sources: "Sources", lines: "Lines",
    save: "Save", check: "Checking …", right: "No mistakes.", mistakes: "{n} mistakes", warnings: "{n} warnings", line: "line {n}", why: "What was changed, and why", saved: "plant.toml is saved and in force.", changed: "Changed, not saved", unchanged: "As saved", undo: "Discard changes", sure: "Discard what you changed?", others: "Somebody else changed plant.toml meanwhile. Read it again (what you changed stays here until then).", again: "Read again", copies: "What it was before", bring: "Show in the editor", brought: "The earlier text is in the editor; nothing is saved yet.", none: "It was not changed here yet.", engineer: "Who edits plant.toml needs the right “engineer”.", keys: "Ctrl+S saves. Comments stay as they are; a copy of the old text is kept.", editor: "Text of plant.toml", leave: "Your changes are not saved.",
  },
  {
    overview: "工厂", text: "plant.toml", machines: "设备", machine: "设备", class: "类别", signals: "信号", roles: "角色", signal: "信号", role: "角色", unit: "单位", kind: "类型", source: "数据源",
    shifts: "本周班次", noShifts: "没有班次，因此没有计划时间，也没有 OEE。请在 plant.toml 中添加 [[shift]]。", products: "产品", product: "产品", material: "物料", cycle: "理想节拍", worth: "价值", valid: "生效于", always: "始终", several: "{n} 台设备", noProducts: "没有产品。", reasons: "停机原因", planned: "计划内", noReasons: "没有停机原因。", zone: "时区", currency: "货币", sources: "数据源", lines: "产线",
    save: "保存", check: "正在检查…", right: "没有错误。", mistakes: "{n} 处错误", warnings: "{n} 条警告", line: "第 {n} 行", why: "修改内容与原因", saved: "plant.toml 已保存并生效。", changed: "已修改，未保存", unchanged: "与已保存一致", undo: "放弃修改", sure: "放弃您的修改？", others: "其他人同时修改了 plant.toml。请重新读取（您的修改在此之前会保留）。", again: "重新读取", copies: "历史版本", bring: "载入编辑器", brought: "历史文本已载入编辑器，尚未保存。", none: "尚未在此修改过。", engineer: "编辑 plant.toml 需要“engineer”权限。", keys: "Ctrl+S 保存。注释保持不变；旧文本会保留副本。", editor: "plant.toml 文本", leave: "您的修改尚未保存。",
  },
);
