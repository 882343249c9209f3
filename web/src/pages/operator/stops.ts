/** Stops as the plant tells them, with what this device knows already laid over them. */
import { useEffect, useState } from "preact/hooks";
import { iso } from "../../lib/format";
import { get } from "../../lib/api";
import { now, tiles } from "../../lib/live";
import type { Meant, Shows, Waiting } from "./queue";
import { echoes, taken, waiting } from "./queue";

/** since, until, state, reason */
export type Piece = [number, number, string, string];
export interface Stop {
  machine: string; title: string; since: number; until: number; ongoing: boolean; state: string; said: string; reason: string;
  who: string; why: string; element: string; minor: boolean; planned: number; needs_reason: boolean; pieces: Piece[];
  /** Given on this device, and not yet with the plant. */
  kept?: boolean;
}
export interface Told { stops: Stop[]; recent: Record<string, { stops: string[]; scrap: string[] }> }

const EVERY = 15_000;

/** The stops of the last hours; read again when a machine changes its state, when an act was taken, and now and then. */
export function useStops(machines: string[]): { told: Told | undefined; problem: string; stops: Stop[] } {
  const [told, setTold] = useState<Told>();
  const [problem, setProblem] = useState("");
  const [round, setRound] = useState(0);
  const changes = tiles.value.filter((t) => machines.includes(t.machine)).map((t) => `${t.machine} ${t.state} ${t.since} ${t.reason}`).join();
  useEffect(() => {
    const timer = setInterval(() => setRound((r) => r + 1), EVERY);
    return () => clearInterval(timer);
  }, []);
  const at = machines.join();
  useEffect(() => setTold(undefined), [at]);
  useEffect(() => {
    if (!at) return;
    const abort = new AbortController(), known = taken.value;
    const read = (found: Told) => {
      setTold(found);
      setProblem("");
      if (echoes.value.some((e) => e.order <= known)) echoes.value = echoes.value.filter((e) => e.order > known);
    };
    get<Told>("stops", { at, last: "16 h" }, abort.signal).then(read, (error: Error) => { if (error.name !== "AbortError") setProblem(error.message); });
    return () => abort.abort();
  }, [at, round, changes, taken.value]);
  return { told, problem, stops: overlaid(told?.stops ?? [], [...echoes.value.map((e) => e.shows), ...meant(waiting.value)]) };
}

/** What is meant and not yet taken; laid over what the plant said last. */
const meant = (acts: Waiting[]): Shows[] => acts.flatMap((a) => (a.state === "waiting" && a.shows ? [a.shows] : []));

function overlaid(stops: Stop[], shown: Shows[]): Stop[] {
  return shown.reduce((found, s) => found.flatMap((stop) => (stop.machine === s.machine ? laid(stop, s) : [stop])), stops);
}

function laid(stop: Stop, s: Shows): Stop[] {
  const until = s.until ?? Infinity;
  if (until <= stop.since || s.since >= stop.until) return [stop];
  const edges = [stop.since, ...[s.since, until].filter((e) => e > stop.since && e < stop.until), stop.until];
  return edges.slice(1).map((end, i) => {
    const since = edges[i]!, inside = since >= s.since && end <= Math.max(until, stop.until) && since < until;
    const pieces = stop.pieces.filter((p) => p[0] < end && p[1] > since)
      .map((p): Piece => [Math.max(p[0], since), Math.min(p[1], end), p[2], inside ? s.reason : p[3]]);
    const part = { ...stop, since, until: end, pieces, ongoing: stop.ongoing && end === stop.until };
    return inside ? { ...part, reason: s.reason, needs_reason: false, kept: true, who: "", why: "" } : part;
  });
}

/** How long it lasted, or has lasted until now. */
export const lasted = (stop: Stop): number => (stop.ongoing ? Math.max(now(), stop.until) : stop.until) - stop.since;

/** Those that want a word: the one that is on first, then the longest. */
export const wanting = (stops: Stop[]): Stop[] =>
  stops.filter((s) => s.needs_reason || (s.ongoing && !s.reason && s.element === "ADET" && !["starved", "blocked"].includes(s.state)))
    .sort((a, b) => Number(b.ongoing) - Number(a.ongoing) || b.since - a.since);

/** The acts that give a whole stop a reason: the stretch that is over, and the moment of the state that is still on. */
export function given(stop: Stop, reason: string, label: string): Meant[] {
  const { machine, pieces } = stop, last = pieces[pieces.length - 1]!;
  const saw = { machine, at: stop.since, reason: stop.reason };
  const over = stop.ongoing ? last[0] : stop.until;
  const acts: Meant[] = [];
  if (over > stop.since)
    acts.push({ act: "reason", args: { machine, stop: `${iso(stop.since)}/${iso(over)}`, code: reason }, label, saw, shows: { machine, since: stop.since, until: over, reason } });
  if (stop.ongoing)
    acts.push({ act: "reason", args: { machine, stop: iso(last[0]), code: reason }, label, saw: { ...saw, at: last[0] }, shows: { machine, since: last[0], until: null, reason } });
  return acts;
}

/** The acts that bring back what was: each piece with its own reason. */
export const restored = (stop: Stop, label: string): Meant[] => {
  const parts: Stop[] = [];
  for (const p of stop.pieces) {
    const last = parts[parts.length - 1];
    if (last && last.reason === p[3]) { last.until = p[1]; last.pieces.push(p); }
    else parts.push({ ...stop, since: p[0], until: p[1], reason: p[3], pieces: [p], ongoing: false });
  }
  parts[parts.length - 1]!.ongoing = stop.ongoing;
  return parts.flatMap((p) => given(p, p.reason, label).map(({ saw: _, ...rest }) => rest));
};
