/** A proposal as the house tells it, and its times and codes as people read them. */
import { type Plain } from "../../lib/api";
import { clock, day, dayClock, length } from "../../lib/format";
import { STATES } from "../../house";
import { lang } from "../../lib/i18n";
import { plant } from "../../lib/plant";

export interface Proposal {
  number: number; at: number; who: string; act: string; title: string; place: string; right: string; allowed: boolean; why: string;
  arguments: Record<string, Plain>; said: Record<string, Plain>; state: "open" | "confirmed" | "dismissed" | "expired"; by: string; closed: number | null; done: number | null;
}

/** How long a proposal waits (microseconds). */
export const KEPT = 24 * 3_600e6;

const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;
const us = (iso: string): number => Date.parse(iso) * 1000;

/** A moment, or a stretch as SINCE/UNTIL, in microseconds; null: it is none. */
export function stretch(value: Plain): [number, number] | null {
  if (typeof value !== "string") return null;
  const parts = value.split("/");
  return parts.length <= 2 && parts.every((p) => MOMENT.test(p)) ? [us(parts[0]!), us(parts[parts.length - 1]!)] : null;
}

/** One argument, or one thing that the act says. */
export function readable(name: string, value: Plain): string {
  if (name === "micros" && typeof value === "number") return length(value);
  if ((name === "code" || name === "after" || name === "reason") && typeof value === "string") return plant.value?.reasons.find((r) => r.code === value)?.text ?? value;
  if (name === "state" && typeof value === "string") return STATES[value]?.[lang.value] ?? value;
  const span = stretch(value);
  if (!span) return typeof value === "object" ? JSON.stringify(value) : String(value);
  const [since, until] = span;
  return since === until ? dayClock(since) : `${dayClock(since)} – ${day(since) === day(until) ? clock(until) : dayClock(until)}`;
}

/** The page of the machine, at the time that the proposal is about. */
export function seen(p: Proposal): string | null {
  if (!plant.value?.machines.some((m) => m.path === p.place)) return null;
  const said = [p.arguments.stop, p.arguments.stops, p.arguments.at, p.arguments.about].map((x) => (x === undefined ? null : stretch(x))).find(Boolean);
  const [since, until] = said ?? [p.at, p.at];
  const around = 3_600e6, iso = (t: number) => new Date(t / 1000).toISOString();
  return `/machines/${p.place}?since=${iso(since - around)}&until=${iso(until + around)}`;
}
