/** What the colours of maps mean: bins with their counts, to be shown alone; or a scale of values. */
import { type BinAbout, rampColor } from "../../draw/wafer";
import { unitText } from "../../draw/amount";
import { figure, number, percent } from "../../lib/format";
import { choose, chosen } from "../../lib/router";
import type { Maps } from "./asked";
import { t } from "./words";

export const nameOf = (b: { bin: number; name: string }): string => (b.bin < 0 ? t("unbinned") : b.name ? `${b.bin} ${b.name}` : String(b.bin));

/** The bins, those that fail most first: a Pareto whose bars choose what the maps show. */
export function BinBars({ bins, colors }: { bins: BinAbout[]; colors: Map<number, string> }) {
  const sorted = [...bins].sort((a, b) => Number(a.passed === true) - Number(b.passed === true) || b.count - a.count);
  const failing = sorted.filter((b) => b.passed !== true), most = Math.max(1, ...failing.map((b) => b.count)), all = bins.reduce((n, b) => n + b.count, 0);
  return (
    <ul class="binbars">
      {sorted.map((b) => {
        const only = chosen("bin") === String(b.bin);
        return (
          <li key={b.bin}><button aria-pressed={only} title={only ? t("every") : t("only", { n: nameOf(b) })} onClick={() => choose({ bin: only ? undefined : String(b.bin) })}>
            <i class="dot" style={{ background: colors.get(b.bin) }} aria-hidden="true" />
            <span class="name">{nameOf(b)}</span><span class="soft small">{b.passed === null ? "" : t(b.passed ? "passes" : "fails")}</span>
            <span class="num">{number(b.count)}</span><span class="num soft">{percent(b.count / Math.max(1, all), 2)}</span>
            <span class="bar" aria-hidden="true"><i style={{ width: `${b.passed === true ? 0 : (b.count / most) * 100}%`, background: colors.get(b.bin) }} /></span>
          </button></li>
        );
      })}
    </ul>
  );
}

export function Scale({ maps }: { maps: Maps }) {
  const [low, high] = maps.span ?? [0, 1], unit = unitText(maps.unit);
  return (
    <div class="scale">
      <span class="num">{figure(low)} {unit}</span>
      <span class="ramp" aria-hidden="true" style={{ background: `linear-gradient(to right, ${Array.from({ length: 9 }, (_, i) => rampColor(i / 8)).join(", ")})` }} />
      <span class="num">{figure(high)} {unit}</span>
      {(maps.low !== null || maps.high !== null) && <span class="soft small">{t("limits")} {figure(maps.low)} … {figure(maps.high)}</span>}
    </div>
  );
}
