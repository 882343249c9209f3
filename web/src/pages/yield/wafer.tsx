/** One wafer: its map, its bins, and of the die that is chosen every test. */
import { useMemo } from "preact/hooks";
import { Dies, type Place } from "../../draw/dies";
import { type BinAbout, type Inked, keyOf, there, type Wafer } from "../../draw/wafer";
import { unitText } from "../../draw/amount";
import { dayClock, figure, percent } from "../../lib/format";
import { choose, chosen } from "../../lib/router";
import { isBins, type Maps, rate } from "./asked";
import { Die } from "./die";
import { BinBars, nameOf, Scale } from "./legend";
import { t } from "./words";

export function OneWafer({ maps, w, ink, colors }: { maps: Maps; w: Wafer; ink: Inked; colors: Map<number, string> }) {
  const bins = useMemo(() => counted(w, maps), [w, maps]), place = placeIn(chosen("die"));
  const at = maps.wafers.indexOf(w), before = maps.wafers[at - 1], after = maps.wafers[at + 1];
  const turn = (to: Wafer | undefined) => to && choose({ wafer: keyOf(to), die: undefined });
  const outside = isBins(maps.shown) ? undefined : (v: number) => (maps.low !== null && v < maps.low) || (maps.high !== null && v > maps.high);
  return (
    <section class="onewafer">
      <div class="card">
        <header>
          <button onClick={() => choose({ wafer: undefined, die: undefined })}>← {t("back")}</button>
          <h2 class="grow">{w.lot} · {t("wafer", { n: w.wafer })}</h2>
          <span class="tabs"><button aria-label={t("previous")} title={t("previous")} disabled={!before} onClick={() => turn(before)}>‹</button><button aria-label={t("next")} title={t("next")} disabled={!after} onClick={() => turn(after)}>›</button></span>
        </header>
        <Dies w={w} inkOf={ink} label={`${w.lot} ${t("wafer", { n: w.wafer })}`} chosen={place} choose={(p: Place) => choose({ die: `${p.x},${p.y}` })}
          say={(cell) => (isBins(maps.shown) ? nameOf(maps.bins.find((b) => b.bin === cell) ?? { bin: cell, name: "" }) : `${figure(cell)} ${unitText(maps.unit)}`)} {...(outside ? { outside } : {})} />
        <dl class="unitfacts"><dt>{t("yield")}</dt><dd class="num">{percent(rate([w]))} · {w.good} / {w.judged}</dd><dt>{t("time")}</dt><dd class="num">{dayClock(w.since)} – {dayClock(w.until)}</dd>
          <dt>{t("machine")}</dt><dd><a href={`/machines/${w.machine}?since=${w.since}&until=${w.until}`}>{w.machine}</a></dd>{w.step && <><dt>{t("step")}</dt><dd>{w.step}</dd></>}{w.product && <><dt>{t("product")}</dt><dd>{w.product}</dd></>}</dl>
      </div>
      <div class="beside">
        <section class="card">{isBins(maps.shown) ? <BinBars bins={bins} colors={colors} /> : <Scale maps={maps} />}</section>
        {place ? <Die key={`${keyOf(w)} ${place.x} ${place.y}`} w={w} place={place} /> : <section class="card"><p class="soft">{t("pick")}</p></section>}
      </div>
    </section>
  );
}

function placeIn(text: string): Place | undefined {
  const [x, y] = text.split(",").map(Number);
  return x !== undefined && y !== undefined && Number.isInteger(x) && Number.isInteger(y) ? { x, y } : undefined;
}

/** The bins of one wafer, with what they mean on all. */
function counted(w: Wafer, maps: Maps): BinAbout[] {
  const found = new Map<number, number>();
  for (const cell of w.cells) if (there(cell)) found.set(cell, (found.get(cell) ?? 0) + 1);
  return maps.bins.filter((b) => found.has(b.bin)).map((b) => ({ ...b, count: found.get(b.bin)! }));
}
