/** Two stretches side by side: what signals and states were in each, and by how much they differ. */
import { clockSeconds, day, figure, length, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import type { Stretch } from "../../draw/fold";
import { stateColor, stateWord } from "../../draw/paint";
import { spoken } from "../../draw/trend";
import { t } from "./words";

export interface Pair { a?: Stretch; b?: Stretch }
interface Value { mean: number | null; low: number | null; high: number | null; coverage: number | null }
interface Answer { signals: { signal: string; unit: string; values: [Value, Value] }[]; states: { machine: string; values: [Record<string, number>, Record<string, number>] }[] }

export function Compared({ pair, signals, overlay, setOverlay, close, swap }: { pair: Pair; signals: string[]; overlay: boolean; setOverlay: (on: boolean) => void; close: () => void; swap: () => void }) {
  const [a, b] = [pair.a!, pair.b!], found = useGet<Answer>(signals.length ? "compare" : null, { signal: signals, window: [a.join("/"), b.join("/")] });
  const said = ([since, until]: Stretch) => `${day(since)} ${clockSeconds(since)} – ${clockSeconds(until)} (${length(until - since)})`;
  const lengths = [a[1] - a[0], b[1] - b[0]] as const;
  return (
    <section class="compared" aria-label={t("compare")}>
      <div class="bar"><span class="chip a"><b>{t("a")}</b> {said(a)}</span><span class="chip b"><b>{t("b")}</b> {said(b)}</span><span class="grow" />
        <label class="inline small"><input type="checkbox" checked={overlay} onChange={(e) => setOverlay(e.currentTarget.checked)} />{t("overlay")}</label><button onClick={swap}>{t("swap")}</button><button onClick={close}>{t("clear")}</button></div>
      {found.problem && <p class="bad" role="alert">{found.problem.message}</p>}
      {found.data && <div class="scroll"><table>
        <thead><tr><th>{t("signal")}</th><th class="num">{t("mean")} A</th><th class="num">{t("mean")} B</th><th class="num">{t("difference")}</th><th class="num">{t("least")} A</th><th class="num">{t("least")} B</th><th class="num">{t("most")} A</th><th class="num">{t("most")} B</th><th class="num">{t("coverage")} A</th><th class="num">{t("coverage")} B</th></tr></thead>
        <tbody>
          {found.data.signals.map(({ signal, unit, values: [x, y] }) => (
            <tr key={signal}><th scope="row">{signal} <span class="soft">{spoken(unit)}</span></th><td class="num">{figure(x.mean)}</td><td class="num">{figure(y.mean)}</td><td class="num"><b>{signed(x.mean, y.mean)}</b></td>
              <td class="num soft">{figure(x.low)}</td><td class="num soft">{figure(y.low)}</td><td class="num soft">{figure(x.high)}</td><td class="num soft">{figure(y.high)}</td><td class="num soft">{percent(x.coverage)}</td><td class="num soft">{percent(y.coverage)}</td></tr>
          ))}
          {found.data.states.flatMap(({ machine, values: [x, y] }) => [...new Set([...Object.keys(x), ...Object.keys(y)])].map((s) => {
            const shares = [(x[s] ?? 0) / lengths[0], (y[s] ?? 0) / lengths[1]] as const;
            return <tr key={`${machine}${s}`}><th scope="row"><i class="dot" style={{ background: stateColor(s) }} aria-hidden="true" /> {stateWord(s)} {found.data!.states.length > 1 && <span class="soft">{machine}</span>}</th><td class="num">{percent(shares[0])}</td><td class="num">{percent(shares[1])}</td><td class="num"><b>{shares[1] > shares[0] ? "+" : ""}{((shares[1] - shares[0]) * 100).toFixed(1)} {t("points")}</b></td><td colSpan={6} class="soft">{length(x[s] ?? 0)} · {length(y[s] ?? 0)}</td></tr>;
          }))}
        </tbody>
      </table></div>}
    </section>
  );
}

const signed = (a: number | null, b: number | null): string => (a == null || b == null ? "–" : `${b - a > 0 ? "+" : ""}${figure(b - a, 3)}`);
