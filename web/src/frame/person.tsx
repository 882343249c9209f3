/** Whoever is logged in: their name, and behind it a new password and the way out. */
import { useRef, useState } from "preact/hooks";
import { type Problem, send } from "../lib/api";
import { words } from "../lib/i18n";
import { me } from "../lib/plant";
import { say } from "./toast";

const t = words(
  {
    logout: "Log out", change: "Change password", old: "Password until now", fresh: "New password", rule: "10 characters or more; every other browser is logged out.",
    close: "Close", show: "Show", hide: "Hide", changed: "The password was changed.", everything: "the whole plant",
    viewer: "viewer", operator: "operator", engineer: "engineer", admin: "admin",
  },
  {
    logout: "退出登录", change: "修改密码", old: "当前密码", fresh: "新密码", rule: "至少 10 个字符；其他浏览器将被退出。",
    close: "关闭", show: "显示", hide: "隐藏", changed: "密码已修改。", everything: "整个工厂",
    viewer: "查看者", operator: "操作员", engineer: "工程师", admin: "管理员",
  },
);

export function Person() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState("");
  const who = me.value;
  if (who?.kind !== "person") return null;
  const change = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement, given = new FormData(form);
    try {
      await send("PUT", "password", { old: given.get("old"), new: given.get("new") });
      form.reset();
      dialog.current?.close();
      say(t("changed"));
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  return (
    <>
      <button onClick={() => { setProblem(""); dialog.current?.showModal(); }} aria-haspopup="dialog">{who.who}</button>
      <dialog ref={dialog} class="person" aria-label={who.who}>
        <header class="bar"><h2 class="grow">{who.who}</h2><button class="quiet" aria-label={t("close")} onClick={() => dialog.current?.close()}>✕</button></header>
        <p class="soft">{t(who.right)} · {who.lines.length ? who.lines.join(", ") : t("everything")}</p>
        <form onSubmit={change}>
          <label>{t("old")}<Secret name="old" autocomplete="current-password" /></label>
          <label>{t("fresh")}<Secret name="new" autocomplete="new-password" least={10} /></label>
          <p class="soft small">{t("rule")}</p>
          <p role="alert" class="bad said">{problem}</p>
          <div class="bar"><button>{t("change")}</button><span class="grow" /><button type="button" class="danger" onClick={() => void send("POST", "logout").then(() => location.assign("/"))}>{t("logout")}</button></div>
        </form>
      </dialog>
    </>
  );
}

/** A password, hidden until somebody wants to read what they typed. */
export function Secret({ name, autocomplete, least }: { name: string; autocomplete: string; least?: number }) {
  const [shown, show] = useState(false);
  const [typed, type] = useState("");
  const rules = { name, autocomplete, required: true, maxLength: 256, spellcheck: false, autocapitalize: "none", ...(least ? { minLength: least } : {}) } as const;
  return (
    <span class="secret">
      {shown ? <input type="text" {...rules} value={typed} onInput={(e) => type(e.currentTarget.value)} /> : <input type="password" {...rules} value={typed} onInput={(e) => type(e.currentTarget.value)} />}
      <button type="button" class="quiet small" aria-pressed={shown} onClick={() => show(!shown)}>{shown ? t("hide") : t("show")}</button>
    </span>
  );
}
