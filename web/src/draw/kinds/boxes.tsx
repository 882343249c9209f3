/** Pictures made of boxes: waterfall, Pareto, stacked bars, histogram, heat map. */
import { figure, percent } from "../../lib/format";
import { theme } from "../../lib/plant";
import { colorOf, Legend, Marks, Plot, XAxis, YAxis } from "./frame";
import { column, distinct, numbers, type Pictured, say } from "./pictured";
import { breadth, fitted, linear, on } from "./scale";

const STEP = 26;
const amount = (p: Pictured, v: number): string => `${figure(v, 3)}${p.unit ? ` ${say(p, p.unit)}` : ""}`;
const roomFor = (texts: string[], width: number): number => Math.min(Math.max(0, ...texts.map(breadth)) + 14, width * 0.38);

/** The names of rows, at the left. */
function Names({ texts, left }: { texts: string[]; left: number }) {
  return <>{texts.map((t, i) => <text key={i} class="name" x={left - 8} y={i * STEP + 17} text-anchor="end" {...(breadth(t) > left - 14 ? { "data-tip": t } : {})}>{fitted(t, left - 14)}</text>)}</>;
}

/** Bars hang where the one above ended; hairlines lead the eye. */
export function Waterfall({ p }: { p: Pictured }) {
  const texts = column(p, "text").map(String), amounts = numbers(column(p, "amount"));
  const since = numbers(column(p, "since")), until = numbers(column(p, "until")), whole = amounts[0] ?? 0;
  const labels = amounts.map((a, i) => amount(p, a) + (i && whole ? ` · ${percent(a / whole)}` : ""));
  return (
    <Plot height={texts.length * STEP + 4} label={say(p, p.title)}>
      {(width) => {
        const left = roomFor(texts.map((t) => say(p, t)), width), right = Math.max(...labels.map(breadth)) + 10;
        const x = linear(Math.min(0, ...since, ...until), Math.max(...since, ...until), left, Math.max(left + 40, width - right));
        return (<>
          <Names texts={texts.map((t) => say(p, t))} left={left} />
          {texts.map((t, i) => {
            const a = x(Math.min(since[i]!, until[i]!)), b = x(Math.max(since[i]!, until[i]!)), y = i * STEP + 4;
            return (
              <g key={i} data-tip={`${say(p, t)}: ${labels[i]}`}>
                <rect class="hit" x={0} y={i * STEP} width={width} height={STEP} />
                {i + 1 < texts.length && <line class="hair" x1={x(until[i]!)} x2={x(until[i]!)} y1={y + 18} y2={y + STEP + 0.5} />}
                <rect x={a} y={y} width={Math.max(1, b - a)} height={18} rx={1.5} fill={i ? colorOf(p, t) : "var(--soft)"} />
                <text x={b + 6} y={i * STEP + 17}>{labels[i]}</text>
              </g>
            );
          })}
        </>);
      }}
    </Plot>
  );
}

