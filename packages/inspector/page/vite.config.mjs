// How the inspector's page is built: into files that one server hands out, with nothing from elsewhere.
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [vue()],
  build: { modulePreload: false, assetsInlineLimit: 0 },
  logLevel: "warn",
});
