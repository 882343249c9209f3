/** Losses ranked by anything: a Pareto that is a table, so that every bar has its figures beside it. */
import { useMemo } from "preact/hooks";
import { percent } from "../../lib/format";
import { choose, chosen } from "../../lib/router";
import { theme } from "../../lib/plant";
import { ink, lossColor } from "../../draw/paint";
import { filterOf, measure, nameOf, written, type Dimension, type LossRow, type Losses, type Measure } from "./asked";
import { relative } from "./headline";
import { t } from "./words";

interface Props { now: Losses | undefined; then: Losses | undefined; by: Dimension; m: Measure; picked: (value: string) => void; loading: boolean }
const COLUMNS: { m: Measure; name: "time" | "parts" | "money" | "kwh" | "kgco2e" }[] = [{ m: "micros", name: "time" }, { m: "parts", name: "parts" }, { m: "money", name: "money" }, { m: "kwh", name: "kwh" }, { m: "kgco2e", name: "kgco2e" }];

export function Ranked({ now, then, by, m, picked }: Props) {
  theme.value;
  const sorted = chosen("sort") || m, currency = now?.currency ?? "";
  const rows = useMemo(() => order(now?.tables[by] ?? [], sorted, by), [now, by, sorted]);
  const before = new Map(then?.tables[by]?.map((r) => [String(r[by]), r]));
  const total = rows.reduce((sum, r) => sum + Math.max(0, (r[m] as number | null) ?? 0), 0), most = Math.max(1e-9, ...rows.map((r) => (r[m] as number | null) ?? 0));
  const columns = COLUMNS.filter((c) => (then ? c.m === m : rows.some((r) => r[c.m] != null))), figured = rows.some((r) => r.oee !== undefined);
  let sum = 0;
  if (now && !rows.length) return <p class="soft">{t("none")}</p>;
  return (
    <div class="scroll">
      <table class="ranked">
        <thead><tr>
          <Head name={t(by)} sort="name" />
          <th class="bars" aria-hidden="true" />
          {columns.map((c) => <Head key={c.m} name={t(c.name)} sort={c.m} num />)}
          <th class="num">{t("share")}</th><th class="num">{t("cumulative")}</th>
          {figured && <Head name={t("oee")} sort="oee" num />}
          <Head name={t("coverage")} sort="coverage" num />
          {then && <><th class="num">{t("then")}</th><th class="num">{t("change")}</th></>}
        </tr></thead>
        <tbody>
          {rows.map((r) => {
            const key = String(r[by]), v = (r[m] as number | null) ?? 0, was = before.get(key)?.[m] as number | null | undefined;
            sum += Math.max(0, v);
            return (
              <tr key={key} class="link" onClick={() => picked(key)}>
                <th scope="row"><button class="quiet rowname" onClick={(e) => { e.stopPropagation(); picked(key); }}><i class="dot" style={{ background: by === "loss" ? lossColor(key) : filterOf("loss") ? lossColor(filterOf("loss")!) : ink("soft") }} aria-hidden="true" />{nameOf(by, key)}</button></th>
                <td class="bars" aria-hidden="true"><i class={v < 0 ? "gain" : ""} style={{ width: `${(Math.abs(v) / Math.max(most, Math.abs(v))) * 100}%`, background: by === "loss" ? lossColor(key) : ink("accent") }} /></td>
                {columns.map((c) => <td key={c.m} class={`num ${c.m === m ? "" : "soft"}`}>{written(r[c.m], c.m, currency)}</td>)}
                <td class="num">{percent(total ? Math.max(0, v) / total : null, 0)}</td><td class="num soft">{percent(total ? sum / total : null, 0)}</td>
                {figured && <td class={`num ${(r.effectiveness ?? 0) > 1 ? "bad" : ""}`} title={(r.effectiveness ?? 0) > 1 ? t("over") : undefined}>{percent(r.oee)}{(r.effectiveness ?? 0) > 1 ? " ⚠" : ""}</td>}
                <td class={`num ${(r.coverage ?? 1) < 0.95 ? "bad" : "soft"}`}>{percent(r.coverage)}</td>
                {then && <><td class="num soft">{written(was, m, currency)}</td><td class={`num ${was != null && v > was ? "bad" : "soft"}`}>{was == null ? "–" : relative(v, was)}</td></>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Head({ name, sort, num }: { name: string; sort: string; num?: boolean }) {
  const now = chosen("sort") || measure();
  return <th class={num ? "num" : ""} aria-sort={now === sort ? (sort === "name" ? "ascending" : "descending") : "none"}><button class="quiet head" onClick={() => choose({ sort: now === sort ? undefined : sort })}>{name}{now === sort ? (sort === "name" ? " ↑" : " ↓") : ""}</button></th>;
}

function order(rows: LossRow[], by: string, dimension: Dimension): LossRow[] {
  const shown = rows.filter((r) => !(dimension === "loss" && r.loss === "productive"));
  if (by === "name") return shown.sort((a, b) => nameOf(dimension, String(a[dimension])).localeCompare(nameOf(dimension, String(b[dimension]))));
  return shown.sort((a, b) => ((b[by] as number | null) ?? -Infinity) - ((a[by] as number | null) ?? -Infinity));
}
