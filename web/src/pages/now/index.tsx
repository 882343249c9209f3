/** The andon board: every machine as it is now, calls for help on top. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { inkOn, stateColour, StateMark, stateWord, trouble } from "../../draw/state";
import { STATES } from "../../house";
import { calls, tiles, type Tile } from "../../lib/live";
import { may, plant } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { listenForCalls, muted, setSounding, sounding } from "../../lib/sound";
import { Calls } from "./calls";
import { Cord } from "./cord";
import "./now.css";
import { Rows } from "./rows";
import { TileCard } from "./tile";
import { t } from "./words";

/** The machine that the cord is pulled for; "" asks which one; null: nobody pulls it. */
const pulled = signal<string | null>(null);
const pull = (machine: string) => (pulled.value = machine);
const VIEWS = ["tiles", "compact", "rows"] as const;
const MANY = 48;

export default function Now() {
  useEffect(() => listenForCalls(), []);
  const all = tiles.value, line = chosen("line"), view = chosen("view", all.length > MANY ? "compact" : "tiles");
  const shown = sorted(all.filter((x) => fits(x, line)), chosen("sort", "place"));
  return (
    <main class="page now">
      <Tools all={all} line={line} view={view} />
      <Calls />
      {!all.length && <Empty />}
      {all.length > 0 && !shown.length && <p class="card soft">{t("nothing")}</p>}
      {view === "rows" ? shown.length > 0 && <Rows tiles={shown} pull={pull} /> : <Grids tiles={shown} compact={view === "compact"} flat={chosen("sort", "place") !== "place"} />}
      {pulled.value !== null && <Cord machine={pulled.value} done={() => (pulled.value = null)} />}
    </main>
  );
}

const lineOf = (machine: string) => plant.value?.machines.find((m) => m.path === machine)?.line ?? machine.split("/").slice(0, -1).join("/");

function fits(x: Tile, line: string): boolean {
  if (line && lineOf(x.machine) !== line) return false;
  const state = chosen("state");
  if (state && x.state !== state) return false;
  const said = chosen("q").toLowerCase();
  return !said || [x.machine, x.title, x.order, x.product].some((text) => text.toLowerCase().includes(said));
}

function sorted(found: Tile[], by: string): Tile[] {
  if (by === "trouble") {
    const called = new Set(calls.value.map((c) => c.machine)), rank = (x: Tile) => (called.has(x.machine) ? -1 : trouble(x.state));
    return [...found].sort((a, b) => rank(a) - rank(b) || a.since - b.since);
  }
  return by === "oee" ? [...found].sort((a, b) => (a.oee ?? 9) - (b.oee ?? 9)) : found;
}

/** Tiles by line; in one grid where another order than that of the floor is asked for. */
function Grids({ tiles: shown, compact, flat }: { tiles: Tile[]; compact: boolean; flat: boolean }) {
  const lines = new Map<string, Tile[]>();
  for (const x of shown) {
    const key = flat ? "" : lineOf(x.machine);
    lines.set(key, [...(lines.get(key) ?? []), x]);
  }
  const most = Math.max(1, ...[...lines.values()].map((here) => here.length));
  return (
    <>{[...lines].map(([line, here]) => (
      <section key={line} aria-label={line || t("title")} style={{ "--most": most }}>
        {line && <header class="linehead"><h2>{line}</h2><span class="soft small">{t("running", { n: here.filter((x) => x.state === "producing").length, all: here.length })}</span><a class="small" href={`/wall?line=${encodeURIComponent(line)}`}>{t("wall")}</a></header>}
        <div class={compact ? "grid compact" : "grid"}>{here.map((x) => <TileCard key={x.machine} tile={x} compact={compact} pull={pull} />)}</div>
      </section>
    ))}</>
  );
}

