/** Tokens: what programs ask with. */
import { useRef, useState } from "preact/hooks";
import { Sorry } from "../../frame/app";
import { say } from "../../frame/toast";
import { type Problem, send } from "../../lib/api";
import { dayClock } from "../../lib/format";
import { useGet } from "../../lib/load";
import { given, LinesField, RightField, type Right, shownLines } from "./form";
import { t } from "./words";

interface Token { id: string; name: string; right: Right; lines: string[]; made: number; made_by: string; until: number | null; seen: number | null; token?: string }
const DAYS = { d30: 30, d90: 90, d365: 365, forever: 0 } as const;

export function Tokens() {
  const tokens = useGet<Token[]>("tokens");
  const [adding, add] = useState(false);
  const [made, setMade] = useState<Token>();
  const revoke = (x: Token) => send("DELETE", `tokens/${x.id}`).then(() => { say(t("revoked", { name: x.name })); tokens.again(); }, (e: Problem) => say(e.message, { bad: true }));
  if (tokens.problem) return <Sorry problem={tokens.problem} again={tokens.again} />;
  return (
    <section class="card" aria-busy={!tokens.data}>
      <header><h2 class="grow">{t("tokens")}</h2><button class="main" onClick={() => add(true)}>{t("addToken")}</button></header>
      {made?.token && <Once token={made.token} shut={() => setMade(undefined)} />}
      {tokens.data?.length === 0 && <p class="soft">{t("none")}</p>}
      {!!tokens.data?.length && <div class="scroll"><table>
        <thead><tr><th>{t("name")}</th><th>{t("right")}</th><th>{t("lines")}</th><th>{t("made")}</th><th>{t("until")}</th><th>{t("seen")}</th><th /></tr></thead>
        <tbody>{tokens.data.map((x) => (
          <tr key={x.id}>
            <td><b>{x.name}</b> <span class="soft small">{x.id}</span></td><td data-th={t("right")}>{t(x.right)}</td><td data-th={t("lines")}>{shownLines(x.lines)}</td>
            <td data-th={t("made")}>{dayClock(x.made)} <span class="soft small">{t("by", { who: x.made_by })}</span></td>
            <td data-th={t("until")}>{x.until ? dayClock(x.until) : t("never")}</td><td data-th={t("seen")}>{x.seen ? dayClock(x.seen) : t("never")}</td>
            <td><div class="does"><button class="danger" onClick={() => confirm(t("sureToken", { name: x.name })) && void revoke(x)}>{t("revoke")}</button></div></td>
          </tr>
        ))}</tbody>
      </table></div>}
      {adding && <Editor shut={(x) => { add(false); if (x) { setMade(x); tokens.again(); } }} />}
    </section>
  );
}

function Once({ token, shut }: { token: string; shut: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    await navigator.clipboard?.writeText(token).then(() => say(t("copied")), () => undefined);
  };
  return (
    <div class="once" role="status">
      <label>{t("once")}<input ref={field} readOnly value={token} onFocus={(e) => e.currentTarget.select()} /></label>
      <button onClick={() => void copy()}>{t("copy")}</button><button onClick={shut}>{t("done")}</button>
      <p class="soft small">{t("use")}: <code>Authorization: Bearer …</code></p>
    </div>
  );
}

function Editor({ shut }: { shut: (made?: Token) => void }) {
  const [problem, setProblem] = useState("");
  const opened = useRef(false);
  const save = async (e: SubmitEvent) => {
    e.preventDefault();
    const said = given(e.currentTarget as HTMLFormElement), days = DAYS[said.text("days") as keyof typeof DAYS];
    const until = days ? (Date.now() + days * 86_400_000) * 1000 : null;
    try {
      shut(await send<Token>("POST", "tokens", { name: said.text("name"), right: said.text("right"), lines: said.lines, until }));
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  return (
    <dialog class="editor" aria-label={t("addToken")} onClose={() => shut()} ref={(d) => { if (d && !opened.current) { opened.current = true; d.showModal(); } }}>
      <form onSubmit={save}>
        <h2>{t("addToken")}</h2>
        <label>{t("name")}<input name="name" required maxLength={64} autocomplete="off" placeholder="grafana" autofocus /></label>
        <RightField right="viewer" />
        <LinesField lines={[]} />
        <label>{t("days")}<select name="days" defaultValue="d365">{Object.keys(DAYS).map((d) => <option key={d} value={d}>{t(d as keyof typeof DAYS)}</option>)}</select></label>
        <p role="alert" class="bad said">{problem}</p>
        <div class="bar"><span class="grow" /><button type="button" onClick={() => shut()}>{t("cancel")}</button><button class="main">{t("save")}</button></div>
      </form>
    </dialog>
  );
}
