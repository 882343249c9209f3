/** Proposals: what programs want changed; a person confirms it or puts it away. */
import { useState } from "preact/hooks";
import { send } from "../../lib/api";
import { dayClock } from "../../lib/format";
import { useGet } from "../../lib/load";
import { say } from "../../frame/toast";
import { look } from "../../frame/waiting";
import { KEPT, readable, seen, type Proposal } from "./proposal";
import "./proposals.css";
import { t } from "./words";

type Word = Parameters<typeof t>[0];
const NAMED = new Set(["machine", "stop", "stops", "code", "text", "about", "order", "quantity", "at", "after", "alarm", "signal", "value", "product", "time", "since", "until", "lasts", "reason", "place", "state"]);
const named = (name: string): string => (name === "until" ? "→" : NAMED.has(name) ? t(name as Word) : name === "micros" ? t("lasts") : name.replaceAll("_", " "));

export default function Proposals() {
  const { data, problem, loading, again } = useGet<Proposal[]>("proposals", { everything: true });
  const open = (data ?? []).filter((p) => p.state === "open"), closed = (data ?? []).filter((p) => p.state !== "open");
  const changed = () => { again(); void look(); };
  return (
    <main class="page proposals" aria-busy={loading}>
      <div class="bar"><h1>{t("title")}</h1></div>
      <p class="soft lead">{t("lead")}</p>
      {problem && <p class="bad" role="alert">{problem.message}</p>}
      {data && !open.length && <section class="card soft">{t("none")}</section>}
      {open.map((p) => <Open key={p.number} p={p} changed={changed} />)}
      {closed.length > 0 && <Closed rows={closed} />}
    </main>
  );
}

function Open({ p, changed }: { p: Proposal; changed: () => void }) {
  const [busy, setBusy] = useState(false), page = seen(p);
  const close = (how: "confirm" | "dismiss") => {
    setBusy(true);
    send<Proposal>("POST", `proposals/${p.number}/${how}`).then(
      (x) => say(how === "confirm" ? t("done", { n: x.done ?? 0 }) : t("away")),
      (error: Error) => say(error.message, { bad: true }),
    ).finally(() => { setBusy(false); changed(); });
  };
  return (
    <article class="card proposal" aria-label={`${p.number} ${p.title}`}>
      <header>
        <h2>{p.title}</h2>{page ? <a href={page} title={t("see")}>{p.place}</a> : <span>{p.place}</span>}
        <span class="grow" />
        <span class="soft small">{t("by", { who: p.who, clock: dayClock(p.at) })} · {t("until", { clock: dayClock(p.at + KEPT) })}</span>
      </header>
      <Pairs rows={Object.entries(p.arguments).filter(([n, v]) => v !== "" && n !== "machine" && n !== "place")} />
      {p.why && <p><b class="soft">{t("why")}</b> {p.why}</p>}
      {Object.keys(p.said).length > 1 && <><h3 class="soft">{t("would")}</h3><Pairs rows={Object.entries(p.said)} /></>}
      <div class="bar">
        <button class="main" disabled={busy || !p.allowed} onClick={() => close("confirm")}>{t("confirm")}</button>
        <button disabled={busy || !p.allowed} onClick={() => close("dismiss")}>{t("dismiss")}</button>
        {!p.allowed && <span class="soft small">{t("needs", { right: p.right })}</span>}
      </div>
    </article>
  );
}

function Pairs({ rows }: { rows: [string, Proposal["arguments"][string]][] }) {
  return <dl>{rows.map(([name, value]) => <div key={name}><dt>{named(name)}</dt><dd>{readable(name, value)}</dd></div>)}</dl>;
}

function Closed({ rows }: { rows: Proposal[] }) {
  const heads: Word[] = ["number", "when", "act", "place", "who", "state", "closedBy"];
  return (
    <section class="card">
      <h2>{t("earlier")}</h2>
      <div class="scroll"><table>
        <thead><tr>{heads.map((h) => <th key={h} class={h === "number" ? "num" : ""}>{t(h)}</th>)}</tr></thead>
        <tbody>{rows.map((p) => (
          <tr key={p.number}>
            <td class="num">{p.number}</td><td>{dayClock(p.closed ?? p.at)}</td><td>{p.title}</td><td>{p.place}</td><td>{p.who}</td><td>{t(p.state)}</td><td>{p.by}</td>
          </tr>
        ))}</tbody>
      </table></div>
    </section>
  );
}
