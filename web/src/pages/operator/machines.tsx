/** Which machines this device is for, and how they are doing. */
import { useState } from "preact/hooks";
import { clock } from "../../lib/format";
import { tiles } from "../../lib/live";
import { plant } from "../../lib/plant";
import { StatePill } from "../../draw/state";
import { Icon } from "./icons";
import { t } from "./words";

export function Chooser({ chosen, done }: { chosen: string[]; done: (machines: string[]) => void }) {
  const [picked, setPicked] = useState(chosen);
  const machines = plant.value?.machines ?? [];
  const lines = [...new Set(machines.map((m) => m.line))];
  return (
    <section class="card chooser">
      <header><div class="grow"><h1>{t("choose")}</h1><p class="soft">{t("chooseHelp")}</p></div>
        <button class="main tall" disabled={!picked.length} onClick={() => done(picked)}>{picked.length > 1 ? t("chosen", { n: picked.length }) : t("chosenOne")}</button></header>
      {lines.map((line) => (
        <fieldset key={line}><legend>{line}</legend><div class="taps">
          {machines.filter((m) => m.line === line && m.roles.includes("state")).map((m) => (
            <button key={m.path} aria-pressed={picked.includes(m.path)} onClick={() => setPicked(picked.includes(m.path) ? picked.filter((p) => p !== m.path) : [...picked, m.path])}>
              {m.title || m.path.split("/").pop()}
            </button>
          ))}
        </div></fieldset>
      ))}
    </section>
  );
}

interface Given { machines: string[]; active: string; wants: Record<string, number>; called: string[]; choose: (machine: string) => void; change: () => void }

/** One tab a machine: its state, and how many of its stops wait. */
export function Tabs({ machines, active, wants, called, choose, change }: Given) {
  return (
    <nav class="machines" aria-label={t("change")}>
      {machines.map((path) => {
        const tile = tiles.value.find((x) => x.machine === path);
        return (
          <button key={path} aria-current={path === active ? "true" : undefined} onClick={() => choose(path)}>
            <b>{called.includes(path) && <span class="bad" role="img" aria-label={t("call")}><Icon name="bell" size={18} /></span>}{tile?.title || path.split("/").pop()}{(wants[path] ?? 0) > 0 && <em class="count" aria-label={t("waitN", { n: wants[path]! })}>{wants[path]}</em>}</b>
            <span class="bar"><StatePill state={tile?.state ?? "unknown"} />{tile?.since ? <small class="soft">{t("since", { from: clock(tile.since) })}</small> : null}</span>
          </button>
        );
      })}
      <button class="quiet" onClick={change} aria-label={t("change")}><Icon name="gear" /></button>
    </nav>
  );
}
