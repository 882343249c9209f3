/** What the quality pages ask, and what they get. */
import type { ControlChart } from "../../draw/charted";
import type { Query } from "../../lib/api";
import { useGet, type Loaded } from "../../lib/load";
import { span, type Around } from "../../lib/period";
import { chosen } from "../../lib/router";
import type { About, Answer } from "../studies/told";

export interface TestAbout { name: string; title: string; unit: string; number: number; low: number | null; high: number | null; target: number | null; count: number; failed: number }
export interface TestedMachine { machine: string; title: string; since: number; until: number; units: number; wafers: number; lot: string[]; product: string[]; step: string[]; facts: string[]; tests: TestAbout[] }
export interface Tested extends Around { machines: TestedMachine[] }
export interface Values extends Around { test: string; unit: string; columns: { at: number[]; unit: string[]; lot: string[]; wafer: string[]; attempt: number[]; value: (number | null)[]; low: (number | null)[]; high: (number | null)[] } }

export const period = () => span("30 d");
export const useTested = (at: string): Loaded<Tested> => useGet<Tested>("measured", { at, ...period() });

/** What a chart is asked where nobody chose: of wafers a point each, for a die each would be thousands. */
export const usual = (m: TestedMachine | undefined): Query => (m?.wafers ? { subgroup: "wafer" } : {});

/** A study's answer with its typed figures beside the told ones. */
export interface Answered<T> extends Answer { answer: T | null; pieces: { key: Record<string, string>; answer: T }[] }

/** The question of a study about one test, with what the address sets of it. */
export function question(about: About, at: string, test: string): Query {
  const said: Query = { at, ...period() };
  for (const p of about.parameters) if (chosen(p.name)) said[p.name] = chosen(p.name);
  return about.parameters.some((p) => p.name === "tests") ? { ...said, tests: test } : { ...said, test };
}

export const chartOf = (a: Answered<ControlChart> | undefined): ControlChart | undefined => a?.answer ?? a?.pieces[0]?.answer ?? undefined;
