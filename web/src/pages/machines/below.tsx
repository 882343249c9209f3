/** What stands under the curves: counts by shift, losses, cycle times, alarms, orders, parameters. */
import { useEffect } from "preact/hooks";
import type { Query } from "../../lib/api";
import { clockSeconds, day, dayClock, figure, length, number, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { follow, latest } from "../../lib/live";
import { theme, type MachineOnPaper } from "../../lib/plant";
import { lossColor, lossWord } from "../../draw/paint";
import { spoken } from "../../draw/trend";
import { hours, nameOf, written, type Losses } from "../losses/asked";
import { Histogram, type Bin } from "./histogram";
import type { SpellRow } from "./lanes";
import { t } from "./words";

const Nothing = () => <p class="soft">{t("noRows")}</p>;
const Failed = ({ text }: { text: string | undefined }) => (text ? <p class="bad" role="alert">{text}</p> : null);

export function Counts({ losses }: { losses: Losses | undefined }) {
  const rows = [...(losses?.tables["day,shift"] ?? [])].sort((a, b) => `${b.day}${b.shift}`.localeCompare(`${a.day}${a.shift}`)), f = losses?.figures;
  if (losses && !rows.length) return <Nothing />;
  const line = (r: Partial<Losses["figures"]>) => (<>
    <td class="num">{number(r.made)}</td><td class="num">{number(r.good)}</td><td class="num">{number(r.rejects)}</td><td class="num soft">{r.rework == null ? "–" : number(r.rework)}</td>
    <td class="num">{percent(r.quality)}</td><td class="num">{percent(r.availability)}</td><td class={`num ${(r.effectiveness ?? 0) > 1 ? "bad" : ""}`}>{percent(r.effectiveness)}</td><td class="num"><b>{percent(r.oee)}</b></td><td class="num soft">{percent(r.coverage)}</td>
  </>);
  return (
    <div class="scroll"><table>
      <thead><tr><th>{t("day")}</th><th>{t("shift")}</th><th class="num">{t("made")}</th><th class="num">{t("good")}</th><th class="num">{t("rejects")}</th><th class="num">{t("rework")}</th><th class="num">{t("quality")}</th><th class="num">{t("availability")}</th><th class="num">{t("effectiveness")}</th><th class="num">{t("oee")}</th><th class="num">{t("coverage")}</th></tr></thead>
      <tbody>{rows.map((r) => <tr key={`${r.day}${r.shift}`}><th scope="row">{nameOf("day", String(r.day))}</th><td>{r.shift}</td>{line(r)}</tr>)}</tbody>
      {f && rows.length > 1 && <tfoot><tr><th colSpan={2}>Σ</th>{line(f)}</tr></tfoot>}
    </table></div>
  );
}

export function Lost({ losses, href }: { losses: Losses | undefined; href: string }) {
  theme.value;
  const rows = (losses?.tables.loss ?? []).filter((r) => r.loss !== "productive");
  if (losses && !rows.length) return <Nothing />;
  return (<>
    <div class="scroll"><table>
      <thead><tr><th>{t("name")}</th><th class="num">{t("time")}</th><th class="num">%</th><th class="num">{losses?.currency}</th><th class="num">{t("coverage")}</th></tr></thead>
      <tbody>{rows.map((r) => <tr key={String(r.loss)}><th scope="row"><i class="dot" style={{ background: lossColor(String(r.loss)) }} aria-hidden="true" /> <a href={`${href}&f.loss=${r.loss}`}>{lossWord(String(r.loss))}</a></th><td class="num">{written(r.micros, "micros", "")}</td><td class="num soft">{percent(r.share)}</td><td class="num">{r.money == null ? "–" : number(r.money)}</td><td class="num soft">{percent(r.coverage)}</td></tr>)}</tbody>
      {losses && <tfoot><tr><th>{t("lost")}</th><td class="num"><b>{hours(rows.reduce((sum, r) => sum + r.micros, 0))}</b></td><td colSpan={3} /></tr></tfoot>}
    </table></div>
    <p><a href={href}>{t("allLosses")}</a></p>
  </>);
}

interface Cycle { product: string; parts: number; median: number | null; spread: number | null; best: number | null; ideal: number | null; suspicious: boolean; drift: number | null; drifting: boolean; bins: Bin[] }
interface CycleAnswer { coverage: number | null; answer: { rows: Cycle[] } | null; notes: string[]; figures: unknown[] }
const CYCLE = { en: ["Product", "Parts", "Median [s]", "Best [s]", "Ideal [s]", "Middle half [s]"], zh: ["产品", "件数", "中位数 [秒]", "最佳 [秒]", "标准 [秒]", "中间一半 [秒]"] };

export function Cycles({ q }: { q: Query }) {
  const found = useGet<CycleAnswer>("studies/cycle-times", q), rows = found.data?.answer?.rows ?? [], heads = CYCLE[document.documentElement.lang === "zh" ? "zh" : "en"];
  if (found.problem) return <Failed text={found.problem.message} />;
  if (found.data && !rows.length) return <Nothing />;
  return (
    <div class="cols">
      <div class="scroll"><table>
        <thead><tr>{heads.map((h, i) => <th key={h} class={i ? "num" : ""}>{h}</th>)}</tr></thead>
        <tbody>{rows.map((r) => <tr key={r.product}><th scope="row">{r.product}</th><td class="num">{number(r.parts)}</td><td class="num"><b>{figure(r.median)}</b></td><td class="num">{figure(r.best)}</td><td class={`num ${r.suspicious ? "bad" : ""}`}>{figure(r.ideal)}{r.suspicious ? " ⚠" : ""}</td><td class="num soft">{figure(r.spread, 3)}</td></tr>)}</tbody>
      </table><p class="soft small">{t("coverage")} {percent(found.data?.coverage)} · <a href={`/studies/cycle-times?at=${q.at}`}>{t("cycles")}</a></p>{found.data?.notes.map((n) => <p key={n} class="small bad">{n}</p>)}</div>
      {rows.map((r) => <Histogram key={r.product} title={r.product} bins={r.bins} marks={[{ text: heads[2]!, at: r.median }, { text: heads[4]!, at: r.ideal }]} />)}
    </div>
  );
}

export function AlarmList({ q }: { q: Query }) {
  const found = useGet<SpellRow[]>("spells", { kind: "alarm", ...q }), rows = [...(found.data ?? [])].sort((a, b) => b.since - a.since);
  if (found.problem) return <Failed text={found.problem.message} />;
  if (found.data && !rows.length) return <Nothing />;
  return (
    <div class="scroll"><table>
      <thead><tr><th>{t("name")}</th><th>{t("priority")}</th><th>{t("started")}</th><th>{t("finished")}</th><th class="num">{t("length")}</th></tr></thead>
      <tbody>{rows.map((r) => <tr key={`${r.text}${r.since}`}><th scope="row">{r.text}</th><td>{String(r.detail.priority ?? "")}</td><td>{dayClock(r.since)}</td><td>{r.until === null ? t("running") : dayClock(r.until)}</td><td class="num">{r.until === null ? "–" : length(r.until - r.since)}</td></tr>)}</tbody>
    </table></div>
  );
}

interface Order { order: string; product: string; planned_since: number | null; planned_until: number | null; since: number | null; until: number | null; quantity: number | null }
export function OrderList({ q }: { q: Query }) {
  const found = useGet<Order[]>("orders", q), rows = found.data ?? [];
  if (found.problem) return <Failed text={found.problem.message} />;
  if (found.data && !rows.length) return <Nothing />;
  const at = (v: number | null) => (v === null ? "–" : dayClock(v));
  return (
    <div class="scroll"><table>
      <thead><tr><th>{t("order")}</th><th>{t("product")}</th><th class="num">{t("quantity")}</th><th>{t("planned")}</th><th>{t("started")}</th><th>{t("finished")}</th></tr></thead>
      <tbody>{rows.map((r) => <tr key={r.order}><th scope="row">{r.order}</th><td>{r.product || "–"}</td><td class="num">{number(r.quantity)}</td><td class="soft">{r.planned_since === null ? "–" : `${at(r.planned_since)} – ${at(r.planned_until)}`}</td><td>{at(r.since)}</td><td>{at(r.until)}</td></tr>)}</tbody>
    </table></div>
  );
}

interface Newest { signal: string; at: number; value: number | null; text: string | null; quality: number }
/** The newest value of every signal, as it comes in. */
export function Parameters({ machine }: { machine: MachineOnPaper }) {
  const found = useGet<Newest[]>("latest", { at: machine.path }), rows = new Map(found.data?.map((r) => [r.signal, r]));
  useEffect(() => follow(machine.signals.map((s) => s.path)), [machine.path]);
  if (found.problem) return <Failed text={found.problem.message} />;
  return (
    <div class="scroll"><table>
      <thead><tr><th>{t("signal")}</th><th class="num">{t("value")}</th><th>{t("unit")}</th><th>{t("at")}</th><th>{t("heard")}</th><th>{t("role")}</th><th>{t("source")}</th></tr></thead>
      <tbody>{machine.signals.map((s) => {
        const live = latest.value[s.path], kept = rows.get(s.path), at = live?.[0] ?? kept?.at, value = live ? live[1] : kept?.value ?? kept?.text, q = (live?.[2] ?? kept?.quality ?? 0) >>> 30;
        return <tr key={s.path}><th scope="row">{s.name}</th><td class="num">{typeof value === "number" ? figure(value, 7) : value ?? "–"}</td><td class="soft">{spoken(s.unit)}</td><td class="soft">{at ? `${day(at)} ${clockSeconds(at)}` : "–"}</td><td class={q ? "bad" : "soft"}>{at ? t((["fine", "uncertain", "bad", "bad"] as const)[q]!) : "–"}</td><td class="soft">{s.role}</td><td class="soft">{s.source}</td></tr>;
      })}</tbody>
    </table></div>
  );
}
