/** Step 5: the first values arrive, and what can be asked now. */
import { number } from "../../lib/format";
import { useGet } from "../../lib/load";
import { plant } from "../../lib/plant";
import type { Answerable, Source, Written } from "./shapes";
import { t } from "./words";

export function Arrive({ written, sources, done }: { written: Written; sources: Source[] | undefined; done: () => void }) {
  const row = sources?.find((s) => s.source === written.source);
  const { data } = useGet<Answerable[]>(row ? "connect/answerable" : null, { machine: written.machines });
  const able = data?.filter((r) => !r.machines.startsWith("0/")) ?? [];
  const lacking = new Map<string, string[]>();
  for (const r of data ?? []) if (r.missing) lacking.set(r.missing, [...(lacking.get(r.missing) ?? []), r.study]);
  return (
    <>
      <h2>✓ {t("written", { name: written.source })}</h2>
      <p role="status" class={row?.samples ? "good" : ""}>{row?.samples ? t("arrived", { n: number(row.samples) }) : row && ["wrong", "lost", "stopped"].includes(row.health) ? t("nothingYet", { said: row.said || t(row.health as "lost") }) : t("arriving")}</p>
      {written.open.length > 0 && <p class="bad small">? {t("stillOpen", { signals: written.open.join(", ") })}</p>}
      {data && <>
        <h3>{t("canAsk", { n: able.length, all: data.length })}</h3>
        <p class="bar studies">{able.map((r) => <a key={r.study} class="chip" href={`/studies/${r.study}?at=${written.machines.length === 1 ? written.machines[0] : ""}`} title={r.answer}>{r.study}</a>)}</p>
        {plant.value && !plant.value.shifts.length && <p class="bad small">{t("noShifts")} <a href="/plant">{t("openPlant")}</a></p>}
        {lacking.size > 0 && <details><summary class="soft">{t("lacks")}</summary><ul>{[...lacking].map(([missing, names]) => <li key={missing}>{missing}: <span class="soft">{names.join(", ")}</span></li>)}</ul></details>}
      </>}
      <p class="bar">{written.machines.slice(0, 6).map((m) => <a key={m} class="button" href={`/machines/${m}`}>{t("openMachine", { machine: m })}</a>)}<span class="grow" /><button class="main" onClick={done}>{t("done")}</button></p>
    </>
  );
}
