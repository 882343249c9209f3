/** A produced unit as it was tested: what is known of it, and each of its tests against its limits. */
import { useState } from "preact/hooks";
import { clockSeconds, day, figure } from "../lib/format";
import { words } from "../lib/i18n";
import { unitText } from "./amount";
import "./unit.css";

interface UnitTest { name: string; title: string; number: number; unit: string; value: number | null; low: number | null; high: number | null; passed: boolean | null }
export interface TestedUnit { machine: string; at: number; unit: string; lot: string; wafer: string; product: string; step: string; site: number; hard: number; soft: number; hard_name: string; soft_name: string; passed: boolean | null; attempt: number; seconds: number | null; facts: Record<string, string>; tests: UnitTest[] }

const t = words(
  { test: "Test", value: "Value", limits: "Limits", passed: "passed", failed: "failed", unknown: "not judged", site: "Site", time: "Time", unit: "Unit", hard: "Hard bin", soft: "Soft bin", result: "Result", onMachine: "What the machine did then", find: "Find a test", onlyFailed: "only failed", lot: "Lot", product: "Product", step: "Step", attempt: "Tested before", seconds: "Test time", none: "Nothing was measured on it.", more: "Show all {n}", where: "Within the limits", chart: "Control chart of {name}" },
  { test: "测试项", value: "数值", limits: "规格限", passed: "合格", failed: "不合格", unknown: "未判定", site: "测试位", time: "时间", unit: "单元", hard: "硬分档", soft: "软分档", result: "结果", onMachine: "当时设备在做什么", find: "查找测试项", onlyFailed: "仅不合格", lot: "批次", product: "产品", step: "工步", attempt: "此前测试次数", seconds: "测试用时", none: "没有测量值。", more: "显示全部 {n} 项", where: "在规格限内的位置", chart: "{name} 的控制图" },
);
const AROUND = 15 * 60e6, MOST = 40;

export function UnitCard({ unit }: { unit: TestedUnit }) {
  const [find, setFind] = useState(""), [bad, setBad] = useState(false), [all, setAll] = useState(false);
  const fits = unit.tests.filter((x) => (!bad || x.passed === false) && `${x.number} ${x.name} ${x.title}`.toLowerCase().includes(find.toLowerCase()));
  const sorted = [...fits].sort((a, b) => Number(b.passed === false) - Number(a.passed === false));
  const facts: [string, string][] = [
    [t("unit"), unit.unit], [t("result"), `${unit.passed === null ? t("unknown") : t(unit.passed ? "passed" : "failed")}`],
    ...(unit.hard >= 0 ? [[t("hard"), `${unit.hard} ${unit.hard_name}`] as [string, string]] : []), ...(unit.soft >= 0 && unit.soft !== unit.hard ? [[t("soft"), `${unit.soft} ${unit.soft_name}`] as [string, string]] : []),
    ...(unit.lot ? [[t("lot"), unit.wafer ? `${unit.lot} · ${unit.wafer}` : unit.lot] as [string, string]] : []), ...(unit.product ? [[t("product"), unit.product] as [string, string]] : []), ...(unit.step ? [[t("step"), unit.step] as [string, string]] : []),
    ...(unit.site >= 0 ? [[t("site"), String(unit.site)] as [string, string]] : []), ...(unit.attempt ? [[t("attempt"), String(unit.attempt)] as [string, string]] : []), ...(unit.seconds !== null ? [[t("seconds"), `${figure(unit.seconds, 3)} s`] as [string, string]] : []),
    ...Object.entries(unit.facts).filter(([name]) => name !== "photo"),
  ];
  return (
    <div class="unitcard">
      <dl class="unitfacts">{facts.map(([name, said]) => <><dt key={name}>{name}</dt><dd>{said}</dd></>)}
        <dt>{t("time")}</dt><dd class="num">{day(unit.at)} {clockSeconds(unit.at)} · <a href={`/machines/${unit.machine}?since=${unit.at - AROUND}&until=${unit.at + AROUND}`}>{t("onMachine")}</a></dd></dl>
      {unit.facts.photo && <a href={`/api/photos/${unit.facts.photo}`} target="_blank" rel="noopener"><img class="unitphoto" src={`/api/photos/${unit.facts.photo}`} alt={`${t("unit")} ${unit.unit}`} /></a>}
      {unit.tests.length === 0 ? <p class="soft">{t("none")}</p> : <>
        {unit.tests.length > 12 && <p class="bar"><input type="search" placeholder={t("find")} aria-label={t("find")} value={find} onInput={(e) => setFind(e.currentTarget.value)} /><label class="inline"><input type="checkbox" checked={bad} onChange={(e) => setBad(e.currentTarget.checked)} />{t("onlyFailed")}</label></p>}
        <div class="scroll"><table class="rows">
          <thead><tr><th>{t("test")}</th><th class="num">{t("value")}</th><th>{t("where")}</th><th>{t("limits")}</th><th>{t("result")}</th></tr></thead>
          <tbody>{(all ? sorted : sorted.slice(0, MOST)).map((x) => (
            <tr key={x.name}><td><a href={`/quality?at=${encodeURIComponent(unit.machine)}&test=${encodeURIComponent(x.name)}`} title={t("chart", { name: x.name })}>{x.title || x.name}</a>{x.number >= 0 && <span class="soft small"> {x.number}</span>}</td>
              <td class="num">{figure(x.value, 6)} {unitText(x.unit)}</td><td><Where x={x} /></td><td class="num small">{x.low === null && x.high === null ? "–" : `${x.low === null ? "" : figure(x.low, 6)} … ${x.high === null ? "" : figure(x.high, 6)}`}</td>
              <td class={x.passed === false ? "failed" : ""}>{x.passed === null ? <span class="soft">{t("unknown")}</span> : x.passed ? `✓ ${t("passed")}` : `✕ ${t("failed")}`}</td></tr>
          ))}</tbody></table></div>
        {!all && sorted.length > MOST && <button class="quiet" onClick={() => setAll(true)}>{t("more", { n: sorted.length })}</button>}
      </>}
    </div>
  );
}

/** Where between its limits a value lies; outside of them the mark is at the edge. */
function Where({ x }: { x: UnitTest }) {
  if (x.value === null || x.low === null || x.high === null) return null;
  const share = Math.max(-0.08, Math.min(1.08, (x.value - x.low) / (x.high - x.low || 1)));
  return <svg class="whereis" width="96" height="14" aria-hidden="true"><rect x="8" y="5" width="80" height="4" rx="2" fill="var(--rule)" /><circle cx={8 + share * 80} cy="7" r="4.5" fill={share < 0 || share > 1 ? "var(--warn)" : "var(--accent)"} /></svg>;
}
