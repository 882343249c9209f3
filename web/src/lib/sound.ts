/** The chime of a call for help: made on the spot, quiet, and only where somebody switched it on. */
import { effect, signal } from "@preact/signals";
import { calls } from "./live";

/** The chime is switched on, on this device. */
export const sounding = signal(localStorage.getItem("sound") === "on");
/** It is switched on, and the browser waits for a touch before it lets a page sound. */
export const muted = signal(false);

/** Notes (hertz) that tell the kinds apart. */
const NOTES: Record<string, number[]> = { maintenance: [880, 660, 880], quality: [660, 880], material: [880, 660], supervisor: [660, 660] };
const LOUD = 0.22, LONG = 0.34, AGAIN = 30_000;
let context: AudioContext | undefined;

/** Switch it on or off; on: it sounds once, so that one knows how loud it is. */
export function setSounding(on: boolean): void {
  sounding.value = on;
  localStorage.setItem("sound", on ? "on" : "off");
  if (on) void chime("maintenance");
  else muted.value = false;
}

/** Sound once; a tablet shakes, too. */
export async function chime(kind: string): Promise<void> {
  if (!sounding.value) return;
  context ??= new AudioContext();
  if (context.state !== "running") await Promise.race([context.resume().catch(() => undefined), new Promise((r) => setTimeout(r, 300))]);
  muted.value = context.state !== "running";
  if (muted.value) return;
  const begin = context.currentTime + 0.02;
  for (const [n, pitch] of (NOTES[kind] ?? NOTES.supervisor!).entries()) note(context, pitch, begin + n * LONG);
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([120, 80, 120]);
}

function note(to: AudioContext, pitch: number, at: number): void {
  const tone = to.createOscillator(), loud = to.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  loud.gain.setValueAtTime(0, at);
  loud.gain.linearRampToValueAtTime(LOUD, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.001, at + LONG * 1.6);
  tone.connect(loud).connect(to.destination);
  tone.start(at);
  tone.stop(at + LONG * 1.7);
}

/** Sound for calls that nobody has answered: at once when they come, then twice a minute. Call what it returns to stop. */
export function listenForCalls(concerns: (machine: string) => boolean = () => true): () => void {
  const waiting = () => calls.peek().filter((c) => c.answered === null && concerns(c.machine));
  let heard = new Set(waiting().map((c) => c.number));
  const ring = effect(() => {
    const known = heard, open = calls.value.filter((c) => c.answered === null && concerns(c.machine));
    heard = new Set(open.map((c) => c.number));
    const fresh = open.find((c) => !known.has(c.number));
    if (fresh) void chime(fresh.kind);
  });
  const again = setInterval(() => { const first = waiting()[0]; if (first) void chime(first.kind); }, AGAIN);
  const touched = () => { if (muted.value) void context?.resume().then(() => (muted.value = false)); };
  addEventListener("pointerdown", touched);
  if (sounding.value && !navigator.userActivation?.hasBeenActive) muted.value = true;
  return () => { ring(); clearInterval(again); removeEventListener("pointerdown", touched); };
}
