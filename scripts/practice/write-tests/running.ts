/** Where the running test is noted, in the folder that the tests run in. */
export const RUNNING = "running.json";
