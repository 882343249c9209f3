/** What is on paper, shown well. */
import { useState } from "preact/hooks";
import { Picture, type Pictured } from "../../draw/picture";
import { Rows } from "../../draw/rows";
import { SERIES } from "../../draw/kinds/frame";
import { ahead } from "../../draw/kinds/scale";
import { unitText } from "../../draw/amount";
import type { Row } from "../../lib/api";
import { figure, money, number } from "../../lib/format";
import { now } from "../../lib/live";
import { useGet } from "../../lib/load";
import { type MachineOnPaper, plant, type Reason } from "../../lib/plant";
import { t } from "./words";

const DAY = 86400e6;
interface Shift { machine: string; shift: string; day: string; since: number; until: number; breaks: [number, number][] }
interface Rate { machine: string; since: number; ideal_cycle: number | null; value: number | null }
interface Product { name: string; title?: string; material?: string; rates: Rate[] }

export function Overview() {
  const on = plant.value!;
  return (<>
    <section class="card"><h1>{on.name}</h1>
      <dl class="facts"><dt>{t("zone")}</dt><dd>{on.zone}</dd><dt>{t("currency")}</dt><dd>{on.currency || "–"}</dd><dt>{t("lines")}</dt><dd>{on.lines.join(", ")}</dd><dt>{t("sources")}</dt><dd>{on.sources.join(", ") || "–"}</dd></dl>
    </section>
    {on.lines.map((line) => <Line key={line} line={line} machines={on.machines.filter((m) => m.line === line)} />)}
    <Shifts />
    <div class="cols"><Products /><Reasons /></div>
  </>);
}

function Line({ line, machines }: { line: string; machines: MachineOnPaper[] }) {
  const [open, setOpen] = useState("");
  return (
    <section class="card"><header><h2>{line}</h2><span class="soft small">{t("machines")}: {machines.length}</span></header>
      <ul class="machines">{machines.map((m) => (
        <li key={m.path}>
          <button class="quiet" aria-expanded={open === m.path} onClick={() => setOpen(open === m.path ? "" : m.path)}><span aria-hidden="true">{open === m.path ? "▾" : "▸"}</span> <b>{m.path}</b></button>
          <span class="soft">{m.title !== m.path && m.title} {m.class}</span>
          <span class="chips">{m.roles.filter(Boolean).map((r) => <span class="chip" key={r}>{r}</span>)}</span>
          {open === m.path && <Rows label={t("signals")} rows={m.signals as unknown as Row[]} columns={[
            { name: "name", title: t("signal"), show: (r) => String(r.name) }, { name: "role", title: t("role"), show: (r) => String(r.role) },
            { name: "unit", title: t("unit"), show: (r) => unitText(String(r.unit)) || "–" }, { name: "kind", title: t("kind"), show: (r) => String(r.kind) }, { name: "source", title: t("source"), show: (r) => String(r.source) || "–" },
          ]} />}
        </li>
      ))}</ul>
    </section>
  );
}

function Shifts() {
  const [monday] = useState(() => { const local = now() + ahead(now()), days = Math.floor(local / DAY); return (days - ((days + 3) % 7)) * DAY - ahead(now()); });
  const { data } = useGet<Shift[]>("shifts", { since: monday, until: monday + 7 * DAY });
  const names = [...new Set(data?.map((s) => s.shift))], seen = new Set<string>();
  const rows = (data ?? []).map((s): [string, number, number, string] => [s.machine.split("/").slice(0, -1).join("/"), s.since, s.until, s.shift]).filter((r) => { const key = r.join("|"); return !seen.has(key) && seen.add(key); });
  const picture: Pictured = { kind: "timeline", title: t("shifts"), subtitle: "", columns: ["lane", "since", "until", "text"], rows, unit: "", x: "", y: "", marks: [], words: {}, colors: Object.fromEntries(names.map((n, i) => [n, SERIES[(i * 2 + 6) % 8]!])) };
  return <section class="card shifts" aria-busy={!data}>{data && (data.length ? <Picture picture={picture} /> : <p>{t("noShifts")}</p>)}</section>;
}

function Products() {
  const { data } = useGet<Product[]>("products");
  const rows = (data ?? []).flatMap(grouped);
  return (
    <section class="card" aria-busy={!data}><header><h2>{t("products")}</h2></header>
      {data && !data.length ? <p class="soft">{t("noProducts")}</p> : <Rows label={t("products")} rows={rows} most={14} columns={[
        { name: "product", title: t("product"), show: (r) => String(r.product) }, { name: "machine", title: t("machine"), show: (r) => <span title={String(r.all)}>{String(r.machine)}</span> },
        { name: "ideal_cycle", title: t("cycle"), num: true, show: (r) => (r.ideal_cycle === null ? "–" : `${figure(Number(r.ideal_cycle) / 1e6)} s`) },
        { name: "value", title: t("worth"), num: true, show: (r) => (r.value === null ? "–" : plant.value!.currency ? worth(Number(r.value)) : number(Number(r.value), 2)) },
        { name: "since", title: t("valid"), num: true, show: (r) => (Number(r.since) > 0 ? date(Number(r.since)) : t("always")) },
      ]} />}
    </section>
  );
}

/** Machines with the same ideal cycle and value as one row. */
function grouped(p: Product): Row[] {
  const found = new Map<string, Row & { machines: string[] }>();
  for (const r of p.rates.length ? p.rates : [{ machine: "", since: 0, ideal_cycle: null, value: null }]) {
    const key = `${r.ideal_cycle}|${r.value}|${r.since}`;
    if (!found.has(key)) found.set(key, { product: p.title || p.name, ...r, machines: [] });
    found.get(key)!.machines.push(r.machine);
  }
  return [...found.values()].map((r) => ({ ...r, all: r.machines.join(", "), machine: r.machines.length > 2 ? t("several", { n: r.machines.length }) : r.machines.join(", ") }));
}

const date = (us: number): string => new Date((us + ahead(us)) / 1000).toISOString().slice(0, 10);
const worth = (value: number): string => (Math.abs(value) < 100 ? value.toLocaleString(undefined, { style: "currency", currency: plant.value!.currency }) : money(value, plant.value!.currency));

function Reasons() {
  const all = plant.value!.reasons;
  return <section class="card"><header><h2>{t("reasons")}</h2></header>{all.length ? <Branch all={all} parent="" /> : <p class="soft">{t("noReasons")}</p>}</section>;
}

function Branch({ all, parent }: { all: Reason[]; parent: string }) {
  const here = all.filter((r) => r.parent === parent);
  if (!here.length) return null;
  return <ul class="tree">{here.map((r) => <li key={r.code}><b>{r.text}</b> <code class="soft">{r.code}</code>{r.planned && <span class="chip">{t("planned")}</span>}{r.class && <span class="soft small"> {r.class}</span>}<Branch all={all} parent={r.code} /></li>)}</ul>;
}
