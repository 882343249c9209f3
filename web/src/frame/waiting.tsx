/** What programs propose and a person has to decide: a link in the bar, only while something waits. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../lib/api";
import { may, me } from "../lib/plant";
import { t } from "./words";

const EVERY = 60_000;
const count = signal(0);

/** Look how many wait; what cannot be read now is read the next time. */
export async function look(): Promise<void> {
  if (document.hidden || !may("operator")) return;
  await get<{ allowed: boolean }[]>("proposals").then((found) => (count.value = found.filter((p) => p.allowed).length), () => undefined);
}

export function Waiting() {
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), EVERY);
    document.addEventListener("visibilitychange", look);
    return () => { clearInterval(timer); document.removeEventListener("visibilitychange", look); };
  }, [me.value]);
  return count.value ? <a class="button" href="/proposals" title={t("proposed", { n: count.value })}>{t("proposals")}<em class="count">{count.value}</em></a> : null;
}
