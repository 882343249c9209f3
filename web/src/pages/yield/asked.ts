/** What the page asks of wafers, and what it gets. */
import { useMemo } from "preact/hooks";
import { type BinAbout, type Told, unpacked, type Wafer } from "../../draw/wafer";
import type { Problem, Query } from "../../lib/api";
import { useGet } from "../../lib/load";
import { type Around, span } from "../../lib/period";
import { chosen } from "../../lib/router";

export interface TestAbout { name: string; title: string; unit: string; number: number; low: number | null; high: number | null; target: number | null; count: number; failed: number }
export interface TestedMachine { machine: string; title: string; since: number; until: number; units: number; wafers: number; lot: string[]; product: string[]; step: string[]; facts: string[]; tests: TestAbout[] }
export interface Tested extends Around { machines: TestedMachine[] }
export interface Unit { machine: string; at: number; unit: string; step: string; lot: string; wafer: string; product: string; x: number | null; y: number | null; site: number; hard: number; soft: number; hard_name: string; soft_name: string; passed: boolean | null; attempt: number; seconds: number | null; facts: Record<string, string> }
export interface UnitTest { name: string; title: string; number: number; unit: string; value: number | null; low: number | null; high: number | null; passed: boolean | null }
export interface UnitTold extends Unit { tests: UnitTest[] }
export interface Units extends Around { total: number; rows: Unit[] }
interface MapsTold extends Around { shown: string; title: string; unit: string; low: number | null; high: number | null; span: [number, number] | null; bins: BinAbout[]; maps: Told[] }
export interface Maps extends Omit<MapsTold, "maps"> { wafers: Wafer[] }

export const period = () => span("30 d");
export const shown = (): string => chosen("show", "hard");
export const isBins = (what: string): boolean => what === "hard" || what === "soft";

export function useMaps(): { maps: Maps | undefined; problem: Problem | undefined; loading: boolean; again: () => void } {
  const asked: Query = { at: chosen("at"), ...period(), shown: shown(), lot: chosen("lot"), first: chosen("first") };
  const { data, problem, loading, again } = useGet<MapsTold>("measured/maps", asked);
  const maps = useMemo(() => data && { ...data, wafers: data.maps.map((m) => unpacked(m, isBins(data.shown))) }, [data]);
  return { maps, problem, loading, again };
}

export const rate = (ws: { good: number; judged: number }[]): number | null => {
  const judged = ws.reduce((sum, w) => sum + w.judged, 0);
  return judged ? ws.reduce((sum, w) => sum + w.good, 0) / judged : null;
};
