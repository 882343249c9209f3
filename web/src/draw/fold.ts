/** Where a moment lies on a time axis: evenly, or with closed hours folded away. */
import { zone } from "../lib/plant";

export type Stretch = [since: number, until: number];
/** Moments are microseconds since 1970, places on the axis are seconds. */
export interface Fold { to: (at: number) => number; from: (x: number) => number; open: Stretch[] | null }

export const flat: Fold = { to: (at) => at / 1e6, from: (x) => x * 1e6, open: null };

/** Only the open stretches (in order, not overlapping) take room; closed time between two of them is one place. */
export function folded(open: Stretch[]): Fold {
  if (!open.length) return flat;
  const begin = open[0]![0] / 1e6, before: number[] = [];
  let sum = 0;
  for (const [since, until] of open) { before.push(sum); sum += (until - since) / 1e6; }
  const last = open.length - 1;
  const to = (at: number): number => {
    if (at < open[0]![0]) return at / 1e6;
    const i = lastAtMost(open.length, (k) => open[k]![0] <= at);
    const inside = Math.min(at, open[i]![1]) - open[i]![0];
    return begin + before[i]! + inside / 1e6 + (i === last && at > open[i]![1] ? (at - open[i]![1]) / 1e6 : 0);
  };
  const from = (x: number): number => {
    if (x < begin) return x * 1e6;
    const i = lastAtMost(open.length, (k) => before[k]! <= x - begin);
    return open[i]![0] + (x - begin - before[i]!) * 1e6;
  };
  return { to, from, open };
}

/** The greatest index of `count` for which an ordered test still holds; 0 at least. */
export function lastAtMost(count: number, holds: (i: number) => boolean): number {
  let low = 0, high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Several stretches as few as possible: those that overlap or touch are one. */
export function joined(stretches: Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const [since, until] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const end = found[found.length - 1];
    if (end && since <= end[1]) end[1] = Math.max(end[1], until);
    else if (until > since) found.push([since, until]);
  }
  return found;
}

const parts = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<number, number>();
/** How far the plant's clocks are ahead of UTC at a moment, in microseconds. */
export function offset(at: number): number {
  const quarter = Math.floor(at / 900e6), key = quarter;
  let known = offsets.get(key);
  if (known !== undefined && offsetsOf === zone.value) return known;
  if (offsetsOf !== zone.value) { offsets.clear(); offsetsOf = zone.value; }
  let format = parts.get(zone.value);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone.value, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
    parts.set(zone.value, format);
  }
  const said = Object.fromEntries(format.formatToParts(quarter * 900e3).map((p) => [p.type, Number(p.value)]));
  known = (Date.UTC(said.year!, said.month! - 1, said.day, said.hour, said.minute) - quarter * 900e3) * 1000;
  offsets.set(key, known);
  return known;
}
let offsetsOf = "";

const S = 1e6, M = 60 * S, H = 60 * M, D = 24 * H;
const STEPS = [1e3, 5e3, 1e4, 5e4, 1e5, 5e5, S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, M, 2 * M, 5 * M, 10 * M, 15 * M, 30 * M, H, 2 * H, 3 * H, 6 * H, 12 * H, D, 2 * D, 7 * D, 14 * D, 30 * D, 91 * D, 365 * D];
export interface Tick { at: number; x: number; step: number; midnight: boolean }

/** Round moments of the plant's clocks between two places of an axis, about `room` of them at most. */
export function ticks(fold: Fold, low: number, high: number, room: number): Tick[] {
  const step = STEPS.find((s) => ((high - low) * 1e6) / s <= Math.max(2, room)) ?? 365 * D;
  const since = fold.from(low), until = fold.from(high), found: Tick[] = [];
  // A month and more is counted in days from Monday 1970-01-05, so that weeks begin on Mondays.
  const origin = step >= 7 * D ? 4 * D : 0;
  let wall = Math.ceil((since + offset(since) - origin) / step) * step + origin, last = -Infinity;
  const least = ((high - low) / Math.max(2, room)) * 0.6;
  for (let n = 0; n < 4000; n++, wall += step) {
    const guess = wall - offset(wall), at = wall - offset(guess);
    if (at > until) break;
    const x = fold.to(at);
    if (fold.open && !inOpen(fold.open, at)) continue;
    if (x - last < least) continue;
    last = x;
    found.push({ at, x, step, midnight: wall % D === 0 });
  }
  return found;
}

function inOpen(open: Stretch[], at: number): boolean {
  if (at < open[0]![0] || at >= open[open.length - 1]![1]) return true;
  const i = lastAtMost(open.length, (k) => open[k]![0] <= at);
  return at < open[i]![1];
}
