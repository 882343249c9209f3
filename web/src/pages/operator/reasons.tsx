/** The tree of reasons as big buttons: what was given lately first, then one tap a level. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Reason } from "../../lib/plant";
import { t } from "./words";

/** The tree in the reader's language; the page keeps it up to date. */
export const tree = signal<Reason[]>([]);
export const textOf = (code: string): string => tree.value.find((r) => r.code === code)?.text ?? code;

interface Given { lately: string[]; latelyTitle?: string; taken: (code: string) => void; none?: string | undefined; except?: string }

const MOST = 16;

/** Every reason is a tap away while they all find room; else one tap for each level above it. */
export function Reasons({ lately, latelyTitle, taken, none, except }: Given) {
  const [at, setAt] = useState("");
  const reasons = tree.value;
  const below = (code: string) => reasons.filter((r) => r.parent === code);
  const leaves = (code: string): Reason[] => below(code).flatMap((r) => (below(r.code).length ? leaves(r.code) : [r]));
  if (!reasons.length) return <p class="soft">{t("noReasons")}</p>;
  const here = reasons.find((r) => r.code === at);
  const open = leaves(at).length <= MOST && below(at).every((r) => below(r.code).every((x) => !below(x.code).length));
  const quick = at ? [] : lately.map((code) => reasons.find((r) => r.code === code)).filter((r): r is Reason => !!r && r.code !== except);
  const button = (r: Reason, text = r.text) => <button key={r.code} aria-current={r.code === except ? "true" : undefined} onClick={() => taken(r.code)}>{text}</button>;
  const single = below(at).filter((r) => !below(r.code).length), groups = below(at).filter((r) => below(r.code).length);
  return (
    <div class="reasons">
      {quick.length > 0 && <><h3>{latelyTitle ?? t("lately")}</h3><div class="taps quick">{quick.map((r) => button(r))}</div></>}
      {here && <button class="quiet up" onClick={() => setAt(here.parent)}>← {here.text}</button>}
      {open && groups.map((g) => (
        <section key={g.code}><h3>{g.text}</h3>
          <div class="taps">{below(g.code).map((r) => button(r))}<button class="soft" onClick={() => taken(g.code)}>{t("general", { text: g.text })}</button></div></section>
      ))}
      {!open && quick.length > 0 && <h3>{t("all")}</h3>}
      <div class="taps rest">
        {!open && groups.map((g) => <button key={g.code} class="folder" onClick={() => setAt(g.code)}><span>{g.text}</span><span aria-hidden="true">›</span></button>)}
        {single.map((r) => button(r))}
        {here && <button class="soft" onClick={() => taken(here.code)}>{t("general", { text: here.text })}</button>}
        {!here && none !== undefined && <button class="soft" onClick={() => taken("")}>{none}</button>}
      </div>
    </div>
  );
}
