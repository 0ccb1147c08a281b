// Stops an `npm install` (or yarn) with the command that works instead.
if (!process.env.npm_config_user_agent?.startsWith("pnpm/")) {
  console.error("This repository is installed with pnpm. Run: npx pnpm@10.34.9 install");
  process.exit(1);
}
