/** An answer: headline tiles with coverage, the picture, every table; and what it rests on. */
import { amount, EXACT, parted, ROUGH } from "../../draw/amount";
import { Coverage } from "../../draw/meter";
import { Picture } from "../../draw/picture";
import { type Column, Rows } from "../../draw/rows";
import type { Row } from "../../lib/api";
import { dayClock, number } from "../../lib/format";
import { plant } from "../../lib/plant";
import { type Answer, type Figure, named, type Table } from "./told";
import "../../draw/answer.css";
import { t } from "./words";

const digits = (of: { measured: boolean }): number => (of.measured ? EXACT : ROUGH);
const us = (iso: string): number => Date.parse(iso) * 1000;

export function AnswerShown({ answer }: { answer: Answer }) {
  const head = answer.figures.filter((f) => f.headline), rest = answer.figures.filter((f) => !f.headline);
  const tables = Object.entries(answer.tables).filter(([, x]) => x.rows.length);
  return (<>
    {answer.since !== answer.until && <p class="bar">{answer.coverage !== null && <Coverage ratio={answer.coverage} />}<span class="soft num">{dayClock(us(answer.since))} – {dayClock(us(answer.until))}</span></p>}
    {answer.notes.length > 0 && <ul class="card answernotes">{answer.notes.map((n) => <li key={n}>⚠ {n}</li>)}</ul>}
    {head.length > 0 && <dl class="answered">{head.map((f) => <Tile key={f.name} f={f} words={answer.words} />)}</dl>}
    {answer.picture ? <section class="card"><Picture picture={answer.picture} /></section> : head.length === 0 && tables.length === 0 && <p class="soft">{t("noPicture")}</p>}
    {tables.map(([name, table]) => <TableShown key={name} name={name} table={table} words={answer.words} />)}
    {rest.length > 0 && (
      <details class="card"><summary>{t("figures")}</summary>
        <div class="scroll"><table><thead><tr><th>{t("figure")}</th><th class="num">{t("value")}</th><th>{t("meaning")}</th></tr></thead>
          <tbody>{rest.map((f) => <tr key={f.name}><td>{named(f.title)}</td><td class="num">{amount(typeof f.value === "string" ? (answer.words?.[f.value] ?? f.value) : f.value, f.unit, digits(f))}</td><td class="soft">{f.help}</td></tr>)}</tbody></table></div>
      </details>
    )}
  </>);
}

function Tile({ f, words }: { f: Figure; words: Record<string, string> | undefined }) {
  const [text, unit] = parted(typeof f.value === "string" ? (words?.[f.value] ?? f.value) : f.value, f.unit, digits(f));
  return <div class="card" title={f.help}><dt class="soft small">{named(f.title)}</dt><dd class={text.length > 9 ? "big long" : "big"}>{text}{unit && <small> {unit}</small>}</dd></div>;
}

const reasonText = (code: string): string => plant.value!.reasons.find((r) => r.code === code)?.text ?? code;

function TableShown({ name, table, words }: { name: string; table: Table; words: Record<string, string> | undefined }) {
  const inner = (n: string) => table.rows.some((r) => typeof r[n] === "object" && r[n] !== null);
  const columns: Column[] = table.columns.filter((c) => !inner(c.name)).map((c) => {
    const text = table.rows.some((r) => typeof r[c.name] === "string");
    return { name: c.name, title: named(c.title), unit: c.unit, num: !text, show: (r: Row) => (text && c.name === "reason" ? reasonText(String(r[c.name] ?? "")) : ((text ? words?.[String(r[c.name])] : undefined) ?? amount(r[c.name], c.unit, digits(c)))) };
  });
  const title = name === "pieces" ? t("pieces") : name === "rows" ? t("details") : named(words?.[name] ?? name.replaceAll("_", " "));
  return <section class="card"><header><h2>{title}</h2><span class="soft small num">{number(table.rows.length)}</span></header><Rows columns={columns} rows={table.rows} label={title} most={30} /></section>;
}

export function Evidence({ answer }: { answer: Answer }) {
  const e = answer.evidence;
  const rows: Row[] = answer.heard.map((h) => ({ ...h, ratio: h.asked ? h.known / h.asked : null }));
  return (
    <div class="cols">
      <section class="card"><dl class="facts">
        {answer.since !== answer.until && <><dt>{t("window")}</dt><dd class="num">{dayClock(us(answer.since))} – {dayClock(us(answer.until))} · {answer.zone}</dd></>}
        <dt>{t("machines")}</dt><dd>{e.machines.join(", ")}</dd>
        {e.left_out.length > 0 && <><dt>{t("left")}</dt><dd><ul>{e.left_out.map(([m, why]) => <li key={m + why}>{m}: {why}</li>)}</ul></dd></>}
        <dt>{t("rows")}</dt><dd>{number(e.rows)} · {t("bad")} {number(e.bad)}</dd>
        <dt>{t("version")}</dt><dd>{e.version}</dd>
        <dt>{t("paper")}</dt><dd><code>{e.plant.slice(0, 16)}</code></dd>
      </dl></section>
      <section class="card"><header><h2>{t("heard")}</h2><Coverage ratio={answer.coverage} /></header>
        <Rows label={t("heard")} rows={rows} most={60} columns={[
          { name: "signal", title: t("signal"), show: (r) => String(r.signal) }, { name: "role", title: t("role"), show: (r) => String(r.role) },
          { name: "ratio", title: t("known"), num: true, show: (r) => <Coverage ratio={r.ratio as number | null} bare /> },
        ]} />
      </section>
    </div>
  );
}
