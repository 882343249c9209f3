/** Step 1: what somebody types becomes ways to reach it, each tried. */
import { useState } from "preact/hooks";
import { type Problem, send } from "../../lib/api";
import { Steps } from "./steps";
import type { Choices, Way } from "./shapes";
import { t } from "./words";

const EXAMPLES = ["opc.tcp://192.168.0.7:4840", "mqtt://broker.works", "modbus://10.0.0.12", "192.168.0.7"];

export function Address({ choices, take }: { choices: Choices | undefined; take: (way: Way, user: string) => void }) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [found, setFound] = useState<{ user: string; ways: Way[] }>();
  const look = async (e: Event) => {
    e.preventDefault();
    setBusy(true);
    setProblem("");
    setFound(undefined);
    try {
      const answer = await send<{ user: string; ways: Way[] }>("POST", "connect/ways", { address: said.trim() });
      const well = answer.ways.filter((w) => w.well);
      if (well.length === 1) return take(well[0]!, answer.user);
      setFound(answer);
    } catch (error) {
      setProblem((error as Problem).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h2>{t("where")}</h2>
      <form class="bar where" onSubmit={look}>
        <label class="grow">{t("address")}<input autofocus required spellcheck={false} autocapitalize="off" placeholder={EXAMPLES[0]} list="examples" value={said} onInput={(e) => setSaid(e.currentTarget.value)} /></label>
        <datalist id="examples">{EXAMPLES.map((x) => <option key={x} value={x} />)}</datalist>
        <button class="main" disabled={busy || !said.trim()}>{t("go")}</button>
      </form>
      <p class="soft small">{t("addressHelp")}</p>
      {busy && <p role="status">{t("looking")}</p>}
      {problem && <p role="alert" class="bad">{problem}</p>}
      {found && <ul class="ways">{found.ways.map((w) => (
        <li key={w.url + w.connector}>
          <span class={w.well ? "good" : "soft"}><span aria-hidden="true">{w.well ? "✓" : "✕"}</span> <b>{w.connector}</b> <code>{w.url}</code></span>
          <Steps steps={[w]} />
          <button class={w.well ? "main" : ""} onClick={() => take(w, found.user)}>{t("take")}</button>
        </li>
      ))}</ul>}
      {choices && <details><summary class="soft">{t("speaks", { n: choices.connectors.length })}</summary>
        <ul class="speaks">{choices.connectors.map((c) => <li key={c.name}><b>{c.name}</b> <code>{c.schemes.map((s) => `${s}://`).join(" ")}</code> <span class="soft">{c.summary}</span></li>)}</ul></details>}
    </>
  );
}
