/** What the house says about reports. */
export type Every = "shift" | "day" | "week" | "";
export type Form = "html" | "pdf" | "xlsx";
export interface Scheduled {
  report: string; at: string; every: Exclude<Every, "">; formats: Form[]; language: "en" | "zh"; folder: string; mail: string; to: string[];
  since: number | null; failed: string;
}
export interface Made {
  number: number; report: string; title: string; text: string; every: Every; period: string; at: string; since: number; until: number;
  version: number; newest: boolean; made_at: number; language: "en" | "zh"; files: { name: string; format: Form; size: number }[];
  missing: Partial<Record<Form, string>>; waiting: ("folder" | "mail")[];
}
export interface Reports { scheduled: Scheduled[]; made: Made[]; formats: Form[] }
interface Stretch { since: number; until: number }
export interface About extends Stretch { every: Every; name: string; shifts: number; before: Stretch | undefined; after: Stretch | undefined }
