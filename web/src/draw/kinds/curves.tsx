/** Pictures along an axis: timeline, trend, control chart, scatter, curves, survival. */
import { clockSeconds, day, figure, length, percent } from "../../lib/format";
import { words } from "../../lib/i18n";
import { colorOf, DASHES, Legend, Marks, Plot, TimeAxis, XAxis, YAxis } from "./frame";
import { type Cell, column, distinct, numbers, type Pictured, say } from "./pictured";
import { against, breadth, domain, fitted, linear, on, type Scale } from "./scale";

const t = words({ upper: "upper limit", center: "center", lower: "lower limit" }, { upper: "上限", center: "中心线", lower: "下限" });
const title = (p: Pictured): string => (p.y && p.unit ? `${say(p, p.y)} (${say(p, p.unit)})` : say(p, p.y || p.unit));
const areaOf = (width: number) => ({ left: 56, right: width - 12, top: 22, bottom: 244 });

/** Points as runs: a gap stays a gap. */
function path(points: [number, number | null][], x: Scale, y: Scale, stepped = false): string {
  let text = "", last: number | null = null;
  for (const [a, b] of points) {
    if (b === null) { last = null; continue; }
    text += last === null ? `M${x(a).toFixed(1)},${y(b).toFixed(1)}` : stepped ? `H${x(a).toFixed(1)}V${y(b).toFixed(1)}` : `L${x(a).toFixed(1)},${y(b).toFixed(1)}`;
    last = b;
  }
  return text;
}

/** The band between two edges, as one outline a run. */
function band(rows: [number, number | null, number | null][], x: Scale, y: Scale, stepped = false): string {
  const runs: [number, number, number][][] = [[]];
  for (const [a, low, high] of rows)
    if (low === null || high === null) runs.push([]);
    else runs[runs.length - 1]!.push([a, low, high]);
  return runs.filter((r) => r.length > 1).map((run) => {
    const there = path(run.map(([a, , h]) => [a, h]), x, y, stepped), back = [...run].reverse();
    const low = back.map(([a, l], i) => (stepped && i ? `V${y(l).toFixed(1)}H${x(a).toFixed(1)}` : `L${x(a).toFixed(1)},${y(l).toFixed(1)}`)).join("");
    return `${there}${low}Z`;
  }).join("");
}

/** One lane each; words stand in the boxes that have room for them, the legend has them all. */
export function Timeline({ p }: { p: Pictured }) {
  const lanes = distinct(column(p, "lane")), texts = distinct(column(p, "text"));
  const since = numbers(column(p, "since")), until = numbers(column(p, "until")), bottom = lanes.length * 34 + 4;
  return (<>
    <Plot height={bottom + 24} label={say(p, p.title)}>
      {(width) => {
        const left = Math.min(Math.max(...lanes.map(breadth)) + 14, width * 0.3);
        const x = linear(Math.min(...since), Math.max(...until), left, width - 8);
        return (<>
          <TimeAxis x={x} top={0} bottom={bottom} />
          {lanes.map((l, i) => <text key={l} class="name" x={left - 8} y={i * 34 + 22} text-anchor="end">{fitted(l, left - 14)}</text>)}
          {p.rows.map(([lane, s, u, text], i) => {
            const a = x(Number(s)), b = x(Number(u)), said = say(p, String(text)), fill = colorOf(p, String(text), texts.indexOf(String(text)));
            return (
              <g key={i} data-tip={`${said} · ${day(Number(s))} ${clockSeconds(Number(s))} – ${clockSeconds(Number(u))} · ${length(Number(u) - Number(s))}`}>
                <rect x={a} y={lanes.indexOf(String(lane)) * 34 + 5} width={Math.max(0.6, b - a)} height={25} fill={fill} stroke={text === "unknown" ? "var(--soft)" : b - a > 4 ? "var(--card)" : "none"} stroke-width=".7" />
                {b - a > breadth(said) + 10 && <text x={(a + b) / 2} y={lanes.indexOf(String(lane)) * 34 + 22} text-anchor="middle" fill={on(fill)}>{said}</text>}
              </g>
            );
          })}
        </>);
      }}
    </Plot>
    <Legend entries={texts.map((t, i) => ({ text: say(p, t), color: colorOf(p, t, i) }))} />
  </>);
}

