/** The reader's language: English is the key's own text, Chinese must have every key (a missing one does not compile). */
import { signal } from "@preact/signals";

export type Lang = "en" | "zh";
const kept = (): Lang => {
  const said = localStorage.getItem("lang") ?? navigator.language;
  return said.startsWith("zh") ? "zh" : "en";
};
export const lang = signal<Lang>(kept());

export function setLang(to: Lang): void {
  lang.value = to;
  localStorage.setItem("lang", to);
  document.documentElement.lang = to;
}

/** Words of one page in both languages: `const t = words({ lost: "Lost" }, { lost: "损失" })`, then `t("lost")`. */
export function words<E extends Record<string, string>>(en: E, zh: Record<keyof E, string>) {
  return (key: keyof E, values: Record<string, string | number> = {}): string => {
    const text: string = (lang.value === "zh" ? zh : en)[key];
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
  };
}
