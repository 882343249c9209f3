/** The figures of the period: OEE and its factors, what was lost, how much of it is known. */
import { percent } from "../../lib/format";
import { written, type Figures, type Losses } from "./asked";
import { t } from "./words";

const RATIOS = ["oee", "availability", "effectiveness", "quality"] as const;

export function Headline({ now, then }: { now: Losses | undefined; then: Losses | undefined }) {
  const f = now?.figures, g = then?.figures, currency = now?.currency ?? "";
  const lost = (l: Losses | undefined, m: "micros" | "money" | "parts") => l?.tables.loss?.filter((r) => r.loss !== "productive").reduce<number | null>((sum, r) => (r[m] == null ? sum : (sum ?? 0) + (r[m] as number)), null) ?? null;
  return (
    <section class="figures" aria-live="off">
      {RATIOS.map((r) => <Tile key={r} name={t(r)} value={percent(f?.[r])} warn={r === "effectiveness" && (f?.effectiveness ?? 0) > 1 ? t("over") : ""} change={points(f, g, r)} good={better(f, g, r)} />)}
      <Tile name={t("lostTime")} value={written(lost(now, "micros"), "micros", currency)} change={then ? relative(lost(now, "micros"), lost(then, "micros")) : ""} good={down(lost(now, "micros"), lost(then, "micros"))} />
      {lost(now, "money") !== null && <Tile name={t("lostMoney")} value={written(lost(now, "money"), "money", currency)} change={then ? relative(lost(now, "money"), lost(then, "money")) : ""} good={down(lost(now, "money"), lost(then, "money"))} />}
      <Tile name={t("coverage")} value={percent(f?.coverage)} title={t("coverageHelp")} warn={f?.coverage != null && f.coverage < 0.95 ? t("coverageHelp") : ""} change={points(f, g, "coverage")} good={undefined} />
    </section>
  );
}

function Tile({ name, value, change, good, warn, title }: { name: string; value: string; change: string; good: boolean | undefined; warn?: string; title?: string }) {
  return (
    <div class="card tile" title={title || warn || undefined}>
      <span class="soft small">{name}</span>
      <span class="big">{value}{warn && <em class="warn" role="img" aria-label={warn}>⚠</em>}</span>
      <span class={`small num change ${good === false ? "bad" : "soft"}`}>{change || "\u00a0"}{good === false && <span role="img" aria-label={t("worse")} title={t("worse")}> ▾</span>}</span>
    </div>
  );
}

const points = (f: Figures | undefined, g: Figures | undefined, r: keyof Figures): string => {
  const a = f?.[r], b = g?.[r];
  if (a == null || b == null) return "";
  const by = (a - b) * 100;
  return `${by > 0 ? "+" : by < 0 ? "−" : "±"}${Math.abs(by).toFixed(1)} pp`;
};
const better = (f: Figures | undefined, g: Figures | undefined, r: keyof Figures): boolean | undefined => {
  const a = f?.[r], b = g?.[r];
  return a == null || b == null || Math.abs(a - b) < 5e-4 ? undefined : a > b;
};
export const relative = (a: number | null, b: number | null): string => {
  if (a == null || b == null || !b) return "";
  const by = ((a - b) / Math.abs(b)) * 100;
  return `${by > 0 ? "+" : by < 0 ? "−" : "±"}${Math.abs(by).toFixed(0)} %`;
};
const down = (a: number | null, b: number | null): boolean | undefined => (a == null || b == null || a === b ? undefined : a < b);