/** A line in its band of least to greatest. */
export function Trend({ p }: { p: Pictured }) {
  const at = numbers(column(p, "at")), value = column(p, "value"), low = column(p, "low"), high = column(p, "high");
  const sizes = [...numbers(value), ...numbers(low), ...numbers(high), ...p.marks.map((m) => m.value)];
  return (
    <Plot height={270} label={say(p, p.title)}>
      {(width) => {
        const area = areaOf(width), x = linear(at[0]!, at[at.length - 1]!, area.left, area.right), y = linear(...domain(sizes), area.bottom, area.top);
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title={title(p)} />
          <TimeAxis x={x} top={area.top} bottom={area.bottom} />
          <path class="band" d={band(at.map((a, i) => [a, low[i] as number | null, high[i] as number | null]), x, y)} />
          <path class="curve" d={path(at.map((a, i) => [a, value[i] as number | null]), x, y)} stroke="var(--accent)" />
          <Marks p={p} y={y} area={area} />
        </>);
      }}
    </Plot>
  );
}

/** Points with center and limits; a point out of control is larger, has another shape and its rule's name. */
export function Control({ p }: { p: Pictured }) {
  const xs = column(p, "x"), numeric = xs.every((c) => typeof c === "number");
  const at = xs.map((c, i) => (numeric ? Number(c) : i + 1)), value = column(p, "value"), rules = column(p, "signal").map(String);
  const bounds = (["upper", "center", "lower"] as const).map((n) => ({ name: n, cells: column(p, n) }));
  const sizes = [...numbers(value), ...bounds.flatMap((b) => numbers(b.cells))], spread = Math.max(...sizes) - Math.min(...sizes);
  const ends = bounds.map((b) => `${t(b.name)} ${against(numbers(b.cells).at(-1) ?? 0, spread)}`);
  return (
    <Plot height={290} label={say(p, p.title)}>
      {(width) => {
        const area = { ...areaOf(width), right: width - Math.max(...ends.map(breadth)) - 12 };
        const x = linear(Math.min(...at), Math.max(...at), area.left + 10, area.right - 8), y = linear(...domain(sizes), area.bottom, area.top);
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title={title(p)} />
          <XAxis x={x} top={area.bottom} bottom={area.bottom} title={say(p, p.x)} />
          {bounds.map((b, n) => (
            <g key={b.name} class="limit">
              <path class="curve" d={path(at.map((a, i) => [a, b.cells[i] as number | null]), x, y, true)} stroke="var(--soft)" stroke-dasharray={b.name === "center" ? "" : "5 3"} />
              <text class="soft" x={area.right + 6} y={y(numbers(b.cells).at(-1) ?? 0) + 4}>{ends[n]}</text>
            </g>
          ))}
          <path class="curve thin" d={path(at.map((a, i) => [a, value[i] as number | null]), x, y)} stroke="var(--accent)" />
          {at.map((a, i) => {
            const v = value[i], tip = `${xs[i]}: ${figure(v as number)}${rules[i] ? ` · ${say(p, rules[i]!)}` : ""}`;
            if (typeof v !== "number") return null;
            return rules[i]
              ? <g key={i} data-tip={tip}><path d={`M${x(a)},${y(v) - 7}l6,7l-6,7l-6,-7z`} fill="var(--warn)" /><text class="warn" x={x(a)} y={y(v) - 11} text-anchor="middle">{say(p, rules[i]!)}</text></g>
              : <circle key={i} data-tip={tip} cx={x(a)} cy={y(v)} r={2.8} fill="var(--accent)" />;
          })}
        </>);
      }}
    </Plot>
  );
}

const SHAPES = ["M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0", "M-3.5,-3.5h7v7h-7z", "M0,-4.6l4.4,8h-8.8z", "M0,-5l4,5l-4,5l-4,-5z", "M-4,-1.2h2.8v-2.8h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8z", "M0,4.6l4.4,-8h-8.8z"];

