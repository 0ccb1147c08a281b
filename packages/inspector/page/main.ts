// The inspector's page.
import { createApp } from "vue";
import InspectorPage from "./InspectorPage.vue";
import "./page.css";

createApp(InspectorPage).mount("#inspector");
