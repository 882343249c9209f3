/** The frame around every page: menu, plant, connection, theme, language, who is here. */
import { signal } from "@preact/signals";
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { onStranger, Problem } from "../lib/api";
import { lang, setLang } from "../lib/i18n";
import { alarms, beginning, connect, online } from "../lib/live";
import { enter, may, me, plant, setTheme, theme } from "../lib/plant";
import { here, go } from "../lib/router";
import { Login } from "./login";
import { Person } from "./person";
import { ROUTES, routeOf, type Route } from "./routes";
import { Toasts } from "./toast";
import { Waiting } from "./waiting";
import { t } from "./words";

/** States of an alarm in which somebody has yet to acknowledge it. */
const WAITING = new Set(["unacknowledged", "returned", "latched_unacknowledged"]);
const stranger = signal(false);
const trouble = signal<Problem | null>(null);

export function App() {
  useEffect(() => {
    document.documentElement.lang = lang.value;
    onStranger.call = () => (stranger.value = true);
    void begin();
  }, []);
  if (stranger.value) return <Login entered={() => { stranger.value = false; void begin(); }} />;
  const route = routeOf(here.value.pathname);
  if (route?.bare) return <Shown route={route} />;
  return (
    <div class="frame">
      <a class="skip" href="#content">{t("skip")}</a>
      <Top route={route} />
      <div id="content" tabIndex={-1}>
        {trouble.value ? <Sorry problem={trouble.value} again={() => void begin()} /> : plant.value && (route ? <Shown key={route.name} route={route} /> : <Lost />)}
      </div>
      <Toasts />
    </div>
  );
}

async function begin(): Promise<void> {
  try {
    trouble.value = null;
    await enter();
    connectOnce();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return;
    trouble.value = error as Problem;
  }
}

let connected = false;
function connectOnce(): void {
  if (!connected) connect();
  connected = true;
}

function Top({ route }: { route: Route | undefined }) {
  const [open, setOpen] = useState(false);
  const waiting = alarms.value.filter((a) => WAITING.has(String(a.state))).length;
  const menu = ROUTES.filter((r) => !r.bare && !r.aside && may(r.right ?? "viewer") && (r.name !== "accounts" || me.value?.accounts !== undefined));
  return (
    <header class="top">
      <a class="logo" href="/" aria-label="Andon"><img src="/icon.svg" alt="" width="20" height="20" /><b>Andon</b></a>
      <span class="plantname">{plant.value?.name}</span>
      <button class="burger" aria-expanded={open} aria-label={t("menu")} onClick={() => setOpen(!open)}>☰</button>
      <nav class={open ? "open" : ""} aria-label={t("menu")} onClick={() => setOpen(false)}>
        {menu.map((r) => (
          <a key={r.name} href={r.path} aria-current={route?.name === r.name ? "page" : undefined}>
            {t(r.name)}
            {r.name === "alarms" && waiting > 0 && <em class="count" title={t("standing", { n: waiting })}>{waiting}</em>}
          </a>
        ))}
      </nav>
      <span class="tools">
        <Link />
        <Waiting />
        <button onClick={() => setLang(lang.value === "en" ? "zh" : "en")}>{t("language")}</button>
        <button onClick={() => setTheme(theme.value === "dark" ? "light" : "dark")} aria-label={theme.value === "dark" ? t("light") : t("dark")}>{theme.value === "dark" ? "☀" : "☾"}</button>
        <Person />
      </span>
    </header>
  );
}

/** Whether the page is live. */
function Link() {
  const said = online.value ? "live" : beginning.value ? "beginning" : "offline";
  return <span class={`link ${said === "offline" ? "off" : "on"}`} role="status" title={t(said)}><i aria-hidden="true" />{t(said)}</span>;
}

const loaded = new Map<string, ComponentType>();

/** A page, once its code is here. */
function Shown({ route }: { route: Route }) {
  document.body.dataset.page = route.name;
  const [, ready] = useState(0);
  const [failed, setFailed] = useState<Error>();
  useEffect(() => {
    document.title = `${t(route.name)} · ${plant.value?.name ?? "Andon"}`;
    if (!loaded.has(route.name)) route.load().then((m) => { loaded.set(route.name, m.default); ready((n) => n + 1); }, setFailed);
  }, [route.name, lang.value]);
  const Page = loaded.get(route.name);
  if (failed) return <Sorry problem={failed} again={() => location.reload()} />;
  return Page ? <Safe key={route.name}><Page /></Safe> : <main class="page" aria-busy="true" />;
}

/** A fault in one page leaves the frame standing, and says so. */
class Safe extends Component<{ children: ComponentChildren }, { error?: Error }> {
  static getDerivedStateFromError = (error: Error) => ({ error });
  componentDidCatch(error: Error) { console.error(error); }
  render() {
    return this.state.error ? <Sorry problem={this.state.error} again={() => this.setState({ error: undefined as never })} /> : this.props.children;
  }
}

export function Sorry({ problem, again }: { problem: Error; again?: () => void }) {
  return (
    <main class="page"><section class="card sorry" role="alert">
      <h2>{t("failed")}</h2><p>{problem.message}</p>
      {again && <button onClick={again}>{t("again")}</button>}
    </section></main>
  );
}

function Lost() {
  return <main class="page"><section class="card sorry"><p>{t("notFound")}</p><button onClick={() => go("/")}>{t("home")}</button></section></main>;
}
