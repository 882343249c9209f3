/** The tree of reasons as big buttons: what was given lately first, then one tap a level. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Reason } from "../../lib/plant";
import { t } from "./words";

/** The tree in the reader's language; the page keeps it up to date. */
export const tree = signal<Reason[]>([]);
export const textOf = (code: string): string => tree.value.find((r) => r.code === code)?.text ?? code;

interface Given { lately: string[]; latelyTitle?: string; taken: (code: string) => void; none?: string | undefined; except?: string }

/** Every reason is a tap away, or one tap for each level above it. */
export function Reasons({ lately, latelyTitle, taken, none, except }: Given) {
  const [at, setAt] = useState("");
  const reasons = tree.value;
  const below = (code: string) => reasons.filter((r) => r.parent === code);
  const here = reasons.find((r) => r.code === at);
  if (!reasons.length) return <p class="soft">{t("noReasons")}</p>;
  const quick = at ? [] : lately.map((code) => reasons.find((r) => r.code === code)).filter((r): r is Reason => !!r && r.code !== except);
  return (
    <div class="reasons">
      {quick.length > 0 && <>
        <h3>{latelyTitle ?? t("lately")}</h3>
        <div class="taps quick">{quick.map((r) => <button key={r.code} onClick={() => taken(r.code)}>{r.text}</button>)}</div>
        <h3>{t("all")}</h3>
      </>}
      {here && <button class="quiet up" onClick={() => setAt(here.parent)}>← {here.text}</button>}
      <div class="taps">
        {below(at).map((r) => {
          const kinds = below(r.code).length;
          return <button key={r.code} class={kinds ? "folder" : ""} aria-current={r.code === except ? "true" : undefined} onClick={() => (kinds ? setAt(r.code) : taken(r.code))}>
            <span>{r.text}</span>{kinds > 0 && <span aria-hidden="true">›</span>}
          </button>;
        })}
        {here && <button class="soft" onClick={() => taken(here.code)}>{t("general", { text: here.text })}</button>}
        {!here && none !== undefined && <button class="soft" onClick={() => taken("")}>{none}</button>}
      </div>
    </div>
  );
}
