/** Step 2: the source tried step by step; a login where it wants one. */
import { useEffect, useState } from "preact/hooks";
import { type Problem, send } from "../../lib/api";
import { Steps } from "./steps";
import type { Step, Visit } from "./shapes";
import { t } from "./words";

export function Try({ visit, user, next }: { visit: Visit; user: string; next: () => void }) {
  const [steps, setSteps] = useState<Step[]>();
  const [problem, setProblem] = useState("");
  const [login, setLogin] = useState({ user, password: "" });
  const trial = async () => {
    setSteps(undefined);
    setProblem("");
    try {
      setSteps(await send<Step[]>("POST", `connect/visits/${visit.visit}/trial`));
    } catch (error) {
      setProblem((error as Problem).message);
      setSteps([]);
    }
  };
  useEffect(() => { if (!visit.lacks_password) void trial(); else setSteps([]); }, [visit.visit]);
  const well = !!steps && !problem && steps.every((s) => s.well) && !(visit.lacks_password && !steps.length);
  const enter = async (e: Event) => {
    e.preventDefault();
    try {
      await send("POST", `connect/visits/${visit.visit}/login`, login);
      await trial();
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  return (
    <>
      <h2>{visit.name} <small class="soft">{visit.connector} {visit.url}</small></h2>
      {!steps ? <p role="status">{t("trying", { name: visit.name })}</p> : <Steps steps={steps} />}
      {problem && <p role="alert" class="bad">{problem}</p>}
      {steps && !well && (visit.wants_user || visit.lacks_password) && (
        <form class="bar" onSubmit={enter}>
          <p class="soft small whole">{t("wantsUser")}</p>
          <label>{t("user")}<input autocomplete="off" value={login.user} onInput={(e) => setLogin({ ...login, user: e.currentTarget.value })} /></label>
          <label>{t("password")}<input type="password" autocomplete="off" value={login.password} onInput={(e) => setLogin({ ...login, password: e.currentTarget.value })} /></label>
          <button class="main">{t("login")}</button>
        </form>
      )}
      {steps && <p class="bar"><button onClick={() => void trial()}>{t("again")}</button><span class="grow" />
        <button class={well ? "main" : ""} onClick={next}>{well ? t("next") : t("anyway")}</button></p>}
    </>
  );
}
