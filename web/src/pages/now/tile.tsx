/** One machine at a glance. */
import { useMemo } from "preact/hooks";
import { stateColour, StatePill } from "../../draw/state";
import { dayClock, number, percent } from "../../lib/format";
import { lang } from "../../lib/i18n";
import { calls, type Tile } from "../../lib/live";
import { may, plant, theme } from "../../lib/plant";
import { elapsed, tick } from "../../lib/tick";
import { t } from "./words";

interface Given { tile: Tile; compact?: boolean; pull: (machine: string) => void }
/** Below this share of known time a figure is not to be trusted without a look. */
export const LOW = 0.95;

export function TileCard({ tile, compact = false, pull }: Given) {
  const called = calls.value.some((c) => c.machine === tile.machine), right = may("operator");
  return useMemo(() => <Card {...{ tile, compact, pull, called, right }} />, [tile, compact, called, right, lang.value, theme.value]);
}

function Card({ tile: x, compact, pull, called, right }: Given & { called: boolean; right: boolean }) {
  return (
    <article class={`card tile ${x.state} ${called ? "called" : ""}`} style={{ "--state": stateColour(x.state) }}>
      <header>
        <h3><a href={`/machines/${x.machine}`} title={x.machine}>{nameOf(x)}</a></h3>
        {right && <button class="quiet cord" aria-label={t("callTo", { machine: nameOf(x) })} title={t("callTo", { machine: nameOf(x) })} onClick={() => pull(x.machine)}><Hand /></button>}
      </header>
      <p class="doing"><StatePill state={x.state} /><Lasts since={x.since} /></p>
      {compact ? <p class="line2"><b class="num">{percent(x.oee, 0)}</b><span class="soft">{why(x)}</span></p> : <More x={x} />}
    </article>
  );
}

function More({ x }: { x: Tile }) {
  return (
    <>
      {why(x) && <p class="why" title={why(x)}>{why(x)}</p>}
      <p class="order"><span class={x.order ? "" : "soft"}>{x.order || t("noOrder")}</span>{x.product && <span class="soft"> · {productTitle(x.product)}</span>}</p>
      <Goal x={x} />
      <Figures x={x} />
    </>
  );
}

/** Good parts of the shift against what the time so far would have made. */
export function Goal({ x }: { x: Tile }) {
  const share = x.target && x.good !== null ? x.good / x.target : null;
  return (
    <div class="goal">
      <span><b class="num">{number(x.good)}</b> <span class="soft">{t("good")}</span></span>
      <span class="soft num">{x.target === null ? t("noTarget") : t("target", { n: number(x.target) })}{x.rejects ? ` · ${t("scrap", { n: number(x.rejects) })}` : ""}</span>
      <div class="meter" role="img" aria-label={`${number(x.good)} / ${number(x.target)}`}><i style={{ width: `${Math.min(1, share ?? 0) * 100}%` }} /></div>
    </div>
  );
}

function Figures({ x }: { x: Tile }) {
  const wrong = x.effectiveness !== null && x.effectiveness > 1.0005;
  return (
    <div class="figures">
      <span class="oee"><b>{percent(x.oee, 0)}</b><small class="soft">{x.shift ? t("oee") : t("noShift")}</small></span>
      <Factor name="a" full="availability" value={x.availability} />
      <Factor name="e" full="effectiveness" value={x.effectiveness} wrong={wrong} />
      <Factor name="q" full="quality" value={x.quality} />
      <span class={low(x.coverage) ? "factor known bad" : "factor known"} title={t("coverage")}><b class="num">{low(x.coverage) && "◔ "}{shareOf(x.coverage)}</b><small class="soft">{t("knownShort")}</small></span>
    </div>
  );
}

function Factor({ name, full, value, wrong = false }: { name: "a" | "e" | "q"; full: "availability" | "effectiveness" | "quality"; value: number | null; wrong?: boolean }) {
  return <span class={wrong ? "factor bad" : "factor"} title={wrong ? t("over100") : t(full)}><b class="num">{percent(value, 0)}{wrong && " !"}</b><small class="soft"><abbr title={t(full)}>{t(name)}</abbr></small></span>;
}

const low = (share: number | null): boolean => share !== null && share < LOW;
/** Never rounded up to all. */
const shareOf = (share: number | null): string => (share === null ? "–" : percent(Math.floor(share * 1000) / 1000, share > 0.9995 ? 0 : 1));

export function Known({ share }: { share: number | null }) {
  return <span class={low(share) ? "known bad" : "known soft"} title={t("coverage")}>{low(share) && "◔ "}{share === null ? "–" : t("known", { p: shareOf(share) })}</span>;
}

/** Ticks by itself; nothing around it is drawn again. */
export function Lasts({ since }: { since: number }) {
  return since ? <span class="lasts num" title={t("since", { clock: dayClock(since) })}>{elapsed(tick.value - since)}</span> : <span class="lasts num">–</span>;
}

/** Why it stands, as far as anybody said: the reason, else the words of the machine; a bare code says nothing to people. */
export function why(x: Tile): string {
  if (x.state === "producing") return "";
  const reason = plant.value?.reasons.find((r) => r.code === x.reason)?.text ?? x.reason;
  return reason || (/[a-z]{4}/i.test(x.said) && x.said !== x.state ? `“${x.said}”` : "");
}

/** What a machine is called beside others of its line. */
export const nameOf = (x: Tile): string => (x.title && x.title !== x.machine ? x.title : x.machine.slice(x.machine.lastIndexOf("/") + 1));

export const productTitle = (name: string): string => plant.value?.products.find((p) => p.name === name)?.title || name;

export function Hand() {
  return <svg viewBox="0 0 16 16" width="1.1em" height="1.1em" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" d="M5.2 9.2V3.6a1 1 0 012 0v3.6M7.2 7V2.4a1 1 0 012 0V7M9.2 7.2V3.2a1 1 0 012 0v5M11.2 8V5.4a1 1 0 012 0v4.2c0 2.8-1.7 4.6-4.2 4.6-2 0-3-.8-4-2.4L3 8.9c-.6-1 .7-1.9 1.5-1.1l.9.9" /></svg>;
}