/** Bars with amount and share; the cumulative share as a line in a strip of its own. */
export function Pareto({ p }: { p: Pictured }) {
  const texts = column(p, "text").map(String), amounts = numbers(column(p, "amount"));
  const shares = column(p, "share"), sums = numbers(column(p, "cumulative"));
  const labels = amounts.map((a, i) => `${amount(p, a)}${typeof shares[i] === "number" ? ` · ${percent(shares[i] as number)}` : ""}`);
  return (
    <Plot height={texts.length * STEP + 26} label={say(p, p.title)}>
      {(width) => {
        const strip = width > 560 ? Math.min(160, width * 0.18) : 0, end = width - strip - (strip ? 24 : 0), bottom = texts.length * STEP;
        const left = roomFor(texts.map((t) => say(p, t)), width), right = Math.max(0, ...labels.map(breadth)) + 10;
        const x = linear(0, Math.max(0, ...amounts), left, Math.max(left + 30, end - right)), c = linear(0, 1, width - strip, width - 8);
        return (<>
          <Names texts={texts.map((t) => say(p, t))} left={left} />
          {texts.map((t, i) => (
            <g key={i} data-tip={`${say(p, t)}: ${labels[i]}, ${say(p, "cumulative")} ${percent(sums[i])}`}>
              <rect class="hit" x={0} y={i * STEP} width={width} height={STEP} />
              <rect x={left} y={i * STEP + 4} width={Math.max(1, x(amounts[i]!) - left)} height={18} rx={1.5} fill={p.colors[t] ? colorOf(p, t) : t === "other" ? "var(--rule)" : "var(--accent)"} />
              <text x={x(amounts[i]!) + 6} y={i * STEP + 17}>{labels[i]}</text>
            </g>
          ))}
          {strip > 0 && <g class="axis">
            {[0, 0.5, 1].map((v) => <g key={v}><line class="grid" x1={c(v)} x2={c(v)} y1={0} y2={bottom} /><text x={c(v)} y={bottom + 16} text-anchor={v === 1 ? "end" : "middle"}>{v * 100} %</text></g>)}
            <polyline class="line" points={sums.map((s, i) => `${c(s)},${i * STEP + 13}`).join(" ")} />
            {sums.map((s, i) => <circle key={i} cx={c(s)} cy={i * STEP + 13} r={2.6} fill="var(--ink)" />)}
          </g>}
        </>);
      }}
    </Plot>
  );
}

/** Stacked bars: each part is named in the legend and, where there is room, in the bar. */
export function Bars({ p }: { p: Pictured }) {
  const rows = distinct(column(p, "text")), parts = distinct(column(p, "part"));
  const sums = new Map<string, number>(rows.map((r) => [r, 0]));
  const boxes = p.rows.map(([text, part, a]) => {
    const from = sums.get(String(text))!, size = Number(a);
    sums.set(String(text), from + size);
    return { text: String(text), part: String(part), from, size };
  });
  const most = Math.max(1e-9, ...sums.values(), ...p.marks.map((m) => m.value));
  const ends = rows.map((r) => amount(p, sums.get(r)!));
  const bottom = rows.length * STEP + 4;
  return (<>
    <Plot height={bottom + 38} label={say(p, p.title)}>
      {(width) => {
        const left = roomFor(rows, width), right = Math.max(...ends.map(breadth)) + 10, x = linear(0, most, left, width - right);
        return (<>
          <XAxis x={x} top={0} bottom={bottom} title={say(p, p.unit)} />
          <Names texts={rows.map((r) => say(p, r))} left={left} />
          {boxes.map((b, i) => {
            const fill = colorOf(p, b.part, parts.indexOf(b.part)), y = rows.indexOf(b.text) * STEP + 4, wide = x(b.size) - x(0), said = figure(b.size, 3);
            return (
              <g key={i} data-tip={`${say(p, b.text)} · ${say(p, b.part)}: ${amount(p, b.size)}`}>
                <rect x={x(b.from)} y={y} width={Math.max(0.5, wide)} height={18} fill={fill} stroke="var(--card)" stroke-width=".8" />
                {parts.length > 1 && wide > breadth(said) + 10 && b.size < sums.get(b.text)! && <text x={x(b.from) + wide / 2} y={y + 13} text-anchor="middle" fill={on(fill)}>{said}</text>}
              </g>
            );
          })}
          {rows.map((r, i) => <text key={r} x={x(sums.get(r)!) + 6} y={i * STEP + 17}>{ends[i]}</text>)}
          <Marks p={p} x={x} area={{ left, right: width - right, top: 0, bottom }} />
        </>);
      }}
    </Plot>
    <Legend entries={parts.map((t, i) => ({ text: say(p, t), color: colorOf(p, t, i) }))} />
  </>);
}

