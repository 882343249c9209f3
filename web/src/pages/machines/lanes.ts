/** What held on a machine, as lanes of a timeline and as bands behind its curves. */
import { dayClock } from "../../lib/format";
import { now } from "../../lib/live";
import { ink } from "../../draw/paint";
import { stateBoxes, type Spell } from "../../draw/states";
import type { Box, Lane } from "../../draw/timeline";
import type { Band } from "../../draw/trend";
import { t } from "./words";

export interface SpellRow { place: string; since: number; until: number | null; text: string; detail: Record<string, unknown> }
export interface Found { condition: string; total: number; time: number; coverage: number | null; rows: { machine: string; since: number; until: number }[] }
interface Known { states: Spell[]; orders: SpellRow[] | undefined; alarms: SpellRow[] | undefined; notes: SpellRow[] | undefined; shifts: SpellRow[] | undefined; hits: Found | undefined }

const boxes = (rows: SpellRow[], fill: string, more: (r: SpellRow) => Partial<Box> = () => ({})): Box[] =>
  [...rows].sort((a, b) => a.since - b.since).map((r) => ({ since: r.since, until: r.until ?? now(), fill, text: r.text, ...more(r) }));

/** State first; other lanes only where there is something to show. */
export function laneOf(known: Known): Lane[] {
  const greys = [ink("faint"), ink("rule")];
  const alternating = (rows: SpellRow[]) => boxes(rows, greys[0]!).map((b, i) => ({ ...b, fill: greys[i % 2]! }));
  const lanes: Lane[] = [{ name: t("state"), boxes: stateBoxes(known.states), strong: true }];
  if (known.orders?.length) lanes.push({ name: t("order"), boxes: alternating(known.orders) });
  if (known.shifts?.length) lanes.push({ name: t("shifts"), boxes: alternating(known.shifts) });
  if (known.alarms?.length) lanes.push({ name: t("alarms"), boxes: boxes(known.alarms, ink("alert"), (r) => ({ tip: [String(r.detail.priority ?? "")] })) });
  if (known.notes?.length) lanes.push({ name: t("notes"), boxes: boxes(known.notes, ink("accent"), (r) => ({ point: true, tip: [String(r.detail.who ?? "")] })) });
  if (known.hits?.rows.length) lanes.push({ name: t("hits"), boxes: known.hits.rows.map((h) => ({ since: h.since, until: h.until, fill: ink("warn"), text: known.hits!.condition, tip: [dayClock(h.since)] })) });
  return lanes;
}

/** What is drawn behind the curves: stops (not production), orders, alarms or shifts. */
export function bandsOf(behind: string, lanes: Lane[]): Band[] {
  const of = (name: string) => lanes.find((l) => l.name === name)?.boxes ?? [];
  if (behind === "states") return of(t("state")).filter((b) => !b.low).map((b) => ({ since: b.since, until: b.until, fill: b.fill + "38" }));
  if (behind === "alarms") return of(t("alarms")).map((b) => ({ since: b.since, until: b.until, fill: b.fill + "33" }));
  const every = behind === "orders" ? of(t("order")) : behind === "shifts" ? of(t("shifts")) : [];
  return every.filter((_, i) => i % 2 === 0).map((b) => ({ since: b.since, until: b.until, fill: ink("soft") + "22" }));
}
