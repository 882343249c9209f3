/** The form of a study, made from its signature: where, when, split by what, and its own settings. All of it is in the address. */
import { useState } from "preact/hooks";
import { unitText } from "../../draw/amount";
import type { Query } from "../../lib/api";
import { wall } from "../../lib/period";
import { choose, chosen, here } from "../../lib/router";
import { Place } from "./place";
import { type About, type Setting, named } from "./told";
import { t } from "./words";

const SPANS = ["this shift", "shift", "today", "yesterday", "this week", "week", "7 d", "30 d"] as const;
const GROUPS = ["machine", "line", "shift", "day", "week", "month", "product", "order"] as const;

/** What the address asks, as the house wants it. */
export function question(about: About): Query {
  const said: Query = about.timeless ? {} : { at: chosen("at"), by: chosen("by") };
  if (chosen("since") && !about.timeless) Object.assign(said, { since: chosen("since"), until: chosen("until") });
  else if (!about.timeless) said.last = chosen("last", "7 d");
  for (const p of about.parameters) if (chosen(p.name)) said[p.name] = chosen(p.name);
  return said;
}

/** Only what the study itself is set to. */
export const settingsOf = (about: About): Record<string, string | number | boolean> =>
  Object.fromEntries(about.parameters.filter((p) => chosen(p.name)).map((p) => [p.name, p.type === "str" ? chosen(p.name) : p.type === "bool" ? chosen(p.name) === "true" : Number(chosen(p.name))]));

export function Form({ about }: { about: About }) {
  const own = Boolean(chosen("since"));
  const [span, setSpan] = useState({ since: chosen("since"), until: chosen("until") });
  const pick = (value: string) => (value === "own" ? choose({ last: undefined, since: span.since || `${new Date(Date.now() - 864e5).toISOString().slice(0, 10)}T00:00` }) : choose({ last: value, since: undefined, until: undefined }));
  const by = chosen("by").split(",").filter(Boolean);
  return (
    <form class="card bar ask" onSubmit={(e) => e.preventDefault()}>
      {!about.timeless && <>
      <Place value={chosen("at")} choose={(to) => choose({ at: to })} />
      <label>{t("when")}
        <select value={own ? "own" : chosen("last", "7 d")} onChange={(e) => pick(e.currentTarget.value)}>
          {SPANS.map((s) => <option key={s} value={s}>{t(s)}</option>)}
          {!own && !SPANS.includes(chosen("last", "7 d") as never) && <option value={chosen("last")}>{chosen("last")}</option>}
          <option value="own">{t("custom")}</option>
        </select>
      </label>
      {own && (["since", "until"] as const).map((edge) => (
        <label key={edge}>{t(edge)}<input type="datetime-local" value={wall(span[edge])} onInput={(e) => setSpan({ ...span, [edge]: e.currentTarget.value })} onChange={(e) => choose({ [edge]: e.currentTarget.value })} /></label>
      ))}
      <label>{t("by")}
        <select value={by[0] ?? ""} onChange={(e) => choose({ by: e.currentTarget.value })}>
          <option value="">{t("nothing")}</option>
          {GROUPS.map((g) => <option key={g} value={g}>{t(g === "shift" ? "shift_" : g === "week" ? "week_" : g)}</option>)}
          {by.length > 1 && <option value={chosen("by")}>{chosen("by")}</option>}
        </select>
      </label>
      </>}
      {about.parameters.map((p) => <Field key={`${p.name} ${here.value.search.includes(`${p.name}=`)}`} p={p} />)}
    </form>
  );
}

/** One setting of a study, kept in the address. */
export function Field({ p }: { p: Setting }) {
  const unit = unitText(p.unit) && ` [${unitText(p.unit)}]`, value = chosen(p.name, p.default === null ? "" : String(p.default));
  const set = (to: string) => choose({ [p.name]: to === String(p.default ?? "") ? undefined : to });
  return (
    <label title={p.help}>{named(p.title)}{unit}
      {p.choices.length ? <select value={value} onChange={(e) => set(e.currentTarget.value)}>{p.choices.map((c) => <option key={c} value={c}>{c || t("automatic")}</option>)}</select>
        : p.type === "bool" ? <input type="checkbox" checked={value === "true"} onChange={(e) => set(String(e.currentTarget.checked))} />
        : p.type === "str" ? <input value={value} placeholder={p.default === "" ? t("automatic") : ""} onChange={(e) => set(e.currentTarget.value)} />
        : <input type="number" step={p.type === "int" ? 1 : "any"} value={value} onChange={(e) => set(e.currentTarget.value)} style={{ width: "8em" }} />}
    </label>
  );
}
