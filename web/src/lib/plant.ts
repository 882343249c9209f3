/** What every page knows: the plant on paper, who is here, and the theme. */
import { computed, signal } from "@preact/signals";
import { get } from "./api";

export interface MachineOnPaper { path: string; line: string; area: string; title: string; class: string; roles: string[]; signals: SignalOnPaper[] }
export interface SignalOnPaper { path: string; name: string; role: string; unit: string; kind: string; source: string; stepped: boolean; limits: LimitOnPaper[] }
/** 1 is an upper limit, -1 a lower one, 0 a target; that of an alarm has its name. */
export interface LimitOnPaper { name: string; value: number; sign: number }
export interface Reason { code: string; text: string; parent: string; planned: boolean; class: string }
export interface PlantOnPaper {
  name: string; zone: string; currency: string; language: string; digest: string; now: number;
  lines: string[]; machines: MachineOnPaper[]; reasons: Reason[];
  products: { name: string; title: string; material: string }[]; shifts: string[]; sources: string[];
}
export interface Me { who: string; right: "viewer" | "operator" | "engineer" | "admin"; lines: string[]; kind: string; accounts: boolean }

export const plant = signal<PlantOnPaper | null>(null);
export const me = signal<Me | null>(null);
const RIGHTS = ["viewer", "operator", "engineer", "admin"];
export const may = (right: Me["right"]): boolean => RIGHTS.indexOf(me.value?.right ?? "viewer") >= RIGHTS.indexOf(right);
export const zone = computed(() => plant.value?.zone ?? "UTC");

export async function enter(): Promise<void> {
  me.value = await get<Me>("me");
  plant.value = await get<PlantOnPaper>("plant");
}

export type Theme = "dark" | "light";
const preferred = (): Theme => (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
export const theme = signal<Theme>((localStorage.getItem("theme") as Theme | null) ?? preferred());
document.documentElement.dataset.theme = theme.value;
export function setTheme(to: Theme): void {
  theme.value = to;
  localStorage.setItem("theme", to);
  document.documentElement.dataset.theme = to;
}
