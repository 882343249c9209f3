/** What the house says about sources, visits and proposals. */
export interface Source {
  source: string; connector: string; url: string; health: string; said: string; since?: number; last?: number | null; samples?: number; rate?: number; refused?: number; skew?: number | null;
  signals: number; machines: string[];
}
export interface Step { step: string; title: string; well: boolean; said: string }
export interface Way extends Step { connector: string; url: string }
export interface Visit { visit: string; name: string; connector: string; url: string; known: boolean; wants_user: boolean; lacks_password: boolean }
export interface Offer { address: string; path: string[]; kind: string; unit: string; value: number | string | null; role: string; why: string }
export interface Values { rows: number; said: string; values: Record<string, number | string | null> }
export interface Suggestion {
  line: number; address: string; name: string; role: string; kind: string; unit: string; keys: { states?: string | Record<string, string>; [key: string]: unknown };
  value: number | string | null; why: string; ask: string; open: Record<string, string>; taken: boolean; path: string[];
}
export interface Candidate { path: string; title: string; known: boolean; taken: boolean; signals: Suggestion[] }
export interface Proposal { name: string; machines: Candidate[]; notes: string[]; asked: number; signals: number }
export interface Written { source: string; machines: string[]; signals: number; open: string[] }
export interface Choices { roles: { name: string; help: string }[]; kinds: string[]; states: string[]; maps: string[]; connectors: { name: string; summary: string; schemes: string[] }[] }
export interface Answerable { study: string; answer: string; machines: string; missing: string }

/** A value as people read it. */
export const shown = (value: number | string | null | undefined): string =>
  value == null ? "–" : typeof value === "number" ? (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))) : value.length > 40 ? `${value.slice(0, 39)}…` : value;
