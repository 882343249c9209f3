/** Acts that wait: kept in the device until the plant has them, sent in order, each once, with the time at which they were meant. */
import { signal } from "@preact/signals";
import { Problem, get, send } from "../../lib/api";
import { online } from "../../lib/live";
import { me } from "../../lib/plant";
import type { Stop } from "./stops";

/** What an act makes of a stretch of a machine's stops, shown until the plant says the same; `until` null: still on. */
export interface Shows { machine: string; since: number; until: number | null; reason: string }
export interface Waiting {
  id: string; place: number; who: string; act: string; args: Record<string, string | number>;
  /** When it was tapped, milliseconds of this device; `hold`: not sent before. */
  tapped: number; hold: number;
  /** What people read of it, in the language of that moment. */
  label: string;
  shows: Shows | null;
  /** The reason that the person saw when they gave another: if it is not that any more, somebody else was quicker. */
  saw: { machine: string; at: number; reason: string } | null;
  state: "waiting" | "refused" | "overtaken"; said: string;
}

export const waiting = signal<Waiting[]>([]);
/** Rises whenever the plant took something: what was read before may be out of date. */
export const taken = signal(0);
/** What the plant took and was not read back yet: it is still shown until then, `order` being what `taken` was by it. */
export const echoes = signal<{ shows: Shows; order: number }[]>([]);
export const blocked = signal("");
const RETRY = 3000, PATIENCE = 10_000, LATE = 3000;

const opened = new Promise<IDBDatabase>((done, failed) => {
  const asked = indexedDB.open("andon-operator", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("acts", { keyPath: "id" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function stored<T>(mode: IDBTransactionMode, work: (acts: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await opened).transaction("acts", mode, { durability: "strict" });
  const asked = work(transaction.objectStore("acts"));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(asked.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
}

/** On their way to the device's disk: shown at once, sent only from there. */
const fresh = new Map<string, Waiting>();

/** Everything that waits, in the order in which it was meant. */
async function look(): Promise<void> {
  tell((await stored("readonly", (acts) => acts.getAll())) as Waiting[]);
}

function tell(rows: Waiting[]): void {
  const all = new Map([...rows.map((r): [string, Waiting] => [r.id, r]), ...fresh]);
  waiting.value = [...all.values()].sort((a, b) => a.tapped - b.tapped || a.place - b.place);
}

export interface Meant { act: string; args: Waiting["args"]; label: string; shows?: Shows; saw?: NonNullable<Waiting["saw"]> }

/** Keep acts durably, then send them; with `hold` (ms) they can be taken back so long. Returns their ids. */
export async function enqueue(acts: Meant[], hold = 0): Promise<string[]> {
  const tapped = Date.now();
  const rows: Waiting[] = acts.map((a, place) => ({
    id: crypto.randomUUID(), place, who: me.value?.who ?? "", act: a.act, args: a.args, tapped, hold: tapped + hold,
    label: a.label, shows: a.shows ?? null, saw: a.saw ?? null, state: "waiting", said: "",
  }));
  for (const row of rows) fresh.set(row.id, row);
  tell(waiting.value);
  for (const row of rows) {
    await stored("readwrite", (s) => s.put(row));
    fresh.delete(row.id);
  }
  await look();
  if (hold) setTimeout(() => void flush(), hold + 50);
  void flush();
  return rows.map((r) => r.id);
}

/** Take back what is still here; returns how many of them. */
export async function takeBack(ids: string[]): Promise<number> {
  const here = waiting.value.filter((w) => ids.includes(w.id) && !sending.has(w.id));
  for (const w of here) await stored("readwrite", (s) => s.delete(w.id));
  await look();
  return here.length;
}

/** Send it although it was refused, or although somebody was quicker. */
export async function sendAnyway(id: string): Promise<void> {
  const row = waiting.value.find((w) => w.id === id);
  if (!row) return;
  await stored("readwrite", (s) => s.put({ ...row, state: "waiting", saw: null, said: "" }));
  await look();
  void flush();
}

const sending = new Set<string>();
let busy = false, more = false, again = 0;

/** Send what waits; one tab at a time, in order, until the link fails. */
export async function flush(): Promise<void> {
  more = true;
  if (busy) return;
  busy = true;
  try {
    while (more) {
      more = false;
      await (navigator.locks ? navigator.locks.request("andon-operator-acts", drain) : drain());
    }
  } finally {
    busy = false;
  }
}

async function drain(): Promise<void> {
  await look();
  for (const row of waiting.value) {
    if (row.state !== "waiting" || fresh.has(row.id) || row.who !== me.value?.who || row.hold > Date.now()) continue;
    sending.add(row.id);
    const goesOn = await deliver(row).finally(() => sending.delete(row.id));
    if (!goesOn) { later(); break; }
  }
}

/** Whether to go on with the next. */
async function deliver(row: Waiting): Promise<boolean> {
  try {
    if (row.saw && Date.now() - row.tapped > LATE && (await overtaken(row))) return true;
    await send("POST", `acts/${row.act}`, row.args, { headers: { "idempotency-key": row.id }, signal: AbortSignal.timeout(PATIENCE) });
    await stored("readwrite", (s) => s.delete(row.id));
    blocked.value = "";
    if (row.shows) echoes.value = [...echoes.value, { shows: row.shows, order: taken.value + 1 }];
    taken.value++;
    await look();
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 401 || error.status === 429 || error.status >= 500) {
      blocked.value = error instanceof Problem ? error.message : "";
      return false;
    }
    await mark(row, "refused", error.message);
    return true;
  }
}

/** While this waited, did somebody give the stop another reason? */
async function overtaken(row: Waiting): Promise<boolean> {
  const { machine, at, reason } = row.saw!;
  const found = await get<{ stops: Stop[] }>("stops", { at: machine, since: at, until: at + 1 }, AbortSignal.timeout(PATIENCE));
  const piece = found.stops.flatMap((s) => s.pieces.map((p) => ({ p, s }))).find(({ p }) => p[0] <= at && at < p[1]);
  if (!piece || piece.p[3] === reason || piece.p[3] === row.shows?.reason) return false;
  await mark(row, "overtaken", `${piece.s.who}|${piece.p[3]}`);
  return true;
}

async function mark(row: Waiting, state: Waiting["state"], said: string): Promise<void> {
  await stored("readwrite", (s) => s.put({ ...row, state, said }));
  await look();
}

function later(): void {
  clearTimeout(again);
  again = window.setTimeout(() => void flush(), RETRY);
}

addEventListener("online", () => void flush());
online.subscribe((is) => { if (is) void flush(); });
void look().then(() => flush());
