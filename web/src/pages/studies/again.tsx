/** A question that is to stand: asked again after every shift or day, with an alarm where a figure passes a limit. */
import { useEffect, useRef, useState } from "preact/hooks";
import { unitText } from "../../draw/amount";
import { say } from "../../frame/toast";
import { type Problem, send } from "../../lib/api";
import { chosen, go } from "../../lib/router";
import { settingsOf } from "./form";
import { type About, named } from "./told";
import { t } from "./words";

export function AskAgain({ about, close }: { about: About; close: () => void }) {
  const box = useRef<HTMLDialogElement>(null), at = chosen("at");
  const [figure, setFigure] = useState(""), [problem, setProblem] = useState(""), [busy, setBusy] = useState(false);
  useEffect(() => box.current?.showModal(), []);
  const unit = about.figures.find((f) => f.name === figure)?.unit ?? "";
  const keep = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement), limit = form.get("limit");
    setBusy(true);
    try {
      const alarm = figure ? { figure, side: form.get("side"), limit: Number(limit) / (unit === "1" ? 100 : 1), priority: form.get("priority") } : {};
      await send("POST", "acts/ask_again", { study: about.name, at, every: form.get("every"), name: form.get("name"), settings: JSON.stringify(settingsOf(about)), ...alarm });
      say(t("kept"));
      go("/studies/standing");
    } catch (error) {
      setProblem((error as Problem).message);
      setBusy(false);
    }
  };
  return (
    <dialog ref={box} onClose={close} aria-labelledby="again">
      <form class="again" onSubmit={keep}>
        <h2 id="again">{named(about.title)} · {at || t("everything")}</h2>
        <label>{t("called")}<input name="name" required maxLength={120} defaultValue={`${named(about.title)} ${at}`.trim()} /></label>
        <label>{t("every")}<select name="every"><option value="shift">{t("everyShift")}</option><option value="day">{t("everyDay")}</option></select></label>
        <label>{t("watch")}<select value={figure} onChange={(e) => setFigure(e.currentTarget.value)}>
          <option value="">{t("never")}</option>
          {about.figures.filter((f) => f.unit !== "" || about.headline.includes(f.name)).map((f) => <option key={f.name} value={f.name}>{named(f.title)}</option>)}
        </select></label>
        {figure && <div class="bar">
          <label>{t("alarm")}<select name="side"><option value="below">{t("below")}</option><option value="above">{t("above")}</option></select></label>
          <label>{t("limit")} {unit === "1" ? "[%]" : unit === "us" ? "[µs]" : unitText(unit) && `[${unitText(unit)}]`}<input name="limit" type="number" step="any" required style={{ width: "9em" }} /></label>
          <label>{t("priority")}<select name="priority" defaultValue="medium">{(["critical", "high", "medium", "low"] as const).map((p) => <option key={p} value={p}>{t(p)}</option>)}</select></label>
        </div>}
        <p role="alert" class="bad">{problem}</p>
        <div class="bar"><span class="grow" /><button type="button" onClick={() => box.current?.close()}>{t("cancel")}</button><button class="main" disabled={busy}>{t("keep")}</button></div>
      </form>
    </dialog>
  );
}
