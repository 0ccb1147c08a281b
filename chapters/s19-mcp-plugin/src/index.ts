// @course/s19-mcp-plugin: servers and plugins from outside, for later chapters.
export { fromOutside, mcpAndPlugins, mcpFlags } from "./mcp-and-plugins.ts";
export { mcp } from "./mcp.ts";
export { Plugins } from "./plugins.ts";
export { serverSlug, toolName } from "./tool-names.ts";
export { expandVariables } from "./expand-variables.ts";
export { readServerFile, type ServerConfig } from "./server-config.ts";
