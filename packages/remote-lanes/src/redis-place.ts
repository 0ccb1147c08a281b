// Where a Redis is: its URL, which may hold a password, and a name for the screen and for records, which never does.
import { Redis } from "ioredis";

const LONGEST_WAIT_MS = 1_000;
const CONNECT_MS = 5_000;

export interface RedisPlace {
  url: string;
  /** Host, port and database, as in "127.0.0.1:6379". */
  name: string;
}

/** Throws an Error that names the flag and what it expects, and shows no password. */
export function redisPlace(text: string, flag: string): RedisPlace {
  const fault = new Error(
    `${flag} ${text.replace(/\/\/.*@/s, "//...@")}: expected redis://HOST:PORT, or rediss:// for TLS, with :PASSWORD@ before the host where one is needed (its special characters as %2F and the like).`,
  );
  if (!URL.canParse(text)) throw fault;
  const { protocol, hostname, port, pathname } = new URL(text);
  const database = pathname.replace(/^\//, "");
  if (!/^rediss?:$/.test(protocol) || hostname === "" || !/^\d{0,3}$/.test(database)) throw fault;
  const name = `${hostname}:${port || 6379}${Number(database) > 0 ? `/${Number(database)}` : ""}`;
  return { url: text, name };
}

/** A connection that comes back by itself after it was lost. Rejects with one line and the next step where none can be made now. */
export async function connect({ url, name }: RedisPlace, flag: string): Promise<Redis> {
  let isOpen = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // BullMQ asks for it: a command waits until Redis is back, however long that takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isOpen ? Math.min(times * 100, LONGEST_WAIT_MS) : null),
  });
  let cause: unknown;
  redis.on("error", (error: Error) => (cause = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new Error(`${flag} ${name}: ${refusal(cause ?? error, name)}`, { cause: error });
  }
  isOpen = true;
  return redis;
}

function refusal(error: unknown, name: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const port = /:(\d+)/.exec(name)?.[1] ?? "6379";
  if (message.includes("ECONNREFUSED"))
    return `nothing listens there. Start a Redis: redis-server --bind 127.0.0.1 --port ${port} --appendonly yes (Debian: apt install redis-server).`;
  if (/NOAUTH|WRONGPASS|invalid (username-)?password/.test(message))
    return "it asks for a password, or this one is wrong. Put it into the URL: redis://:PASSWORD@HOST:PORT.";
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return "there is no such host. Check the name in the URL.";
  if (/certificate|self.signed/i.test(message))
    return `its certificate is not trusted (${message}). Name the authority that signed it in NODE_EXTRA_CA_CERTS.`;
  if (/ETIMEDOUT/.test(message))
    return "no answer within five seconds. Check host, port and firewall, and whether it speaks TLS: redis:// or rediss://.";
  return `no connection (${message}). It may speak TLS where the URL does not, or the other way round: redis:// or rediss://.`;
}

/** Says once that Redis is away, and once that it is back. */
export function watchOutages(redis: Redis, report: (message: string) => void, away: string, back: string) {
  let isAway = false;
  redis.on("close", () => {
    // Closing it ourselves is no outage.
    if (isAway || redis.status === "end") return;
    isAway = true;
    report(away);
  });
  redis.on("ready", () => {
    if (isAway) report(back);
    isAway = false;
  });
}
