/** Every machine over a period: one lane each, and its figures; a lane's name leads to the machine. */
import { useMemo } from "preact/hooks";
import { length, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { tiles } from "../../lib/live";
import { Period, Place, span, type Last } from "../../lib/period";
import { choose, chosen, go } from "../../lib/router";
import { plant, theme } from "../../lib/plant";
import { Sorry } from "../../frame/app";
import { stateColor, stateWord } from "../../draw/paint";
import { stateBoxes, type States } from "../../draw/states";
import { Timeline, type Lane } from "../../draw/timeline";
import { makeView } from "../../draw/view";
import { t } from "./words";

const PERIODS: Last[] = ["this shift", "shift", "today", "yesterday", "8 h", "24 h", "this week", "week", "7 d"];

export function Every({ line }: { line: string }) {
  const at = chosen("at", line), asked = useGet<States>("states", { at, ...span("24 h") }), found = asked.data;
  const view = useMemo(() => makeView(found?.since ?? 0, found?.until ?? 1e6), [found?.since, found?.until]);
  const titles = new Map(plant.value!.machines.map((m) => [m.path, m.title || m.path])), now = new Map(tiles.value.map((x) => [x.machine, x]));
  const lanes = useMemo<Lane[]>(() => (found?.machines ?? []).map((m) => ({ name: titles.get(m.machine) ?? m.machine, href: `/machines/${m.machine}`, boxes: stateBoxes(m.spells) })), [found, theme.value]);
  const seen = [...new Set(found?.machines.flatMap((m) => m.spells.map((s) => s[2])))];
  const around = found && { since: found.since, until: found.until, before: { since: 2 * found.since - found.until, until: found.since }, after: { since: found.until, until: 2 * found.until - found.since } };
  if (asked.problem) return <Sorry problem={asked.problem} again={asked.again} />;
  return (
    <main class="page machines" aria-busy={asked.loading}>
      <section class="bar"><Place at={at} set={(place) => (plant.value!.machines.some((m) => m.path === place) ? go(`/machines/${place}`) : choose({ at: place }))} /><Period otherwise="24 h" periods={PERIODS} around={around} /></section>
      <section class="card">
        <header><h2>{t("lane")}</h2><span class="grow" /><span class="legend small">{seen.map((s) => <span key={s}><i class="dot" style={{ background: stateColor(s) }} /> {stateWord(s)}</span>)}</span></header>
        <div style={{ minHeight: `${(lanes.length || plant.value!.machines.length) * 28 + 22}px` }}>
          <Timeline lanes={lanes} view={view} lane={28} label={t("lane")} picked={(box, lane) => go(`${lane.href}?since=${Math.floor(box.since - 30 * 60e6)}&until=${Math.ceil(Math.min(box.until + 30 * 60e6, found!.until))}`)} />
        </div>
        <p class="soft small">{t("hint")}</p>
      </section>
      <section class="card scroll">
        <table>
          <thead><tr><th>{t("machine")}</th><th>{t("state")}</th><th>{t("order")}</th><th>{t("product")}</th><th class="num">{t("good")}</th><th class="num">{t("oee")}</th><th class="num">{t("coverage")}</th></tr></thead>
          <tbody>{plant.value!.machines.filter((m) => !at || m.path === at || m.line === at || m.area === at || m.path.startsWith(`${at}/`)).map((m) => {
            const tile = now.get(m.path), state = tile?.state ?? "unknown";
            return (
              <tr key={m.path} class="link" onClick={() => go(`/machines/${m.path}`)}>
                <th scope="row"><a href={`/machines/${m.path}`}>{m.title || m.path}</a></th><td><i class="dot" style={{ background: stateColor(state) }} aria-hidden="true" /> {stateWord(state)}{tile?.since ? <span class="soft small"> {length(tile.at - tile.since)}</span> : ""}</td>
                <td>{tile?.order}</td><td>{tile?.product}</td><td class="num">{tile?.good ?? "–"}</td><td class="num">{percent(tile?.oee)}</td><td class="num soft">{percent(tile?.coverage)}</td>
              </tr>
            );
          })}</tbody>
        </table>
      </section>
    </main>
  );
}
