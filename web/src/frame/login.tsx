/** Who are you? Shown whenever the plant has accounts and the session is over. */
import { useState } from "preact/hooks";
import { type Problem, send } from "../lib/api";
import { lang, setLang, words } from "../lib/i18n";
import { useGet } from "../lib/load";
import { chosen } from "../lib/router";
import { Secret } from "./person";

const t = words(
  {
    title: "Log in", name: "Name", password: "Password", enter: "Log in", or: "or", language: "中文",
    none: "This plant has no accounts, so it answers at its own computer only. Make one there: andon account add.",
    late: "That took too long, or began in another browser. Try once more.", denied: "The company login did not let you in.",
    refused: "The company login knows you, but you have no right here. Ask an admin.", unreachable: "The company login cannot be reached now.",
  },
  {
    title: "登录", name: "用户名", password: "密码", enter: "登录", or: "或", language: "English",
    none: "该工厂尚无账户，仅在本机可用。请在本机创建：andon account add。",
    late: "登录超时，或是在另一个浏览器中开始的。请再试一次。", denied: "企业登录未通过。",
    refused: "企业登录认识您，但您在此没有权限。请联系管理员。", unreachable: "目前无法连接企业登录。",
  },
);
const CODES = ["late", "denied", "refused", "unreachable"] as const;

export function Login({ entered }: { entered: () => void }) {
  const ways = useGet<{ accounts: boolean; company: string }>("login");
  const code = CODES.find((c) => c === chosen("login"));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      await send("POST", "login", { name: form.get("name"), password: form.get("password") });
      entered();
    } catch (error) {
      setProblem((error as Problem).message);
    } finally {
      setBusy(false);
    }
  };
  const said = problem || (ways.data?.accounts === false ? t("none") : code ? t(code) : "");
  return (
    <main class="login"><form class="card" onSubmit={submit} aria-label={t("title")}>
      <h1><img src="/icon.svg" alt="" width="28" height="28" /> Andon</h1>
      <label>{t("name")}<input name="name" autocomplete="username" required maxLength={64} autofocus autocapitalize="none" spellcheck={false} /></label>
      <label>{t("password")}<Secret name="password" autocomplete="current-password" /></label>
      <p role="alert" class="bad said">{said}</p>
      <button class="main" disabled={busy}>{t("enter")}</button>
      {ways.data?.company && <><p class="or soft">{t("or")}</p><a class="button" href="/api/oidc">{ways.data.company}</a></>}
      <button type="button" class="quiet small" onClick={() => setLang(lang.value === "en" ? "zh" : "en")}>{t("language")}</button>
    </form></main>
  );
}
