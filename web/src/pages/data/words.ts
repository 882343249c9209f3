import { words } from "../../lib/i18n";

export const t = words(
  {
    coverage: "Coverage", receipts: "Receipts", refused: "Refused", retention: "Retention", keeping: "Backup and check", storage: "Storage",
    place: "Place", everything: "Whole plant", days: "Days", coverageHelp: "How much of each day every signal was heard. Silence while nobody listened is unknown: it is neither production nor a stop.", signal: "Signal", role: "Role", whole: "In all", gap: "Longest gap", strip: "By day", key: "0 % to 100 %", worst: "Least heard first",
    batch: "Receipt", source: "Source", number: "Number", at: "Stored", rows: "Samples", refusedN: "Refused", since: "From", until: "To", older: "Older", newer: "Newest",
    reason: "Why", value: "Value", noRefused: "Nothing was refused.", files: "Files of rows that imports refused", file: "File", size: "Size", receiptHelp: "Each line is one batch that was safe on disk before its source was told so.",
    class: "Class", keep: "Kept for", forever: "for ever", signals: "Signals", testers: "Machines, with units and measurements", due: "Due to go", expire: "Delete what is due", expireSure: "Delete {n} samples, units and measurements for good? That cannot be undone; that it was done is kept on record.", expired: "{n} rows were deleted.", nothingDue: "Nothing is due to go.", retentionHelp: "Set in plant.toml: [retention], `retention` of each signal, `measurements` of each machine.",
    backup: "Backup", backupHelp: "plant.toml, history, ledger, audit log and answers, copied while the plant runs. `andon restore` brings a copy back.", download: "Download as one file", goal: "Or into a new folder of this plant's computer", copy: "Copy there", copied: "Copied: {n} files, {size}.", verify: "Check", verifyHelp: "Compares every file of the history with what was written, proves the ledger, and follows the chain of the audit log.", quick: "Check the catalog", deep: "Check every file", sound: "Everything is as it was written.", damaged: "{n} things are damaged:", checking: "Checking …", copying: "Copying …", admin: "This needs the right “admin” for the whole plant.",
    part: "Part", bytes: "Bytes", nfiles: "Files", free: "Free on the disk", samples: "Samples stored", batches: "Batches", first: "Since", what: "What", newest: "newest",
  },
  {
    coverage: "覆盖率", receipts: "收据", refused: "被拒数据", retention: "保留期限", keeping: "备份与校验", storage: "存储",
    place: "地点", everything: "整个工厂", days: "天数", coverageHelp: "每个信号每天被接收的比例。无人接收时的静默属于未知：既不算生产，也不算停机。", signal: "信号", role: "角色", whole: "合计", gap: "最长缺口", strip: "按天", key: "0 % 至 100 %", worst: "覆盖最低优先",
    batch: "收据", source: "数据源", number: "编号", at: "存入时间", rows: "样本数", refusedN: "被拒", since: "从", until: "到", older: "更早", newer: "最新",
    reason: "原因", value: "值", noRefused: "没有被拒的数据。", files: "导入时被拒的行", file: "文件", size: "大小", receiptHelp: "每一行是一批数据：先安全落盘，再告知数据源。",
    class: "类别", keep: "保留", forever: "永久", signals: "信号数", testers: "设备数（单元和测量值）", due: "到期行数", expire: "删除到期数据", expireSure: "永久删除 {n} 行样本、单元和测量值？无法撤销；删除操作本身会被记录。", expired: "已删除 {n} 行。", nothingDue: "没有到期数据。", retentionHelp: "在 plant.toml 中设置：[retention]、各信号的 `retention` 以及各设备的 `measurements`。",
    backup: "备份", backupHelp: "在工厂运行时复制 plant.toml、历史、台账、审计日志和回答。用 `andon restore` 恢复。", download: "下载为一个文件", goal: "或复制到本机的新文件夹", copy: "复制", copied: "已复制：{n} 个文件，{size}。", verify: "校验", verifyHelp: "逐一核对历史文件与写入时是否一致，证明台账平衡，并检查审计日志的链条。", quick: "校验目录", deep: "校验所有文件", sound: "一切与写入时一致。", damaged: "{n} 处损坏：", checking: "正在校验…", copying: "正在复制…", admin: "需要对整个工厂的“admin”权限。",
    part: "部分", bytes: "字节", nfiles: "文件数", free: "磁盘剩余", samples: "已存样本", batches: "批次", first: "起始", what: "内容", newest: "最新数据",
  },
);

/** A size in bytes: 4.2 MB. */
export function size(bytes: number): string {
  const step = bytes < 1e3 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toLocaleString(undefined, { maximumSignificantDigits: 3 })} ${["B", "kB", "MB", "GB", "TB"][step]}`;
}