function Tools({ all, line, view }: { all: Tile[]; line: string; view: string }) {
  const counts = new Map<string, number>();
  for (const x of all) if (!line || lineOf(x.machine) === line) counts.set(x.state, (counts.get(x.state) ?? 0) + 1);
  const state = chosen("state"), lines = plant.value?.lines ?? [];
  return (
    <>
    <div class="bar first">
      <h1 class="hidden">{t("title")}</h1>
      <div class="states" role="group" aria-label={t("state")}>
        {Object.keys(STATES).filter((s) => counts.has(s) || s === state).map((s) => (
          <button key={s} class="stateshown" aria-pressed={state === s} title={t("filter", { state: stateWord(s) })} onClick={() => choose({ state: state === s ? "" : s })}>
            <span class="markbox" style={{ background: stateColour(s), color: inkOn(stateColour(s)) }}><StateMark state={s} /></span>
            <b>{counts.get(s) ?? 0}</b> {stateWord(s)}
          </button>
        ))}
      </div>
      <span class="grow" />
      <button class="main" disabled={!may("operator")} title={may("operator") ? "" : t("noRight")} onClick={() => pull("")}>{t("call")}</button>
    </div>
    <div class="bar">
      {lines.length > 1 && (
        <select aria-label={t("line")} value={line} onChange={(e) => choose({ line: e.currentTarget.value })}>
          <option value="">{t("everyLine")}</option>
          {lines.map((x) => <option key={x} value={x}>{x}</option>)}
        </select>
      )}
      <input type="search" aria-label={t("search")} placeholder={t("search")} value={chosen("q")} onInput={(e) => choose({ q: e.currentTarget.value })} />
      <select aria-label={t("sort")} value={chosen("sort", "place")} onChange={(e) => choose({ sort: e.currentTarget.value === "place" ? "" : e.currentTarget.value })}>
        <option value="place">{t("byPlace")}</option><option value="trouble">{t("byTrouble")}</option><option value="oee">{t("byOee")}</option>
      </select>
      <span class="grow" />
      <Sound />
      <a class="button" href={line ? `/wall?line=${encodeURIComponent(line)}` : "/wall"}>{t("wall")}</a>
      <div class="tabs" role="group" aria-label={t("view")}>
        {VIEWS.map((v) => <button key={v} aria-pressed={view === v} onClick={() => choose({ view: v })}>{t(v)}</button>)}
      </div>
    </div>
    </>
  );
}

function Sound() {
  const on = sounding.value;
  return (
    <span class="tabs">
      <button aria-pressed={on} title={muted.value ? t("muted") : t("sound")} onClick={() => setSounding(!on)}><Bell off={!on || muted.value} /><span class="wide">{t(on ? "soundOn" : "soundOff")}</span></button>
      {on && <button onClick={() => setSounding(true)}>{t("test")}</button>}
    </span>
  );
}

function Bell({ off }: { off: boolean }) {
  return <svg viewBox="0 0 16 16" width="1.2em" height="1.2em" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" d={`M8 1.8v1M3.4 11.6c1.2-1.2 1-2.8 1.1-4.4C4.7 4.6 6.1 3 8 3s3.3 1.6 3.5 4.2c.1 1.6-.1 3.2 1.1 4.4zM6.6 13.6a1.6 1.6 0 002.8 0${off ? "M2 14L14 2" : ""}`} /></svg>;
}

/** Nothing has come yet: the place of the tiles is kept, and after a moment it is said why. */
function Empty() {
  const [late, setLate] = useState(false);
  useEffect(() => { const x = setTimeout(() => setLate(true), 2500); return () => clearTimeout(x); }, []);
  const machines = plant.value?.machines.length ?? 0;
  if (plant.value && !machines) return <section class="card sorry"><p>{t("noMachines")}</p>{may("engineer") && <a class="button" href="/connect">{t("connect")}</a>}</section>;
  return <div class="grid" aria-busy="true">{late && <p class="soft" role="status">{t("waiting")}</p>}{Array.from({ length: Math.min(machines, MANY) }, (_, i) => <div key={i} class="card tile ghost" />)}</div>;
}
