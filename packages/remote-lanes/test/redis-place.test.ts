import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connect, redisPlace } from "../src/redis-place.ts";
import { startWorker } from "../src/testing.ts";
import { newFolder, newLane, newRedis, newWorker, onRedis } from "./setup.ts";

test.each([
  ["redis://127.0.0.1", "127.0.0.1:6379"],
  ["redis://user:secret@build.example:6380/2", "build.example:6380/2"],
  ["rediss://:secret@[::1]:7000", "[::1]:7000"],
])("%s is called %s", (url, name) => {
  expect(redisPlace(url, "--lanes")).toEqual({ url, name });
});

test.each([
  "",
  "6379",
  "http://:secret@x",
  "redis://",
  "redis://:secret@x/name",
  "redis://:sec/ret@x",
  "redis://:se@cret@:x",
])("%j is refused, and no password is shown", (url) => {
  const refused = () => redisPlace(url, "--lanes");
  expect(refused).toThrow(/^--lanes .*expected redis:\/\/HOST:PORT/);
  expect(refused).not.toThrow(/se@?c\/?ret/);
});

onRedis("asks for a password", async () => {
  const redis = await newRedis("--requirepass", "secret");
  const place = (url: string) => redisPlace(url, "--lanes");
  await expect(connect(place(redis.url), "--lanes")).rejects.toThrow(
    /asks for a password, or this one is wrong/,
  );
  const wrong = redis.url.replace("//", "//:wrong@");
  await expect(connect(place(wrong), "--lanes")).rejects.toThrow(/asks for a password, or this one is wrong/);
  await expect(connect(place(wrong), "--lanes")).rejects.not.toThrow(/:wrong@/);
  const right = await connect(place(redis.url.replace("//", "//:secret@")), "--lanes");
  expect(await right.ping()).toBe("PONG");
  right.disconnect();
});

onRedis("speaks TLS where the URL does not, and the other way round", async () => {
  const plain = await newRedis();
  const tls = plain.url.replace("redis:", "rediss:");
  await expect(connect(redisPlace(tls, "--lanes"), "--lanes")).rejects.toThrow(/redis:\/\/ or rediss:\/\//);
});

onRedis("has a certificate that is not trusted, until its authority is named", async () => {
  const folder = newFolder();
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject];
  execFileSync("openssl", [...request, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
  const plain = await newRedis("--tls-port", "0", ...files, "--tls-auth-clients", "no");
  const tlsPort = plain.port + 1;
  const look = plain.client();
  await look.config("SET", "tls-port", tlsPort);
  look.disconnect();
  const args = ["--redis", `rediss://127.0.0.1:${tlsPort}`, "--dir", folder];
  await expect(startWorker(args)).rejects.toThrow(/certificate is not trusted.*NODE_EXTRA_CA_CERTS/);
  await newWorker(args, { ...process.env, NODE_EXTRA_CA_CERTS: certificate });
  // The worker speaks TLS, the agent does not: it is one Redis.
  const { run } = await newLane(plain.url, folder);
  expect(await run("echo through TLS").result).toMatchObject({ output: "through TLS\n" });
});
