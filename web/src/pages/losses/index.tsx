/** Where the time of a shift, a day or a week went: from calendar time to good parts, and down to the samples. */
import { useMemo } from "preact/hooks";
import { choose, chosen } from "../../lib/router";
import { Moment, Period, Place, type Last } from "../../lib/period";
import { Sorry } from "../../frame/app";
import { DIMENSIONS, dimension, encode, filterOf, filters, MEASURES, measure, nameOf, period, query, useLosses, type Dimension, type Losses } from "./asked";
import { Days } from "./days";
import { Headline } from "./headline";
import { Ranked } from "./ranked";
import { StopList } from "./stops";
import { Where } from "./where";
import { t } from "./words";
import "./losses.css";

const PERIODS: Last[] = ["this shift", "shift", "today", "yesterday", "this week", "week", "7 d", "30 d", "this month", "month"];
const D = 86400e6;

export default function Page() {
  const asked = period(), m = measure(), by = dimension();
  const days0 = query(asked, { shiftsOnly: true, without: "day" }), shifts0 = query(asked, { shiftsOnly: true }), all0 = query(asked);
  const base = useLosses(days0, tables(by));
  const own = useLosses(same(shifts0, days0) ? null : shifts0, ["loss"]), whole = same(shifts0, days0) ? base : own;
  const mine = useLosses(same(all0, days0) ? null : all0, [by]), ranked = same(all0, days0) ? base : mine;
  const around = base.data, long = around ? around.until - around.since > 2.5 * D : true;
  const other = against(around);
  const days = other && around ? Math.round((around.since - other.since) / D) : 0;
  const then = other ? { since: String(other.since), until: String(other.until) } : null;
  const shifts1 = then && query(then, { shiftsOnly: true, days }), all1 = then && query(then, { days });
  const wholeThen = useLosses(shifts1, ["loss", by]);
  const mineThen = useLosses(same(shifts1, all1) ? null : all1, [by]), rankedThen = same(shifts1, all1) ? wholeThen : mineThen;
  const picked = (d: Dimension, value: string) => choose({ [`f.${d}`]: filterOf(d) === value ? undefined : encode(value), by: undefined, stop: undefined }, false);

  if (base.problem) return <Sorry problem={base.problem} again={base.again} />;
  return (
    <main class="page losses" aria-busy={base.loading || ranked.loading}>
      <Bar around={around} currency={around?.currency ?? ""} known={whole.data} />
      <Headline now={whole.data} then={then ? wholeThen.data : undefined} />
      <div class="pair">
        <Where now={whole.data} then={then ? wholeThen.data : undefined} chosen={filterOf("loss") ?? ""} picked={(loss) => picked("loss", loss)} m={m} />
        <section class="card ranking">
          <Crumbs />
          <Ranked now={ranked.data} then={then ? rankedThen.data : undefined} by={by} m={m} picked={(v) => picked(by, v)} loading={ranked.loading} />
        </section>
      </div>
      <Days losses={around} long={long} m={m} chosen={filterOf("day") ?? ""} picked={(day) => picked("day", day)} />
      <StopList q={query(asked)} key={JSON.stringify(query(asked))} />
    </main>
  );
}

/** What was not filtered is asked once for all parts of the page. */
const tables = (by: Dimension): string[] => [...new Set(["day,loss", "shift,day,loss", "loss", by])];
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The period that is compared with, none by default. */
function against(around: Losses | undefined): { since: number; until: number } | null {
  const how = chosen("against");
  if (!around || !how) return null;
  if (how === "before") return around.before;
  const since = Number(chosen("since2")), until = Number(chosen("until2"));
  return since && until ? { since, until } : around.before;
}

function Bar({ around, currency, known }: { around: Losses | undefined; currency: string; known: Losses | undefined }) {
  const how = chosen("against"), m = measure();
  const there = useMemo(() => MEASURES.filter((x) => x === "micros" || known?.tables.loss?.some((r) => r[x] != null)), [known]);
  const label = { micros: "time", parts: "parts", money: "money", kwh: "kwh", kgco2e: "kgco2e" } as const;
  return (
    <section class="bar controls">
      <Place at={chosen("at")} set={(at) => choose({ at, "f.machine": undefined, "f.line": undefined })} />
      <Period otherwise="week" periods={PERIODS} around={around} />
      <label class="inline">{t("compare")}
        <select value={how} onChange={(e) => choose({ against: e.currentTarget.value })}>
          <option value="">{t("nothing")}</option><option value="before">{t("before")}</option><option value="other">{t("other")}</option>
        </select>
      </label>
      {how === "other" && around && (
        <span class="bar">
          <Moment label={t("since")} at={Number(chosen("since2")) || around.before.since} set={(at) => choose({ since2: String(at), until2: chosen("until2") || String(at + around.until - around.since) })} />
          <Moment label={t("until")} at={Number(chosen("until2")) || around.before.until} set={(at) => choose({ until2: String(at), since2: chosen("since2") || String(at - around.until + around.since) })} />
        </span>
      )}
      <span class="grow" />
      <span class="tabs" role="group" aria-label={t("measure")}>
        {there.map((x) => <button key={x} aria-pressed={m === x} onClick={() => choose({ measure: x === "micros" ? undefined : x })}>{t(label[x])}{x === "money" && currency ? ` (${currency})` : ""}</button>)}
      </span>
    </section>
  );
}

/** What is chosen so far, each to be taken back, and what it is ranked by. */
function Crumbs() {
  const now = dimension(), set = filters();
  return (
    <header class="crumbs">
      <h2>{set.length ? set.map(([d, v]) => nameOf(d, v)).join(" · ") : t("everything")}</h2>
      {set.map(([d, v]) => <button key={d} class="chip" aria-label={t("remove", { name: nameOf(d, v) })} onClick={() => choose({ [`f.${d}`]: undefined, by: undefined }, false)}>{t(d)}: {nameOf(d, v)} ×</button>)}
      <span class="grow" />
      <label class="inline small">{t("by")}
        <select value={now} onChange={(e) => choose({ by: e.currentTarget.value })}>
          {DIMENSIONS.filter((d) => filterOf(d) === undefined).map((d) => <option key={d} value={d}>{t(d)}</option>)}
        </select>
      </label>
    </header>
  );
}
