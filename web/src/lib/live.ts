/** Live values: one WebSocket, a whole snapshot first, then only what changed. */
import { effect, signal } from "@preact/signals";
import { lang } from "./i18n";

export interface Tile {
  machine: string; title: string; at: number; state: string; since: number; said: string; reason: string; order: string; product: string;
  day: string; shift: string; made: number | null; good: number | null; rejects: number | null; target: number | null;
  oee: number | null; availability: number | null; effectiveness: number | null; quality: number | null; coverage: number | null;
}
export type AlarmRow = Record<string, string | number | null>;
export type SourceRow = Record<string, string | number | null>;
export interface Call { number: number; machine: string; kind: string; text: string; who: string; at: number; answered: number | null; by: string }
interface Frame { tiles?: Partial<Tile>[]; alarms?: AlarmRow[]; sources?: SourceRow[]; calls?: Call[]; latest?: Record<string, [number, number | string | null, number]>; whole?: boolean; at: number }

export const tiles = signal<Tile[]>([]);
export const alarms = signal<AlarmRow[]>([]);
export const sources = signal<SourceRow[]>([]);
export const calls = signal<Call[]>([]);
/** Newest (at, value, quality) of the signals that some page follows. */
export const latest = signal<Record<string, [number, number | string | null, number]>>({});
export const online = signal(false);
/** Nothing came yet, and nothing failed: the page has only just been opened. */
export const beginning = signal(true);
/** Difference between the plant's clock and this device's, in microseconds. */
export const skew = signal(0);
export const now = (): number => Date.now() * 1000 + skew.value;

let socket: WebSocket | undefined;
let wait = 500;
/** When a frame came last: the plant sends one every 5 s at least, so a longer silence is a line that is cut. */
let heard = 0;
const SILENCE = 16_000;
const PATIENCE = 8_000;
const followed = new Map<string, number>();

export function connect(): void {
  open();
  setTimeout(() => { beginning.value = false; }, PATIENCE);
  setInterval(() => { if (socket?.readyState === WebSocket.OPEN && Date.now() - heard > SILENCE) leave(); }, 4000);
  let spoken = lang.peek();
  effect(() => { if (lang.value !== spoken) { spoken = lang.value; wait = 50; leave(); } });
}

function open(): void {
  const made = (socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live?lang=${lang.peek()}`));
  made.onopen = () => { wait = 500; heard = Date.now(); tell(); };
  made.onmessage = (e) => { heard = Date.now(); take(JSON.parse(e.data as string) as Frame); };
  made.onclose = () => { if (made === socket) leave(); };
}

/** Let go of the line, and come back: a line that is cut may take minutes to close, so nobody waits for that. */
function leave(): void {
  const old = socket;
  socket = undefined;
  old?.close();
  if (wait >= 500) online.value = beginning.value = false;
  setTimeout(open, wait + Math.random() * wait);
  wait = Math.min(Math.max(500, wait * 2), 8000);
}

/** Follow signals' newest values while a page shows them; call what it returns to stop. */
export function follow(paths: string[]): () => void {
  for (const path of paths) followed.set(path, (followed.get(path) ?? 0) + 1);
  tell();
  return () => {
    for (const path of paths) {
      const left = (followed.get(path) ?? 1) - 1;
      if (left) followed.set(path, left);
      else followed.delete(path);
    }
    tell();
  };
}

function tell(): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ follow: [...followed.keys()] }));
}

function take(frame: Frame): void {
  online.value = true;
  beginning.value = false;
  skew.value = frame.at - Date.now() * 1000;
  if (frame.tiles) {
    const known = new Map(frame.whole ? [] : tiles.value.map((t) => [t.machine, t]));
    for (const change of frame.tiles) known.set(change.machine!, { ...known.get(change.machine!), ...change } as Tile);
    tiles.value = [...known.values()];
  }
  if (frame.alarms) alarms.value = frame.alarms;
  if (frame.sources) sources.value = frame.sources;
  if (frame.calls) calls.value = frame.calls;
  if (frame.latest) latest.value = { ...latest.value, ...frame.latest };
}
