import { defineConfig } from "vite";

/** `npm run dev` speaks to a plant that `andon run` serves. */
export default defineConfig({
  build: { outDir: "../src/andon/surfaces/web/built", emptyOutDir: true, modulePreload: { polyfill: false } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { host: "127.0.0.1", proxy: { "/api": { target: "http://127.0.0.1:8800", ws: true } } },
});
