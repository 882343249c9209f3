/** What the house tells of studies: the shapes of its answers. */
import type { Plain, Row } from "../../lib/api";
import type { Pictured } from "../../draw/picture";

export interface Listed { name: string; field: string; title: string; summary: string; able: number; of: number; missing: string; timeless?: boolean }
export interface Setting { name: string; title: string; type: "int" | "float" | "bool" | "str"; unit: string; default: Plain; required: boolean; choices: string[]; help: string }
export interface FigureAbout { name: string; title: string; unit: string; measured: boolean; help: string }
export interface About {
  name: string; field: string; title: string; summary: string; method: string; example: string; source: string; parameters: Setting[];
  roles: { name: string; roles: string[][]; required: boolean; each: boolean; help: string }[]; knowledge: string[];
  figures: FigureAbout[]; headline: string[]; adds: boolean; of_line: boolean; timeless?: boolean; picture: boolean;
}
export interface Figure extends FigureAbout { value: Plain; headline: boolean }
export interface Table { columns: { name: string; title: string; unit: string; measured: boolean }[]; rows: Row[] }
export interface Answer {
  study: string; at: string; since: string; until: string; zone: string; coverage: number | null; heard: { signal: string; role: string; known: number; asked: number }[];
  figures: Figure[]; tables: Record<string, Table>; picture: Pictured | null; notes: string[]; words?: Record<string, string>;
  evidence: { machines: string[]; left_out: [string, string][]; signals: string[]; rows: number; bad: number; version: string; plant: string };
}
export interface Given { since: number; until: number; label: string; asked: number; figures: Record<string, Plain>; value: number | null; on: boolean | null; known: number | null; again: number; problem: string }
export interface Schedule {
  number: number; name: string; study: string; at: string; every: string; settings: Record<string, Plain>; figure: string; side: string; limit: number | null; priority: string; unit: string; who: string; since: number; count: number; last: Given | null;
}
export interface ScheduleTold extends Schedule { answers: Given[]; units: Record<string, string> }

const SHORT = /\b(oee|kpis|semi|mtbf|mttr|teep|fpy|rty|anova|gauge rr)\b/g;
const WORDS: Record<string, string> = { kpis: "KPIs", "gauge rr": "Gauge R&R" };
/** A name as a heading: begun with a capital, short names in capitals. */
export const named = (title: string): string => {
  const text = title.replace(SHORT, (x) => WORDS[x] ?? x.toUpperCase());
  return text.charAt(0).toUpperCase() + text.slice(1);
};