/** Bins side by side; reference lines are named. */
export function Histogram({ p }: { p: Pictured }) {
  const low = numbers(column(p, "low")), high = numbers(column(p, "high")), count = numbers(column(p, "count"));
  const title = p.x && p.unit ? `${say(p, p.x)} (${say(p, p.unit)})` : say(p, p.x || p.unit);
  const most = Math.max(1, ...count) * (1 + 0.07 * Math.min(3, p.marks.length)), edges = [...low, ...high, ...p.marks.map((m) => m.value)];
  return (
    <Plot height={290} label={say(p, p.title)}>
      {(width) => {
        const area = { left: 46, right: width - 10, top: 22, bottom: 244 };
        const x = linear(Math.min(...edges), Math.max(...edges), area.left, area.right), y = linear(0, most, area.bottom, area.top);
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title={say(p, "count")} />
          {count.map((c, i) => (
            <rect key={i} x={x(low[i]!) + 0.4} y={y(c)} width={Math.max(0.8, x(high[i]!) - x(low[i]!) - 0.8)} height={Math.max(0, area.bottom - y(c))} fill="var(--accent)" data-tip={`${figure(low[i])} – ${figure(high[i])}${p.unit ? ` ${say(p, p.unit)}` : ""}: ${figure(c)}`} />
          ))}
          <XAxis x={x} top={area.bottom} bottom={area.bottom} title={title} />
          <Marks p={p} x={x} area={area} />
        </>);
      }}
    </Plot>
  );
}

const RAMP: Record<"light" | "dark", string[]> = { light: ["#f3f6f9", "#bcd3e4", "#7ba9c9", "#3f7ba6", "#174a70"], dark: ["#1d2730", "#264a63", "#33709b", "#5c9fca", "#b3d8f0"] };

/** The further from the paper, the more; the value stands in each cell that has room. */
export function Heatmap({ p }: { p: Pictured }) {
  const rows = distinct(column(p, "row")), columns = distinct(column(p, "column")), found = numbers(column(p, "value"));
  const low = Math.min(0, ...found), high = Math.max(...found, low + 1e-9), ramp = RAMP[theme.value];
  const unit = p.unit ? ` (${say(p, p.unit)})` : "";
  return (
    <Plot height={rows.length * 30 + 26} label={say(p, p.title)}>
      {(width) => {
        const left = roomFor(rows, width), step = Math.min(96, (width - left - 6) / Math.max(1, columns.length));
        const every = Math.ceil((Math.max(0, ...columns.map((c) => breadth(say(p, c)))) + 8) / step);
        return (<>
          {p.y && <text class="soft" x={0} y={14}>{`${say(p, p.y)} ↓ ${p.x ? `${say(p, p.x)} →` : ""}${unit}`}</text>}
          {columns.map((c, i) => i % every === 0 && <text key={c} class="soft" x={left + i * step + step / 2} y={16} text-anchor="middle">{say(p, c)}</text>)}
          {rows.map((r, i) => <text key={r} class="name" x={left - 8} y={i * 30 + 44} text-anchor="end">{fitted(say(p, r), left - 14)}</text>)}
          {p.rows.map(([r, c, v], i) => {
            const shown = typeof v === "number", fill = shown ? ramp[Math.min(ramp.length - 1, Math.floor(((v - low) / (high - low)) * ramp.length))]! : "var(--faint)";
            const x = left + columns.indexOf(String(c)) * step, y = rows.indexOf(String(r)) * 30 + 24, said = shown ? figure(v, 3) : "–";
            return (
              <g key={i} data-tip={`${say(p, String(r))} · ${say(p, String(c))}: ${said}${unit}`}>
                <rect x={x + 1} y={y + 1} width={Math.max(1, step - 2)} height={28} rx={2} fill={fill} />
                {breadth(said) < step - 4 && <text x={x + step / 2} y={y + 19} text-anchor="middle" fill={shown ? on(fill) : "var(--soft)"}>{said}</text>}
              </g>
            );
          })}
        </>);
      }}
    </Plot>
  );
}

