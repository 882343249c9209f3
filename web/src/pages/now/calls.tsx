/** Calls for help that stand: who is called where, since when, who comes. */
import { useState } from "preact/hooks";
import { answerCall, endCall, kindOf } from "../../lib/calls";
import { clock } from "../../lib/format";
import { calls, tiles, type Call } from "../../lib/live";
import { may } from "../../lib/plant";
import { elapsed, tick } from "../../lib/tick";
import { t } from "./words";

export const titleOf = (machine: string): string => tiles.value.find((x) => x.machine === machine)?.title || machine;

export function Calls() {
  if (!calls.value.length) return null;
  return <section class="calls" aria-label={t("calls")} aria-live="assertive">{calls.value.map((c) => <OneCall key={c.number} c={c} />)}</section>;
}

function OneCall({ c }: { c: Call }) {
  const [busy, setBusy] = useState(false), title = titleOf(c.machine);
  const once = (act: () => Promise<boolean>) => { setBusy(true); void act().finally(() => setBusy(false)); };
  return (
    <article class={`card onecall ${c.answered === null ? "waits" : ""}`}>
      <div class="who"><b>{kindOf(c.kind)}</b><a href={`/machines/${c.machine}`}>{title}</a>{c.text && <q>{c.text}</q>}</div>
      <div class="soft small"><Waits since={c.at} /> · {t("since", { clock: clock(c.at) })} · {t("calledBy", { who: c.who })}</div>
      <div class="todo">
        {c.answered === null ? <button class="main" disabled={busy || !may("operator")} onClick={() => once(() => answerCall(c.machine, c.kind, title))}>{t("coming")}</button> : <span>✓ {t("answered", { who: c.by })}</span>}
        <button disabled={busy || !may("operator")} onClick={() => once(() => endCall(c.machine, c.kind, title))}>{t("over")}</button>
      </div>
    </article>
  );
}

export function Waits({ since }: { since: number }) {
  return <b class="num">{elapsed(tick.value - since)}</b>;
}
