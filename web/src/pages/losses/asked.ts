/** What the page asks the house for, and what it gets. */
import type { Query } from "../../lib/api";
import { useGet, type Loaded } from "../../lib/load";
import { chosen } from "../../lib/router";
import { length, money, number } from "../../lib/format";
import { lang } from "../../lib/i18n";
import { span, type Around, type Span } from "../../lib/period";
import { plant } from "../../lib/plant";
import { lossWord } from "../../draw/paint";
import { t } from "./words";

export interface Figures {
  calendar: number | null; planned_operation: number | null; planned_down: number | null; planned_busy: number | null;
  oee: number | null; availability: number | null; effectiveness: number | null; quality: number | null; coverage: number | null;
  unknown: number | null; made: number | null; good: number | null; rejects: number | null; rework: number | null;
}
export type Amounts = { micros: number; share: number | null; parts: number | null; kwh: number | null; kgco2e: number | null; money: number | null; unpriced: number; entries: number; coverage: number | null };
export type LossRow = Amounts & Partial<Figures> & Record<string, string | number | null>;
export interface Losses extends Around { before: { since: number; until: number }; after: { since: number; until: number }; currency: string; shifts: number; running: number; figures: Figures; tables: Record<string, LossRow[]> }
export interface Stop { machine: string; since: number; until: number; loss: string; element: string | null; reason: string; product: string; order: string; day: string; shift: string; entry: number; coverage: number | null }
export interface Stops { total: number; rows: Stop[] }

export const MEASURES = ["micros", "parts", "money", "kwh", "kgco2e"] as const;
export type Measure = (typeof MEASURES)[number];
export const DIMENSIONS = ["loss", "reason", "machine", "line", "product", "order", "shift", "day"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
const OF_SHIFTS: Dimension[] = ["machine", "shift", "day"];

export const measure = (): Measure => MEASURES.find((m) => m === chosen("measure")) ?? "micros";
export const filterOf = (d: Dimension): string | undefined => (chosen(`f.${d}`) ? decode(chosen(`f.${d}`)) : undefined);
/** A filter that is chosen but empty ("no reason given") still has to be in the address. */
export const encode = (value: string): string => value || "∅";
const decode = (value: string): string => (value === "∅" ? "" : value);
export const filters = (): [Dimension, string][] => DIMENSIONS.flatMap((d) => { const v = filterOf(d); return v === undefined ? [] : [[d, v] as [Dimension, string]]; });

/** The way that comes next when something was chosen: class, reason, machine, day. */
export function dimension(): Dimension {
  const said = DIMENSIONS.find((d) => d === chosen("by"));
  if (said && filterOf(said) === undefined) return said;
  return (["loss", "reason", "machine", "day", "shift", "product"] as Dimension[]).find((d) => filterOf(d) === undefined) ?? "order";
}

/** The query of a period with the filters in the address; `shiftsOnly`: only those that pick shifts. */
export function query(period: Span, { shiftsOnly = false, without = "" as Dimension | "", days = 0 } = {}): Query {
  const found: Query = { at: filterOf("machine") ?? filterOf("line") ?? chosen("at"), ...period };
  for (const [d, v] of filters()) {
    if (d === without || d === "machine" || d === "line" || (shiftsOnly && !OF_SHIFTS.includes(d))) continue;
    found[d] = d === "day" && days ? otherDay(v, days) : v;
  }
  if (without === "machine") found.at = filterOf("line") ?? chosen("at");
  return found;
}

const otherDay = (day: string, by: number): string => new Date(Date.parse(`${day}T00:00Z`) - by * 86400e3).toISOString().slice(0, 10);

/** `undefined` is left out of the address, an empty value must not be: "no reason" is one. */
export function path(name: string, q: Query, extra: [string, string][] = []): string {
  const found = new URLSearchParams();
  for (const [k, v] of Object.entries(q)) if (v !== undefined && (v !== "" || ["reason", "order", "product"].includes(k))) found.append(k, String(v));
  for (const [k, v] of extra) found.append(k, v);
  return `${name}?${found.toString()}`;
}

export function useLosses(q: Query | null, by: string[]): Loaded<Losses> {
  return useGet<Losses>(q ? path("losses", q, by.map((b) => ["by", b])) : null);
}

export const period = (): Span => span("week");

export function amount(row: Amounts | undefined, m: Measure, currency: string): string {
  return row ? written(row[m], m, currency) : "–";
}
export function written(v: number | null | undefined, m: Measure, currency: string): string {
  if (v == null) return "–";
  if (m === "micros") return v < 0 ? `−${hours(-v)}` : hours(v);
  if (m === "money") return money(v, currency);
  return `${number(v, m === "parts" ? 0 : 1)}${m === "kwh" ? " kWh" : m === "kgco2e" ? " kg" : ""}`;
}
/** Long times stay in hours: what is added up over machines is compared more easily so. */
export function hours(us: number): string {
  if (us < 3600e6) return length(us);
  const minutes = Math.round(us / 60e6), h = Math.floor(minutes / 60), m = String(minutes % 60).padStart(2, "0");
  return lang.value === "zh" ? `${number(h)} 时 ${m} 分` : `${number(h)} h ${m}`;
}

export function nameOf(d: Dimension, value: string): string {
  if (d === "loss") return lossWord(value);
  if (d === "reason") return value ? plant.value?.reasons.find((r) => r.code === value)?.text ?? value : t("noReason");
  if (d === "order") return value || t("noOrder");
  if (d === "product") return value ? plant.value?.products.find((p) => p.name === value)?.title || value : t("noProduct");
  if (d === "machine") return plant.value?.machines.find((m) => m.path === value)?.title || value;
  if (d === "day") return new Date(`${value}T12:00Z`).toLocaleDateString(lang.value === "zh" ? "zh-CN" : "en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  return value;
}
