/** Fields that people and tokens share: the right, and the lines that it is for. */
import { useState } from "preact/hooks";
import { type Me, plant } from "../../lib/plant";
import { t } from "./words";

export type Right = Me["right"];
export const RIGHTS: Right[] = ["viewer", "operator", "engineer", "admin"];
const MEANS = { viewer: "viewerMeans", operator: "operatorMeans", engineer: "engineerMeans", admin: "adminMeans" } as const;

export function RightField({ right, only }: { right: Right; only?: Right }) {
  const [now, set] = useState(right);
  return (
    <label>{t("right")}
      <select name="right" value={now} onChange={(e) => set(e.currentTarget.value as Right)}>
        {(only ? [only] : RIGHTS).map((r) => <option key={r} value={r}>{t(r)}</option>)}
      </select>
      <span class="soft small">{t(MEANS[now])}</span>
    </label>
  );
}

/** Everything, or some of the lines; a line that the plant no longer has stays to be taken away. */
export function LinesField({ lines }: { lines: string[] }) {
  const [some, only] = useState(lines.length > 0);
  const known = [...new Set([...(plant.value?.lines ?? []), ...(plant.value?.machines.map((m) => m.area).filter(Boolean) ?? []), ...lines])];
  return (
    <fieldset>
      <legend>{t("lines")}</legend>
      <label class="inline"><input type="radio" name="where" checked={!some} onChange={() => only(false)} />{t("everythingLong")}</label>
      <label class="inline"><input type="radio" name="where" checked={some} onChange={() => only(true)} />{t("onlyThese")}</label>
      {some && <div class="lines">{known.map((line) => <label key={line} class="inline"><input type="checkbox" name="line" value={line} defaultChecked={lines.includes(line)} />{line}</label>)}</div>}
    </fieldset>
  );
}

/** What a form says: text fields, and the lines that are ticked. */
export function given(form: HTMLFormElement): { text: (name: string) => string; lines: string[] } {
  const data = new FormData(form);
  return { text: (name) => String(data.get(name) ?? ""), lines: data.getAll("line").map(String) };
}

export const shownLines = (lines: string[]): string => (lines.length ? lines.join(", ") : t("everything"));