/** Points; each group has its colour and its shape. */
export function Scatter({ p }: { p: Pictured }) {
  const groups = distinct(column(p, "group")), xs = numbers(column(p, "x")), ys = numbers(column(p, "y"));
  return (<>
    <Plot height={330} label={say(p, p.title)}>
      {(width) => {
        const area = { left: 56, right: width - 12, top: 22, bottom: 284 };
        const x = linear(...domain([...xs, ...p.marks.filter((m) => m.axis === "x").map((m) => m.value)]), area.left, area.right);
        const y = linear(...domain([...ys, ...p.marks.filter((m) => m.axis === "y").map((m) => m.value)]), area.bottom, area.top);
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title={say(p, p.y)} />
          <XAxis x={x} top={area.top} bottom={area.bottom} title={say(p, p.x)} />
          {p.rows.map(([a, b, g], i) => {
            const place = groups.indexOf(String(g));
            return <path key={i} d={SHAPES[place % SHAPES.length]} transform={`translate(${x(Number(a))},${y(Number(b))})`} fill={colorOf(p, String(g), place)} opacity=".85" data-tip={`${g ? `${say(p, String(g))}: ` : ""}${figure(Number(a))} · ${figure(Number(b))}`} />;
          })}
          <Marks p={p} x={x} y={y} area={area} />
        </>);
      }}
    </Plot>
    <Legend entries={groups.map((g, i) => ({ text: say(p, g), color: colorOf(p, g, i) }))} />
  </>);
}

interface Run { text: string; color: string; dash: string; rows: Cell[][] }
const runs = (p: Pictured): Run[] => distinct(column(p, "series")).map((text, i) => ({ text, color: colorOf(p, text, i), dash: DASHES[i % DASHES.length]!, rows: p.rows.filter((r) => String(r[0]) === text) }));

/** Curves, each with its colour and its dash. */
export function Lines({ p }: { p: Pictured }) {
  const found = runs(p);
  return (<>
    <Plot height={290} label={say(p, p.title)}>
      {(width) => {
        const area = areaOf(width), x = linear(Math.min(...numbers(column(p, "x"))), Math.max(...numbers(column(p, "x"))), area.left, area.right);
        const y = linear(...domain([...numbers(column(p, "y")), ...p.marks.filter((m) => m.axis === "y").map((m) => m.value)]), area.bottom, area.top);
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title={title(p)} />
          <XAxis x={x} top={area.bottom} bottom={area.bottom} title={say(p, p.x)} />
          {found.map((f) => <path key={f.text} class="curve" d={path(f.rows.map((r) => [Number(r[1]), r[2] as number | null]), x, y)} stroke={f.color} stroke-dasharray={f.dash} data-tip={say(p, f.text)} />)}
          <Marks p={p} x={x} y={y} area={area} />
        </>);
      }}
    </Plot>
    <Legend entries={found.map((f) => ({ text: say(p, f.text), color: f.color, dash: f.dash }))} />
  </>);
}

/** Steps in their band; a fitted curve runs smoothly through them. */
export function Survival({ p }: { p: Pictured }) {
  const found = runs(p), name = say(p, p.x || "time") + (p.unit ? ` (${say(p, p.unit)})` : "");
  return (<>
    <Plot height={300} label={say(p, p.title)}>
      {(width) => {
        const area = areaOf(width), x = linear(0, Math.max(1e-9, ...numbers(column(p, "time"))), area.left, area.right), y = linear(0, 1, area.bottom, area.top);
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title="" share />
          <XAxis x={x} top={area.bottom} bottom={area.bottom} title={name} />
          {found.map((f) => {
            const stepped = !f.rows.some((r) => r[5]);
            return (
              <g key={f.text}>
                <path d={band(f.rows.map((r) => [Number(r[1]), r[3] as number | null, r[4] as number | null]), x, y, true)} fill={f.color} fill-opacity=".16" />
                <path class="curve" d={path(f.rows.map((r) => [Number(r[1]), r[2] as number | null]), x, y, stepped)} stroke={f.color} stroke-dasharray={f.dash} data-tip={`${say(p, f.text)}: ${percent(f.rows.at(-1)?.[2] as number, 0)}`} />
              </g>
            );
          })}
          <Marks p={p} x={x} area={area} />
        </>);
      }}
    </Plot>
    <Legend entries={found.map((f) => ({ text: say(p, f.text), color: f.color, dash: f.dash }))} />
  </>);
}
