/** The address is the state: a path of a page, and what is chosen on it in the query, so that every view can be sent as a link. */
import { signal } from "@preact/signals";

export const here = signal(new URL(location.href));
addEventListener("popstate", () => (here.value = new URL(location.href)));

export function go(to: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  here.value = new URL(location.href);
}

/** Change some of what is chosen; `undefined` and "" take a choice away. */
export function choose(changes: Record<string, string | undefined>, replace = true): void {
  const url = new URL(here.value);
  for (const [name, value] of Object.entries(changes))
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  go(url.pathname + url.search, replace);
}

export const chosen = (name: string, otherwise = ""): string => here.value.searchParams.get(name) ?? otherwise;

/** Links to our own pages change the address without loading anything. */
document.addEventListener("click", (e) => {
  const link = (e.target as Element).closest?.("a");
  if (!link || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || link.target || link.download) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname.startsWith("/api")) return;
  e.preventDefault();
  go(to.pathname + to.search + to.hash);
  if (!to.hash) scrollTo(0, 0);
});
