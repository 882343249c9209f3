/** The second hand: what ticks reads `tick.value`, the moment on the plant's clock (microseconds). */
import { signal } from "@preact/signals";
import { lang } from "./i18n";
import { now } from "./live";

export const tick = signal(now());
setInterval(() => { if (!document.hidden) tick.value = now(); }, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick.value = now(); });

/** How long something has lasted, to the second while it is shorter than an hour. */
export function elapsed(us: number): string {
  const s = Math.max(0, Math.floor(us / 1e6)), zh = lang.value === "zh", two = (n: number) => String(n).padStart(2, "0");
  if (s < 60) return zh ? `${s} 秒` : `${s} s`;
  if (s < 3600) return zh ? `${Math.floor(s / 60)} 分 ${two(s % 60)} 秒` : `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  if (s < 86400) return zh ? `${Math.floor(s / 3600)} 时 ${two(Math.floor((s % 3600) / 60))} 分` : `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`;
  return zh ? `${Math.floor(s / 86400)} 天 ${Math.floor((s % 86400) / 3600)} 时` : `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}
