declare module "*.css";
declare module "vitepress/dist/client/theme-default/components/VPLocalSearchBox.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent;
  export default component;
}
