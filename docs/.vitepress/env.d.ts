declare module "*.css";

/** VitePress's search box, which is no part of what it exports: see the alias in config.ts. */
declare module "#search-box" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent;
  export default component;
}
