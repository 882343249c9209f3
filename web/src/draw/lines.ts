/** Trends as the house tells them, made into lines that uPlot draws: every extreme of a bucket is in its line. */
import uPlot from "uplot";
import type { Fold, Stretch } from "./fold";

export interface Series {
  signal: string; unit: string; kind: string; stepped: boolean; coverage: number | null;
  at: number[]; low: (number | null)[]; high: (number | null)[]; first: (number | null)[]; last: (number | null)[];
  /** Stretches in which the signal was not heard. */
  gaps?: Stretch[];
  /** What it said before the window: it held until the first bucket. */
  before?: number | null;
}
export interface Trend { since: number; until: number; width: number; series: Series[] }
export type Line = [number[], (number | null | undefined)[]];

/**
 * One series as a line: a bucket with several values becomes first, extremes, last (in the order that is nearer), so
 * that the line has every spike; the line is broken where the signal was not heard. `shift` moves it (microseconds).
 */
export function line(s: Series, trend: Trend, fold: Fold, { shift = 0, now = Infinity }: { shift?: number; now?: number } = {}): Line {
  const xs: number[] = [], ys: (number | null)[] = [], w = trend.width;
  const put = (at: number, v: number | null) => {
    const x = fold.to(at + shift);
    if (xs.length && x <= xs[xs.length - 1]!) {
      if (v !== null && fold.open) return; // what closed hours hold lies on one place of the axis
      xs.push(xs[xs.length - 1]! + 1e-6);
    } else xs.push(x);
    ys.push(v);
  };
  const gaps = s.gaps ?? [];
  let gap = 0;
  if (s.before != null && s.at.length && !(gaps[0] && gaps[0][0] <= trend.since)) put(trend.since, s.before);
  for (let i = 0; i < s.at.length; i++) {
    const at = Math.max(s.at[i]!, trend.since), low = s.low[i]!, high = s.high[i]!, first = s.first[i]!, last = s.last[i]!;
    while (gap < gaps.length && gaps[gap]![0] <= at) put(gaps[gap++]![0], null);
    if (first === null || low === null) { put(at, null); continue; }
    put(at, first);
    if (low === high) continue;
    const [a, b] = Math.abs(first - low) <= Math.abs(first - high) ? [low, high] : [high, low];
    put(at + w * 0.35, a);
    put(at + w * 0.65, b);
    put(at + w * 0.95, last);
  }
  while (gap < gaps.length) put(gaps[gap++]![0], null);
  const end = Math.min(trend.until, now), last = s.last[s.last.length - 1];
  if (last != null && ys[ys.length - 1] !== null && s.at.length) put(end, last);
  return [xs, ys];
}

/** The bucket at a moment: where the signal was silent but heard, the one before, whose last value holds. */
export function bucket(s: Series, at: number): { low: number | null; high: number | null; last: number | null; holds: boolean } | null {
  let low = 0, high = s.at.length - 1;
  if (high < 0 || at < s.at[0]!) return s.before != null ? { low: s.before, high: s.before, last: s.before, holds: true } : null;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (s.at[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  if (s.gaps?.some(([since, until]) => since <= at && at < until)) return null;
  return { low: s.low[low]!, high: s.high[low]!, last: s.last[low]!, holds: false };
}

/** Several lines over one another: moments of each that the others lack are no gaps in these. */
export function together(lines: Line[]): uPlot.AlignedData {
  if (!lines.length) return [[]];
  if (lines.length === 1) return [lines[0]![0], lines[0]![1]] as uPlot.AlignedData;
  return uPlot.join(lines as uPlot.AlignedData[], lines.map(() => [0, 2]));
}
