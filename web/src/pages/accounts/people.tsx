/** People: who may log in, with which right, on which lines. */
import { useRef, useState } from "preact/hooks";
import { Secret } from "../../frame/person";
import { say } from "../../frame/toast";
import { type Problem, send } from "../../lib/api";
import { dayClock } from "../../lib/format";
import { given, LinesField, RightField, type Right, shownLines } from "./form";
import { t } from "./words";

export interface Account { name: string; right: Right; lines: string[]; ways: string[]; made: number; seen: number | null; sessions: number }

export function People({ accounts, again }: { accounts: Account[]; again: () => void }) {
  const [open, setOpen] = useState<Account | "new">();
  const shut = () => { setOpen(undefined); again(); };
  const act = (work: Promise<unknown>, done: string) => work.then(() => { say(done); again(); }, (e: Problem) => say(e.message, { bad: true }));
  return (
    <section class="card">
      <header><h2 class="grow">{t("people")}</h2><button class="main" onClick={() => setOpen("new")}>{t("add")}</button></header>
      <div class="scroll"><table>
        <thead><tr><th>{t("name")}</th><th>{t("right")}</th><th>{t("lines")}</th><th>{t("ways")}</th><th>{t("seen")}</th><th class="num">{t("sessions")}</th><th /></tr></thead>
        <tbody>{accounts.map((a) => (
          <tr key={a.name}>
            <td><b>{a.name}</b></td><td data-th={t("right")}>{t(a.right)}</td><td data-th={t("lines")}>{shownLines(a.lines)}</td>
            <td data-th={t("ways")}>{a.ways.map((w) => t(w === "password" ? "viaPassword" : "viaCompany")).join(", ")}</td>
            <td data-th={t("seen")}>{a.seen ? dayClock(a.seen) : t("never")}</td><td class="num" data-th={t("sessions")}>{a.sessions}</td>
            <td><div class="does">
              <button onClick={() => setOpen(a)}>{t("change")}</button>
              <button disabled={!a.sessions} onClick={() => void act(send("DELETE", `accounts/${encodeURIComponent(a.name)}/sessions`), t("ended", { name: a.name }))}>{t("endSessions")}</button>
              <button class="danger" onClick={() => confirm(t("sure", { name: a.name })) && void act(send("DELETE", `accounts/${encodeURIComponent(a.name)}`), t("removed", { name: a.name }))}>{t("remove")}</button>
            </div></td>
          </tr>
        ))}</tbody>
      </table></div>
      {open && <Editor key={open === "new" ? "" : open.name} account={open === "new" ? undefined : open} shut={shut} />}
    </section>
  );
}

function Editor({ account, shut }: { account: Account | undefined; shut: () => void }) {
  const [problem, setProblem] = useState("");
  const opened = useRef(false);
  const save = async (e: SubmitEvent) => {
    e.preventDefault();
    const said = given(e.currentTarget as HTMLFormElement);
    const values = { right: said.text("right"), lines: said.lines, ...(said.text("password") ? { password: said.text("password") } : {}) };
    try {
      if (account) await send("PATCH", `accounts/${encodeURIComponent(account.name)}`, values);
      else await send("POST", "accounts", { name: said.text("name"), ...values });
      say(t(account ? "changed" : "added", { name: account?.name ?? said.text("name") }));
      shut();
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  return (
    <dialog class="editor" aria-label={account?.name ?? t("add")} onClose={shut} ref={(d) => { if (d && !opened.current) { opened.current = true; d.showModal(); } }}>
      <form onSubmit={save}>
        <h2>{account?.name ?? t("add")}</h2>
        {!account && <label>{t("name")}<input name="name" required maxLength={64} autocomplete="off" autocapitalize="none" spellcheck={false} autofocus /></label>}
        <RightField right={account?.right ?? "operator"} />
        <LinesField lines={account?.lines ?? []} />
        {account ? <label>{t("newPassword")}<input name="password" type="password" autocomplete="new-password" minLength={10} maxLength={256} /></label>
          : <label>{t("password")}<Secret name="password" autocomplete="new-password" least={10} /></label>}
        <p class="soft small">{t("policy")}</p>
        <p role="alert" class="bad said">{problem}</p>
        <div class="bar"><span class="grow" /><button type="button" onClick={shut}>{t("cancel")}</button><button class="main">{t("save")}</button></div>
      </form>
    </dialog>
  );
}

/** Nobody has an account: what that means, and the first one. */
export function First() {
  const [problem, setProblem] = useState("");
  const save = async (e: SubmitEvent) => {
    e.preventDefault();
    const said = given(e.currentTarget as HTMLFormElement);
    try {
      await send("POST", "accounts", { name: said.text("name"), right: "admin", lines: [], password: said.text("password") });
      location.reload();
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  return (
    <section class="card first">
      <h2>{t("first")}</h2><p>{t("firstSays")}</p>
      <form onSubmit={save}>
        <label>{t("name")}<input name="name" required maxLength={64} autocomplete="username" autocapitalize="none" spellcheck={false} /></label>
        <label>{t("password")}<Secret name="password" autocomplete="new-password" least={10} /></label>
        <p class="soft small">{t("policy")}</p>
        <p role="alert" class="bad said">{problem}</p>
        <div><button class="main">{t("firstAdd")}</button></div>
      </form>
    </section>
  );
}
