/** What a machine did around a stretch of time: its states, and what its telling signals said. */
import { useMemo } from "preact/hooks";
import { useGet } from "../lib/load";
import { now } from "../lib/live";
import { words } from "../lib/i18n";
import { plant, theme } from "../lib/plant";
import type { Trend } from "./lines";
import { stateColor, stateWord } from "./paint";
import { stateBoxes, type States } from "./states";
import { Timeline, type Lane } from "./timeline";
import { TrendPanes, type Band } from "./trend";
import { makeView } from "./view";

const t = words(
  { state: "State", behind: "What its signals said", unheard: "not heard" },
  { state: "状态", behind: "信号情况", unheard: "无数据" },
);
const TELLING = ["power", "temperature", "speed", "torque", "pressure", "vibration", "current", "flow", "level", "cycle_time"];

export function Around({ machine, since, until, bands }: { machine: string; since: number; until: number; bands: Band[] }) {
  const view = useMemo(() => makeView(since, until), [machine, since, until]);
  const known = plant.value!.machines.find((m) => m.path === machine)?.signals ?? [];
  const signals = known.filter((s) => s.kind === "number" && TELLING.includes(s.role)).sort((a, b) => TELLING.indexOf(a.role) - TELLING.indexOf(b.role)).slice(0, 4).map((s) => s.path);
  const states = useGet<States>("states", { at: machine, since, until });
  const trend = useGet<Trend>(signals.length ? "trend" : null, { signal: signals, since, until, pixels: 900 });
  theme.value;
  const lanes: Lane[] = [{ name: t("state"), boxes: states.data?.machines[0] ? stateBoxes(states.data.machines[0].spells) : [] }];
  return (<>
    <Timeline lanes={lanes} view={view} left={58} lane={30} label={t("state")} marked={signals.length ? [] : bands} axis={!signals.length} />
    {signals.length > 0 && <div class="reserve"><TrendPanes trend={trend.data} view={view} bands={bands} now={now} label={t("behind")} unheard={t("unheard")} of={machine} /></div>}
    <p class="bar small">{[...new Set(states.data?.machines[0]?.spells.map((s) => s[2]))].map((s) => <span key={s}><i class="dot" style={{ background: stateColor(s) }} /> {stateWord(s)}</span>)}</p>
  </>);
}
