/** An alarm as REST tells it, and what may be done to it in its state (ISA-18.2). */
import { say } from "../../frame/toast";
import { Problem, send } from "../../lib/api";
import type { AlarmRow } from "../../lib/live";
import { t } from "./words";

export interface Alarm {
  priority: Priority; place: string; alarm: string; state: Stage; since: number; until: number | null; value: number | null; unit: string; message: string;
  action: string; cause: string; consequence: string; within: number | null; group: string; first_out: boolean; acknowledged: number | null; by: string;
}
export type Priority = "critical" | "high" | "medium" | "low";
export type Stage = "unacknowledged" | "acknowledged" | "returned" | "latched_unacknowledged" | "latched" | "shelved" | "suppressed" | "out_of_service" | "normal";
export interface Kept { place: string; alarm: string; state: Stage; since: number; until: number | null; who: string; why: string }

export const PRIORITIES: Priority[] = ["critical", "high", "medium", "low"];
const WAITING: Stage[] = ["unacknowledged", "returned", "latched_unacknowledged"];
const LATCHED: Stage[] = ["latched_unacknowledged", "latched"];
export const waits = (a: Alarm): boolean => WAITING.includes(a.state);
export const latched = (a: Alarm): boolean => LATCHED.includes(a.state);
export const keyOf = (a: { place: string; alarm: string; since: number }): string => `${a.place}/${a.alarm}/${a.since}`;
export const asAlarms = (rows: AlarmRow[]): Alarm[] => rows as unknown as Alarm[];

/** Do an act to an alarm; whether it was done. */
export async function acted(name: string, a: { place: string; alarm: string }, more: Record<string, string> = {}): Promise<boolean> {
  try {
    await send("POST", `acts/${name}`, { place: a.place, alarm: a.alarm, ...more });
    say(t("done", a));
    return true;
  } catch (problem) {
    say((problem as Problem).message, { bad: true });
    return false;
  }
}

const text = (a: string | number | null) => (a === null ? "" : a);
/** In order of a column, what has no value last. */
export function sorted<T>(rows: T[], value: ((row: T) => string | number | null) | undefined, down: boolean): T[] {
  if (!value) return rows;
  const order = (a: string | number, b: string | number) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true }));
  return [...rows].sort((a, b) => order(text(value(a)), text(value(b))) * (down ? -1 : 1));
}
