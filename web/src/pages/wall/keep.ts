/** What keeps a wall alive for months: the screen awake, the page as new as the plant, dim at night. */
import { effect } from "@preact/signals";
import { clock } from "../../lib/format";
import { online } from "../../lib/live";
import { plant } from "../../lib/plant";

/** Keep the screen on while the page is seen; browsers that cannot are left as they are. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | undefined, over = false;
  const take = () => {
    if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
    navigator.wakeLock.request("screen").then((got) => { if (over) void got.release(); else lock = got; }, () => undefined);
  };
  take();
  document.addEventListener("visibilitychange", take);
  return () => { over = true; document.removeEventListener("visibilitychange", take); void lock?.release(); };
}

const bundle = (html: string): string => [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1]).sort().join();

/** Load the page anew where that surely works: when the plant has come back with another version of it. */
async function renew(): Promise<void> {
  const answer = await fetch("/", { cache: "no-store" }).catch(() => undefined);
  if (!answer?.ok) return;
  if (bundle(await answer.text()) !== bundle(document.head.innerHTML)) location.reload();
}

/** After each interruption look for a new version; where the plant was not there at all yet, begin again once it is. */
export function stayNew(): () => void {
  let was = true;
  const end = effect(() => {
    if (online.value && !was) void renew();
    was = online.value;
  });
  const again = setInterval(() => {
    if (!plant.peek()) void fetch("/api/me", { cache: "no-store" }).then((a) => { if (a.ok && !plant.peek()) location.reload(); }, () => undefined);
  }, 7000);
  return () => { end(); clearInterval(again); };
}

/** Is it between these hours on the plant's clocks? "22-6" goes over midnight; "0" is never. */
export function isNight(hours: string, at: number): boolean {
  const [from, to] = hours.split("-").map(Number);
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return false;
  const hour = Number(clock(at).slice(0, 2));
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}
