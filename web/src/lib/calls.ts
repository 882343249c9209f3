/** Calls for help: who can be called, and the three acts of the andon cord. */
import { say } from "../frame/toast";
import { Problem, send } from "./api";
import { words } from "./i18n";

export const KINDS = ["maintenance", "quality", "material", "supervisor"] as const;
export type Kind = (typeof KINDS)[number];

export const kindWord = words(
  { maintenance: "Maintenance", quality: "Quality", material: "Material", supervisor: "Supervisor" },
  { maintenance: "维修", quality: "质量", material: "物料", supervisor: "班组长" },
);
const t = words(
  { called: "{kind} called to {machine}", coming: "{machine}: they know that you come", over: "{machine}: the call is over" },
  { called: "已呼叫{kind}到 {machine}", coming: "{machine}：已通知您会前来", over: "{machine}：呼叫已结束" },
);
export const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);
export const kindOf = (kind: string): string => (isKind(kind) ? kindWord(kind) : kind);

/** Do one of the acts; whether it was done. What was done or refused is said to the reader. */
async function acted(name: string, body: Record<string, string>, done: string): Promise<boolean> {
  try {
    await send("POST", `acts/${name}`, body);
    say(done);
    return true;
  } catch (problem) {
    say((problem as Problem).message, { bad: true });
    return false;
  }
}

export const call = (machine: string, kind: string, text: string, title: string) =>
  acted("call", { machine, kind, text }, t("called", { kind: kindOf(kind), machine: title }));
export const answerCall = (machine: string, kind: string, title: string) => acted("answer_call", { machine, kind }, t("coming", { machine: title }));
export const endCall = (machine: string, kind: string, title: string) => acted("end_call", { machine, kind }, t("over", { machine: title }));
