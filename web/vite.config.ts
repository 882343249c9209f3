import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

/** Tells the worker, which keeps the page for when the link is down, the names of all files of the page. */
const shell: Plugin = {
  name: "shell",
  generateBundle(_, bundle) {
    const worker = bundle["sw.js"];
    if (worker?.type !== "chunk") return;
    const files = Object.keys(bundle).filter((f) => f !== "sw.js" && !f.endsWith(".html")).sort().map((f) => `/${f}`);
    const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
    worker.code = `const SHELL=${JSON.stringify({ version, files: [...files, "/icon.svg"] })};${worker.code}`;
  },
};

/** A page's own rules hold on that page alone: those of a page that was looked at before are still there. */
const own = {
  postcssPlugin: "own",
  Rule(rule: { selectors: string[]; parent?: unknown; source?: { input: { file?: string } } }) {
    const page = rule.source?.input.file?.match(/\/pages\/(\w+)\//)?.[1];
    const parent = rule.parent as { type: string; name?: string };
    if (!page || parent.type === "rule" || parent.name?.endsWith("keyframes")) return;
    const mark = `[data-page="${page}"]`;
    rule.selectors = rule.selectors.map((s) => (s.includes(mark) || s === ":root" || /^:root\[[^\]]*\]$/.test(s) ? s : s.startsWith(":root") ? s.replace(/^(:root\S*)\s/, `$1 ${mark} `) : `${mark} ${s}`));
  },
};

/** `npm run dev` speaks to a plant that `andon run` serves. */
export default defineConfig({
  plugins: [shell],
  css: { postcss: { plugins: [own] } },
  build: {
    outDir: "../src/andon/surfaces/web/built",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", sw: "src/worker/sw.ts" },
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { host: "127.0.0.1", proxy: { "/api": { target: "http://127.0.0.1:8800", ws: true } } },
});
