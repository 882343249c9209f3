/** Coverage: how much of the asked time was heard, as a small bar with its figure; below 95 % it is marked. */
import "./picture.css";
import { percent } from "../lib/format";
import { words } from "../lib/i18n";

const t = words({ coverage: "coverage", low: "low" }, { coverage: "覆盖率", low: "偏低" });

export function Coverage({ ratio, bare = false }: { ratio: number | null | undefined; bare?: boolean }) {
  const low = ratio != null && ratio < 0.95;
  return (
    <span class={`heardshare ${low ? "low" : ""}`} title={t("coverage")}>
      <span aria-hidden="true"><i style={{ width: `${(ratio ?? 0) * 100}%` }} /></span>
      {bare ? "" : `${t("coverage")} `}{percent(ratio)}{low && !bare ? ` · ${t("low")}` : ""}
    </span>
  );
}
