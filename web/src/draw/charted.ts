/** A control chart as the house tells it: the points of its panels with their limits, the stages, the rules. */
export interface Point { panel: string; place: number; label: string; since: number; at: number; size: number; value: number | null; center: number; lower: number | null; upper: number | null; sigma: number | null; stage: string; rules: string; used: boolean; gap: boolean; note: string; who: string; units: string }
export interface Stage { stage: string; since: number; until: number; points: number; used: number; limits: string; who: string; frozen: number | null; basis: string; center: number; lower: number | null; upper: number | null; sigma: number; second: number | null; size: number }
export interface Panel { panel: string; rules: string; signals: number; run_length: number | null }
export interface Broken { rule: string; meaning: string; points: number }
export interface ControlChart {
  chart: string; test: string; unit: string; stable: boolean; signals: number; places: number; phase: string; run_length: number | null; lag: number | null; correlated: boolean; ar: number | null;
  panels: Panel[]; points: Point[]; stages: Stage[]; rules: Broken[]; remarks: string[];
}
export type Stretch = [number, number];

/** The points of one panel in order of place. */
export const onPanel = (chart: ControlChart, panel: string): Point[] => chart.points.filter((p) => p.panel === panel);

/** The rules that a place breaks on any panel. */
export function brokenAt(chart: ControlChart, place: number): string[] {
  return [...new Set(chart.points.filter((p) => p.place === place && p.rules).flatMap((p) => p.rules.split(" ")))];
}

/** The lowest and the highest that has to be seen of some points, with a margin. */
export function reach(points: Point[]): [number, number] {
  let low = Infinity, high = -Infinity;
  for (const p of points)
    for (const v of [p.value, p.lower, p.upper, p.center])
      if (v !== null) { low = Math.min(low, v); high = Math.max(high, v); }
  if (low > high) return [0, 1];
  const margin = (high - low || Math.abs(high) || 1) * 0.14;
  return [low - margin, high + margin];
}
