/** The settings of a study on a page of its own: the usual ones in a row, the others behind a word. */
import { choose, chosen } from "../../lib/router";
import { Field } from "../studies/form";
import type { About } from "../studies/told";
import { t } from "./words";

export function Settings({ about, first, own }: { about: About; first: string[]; own: string[] }) {
  const front = first.flatMap((name) => about.parameters.filter((p) => p.name === name)), rest = about.parameters.filter((p) => !first.includes(p.name) && !own.includes(p.name));
  const set = about.parameters.filter((p) => !own.includes(p.name) && chosen(p.name)).map((p) => p.name);
  return (
    <form class="card bar ask" onSubmit={(e) => e.preventDefault()}>
      {front.map((p) => <Field key={`${p.name}=${chosen(p.name)}`} p={p} />)}
      {rest.length > 0 && <details class="rest" {...(rest.some((p) => chosen(p.name)) ? { open: true } : {})}><summary>{t("settings")}</summary><div class="bar">{rest.map((p) => <Field key={`${p.name}=${chosen(p.name)}`} p={p} />)}</div></details>}
      {set.length > 0 && <button class="quiet" type="button" onClick={() => choose(Object.fromEntries(set.map((n) => [n, undefined])))}>{t("reset")}</button>}
    </form>
  );
}
