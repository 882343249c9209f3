/** The wall: states, counts and calls to be read from 8 m; lines take turns, nothing is to be touched. */
import { useEffect } from "preact/hooks";
import { STATES } from "../../house";
import { inkOn, stateColour, StateMark, stateWord } from "../../draw/state";
import { kindOf } from "../../lib/calls";
import { clock, number, percent } from "../../lib/format";
import { lang, setLang } from "../../lib/i18n";
import { calls, online, tiles, type Call, type Tile } from "../../lib/live";
import { plant, theme, type Theme } from "../../lib/plant";
import { chosen, go, here } from "../../lib/router";
import { listenForCalls, muted, sounding } from "../../lib/sound";
import { elapsed, tick } from "../../lib/tick";
import { Sign } from "../now/cord";
import { LOW, nameOf, productTitle, why } from "../now/tile";
import { isNight, stayAwake, stayNew } from "./keep";
import { pagesOf, turn } from "./pages";
import "./wall.css";
import { t } from "./words";

/** When something was heard last (microseconds). */
let heard = 0;

export default function Wall() {
  useEffect(begin, []);
  const lines = here.value.searchParams.getAll("line").flatMap((x) => x.split(",")).filter(Boolean);
  const pages = pagesOf(tiles.value, plant.value, lines), at = tick.value;
  const shown = pages[turn(pages.length, Number(chosen("every")) || 15, at)];
  const machines = new Set(pages.flatMap((p) => p.tiles.map((x) => x.machine))), called = calls.value.filter((c) => machines.has(c.machine));
  if (online.value) heard = at;
  const asleep = !pages.some((p) => p.tiles.some((x) => x.shift || x.state === "producing")), hours = chosen("dim");
  const night = !called.length && (hours ? isNight(hours, at) : asleep && tiles.value.length > 0);
  return (
    <main class={`wall ${night ? "night" : ""} ${online.value ? "" : "stale"}`} onClick={wake}>
      <Head pages={pages.length} now={pages.indexOf(shown!)} title={shown?.title || plant.value?.name || "Andon"} tiles={shown?.whole ?? []} />
      {shown ? (
        <section class="walltiles" style={{ "--cols": shown.cols, "--rows": shown.rows }}>{shown.tiles.map((x) => <WallTile key={x.machine} x={x} called={called.some((c) => c.machine === x.machine)} />)}</section>
      ) : <p class="wallsaid">{tiles.value.length ? t("nothing", { line: lines.join(", ") }) : plant.value && !plant.value.machines.length ? t("noMachines") : t("waiting")}</p>}
      {called.length > 0 && <section class="wallcalls" aria-live="assertive">{called.slice(0, 3).map((c) => <WallCall key={c.number} c={c} />)}{called.length > 3 && <b class="more">+{called.length - 3}</b>}</section>}
      {!online.value && heard > 0 && <p class="walloffline" role="alert">{t("offline", { clock: clock(heard) })}</p>}
      {muted.value && <p class="wallmuted">{t("muted")}</p>}
    </main>
  );
}

/** A wall chooses for itself: its theme and language are in its address, and stay there. */
function begin(): () => void {
  const looks = chosen("theme", "dark") as Theme, speaks = chosen("lang");
  theme.value = looks;
  document.documentElement.dataset.theme = looks;
  if ((speaks === "zh" || speaks === "en") && speaks !== lang.value) setLang(speaks);
  if (chosen("sound") === "on") sounding.value = true;
  const lines = here.value.searchParams.getAll("line").flatMap((x) => x.split(",")).filter(Boolean);
  const ends = [stayAwake(), stayNew(), listenForCalls((m) => !lines.length || lines.some((line) => m.startsWith(line + "/")))];
  const key = (e: KeyboardEvent) => { if (e.key === "Escape" && !document.fullscreenElement) go("/"); };
  addEventListener("keydown", key);
  document.body.classList.add("onwall");
  return () => { ends.forEach((end) => end()); removeEventListener("keydown", key); document.body.classList.remove("onwall"); };
}

/** A touch fills the screen, and lets the browser sound. */
function wake(): void {
  if (!document.fullscreenElement) void document.documentElement.requestFullscreen?.().catch(() => undefined);
}

function Head({ pages, now, title, tiles: here }: { pages: number; now: number; title: string; tiles: Tile[] }) {
  const shifts = [...new Set(here.map((x) => x.shift).filter(Boolean))];
  const counts = Object.keys(STATES).map((s) => [s, here.filter((x) => x.state === s).length] as const).filter(([, n]) => n);
  return (
    <header class="wallhead">
      <h1>{title}</h1>
      <span class="wallcounts">{counts.map(([s, n]) => <b key={s} title={stateWord(s)} style={{ background: stateColour(s), color: inkOn(stateColour(s)) }}><StateMark state={s} />{n}</b>)}</span>
      {pages > 1 && <span class="walldots" role="img" aria-label={t("page", { n: now + 1, all: pages })}>{Array.from({ length: pages }, (_, i) => <i key={i} class={i === now ? "on" : ""} />)}</span>}
      <span class="wallshift">{shifts.length === 1 ? t("shift", { name: shifts[0]! }) : here.length && !shifts.length ? t("noShift") : ""}</span>
      <time class="num">{clock(tick.value)}</time>
    </header>
  );
}

function WallTile({ x, called }: { x: Tile; called: boolean }) {
  const paper = stateColour(x.state), word = stateWord(x.state), share = x.target && x.good !== null ? Math.min(1, x.good / x.target) : 0, said = why(x);
  return (
    <article class={`walltile ${x.state} ${called ? "called" : ""}`} style={{ "--state": paper, "--ink-on": inkOn(paper) }}>
      <header><h2 style={{ "--fit": Math.min(1, 13 / nameOf(x).length) }}>{nameOf(x)}</h2><span class="num">{x.since ? elapsed(tick.value - x.since) : ""}</span></header>
      <p class="wallstate"><StateMark state={x.state} /><b style={{ "--fit": Math.min(1, (lang.value === "zh" ? 7 : 13) / word.length) }}>{word}</b></p>
      <p class="wallwhy">{said || (x.order ? `${x.order}${x.product ? ` · ${productTitle(x.product)}` : ""}` : t("noOrder"))}</p>
      <div class="wallgood">
        <span><b class="num">{number(x.good)}</b><small>{x.target === null ? t("good") : t("target", { n: number(x.target) })}</small></span>
        <span><b class="num">{percent(x.oee, 0)}</b><small class={x.coverage !== null && x.coverage < LOW ? "bad" : ""}>{t("oee")}{x.coverage !== null ? ` · ${t("known", { p: percent(Math.floor(x.coverage * 100) / 100, 0) })}` : ""}</small></span>
      </div>
      <div class="meter"><i style={{ width: `${share * 100}%` }} /></div>
    </article>
  );
}

function WallCall({ c }: { c: Call }) {
  const title = tiles.value.find((x) => x.machine === c.machine)?.title || c.machine;
  return (
    <article class={c.answered === null ? "waits" : "comes"}>
      <Sign kind={c.kind} /><b>{title}</b><span>{kindOf(c.kind)}</span>{c.text && <q>{c.text}</q>}
      <em class="num">{c.answered === null ? elapsed(tick.value - c.at) : t("answered", { who: c.by })}</em>
    </article>
  );
}
