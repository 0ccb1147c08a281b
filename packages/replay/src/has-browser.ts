// Whether somebody at this terminal can open an address of this machine in a browser.

/** Whether a browser may be at hand: one that shows nothing here can still be told by --browser. */
export function hasBrowser(env: NodeJS.ProcessEnv, platform = process.platform): boolean {
  if (platform === "darwin" || platform === "win32") return true;
  return ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"].some((name) => Boolean(env[name]));
}
