/** Which stretch of time, and which part of the plant a page is about: chosen here, kept in the address. */
import { offset } from "../draw/fold";
import { dayClock } from "./format";
import { words } from "./i18n";
import { plant } from "./plant";
import { choose, chosen } from "./router";

const t = words(
  {
    period: "Period", place: "Where", everything: "Whole plant", earlier: "Earlier", later: "Later", custom: "From … to", from: "From", to: "To",
    thisShift: "This shift", shift: "Last shift", today: "Today", yesterday: "Yesterday", thisWeek: "This week", week: "Last week", days30: "Last 30 days",
    thisMonth: "This month", month: "Last month", hours8: "Last 8 hours", hours24: "Last 24 hours", line: "Line", days7: "Last 7 days",
  },
  {
    period: "时段", place: "范围", everything: "全厂", earlier: "更早", later: "更晚", custom: "自定义", from: "从", to: "到",
    thisShift: "本班", shift: "上一班", today: "今天", yesterday: "昨天", thisWeek: "本周", week: "上周", days30: "最近 30 天",
    thisMonth: "本月", month: "上月", hours8: "最近 8 小时", hours24: "最近 24 小时", line: "产线", days7: "最近 7 天",
  },
);
const PERIODS = { "this shift": "thisShift", shift: "shift", today: "today", yesterday: "yesterday", "8 h": "hours8", "24 h": "hours24", "this week": "thisWeek", week: "week", "7 d": "days7", "30 d": "days30", "this month": "thisMonth", month: "month" } as const;
export type Last = keyof typeof PERIODS;

export interface Span { last?: string; since?: string; until?: string }
/** The period in the address, as the house takes it. */
export function span(otherwise: Last): Span {
  const since = chosen("since"), until = chosen("until");
  return since ? { since, until } : { last: chosen("last", otherwise) };
}

export interface Around { since: number; until: number; before?: { since: number; until: number }; after?: { since: number; until: number } }

/** Choose a period; `around` is what the house made of it, with its neighbours. */
export function Period({ otherwise, periods, around }: { otherwise: Last; periods: Last[]; around: Around | undefined }) {
  const now = span(otherwise), last = now.last ?? "";
  const step = (w: { since: number; until: number } | undefined) => w && choose({ last: undefined, since: String(w.since), until: String(w.until) });
  return (
    <span class="bar period">
      <span class="tabs">
        <button aria-label={t("earlier")} title={t("earlier")} disabled={!around?.before} onClick={() => step(around?.before)}>‹</button>
        <select aria-label={t("period")} value={last in PERIODS ? last : "custom"} onChange={(e) => pick(e.currentTarget.value, around)}>
          {periods.map((p) => <option key={p} value={p}>{t(PERIODS[p])}</option>)}
          {last in PERIODS && !periods.includes(last as Last) && <option value={last}>{t(PERIODS[last as Last])}</option>}
          <option value="custom">{t("custom")}</option>
        </select>
        <button aria-label={t("later")} title={t("later")} disabled={!around?.after || around.after.since > Date.now() * 1000} onClick={() => step(around?.after)}>›</button>
      </span>
      {now.since
        ? <span class="bar"><Moment label={t("from")} at={around?.since ?? Number(now.since)} set={(at) => choose({ since: String(at) })} /><Moment label={t("to")} at={around?.until ?? Number(now.until)} set={(at) => choose({ until: String(at) })} /></span>
        : <span class="soft small num">{around ? `${dayClock(around.since)} – ${dayClock(around.until)}` : "\u00a0"}</span>}
    </span>
  );
}

function pick(value: string, around: Around | undefined): void {
  if (value !== "custom") choose({ last: value, since: undefined, until: undefined });
  else if (around) choose({ last: undefined, since: String(around.since), until: String(around.until) });
}

/** A moment on the plant's clocks. */
export function Moment({ label, at, set }: { label: string; at: number; set: (at: number) => void }) {
  return <input type="datetime-local" aria-label={label} value={wall(String(at))} onChange={(e) => { const at = instant(e.currentTarget.value); if (Number.isFinite(at)) set(at); }} />;
}

/** What the plant's clocks showed, `2026-03-02T06:00`, at a moment as an address has it: microseconds, a day, or ISO 8601. */
export function wall(said: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(said)) return `${said}T00:00`;
  const at = /^\d+$/.test(said) ? Number(said) : /(Z|[+-]\d\d:?\d\d)$/.test(said) ? Date.parse(said) * 1000 : NaN;
  return Number.isFinite(at) ? new Date((at + offset(at)) / 1000).toISOString().slice(0, 16) : /^\d{4}-/.test(said) ? said.slice(0, 16) : "";
}

/** Microseconds of what the plant's clocks showed: `2026-03-02T06:00`. */
export function instant(wall: string): number {
  const said = Date.parse(`${wall}Z`) * 1000;
  return said - offset(said - offset(said));
}

/** Choose the plant, a line or a machine. */
export function Place({ at, set }: { at: string; set: (at: string) => void }) {
  const known = plant.value!;
  return (
    <select aria-label={t("place")} value={at} onChange={(e) => set(e.currentTarget.value)}>
      <option value="">{t("everything")}</option>
      {known.lines.map((line) => (
        <optgroup key={line} label={line}>
          <option value={line}>{t("line")} {line}</option>
          {known.machines.filter((m) => m.line === line).map((m) => <option key={m.path} value={m.path}>{m.title || m.path}</option>)}
        </optgroup>
      ))}
    </select>
  );
}
