/** Who are you? Shown whenever the plant has accounts and the session is over. */
import { useState } from "preact/hooks";
import { Problem, send } from "../lib/api";
import { words } from "../lib/i18n";

const t = words(
  { title: "Log in", name: "Name", password: "Password", enter: "Log in" },
  { title: "登录", name: "用户名", password: "密码", enter: "登录" },
);

export function Login({ entered }: { entered: () => void }) {
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
  return (
    <main class="login"><form class="card" onSubmit={submit}>
      <h1><img src="/icon.svg" alt="" width="28" height="28" /> Andon</h1>
      <label>{t("name")}<input name="name" autocomplete="username" required autofocus /></label>
      <label>{t("password")}<input name="password" type="password" autocomplete="current-password" required /></label>
      <p role="alert" class="bad">{problem}</p>
      <button class="main" disabled={busy}>{t("enter")}</button>
    </form></main>
  );
}
