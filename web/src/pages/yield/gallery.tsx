/** Hundreds of wafers at once: each map is one small canvas, lot by lot, painted again at once when another bin is chosen. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { type Inked, keyOf, painted, type Wafer } from "../../draw/wafer";
import { dayClock, number, percent } from "../../lib/format";
import { choose, chosen } from "../../lib/router";
import { rate } from "./asked";
import { t } from "./words";

const SIZES = { small: 64, middle: 104, large: 168 } as const;
export type Size = keyof typeof SIZES;
export const size = (): Size => (chosen("size") in SIZES ? (chosen("size") as Size) : "middle");

export function Gallery({ wafers, ink }: { wafers: Wafer[]; ink: Inked }) {
  const order = chosen("order"), lots = useMemo(() => grouped(wafers, order), [wafers, order]), wide = SIZES[size()];
  return (
    <div class="lots" style={{ "--map": `${wide}px` }} data-size={size()}>
      {lots.map(([lot, ws]) => (
        <section key={lot} class="card lot">
          <header><h2>{lot || t("none")}</h2><span class="soft small num">{ws.length === 1 ? t("oneWafer") : t("wafersN", { n: number(ws.length) })} · {dayClock(ws[0]!.since)}</span><span class="grow" /><b class="num">{percent(rate(ws))}</b></header>
          <div class="maps">{ws.map((w) => <Small key={keyOf(w)} w={w} ink={ink} />)}</div>
        </section>
      ))}
    </div>
  );
}

function Small({ w, ink }: { w: Wafer; ink: Inked }) {
  const canvas = useRef<HTMLCanvasElement>(null), good = rate([w]);
  useLayoutEffect(() => painted(canvas.current!, w, ink), [w, ink]);
  return (
    <button class="map" title={`${w.lot} · ${t("wafer", { n: w.wafer })} · ${percent(good)}`} onClick={() => choose({ wafer: keyOf(w) }, false)}>
      <canvas ref={canvas} aria-hidden="true" />
      <span><span class="soft">{w.wafer || "–"}</span> <b class="num">{percent(good, 0)}</b></span>
    </button>
  );
}

/** Lots in order of time; their wafers as tested, or by yield. */
function grouped(wafers: Wafer[], order: string): [string, Wafer[]][] {
  const found = new Map<string, Wafer[]>();
  for (const w of wafers) found.set(w.lot, [...(found.get(w.lot) ?? []), w]);
  const sorted = [...found].sort((a, b) => a[1][0]!.since - b[1][0]!.since);
  if (!order) return sorted;
  const sign = order === "worst" ? 1 : -1;
  return sorted.map(([lot, ws]) => [lot, [...ws].sort((a, b) => sign * ((rate([a]) ?? 2) - (rate([b]) ?? 2)))]);
}
