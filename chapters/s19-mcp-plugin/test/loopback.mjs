// Loaded before the reference server, which would listen on every address of the machine: here it is reached from nowhere else.
import { Server } from "node:net";

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  return typeof port === "object"
    ? listen.call(this, port, ...rest)
    : listen.call(this, port, "127.0.0.1", ...rest);
};
